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
  const std::string checkpoint = CheckpointName(provenance);
  const auto name = [&](const std::string& given) {
    return SgfEscape(given.empty() ? checkpoint : given);
  };
  tree.nodes[0].Add("PB", name(options.player_black));
  tree.nodes[0].Add("PW", name(options.player_white));
  tree.nodes[0].Add("GN", SgfEscape(fmt::format("seed {} episode {}", provenance.campaign_seed,
                                                provenance.episode)));
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
