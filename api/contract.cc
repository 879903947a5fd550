#include "api/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "api/contract_judge.h"
#include "api/contract_replay.h"
#include "api/contract_view.h"
#include "api/spec_check.h"

namespace tesuji::env {
namespace {

// Observations of transformed play may differ in the last bit, where sums run in another order.
bool Near(float a, float b) { return std::abs(a - b) <= 1e-4F * (1 + std::abs(a)); }

// A state that follows the episode through one symmetry.
struct Twin {
  const Symmetry* symmetry;
  std::unique_ptr<State> state;
};

class Checker {
 public:
  /// `guarded` is `inner` with what it throws made into faults.
  Checker(const Environment& inner, const Environment& guarded, const ContractOptions& options)
      : inner_(inner), environment_(guarded), options_(options), spec_(guarded.spec()) {}

  std::vector<ContractViolation> Run() {
    CheckSpec();
    if (!violations_.empty()) return std::move(violations_);  // Sizes cannot be trusted.
    for (episode_ = 0; episode_ < options_.episodes && !hopeless_; ++episode_) {
      try {
        RunEpisode();
      } catch (const EnvironmentFault& fault) {
        Abandon(fmt::format("{} keeps its contract", fault.method()),
                fmt::format("it {} ({})", fault.what_happened(), fault.state()));
      }
    }
    if (!hopeless_) CheckAll();
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
  void CheckAll();
  void CheckReplay();
  void CheckAwaiting();
  void CheckNames(const State& state, const StateView& view);
  void Record(const StateView& view);
  StateView Look(const State& state);
  void CheckStep(const State& state, const StateView& view);
  void CheckClone(const State& state, const StateView& view, Action action);
  void CheckFingerprint(const StateView& view);
  void CheckEnd(const State& state);
  void CheckArtifact(const State& state, const StateView& view);
  void MutateArtifact(const State& state);
  std::vector<Twin> MakeTwins(const Task& task, const StateView& view);
  void CheckTwins(const State& state, const StateView& view, std::vector<Twin>* twins);
  bool TwinObserves(const Symmetry& symmetry, const std::vector<float>& original,
                    const std::vector<float>& transformed) const;

  const Environment& inner_;
  const Environment& environment_;
  const ContractOptions& options_;
  const Spec& spec_;
  RandomStream random_{std::uint64_t{0}};
  // What every fingerprint met so far stood for.
  std::map<Key128, StateView> known_;
  std::vector<ContractViolation> violations_;
  std::vector<PlayedEpisode> played_;
  std::vector<std::unique_ptr<State>> awaiting_;  ///< Ends of episodes for the judge.
  bool second_moves_ = false;
  int episode_ = 0;
  int step_ = 0;
  bool hopeless_ = false;
};

void Checker::CheckSpec() {
  for (const auto& [rule, detail] : env::CheckSpec(spec_)) Expect(false, rule, detail);
  Expect(environment_.parameters().is_object(), "parameters() is a JSON object",
         environment_.parameters().dump());
}

StateView Checker::Look(const State& state) {
  std::vector<ChanceOutcome> outcomes;
  StateView view = LookAt(spec_, state, &outcomes);
  const auto finite = [](float x) { return std::isfinite(x); };
  const auto broken = std::ranges::find_if_not(view.observation, finite);
  if (broken != view.observation.end()) {
    Expect(false, "Encode fills every float with a finite number",
           fmt::format("float {} is {} or was not written", broken - view.observation.begin(),
                       *broken));
    std::ranges::replace_if(view.observation, std::not_fn(finite), 0.0F);
  }
  if (view.phase != Phase::kOngoing || view.player != Player::kChance) return view;
  double sum = 0;
  for (const ChanceOutcome& outcome : outcomes) {
    sum += outcome.probability;
    Expect(outcome.probability > 0, "chance probabilities are positive",
           fmt::format("action {} has {}", outcome.action, outcome.probability));
  }
  Expect(std::abs(sum - 1) < 1e-6, "chance probabilities sum to 1", fmt::format("{}", sum));
  return view;
}

void Checker::CheckStep(const State& state, const StateView& view) {
  const std::string difference = Difference(view, Look(state));
  Expect(difference.empty(), "looking at a state does not change it",
         fmt::format("in a second look {} differ", difference));
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
  second_moves_ = second_moves_ || view.player == Player::kSecond;
  if (step_ == 0) CheckNames(state, view);
}

void Checker::CheckNames(const State& state, const StateView& view) {
  std::map<std::string, Action> names;
  for (const Action action : view.legal) {
    const std::string name = state.ActionToText(action);
    Expect(!name.empty(), "actions have names", fmt::format("action {}", action));
    const auto [known, is_new] = names.try_emplace(name, action);
    Expect(is_new, "legal actions have different names",
           fmt::format("actions {} and {} are both \"{}\"", known->second, action, name));
  }
}

void Checker::CheckFingerprint(const StateView& view) {
  const auto [known, is_new] = known_.try_emplace(view.fingerprint, view);
  if (is_new) return;
  const StateView& other = known->second;
  Expect(other.observation == view.observation && other.legal == view.legal &&
             other.phase == view.phase && other.player == view.player,
         "equal fingerprints mean equal observations, actions, phase and player",
         fmt::format("two states with fingerprint {} differ: {}", view.fingerprint.ToHex(),
                     Difference(other, view)));
}

void Checker::CheckClone(const State& state, const StateView& view, Action action) {
  const auto clone = state.Clone();
  const auto other = state.Clone();
  const std::string unlike = Difference(Look(*clone), view);
  Expect(unlike.empty(), "a clone equals its original", fmt::format("their {} differ", unlike));
  clone->Apply(action);
  Expect(Look(*clone) != view, "an applied action changes the state",
         fmt::format("action {} was offered as legal and changed nothing", action));
  if (Look(state) != view) {
    return Abandon(
        "a clone does not share state with its original",
        fmt::format("the original changed when action {} was applied to the clone", action));
  }
  other->Apply(action);
  const std::string difference = Difference(Look(*clone), Look(*other));
  Expect(difference.empty(), "Apply is deterministic",
         fmt::format("action {} applied to two clones: {} differ", action, difference));
}

std::vector<Twin> Checker::MakeTwins(const Task& task, const StateView& view) {
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

void Checker::CheckTwins(const State& state, const StateView& view, std::vector<Twin>* twins) {
  for (const Twin& twin : *twins) {
    const StateView seen = Look(*twin.state);
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
  // Of a lone agent the score may be anything; of two players it is a difference of points.
  Expect(!spec_.has_score || spec_.player_count != 2 || value * targets.score >= 0,
         "Value and score are both seen by the first player",
         fmt::format("value {}, score {}", value, targets.score));
  const std::size_t cells = spec_.has_ownership ? spec_.observation.cells() : 0;
  Expect(targets.ownership.size() == cells, "ownership has one value a cell",
         fmt::format("{} values for {} cells", targets.ownership.size(), cells));
  Expect(std::ranges::all_of(targets.ownership, [](int x) { return x >= -1 && x <= 1; }),
         "ownership is -1, 0 or +1", "another value");
}

void Checker::CheckArtifact(const State& state, const StateView& view) {
  const std::string artifact = state.Artifact();
  const auto read = environment_.FromArtifact(artifact);
  if (!read) {
    return Expect(false, "FromArtifact reads what Artifact wrote", read.error().message);
  }
  const std::string difference = Difference(Look(**read), view);
  Expect(difference.empty(), "FromArtifact leads back to the same state",
         fmt::format("{} differ from those of the state whose artifact was written", difference));
  Expect((*read)->Artifact() == artifact, "an artifact read and written again is the same",
         "the text changed");
  if (view.phase == Phase::kScored && (*read)->phase() == Phase::kScored) {
    const float again = (*read)->Value();  // Asked once, as a faulty one may change.
    const float value = state.Value();
    Expect(again == value, "FromArtifact leads back to the same value",
           fmt::format("{} against {}", again, value));
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
  played_.push_back({.task = task, .actions = {}, .views = {}});
  StateView view = Look(state);
  Expect(view.phase == Phase::kOngoing, "a new state is ongoing", "it is over");
  std::vector<Twin> twins = MakeTwins(task, view);
  const std::uint64_t middle = random_.Below(spec_.max_steps);
  for (;; ++step_) {
    Record(view);
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
    played_.back().actions.push_back(action);
    state.Apply(action);
    for (const Twin& twin : twins) twin.state->Apply(twin.symmetry->actions[action]);
    view = Look(state);
  }
  CheckEnd(state);
  if (view.phase == Phase::kAwaitsJudge) awaiting_.push_back(state.Clone());
  CheckArtifact(state, view);
  MutateArtifact(state);
}

void Checker::Record(const StateView& view) { played_.back().views.push_back(Digest(view)); }

void Checker::CheckReplay() {
  // Backwards, so that what one episode left behind meets another one.
  for (auto episode = played_.rbegin(); episode != played_.rend(); ++episode) {
    const std::string difference = ReplayDifference(environment_, *episode);
    if (difference.empty()) continue;
    episode_ = static_cast<int>(played_.rend() - episode) - 1;
    return Expect(false, "the same actions lead to the same states, always (no hidden state)",
                  "played a second time, at " + difference);
  }
}

// After a violation as well: a wrong observation is no reason not to look at the judge.
void Checker::CheckAwaiting() {
  if (awaiting_.empty()) return;
  const MakeJudgeFunction none = []() -> Result<std::unique_ptr<Judge>> { return nullptr; };
  for (const auto& [rule, detail] : CheckJudge(options_.make_judge ? options_.make_judge : none,
                                               awaiting_, options_.judge_patience)) {
    Expect(false, rule, detail);
  }
}

// What only all episodes together show.
void Checker::CheckAll() {
  // A game may be over before the second player's turn; one of several moves hardly is.
  std::size_t longest = 0;
  for (const auto& episode : played_) longest = std::max(longest, episode.actions.size());
  Expect(spec_.player_count == 1 || second_moves_ || longest < 4,
         "both players move if player_count is 2",
         fmt::format("in {} episodes the second player never did", options_.episodes));
  step_ = 0;
  try {
    CheckAwaiting();
  } catch (const EnvironmentFault& fault) {
    Expect(false, fmt::format("{} keeps its contract", fault.method()),
           fmt::format("it {} ({})", fault.what_happened(), fault.state()));
  }
  try {
    CheckReplay();
  } catch (const EnvironmentFault& fault) {
    return Abandon("the same actions lead to the same states, always (no hidden state)",
                   fault.what());
  }
  if (!violations_.empty() || options_.threads < 2) return;
  if (options_.trace != nullptr) options_.trace->Set("several threads", "all episodes at once");
  const auto unwatched = Guard(inner_, {.check_data = false});
  if (!unwatched) return;
  const std::string difference = ThreadedReplayDifference(**unwatched, played_, options_.threads);
  Expect(difference.empty(), "threads that share an environment do not disturb each other",
         fmt::format("with {} threads, {}", options_.threads, difference));
}

}  // namespace

std::vector<ContractViolation> CheckContract(const Environment& environment,
                                             const ContractOptions& options) {
  const auto guarded = Guard(environment, {.check_data = false, .trace = options.trace});
  if (!guarded)
    return {{.rule = "the environment can be looked at", .detail = guarded.error().message}};
  return Checker(environment, **guarded, options).Run();
}

std::vector<ContractViolation> CheckContract(const Registry& registry, std::string_view id,
                                             const Json& parameters, ContractOptions options) {
  const auto environment = registry.MakeUnguarded(id, parameters);
  if (!environment) {
    return {{.rule = "the environment can be made", .detail = environment.error().message}};
  }
  options.make_judge = [&] { return registry.MakeJudge(id, **environment, options.trace); };
  return CheckContract(**environment, options);
}

}  // namespace tesuji::env
