#include "env/program/tree_search.h"

#include <algorithm>
#include <optional>

#include "env/program/program_environment.h"
#include "search/levin.h"
#include "search/mcts.h"

namespace tesuji::env::program {

using enumerate::EnumerationEnd;
using enumerate::EnumerationOptions;
using enumerate::EnumerationResult;
using enumerate::PlaceWeights;
using enumerate::Solution;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kRolloutStream = 0x726f6c6c;  // "roll"

/// Priors from the guide's table; with rollouts, values from programs drawn from it.
class GuidedEvaluator final : public search::Evaluator {
 public:
  GuidedEvaluator(const PlaceWeights& weights, bool rollouts)
      : weights_(weights), rollouts_(rollouts), random_({kRolloutStream}) {}

  void Evaluate(std::span<const search::EvaluationRequest> requests,
                std::span<search::Evaluation> out) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Priors(*requests[i].state, requests[i].legal, &out[i].priors);
      out[i].value = rollouts_ ? Rollout(*requests[i].state) : 0;
    }
  }
  std::string checkpoint_hash() const override { return "guide"; }

  std::int64_t finished() const { return finished_; }
  const std::unique_ptr<env::State>& solution() const { return solution_; }

 private:
  void Priors(const env::State& state, std::span<const env::Action> legal,
              std::vector<float>* priors) const {
    const auto hole = NextHole(state);
    const std::size_t row = enumerate::WeightIndex(hole.scope, hole.place);
    priors->clear();
    float sum = 0;
    for (const env::Action action : legal) {
      // A floor, as in Costs: nothing is impossible.
      priors->push_back(weights_[row + static_cast<std::size_t>(action)] + 1e-4F);
      sum += priors->back();
    }
    for (float& prior : *priors) prior /= sum;
  }

  float Rollout(const env::State& from) {
    auto state = from.Clone();
    std::vector<env::Action> legal;
    std::vector<float> priors;
    while (state->phase() == env::Phase::kOngoing) {
      state->LegalActions(&legal);
      Priors(*state, legal, &priors);
      state->Apply(legal[random_.Pick(priors)]);
    }
    ++finished_;
    const float value = state->Value();
    if (value == 1 && solution_ == nullptr) solution_ = std::move(state);
    return value;
  }

  const PlaceWeights& weights_;
  const bool rollouts_;
  RandomStream random_;
  std::int64_t finished_ = 0;
  std::unique_ptr<env::State> solution_;
};

std::vector<Op> CodeOf(const env::State& state) {
  auto read = ParseArtifact(state.Artifact());
  return read ? read->code : std::vector<Op>{};
}

bool OutOfTime(const EnumerationOptions& options, Clock::time_point started) {
  return options.time.count() > 0 && Clock::now() - started > options.time;
}

std::optional<std::vector<Op>> RunMcts(const ProgramEnvironment& environment,
                                       const env::State& root, GuidedEvaluator* evaluator,
                                       const EnumerationOptions& options, Clock::time_point started,
                                       EnumerationResult* result) {
  search::SearchOptions settings;
  settings.backup = search::Backup::kMax;
  settings.tree_memory_bytes = static_cast<std::int64_t>(options.memory_bytes);
  settings.simulations =
      options.candidates > 0
          ? static_cast<int>(std::min<std::int64_t>(options.candidates, 1'000'000'000))
          : 1'000'000'000;
  search::Mcts mcts(environment, settings);
  mcts.SetRoot(root);
  RandomStream random({kRolloutStream, 1});
  mcts.Begin(&random, 0, /*noise=*/false);
  std::vector<search::EvaluationRequest> requests;
  std::vector<search::Evaluation> answers;
  result->end = EnumerationEnd::kCandidates;
  while (!mcts.done() && evaluator->solution() == nullptr) {
    requests.clear();
    mcts.CollectRequests(&requests);
    answers.resize(requests.size());
    evaluator->Evaluate(requests, answers);
    if (!requests.empty()) mcts.Provide(answers);
    result->candidates = mcts.simulations();
    if (options.stop != nullptr && *options.stop) {
      result->end = EnumerationEnd::kStopped;
      return std::nullopt;
    }
    if (OutOfTime(options, started)) {
      result->end = EnumerationEnd::kTime;
      return std::nullopt;
    }
  }
  if (evaluator->solution() != nullptr) return CodeOf(*evaluator->solution());
  // The tree itself may have met a solution: then its root is proven, and so is the way there.
  if (mcts.result().proof != search::Proof::kWin) return std::nullopt;
  while (mcts.root_state().phase() == env::Phase::kOngoing) mcts.Advance(mcts.result().best);
  if (mcts.root_state().Value() != 1) return std::nullopt;
  return CodeOf(mcts.root_state());
}

std::optional<std::vector<Op>> RunLevin(const env::State& root, GuidedEvaluator* evaluator,
                                        const EnumerationOptions& options,
                                        EnumerationResult* result) {
  search::LevinOptions settings;
  settings.expansions = options.candidates > 0 ? options.candidates : 1'000'000'000;
  settings.stop = options.stop;
  settings.time = options.time;
  const auto found = search::LevinSearch(root, evaluator, settings);
  result->candidates = found.expansions;
  result->end = EnumerationEnd::kCandidates;
  if (!found.solved) return std::nullopt;
  std::vector<Op> code;
  for (const env::Action action : found.actions) code.push_back(static_cast<Op>(action));
  return code;
}

}  // namespace

EnumerationResult SearchTree(ProgramSearch method, const ProgramTask& task,
                             const PlaceWeights& weights, const EnumerationOptions& options) {
  const auto started = Clock::now();
  const auto environment = std::move(*ProgramEnvironment::Make({}));
  const auto root = std::move(*environment->NewState(ProgramEnvironment::ToTask(task)));
  GuidedEvaluator evaluator(weights, method == ProgramSearch::kMcts);
  EnumerationResult result;
  const auto code = method == ProgramSearch::kMcts
                        ? RunMcts(*environment, *root, &evaluator, options, started, &result)
                        : RunLevin(*root, &evaluator, options, &result);
  if (code) {
    const enumerate::Costs costs(weights, task.EmptyProgram().vocabulary());
    Solution solution{*code, costs.BitsOf(*code), result.candidates};
    if (!options.accept || options.accept(solution)) {
      result.solutions.push_back(std::move(solution));
      result.end = EnumerationEnd::kSolved;
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  return result;
}

}  // namespace tesuji::env::program
