#include "env/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace tesuji::env {
namespace {

// Everything observable about a state, to compare two of them.
struct View {
  Phase phase = Phase::kOngoing;
  Player player = Player::kFirst;
  Key128 fingerprint;
  std::vector<float> observation;
  std::vector<Action> legal;  // For chance nodes: the outcomes.
  std::string text;
  friend bool operator==(const View&, const View&) = default;
};

bool IsPermutation(const std::vector<std::int32_t>& map, std::size_t size) {
  if (map.size() != size) return false;
  std::vector<bool> hit(size, false);
  for (const std::int32_t to : map) {
    if (to < 0 || static_cast<std::size_t>(to) >= size || hit[to]) return false;
    hit[to] = true;
  }
  return true;
}

// Observations of transformed play may differ in the last bit, where sums run in another order.
bool Near(float a, float b) { return std::abs(a - b) <= 1e-4F * (1 + std::abs(a)); }

// A state that follows the episode through one symmetry.
struct Twin {
  const Symmetry* symmetry;
  std::unique_ptr<State> state;
};

class Checker {
 public:
  Checker(const Environment& environment, const ContractOptions& options)
      : environment_(environment), options_(options), spec_(environment.spec()) {}

  std::vector<ContractViolation> Run() {
    CheckSpec();
    if (!violations_.empty()) return std::move(violations_);  // Sizes cannot be trusted.
    for (episode_ = 0; episode_ < options_.episodes && !hopeless_; ++episode_) RunEpisode();
    return std::move(violations_);
  }

 private:
  void Expect(bool holds, std::string_view rule, const std::string& detail) {
    if (holds) return;
    const auto same = [&](const ContractViolation& known) { return known.rule == rule; };
    if (std::ranges::any_of(violations_, same)) return;
    violations_.push_back(
        {.rule = std::string(rule),
         .detail = fmt::format("episode {}, step {}: {}", episode_, step_, detail)});
  }
  void Abandon(std::string_view rule, const std::string& detail) {
    Expect(false, rule, detail);
    hopeless_ = true;
  }

  void CheckSpec();
  void RunEpisode();
  View Look(const State& state);
  void CheckStep(const State& state, const View& view);
  void CheckClone(const State& state, const View& view, Action action);
  void CheckFingerprint(const View& view);
  void CheckEnd(const State& state);
  void CheckArtifact(const State& state, const View& view);
  void MutateArtifact(const State& state);
  std::vector<Twin> MakeTwins(const Task& task, const View& view);
  void CheckTwins(const State& state, const View& view, std::vector<Twin>* twins);
  bool TwinObserves(const Symmetry& symmetry, const std::vector<float>& original,
                    const std::vector<float>& transformed) const;

  const Environment& environment_;
  const ContractOptions& options_;
  const Spec& spec_;
  RandomStream random_{std::uint64_t{0}};
  // What every fingerprint met so far stood for.
  std::map<Key128, View> known_;
  std::vector<ContractViolation> violations_;
  int episode_ = 0;
  int step_ = 0;
  bool hopeless_ = false;
};

void Checker::CheckSpec() {
  const auto named = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  Expect(!spec_.id.empty() && std::ranges::all_of(spec_.id, named), "spec: id is a lower-case word",
         fmt::format("\"{}\"", spec_.id));
  Expect(spec_.version >= 1, "spec: version counts from 1", fmt::format("{}", spec_.version));
  Expect(spec_.action_count > 0 && spec_.max_steps > 0, "spec: there are actions and steps",
         fmt::format("action_count {}, max_steps {}", spec_.action_count, spec_.max_steps));
  Expect(spec_.player_count == 1 || spec_.player_count == 2, "spec: one or two players",
         fmt::format("{}", spec_.player_count));
  const ObservationShape& shape = spec_.observation;
  Expect(shape.planes > 0 && shape.height > 0 && shape.width > 0, "spec: observation has a shape",
         fmt::format("{} x {} x {}", shape.planes, shape.height, shape.width));
  const auto [planes, others] = spec_.actions;
  Expect((planes == 0 && others == 0) || planes * shape.cells() + others == spec_.action_count,
         "spec: the action layout adds up to action_count",
         fmt::format("{} * {} + {} against {}", planes, shape.cells(), others, spec_.action_count));
  Expect(!spec_.has_score || spec_.score_scale > 0, "spec: score_scale is positive",
         fmt::format("{}", spec_.score_scale));
  Expect(!spec_.symmetries.empty(), "spec: symmetries hold at least the identity", "none");
  for (std::size_t i = 0; i < spec_.symmetries.size(); ++i) {
    const Symmetry& symmetry = spec_.symmetries[i];
    Expect(IsPermutation(symmetry.cells, shape.cells()) &&
               IsPermutation(symmetry.actions, spec_.action_count),
           "spec: symmetries are permutations of cells and actions", fmt::format("number {}", i));
    for (std::size_t j = 0; j < i; ++j) {
      const Symmetry& other = spec_.symmetries[j];
      Expect(symmetry.cells != other.cells || symmetry.actions != other.actions,
             "spec: symmetries are all different", fmt::format("numbers {} and {}", j, i));
    }
  }
  if (spec_.symmetries.empty()) return;
  Expect(std::ranges::is_sorted(spec_.symmetries[0].cells) &&
             std::ranges::is_sorted(spec_.symmetries[0].actions),
         "spec: the first symmetry is the identity", "it moves something");
  Expect(environment_.parameters().is_object(), "parameters() is a JSON object",
         environment_.parameters().dump());
}

View Checker::Look(const State& state) {
  View view;
  view.phase = state.phase();
  // NaN shows which floats were not written.
  view.observation.assign(spec_.observation.size(), std::numeric_limits<float>::quiet_NaN());
  state.Encode(view.observation);
  Expect(std::ranges::all_of(view.observation, [](float x) { return std::isfinite(x); }),
         "Encode fills every float with a finite number", "some are not finite");
  std::ranges::replace_if(
      view.observation, [](float x) { return !std::isfinite(x); }, 0.0F);
  if (view.phase == Phase::kOngoing) {
    view.player = state.to_play();
    if (view.player == Player::kChance) {
      std::vector<ChanceOutcome> outcomes;
      state.ChanceOutcomes(&outcomes);
      double sum = 0;
      for (const ChanceOutcome& outcome : outcomes) {
        view.legal.push_back(outcome.action);
        sum += outcome.probability;
        Expect(outcome.probability > 0, "chance probabilities are positive",
               fmt::format("{}", outcome.probability));
      }
      Expect(std::abs(sum - 1) < 1e-6, "chance probabilities sum to 1", fmt::format("{}", sum));
    } else {
      view.legal = {-1, -1, -1};  // Must be replaced, not appended to.
      state.LegalActions(&view.legal);
    }
  }
  view.fingerprint = state.Fingerprint();
  view.text = state.ToText();
  return view;
}

void Checker::CheckStep(const State& state, const View& view) {
  Expect(view == Look(state), "looking at a state does not change it", "two looks differ");
  CheckFingerprint(view);
  if (view.phase != Phase::kOngoing) return;
  Expect(view.player != Player::kChance || spec_.has_chance, "chance moves only if has_chance",
         "to_play() is kChance");
  Expect(view.player != Player::kSecond || spec_.player_count == 2,
         "the second player exists only if player_count is 2", "to_play() is kSecond");
  Expect(state.Termination().empty(), "Termination is empty while ongoing", state.Termination());
  if (view.legal.empty()) return Abandon("an ongoing state has legal actions", "none");
  const bool in_range = std::ranges::all_of(
      view.legal, [&](Action action) { return action >= 0 && action < spec_.action_count; });
  if (!in_range) {
    return Abandon(
        "legal actions lie in [0, action_count)",
        fmt::format("{} to {} of {}", view.legal.front(), view.legal.back(), spec_.action_count));
  }
  const bool ascending =
      std::ranges::adjacent_find(view.legal, std::ranges::greater_equal()) == view.legal.end();
  Expect(ascending, "legal actions ascend, each once", "out of order");
  Expect(!state.ActionToText(view.legal.front()).empty(), "actions have names",
         fmt::format("action {}", view.legal.front()));
}

void Checker::CheckFingerprint(const View& view) {
  const auto [known, is_new] = known_.try_emplace(view.fingerprint, view);
  if (is_new) return;
  const View& other = known->second;
  Expect(other.observation == view.observation && other.legal == view.legal &&
             other.phase == view.phase && other.player == view.player,
         "equal fingerprints mean equal observations, actions, phase and player",
         "two states with fingerprint " + view.fingerprint.ToHex() + " differ");
}

void Checker::CheckClone(const State& state, const View& view, Action action) {
  const auto clone = state.Clone();
  const auto other = state.Clone();
  Expect(Look(*clone) == view, "a clone equals its original", "they differ");
  clone->Apply(action);
  if (Look(state) != view) {
    return Abandon(
        "a clone does not share state with its original",
        fmt::format("the original changed when action {} was applied to the clone", action));
  }
  other->Apply(action);
  Expect(Look(*clone) == Look(*other), "Apply is deterministic",
         fmt::format("action {} led to different states", action));
}

std::vector<Twin> Checker::MakeTwins(const Task& task, const View& view) {
  std::vector<Twin> twins;
  for (const Symmetry& symmetry : spec_.symmetries) {
    if (std::ssize(twins) >= options_.symmetries) break;
    // A start that is not symmetric itself (three handicap stones) has no twin.
    if (!TwinObserves(symmetry, view.observation, view.observation)) continue;
    auto state = environment_.NewState(task);
    if (state) twins.push_back({.symmetry = &symmetry, .state = std::move(*state)});
  }
  return twins;
}

bool Checker::TwinObserves(const Symmetry& symmetry, const std::vector<float>& original,
                           const std::vector<float>& transformed) const {
  const int cells = spec_.observation.cells();
  for (int plane = 0; plane < spec_.observation.planes; ++plane) {
    for (int cell = 0; cell < cells; ++cell) {
      if (!Near(original[plane * cells + cell],
                transformed[plane * cells + symmetry.cells[cell]])) {
        return false;
      }
    }
  }
  return true;
}

void Checker::CheckTwins(const State& state, const View& view, std::vector<Twin>* twins) {
  for (const Twin& twin : *twins) {
    const View seen = Look(*twin.state);
    const auto number = twin.symmetry - spec_.symmetries.data();
    Expect(seen.phase == view.phase && seen.player == view.player,
           "symmetric play has the same phase and player", fmt::format("symmetry {}", number));
    Expect(TwinObserves(*twin.symmetry, view.observation, seen.observation),
           "symmetric play has transformed observations", fmt::format("symmetry {}", number));
    std::vector<Action> expected;
    for (const Action action : view.legal) expected.push_back(twin.symmetry->actions[action]);
    std::ranges::sort(expected);
    if (expected != seen.legal) {
      return Abandon("symmetric play has transformed legal actions",
                     fmt::format("symmetry {}", number));
    }
    if (view.phase != Phase::kScored) continue;
    Expect(twin.state->Value() == state.Value(), "symmetric play has the same value",
           fmt::format("symmetry {}", number));
    if (!spec_.has_ownership) continue;
    const auto ownership = state.Targets().ownership;
    const auto transformed = twin.state->Targets().ownership;
    if (ownership.size() != twin.symmetry->cells.size() || transformed.size() != ownership.size()) {
      continue;  // CheckEnd() reports it.
    }
    bool same = true;
    for (std::size_t cell = 0; cell < ownership.size(); ++cell) {
      same = same && ownership[cell] == transformed[twin.symmetry->cells[cell]];
    }
    Expect(same, "symmetric play has transformed ownership", fmt::format("symmetry {}", number));
  }
}

void Checker::CheckEnd(const State& state) {
  if (state.phase() != Phase::kScored) return;
  const float value = state.Value();
  Expect(value >= -1 && value <= 1, "Value lies in [-1, 1]", fmt::format("{}", value));
  if (!spec_.has_ownership && !spec_.has_score) return;
  const FinalTargets targets = state.Targets();
  Expect(std::isfinite(targets.score), "the score is finite", fmt::format("{}", targets.score));
  const std::size_t cells = spec_.has_ownership ? spec_.observation.cells() : 0;
  Expect(targets.ownership.size() == cells, "ownership has one value a cell",
         fmt::format("{} values for {} cells", targets.ownership.size(), cells));
  Expect(std::ranges::all_of(targets.ownership, [](int x) { return x >= -1 && x <= 1; }),
         "ownership is -1, 0 or +1", "another value");
}

void Checker::CheckArtifact(const State& state, const View& view) {
  const std::string artifact = state.Artifact();
  const auto read = environment_.FromArtifact(artifact);
  if (!read) {
    return Expect(false, "FromArtifact reads what Artifact wrote", read.error().message);
  }
  Expect(Look(**read) == view, "FromArtifact leads back to the same state",
         "it differs from the one whose artifact was written");
  Expect((*read)->Artifact() == artifact, "an artifact read and written again is the same",
         "the text changed");
  if (view.phase == Phase::kScored && (*read)->phase() == Phase::kScored) {
    Expect((*read)->Value() == state.Value(), "FromArtifact leads back to the same value",
           fmt::format("{} against {}", (*read)->Value(), state.Value()));
  }
}

// Damaged text must be refused or understood; a crash is the violation, and speaks for itself.
void Checker::MutateArtifact(const State& state) {
  const std::string artifact = state.Artifact();
  for (int i = 0; i < options_.mutated_artifacts; ++i) {
    std::string damaged = artifact.substr(0, random_.Below(artifact.size() + 1));
    const std::uint64_t blows = random_.Below(4);
    for (std::uint64_t blow = 0; blow < blows && !damaged.empty(); ++blow) {
      damaged[random_.Below(damaged.size())] = static_cast<char>(random_.Below(256));
    }
    const auto read = environment_.FromArtifact(damaged);
    Expect(read.has_value() || !read.error().message.empty(), "a refused artifact has a reason",
           "an empty message");
  }
}

void Checker::RunEpisode() {
  step_ = 0;
  random_ = RandomStream({options_.seed, static_cast<std::uint64_t>(episode_)});
  RandomStream task_random = random_;
  const Task task = environment_.SampleTask(random_);
  const Task again = environment_.SampleTask(task_random);
  Expect(task.id == again.id && task.parameters == again.parameters,
         "SampleTask depends on its stream alone", task.parameters.dump());
  auto made = environment_.NewState(task);
  if (!made) return Abandon("NewState accepts sampled tasks", made.error().message);
  State& state = **made;
  View view = Look(state);
  Expect(view.phase == Phase::kOngoing, "a new state is ongoing", "it is over");
  std::vector<Twin> twins = MakeTwins(task, view);
  const std::uint64_t middle = random_.Below(spec_.max_steps);
  for (;; ++step_) {
    CheckStep(state, view);
    if (!hopeless_) CheckTwins(state, view, &twins);
    if (hopeless_ || view.phase != Phase::kOngoing) break;
    if (step_ >= spec_.max_steps) {
      return Abandon("no episode is longer than max_steps", fmt::format("{}", spec_.max_steps));
    }
    if (static_cast<std::uint64_t>(step_) == middle) CheckArtifact(state, view);
    const Action action = view.legal[random_.Below(view.legal.size())];
    CheckClone(state, view, action);
    if (hopeless_) return;
    state.Apply(action);
    for (const Twin& twin : twins) twin.state->Apply(twin.symmetry->actions[action]);
    view = Look(state);
  }
  CheckEnd(state);
  CheckArtifact(state, view);
  MutateArtifact(state);
}

}  // namespace

std::vector<ContractViolation> CheckContract(const Environment& environment,
                                             const ContractOptions& options) {
  return Checker(environment, options).Run();
}

}  // namespace tesuji::env
