// TrajectoryToSgf(): what search found, as comments and variations of a game record.
#include <fmt/format.h>

#include <algorithm>

#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

std::vector<PolicyEntry> BestEntries(const Step& step, int most) {
  std::vector<PolicyEntry> entries = step.policy;
  std::ranges::stable_sort(entries, std::ranges::greater(), &PolicyEntry::probability);
  if (entries.size() > static_cast<std::size_t>(most)) entries.resize(most);
  return entries;
}

std::string StepComment(const Rules& rules, const Step& step,
                        const std::vector<PolicyEntry>& best) {
  std::string text =
      fmt::format("visits {}, value {:+.3f} for Black", step.visits, step.root_value);
  if (!step.is_target) return text + ", not taught";
  text += fmt::format(", surprise {:.3f}, weight {:.3f}\n", step.surprise, step.weight);
  for (const PolicyEntry& entry : best) {
    text += fmt::format("{} {:.1f} %\n", ActionText(rules, entry.action), 100 * entry.probability);
  }
  text.pop_back();
  return text;
}

std::string CheckpointName(const Provenance& provenance) {
  return provenance.checkpoints.empty() ? std::string("unknown")
                                        : provenance.checkpoints.back().substr(0, 16);
}

// What an imported record says under `key`; "" when it says nothing or was not imported.
std::string RecordedText(const Provenance& provenance, const char* key) {
  if (!provenance.search_settings.is_object()) return {};
  const auto notes = provenance.search_settings.find("import");
  if (notes == provenance.search_settings.end() || !notes->is_object()) return {};
  const auto text = notes->find(key);
  return text != notes->end() && text->is_string() ? text->get<std::string>() : std::string();
}

// Who played, and which game it is: by the record that was imported, or by the campaign.
void AddNames(const Provenance& provenance, const TrajectorySgfOptions& options, SgfNode* root) {
  const std::string file = RecordedText(provenance, "file");
  const auto add_player = [&](std::string_view property, const std::string& given,
                              const char* key) {
    std::string name = given;
    if (name.empty()) name = RecordedText(provenance, key);
    // A record that names nobody stays without a name.
    if (name.empty() && file.empty()) name = CheckpointName(provenance);
    if (!name.empty()) root->Add(property, SgfEscape(name));
  };
  add_player("PB", options.player_black, "black");
  add_player("PW", options.player_white, "white");
  root->Add("GN", SgfEscape(file.empty() ? fmt::format("seed {} episode {}",
                                                       provenance.campaign_seed, provenance.episode)
                                         : file));
}

}  // namespace

Result<std::string> TrajectoryToSgf(const Trajectory& trajectory,
                                    const TrajectorySgfOptions& options) {
  const Provenance& provenance = trajectory.provenance;
  if (provenance.environment_id != "go") {
    return Fail(fmt::format("an SGF needs a trajectory of environment go, this is of \"{}\"",
                            provenance.environment_id));
  }
  auto environment = GoEnvironment::FromParameters(provenance.environment_parameters);
  if (!environment) return tl::unexpected(environment.error());
  auto state = (*environment)->NewState(trajectory.task);
  if (!state) return tl::unexpected(state.error());
  auto& game = static_cast<GoState&>(**state);
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const Action action = trajectory.steps[i].action;
    const Legality legality = game.Check(action);
    if (legality != Legality::kLegal) {
      return Fail(fmt::format("step {} of the trajectory is illegal: action {} is {}", i + 1,
                              action, LegalityName(legality)));
    }
    game.Apply(action);
  }

  const Rules& rules = game.rules();
  SgfTree tree = GameTree(game);
  AddNames(provenance, options, &tree.nodes[0]);
  // GameTree() gives node i + 1 to move i; variations come after them all.
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const Step& step = trajectory.steps[i];
    const auto best = BestEntries(step, options.policy_entries);
    const int number = static_cast<int>(i) + 1;
    if (options.comments) {
      tree.nodes[number].Add("C", SgfEscape(StepComment(rules, step, best)));
    }
    if (!options.variations) continue;
    const std::string color = game.moves()[i].color == Color::kBlack ? "B" : "W";
    for (const PolicyEntry& entry : best) {
      if (entry.action == step.action) continue;
      const int variation = tree.AddNode(number - 1);
      tree.nodes[variation].Add(color, SgfPoint(rules, entry.action));
      if (options.comments) {
        tree.nodes[variation].Add("C", fmt::format("{:.1f} %", 100 * entry.probability));
      }
    }
  }
  return WriteSgf(tree);
}

}  // namespace tesuji::env::go
