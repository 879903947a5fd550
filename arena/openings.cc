#include "arena/openings.h"

#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/key128.h"
#include "core/random.h"
#include "env/go/go_state.h"

namespace tesuji::arena {
namespace {

constexpr std::uint64_t kOpeningStream = 0x6f70656e;
constexpr int kTries = 100;

// The legal actions that may be drawn: in Go no pass, unless nothing else is left.
void Candidates(const env::State& state, std::vector<env::Action>* legal) {
  state.LegalActions(legal);
  const auto* go = dynamic_cast<const env::go::GoState*>(&state);
  if (go != nullptr && legal->size() > 1) std::erase(*legal, go->rules().pass());
}

std::size_t Draw(const env::State& state, const std::vector<env::Action>& legal,
                 search::Evaluator* evaluator, double temperature, RandomStream* random) {
  if (evaluator == nullptr) return random->Below(legal.size());
  std::vector<env::Action> all;
  state.LegalActions(&all);
  const search::EvaluationRequest request{.state = &state, .legal = all};
  search::Evaluation evaluation;
  evaluator->Evaluate({&request, 1}, {&evaluation, 1});
  std::vector<float> weights;
  std::size_t from = 0;  // Both lists ascend, and `legal` is a part of `all`.
  for (const env::Action action : legal) {
    while (all[from] != action) ++from;
    weights.push_back(
        static_cast<float>(std::pow(evaluation.priors[from], 1 / temperature) + 1e-9));
  }
  return random->Pick(weights);
}

// Plays an opening on `state`; gives what was played.
std::vector<env::Action> PlayOpening(env::State* state, const OpeningOptions& options,
                                     search::Evaluator* evaluator, RandomStream* random) {
  std::vector<env::Action> played;
  std::vector<env::Action> legal;
  while (static_cast<int>(played.size()) < options.actions) {
    Candidates(*state, &legal);
    const env::Action action = legal[Draw(*state, legal, evaluator, options.temperature, random)];
    state->Apply(action);
    if (state->phase() != env::Phase::kOngoing) break;
    played.push_back(action);
  }
  return played;
}

}  // namespace

Result<std::vector<Opening>> MakeOpenings(const env::Environment& environment,
                                          const OpeningOptions& options) {
  std::vector<Opening> openings;
  std::set<Key128> seen;
  for (int i = 0; i < options.count; ++i) {
    RandomStream random({options.seed, kOpeningStream, static_cast<std::uint64_t>(i)});
    search::Evaluator* evaluator =
        options.evaluators.empty() ? nullptr : options.evaluators[i % options.evaluators.size()];
    Opening opening;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      opening.task = options.task ? *options.task : environment.SampleTask(random);
      auto state = environment.NewState(opening.task);
      if (!state) return tl::unexpected(state.error());
      opening.actions = PlayOpening(state->get(), options, evaluator, &random);
      if (options.actions == 0 || seen.insert((*state)->Fingerprint()).second) break;
    }
    openings.push_back(std::move(opening));
  }
  return openings;
}

Result<std::vector<std::vector<env::Action>>> ParseOpenings(const env::go::Rules& rules,
                                                            std::string_view text) {
  std::vector<std::vector<env::Action>> openings;
  int line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    std::vector<env::Action> actions;
    while (true) {
      const std::size_t begin = line.find_first_not_of(" \t\r");
      if (begin == std::string_view::npos) break;
      line.remove_prefix(begin);
      const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
      line.remove_prefix(word.size());
      const Result<env::Action> action = ParseAction(rules, word);
      if (!action) {
        return Fail("openings, line " + std::to_string(line_number) + ": " +
                    action.error().message);
      }
      actions.push_back(*action);
    }
    if (!actions.empty()) openings.push_back(std::move(actions));
  }
  return openings;
}

}  // namespace tesuji::arena
