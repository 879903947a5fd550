#include "arena/openings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "arena/game_hooks.h"
#include "core/key128.h"
#include "core/random.h"

namespace tesuji::arena {
namespace {

constexpr std::uint64_t kOpeningStream = 0x6f70656e;
constexpr int kTries = 100;

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
std::vector<env::Action> PlayOpening(env::State* state, const GameHooks& hooks,
                                     const OpeningOptions& options, search::Evaluator* evaluator,
                                     RandomStream* random) {
  std::vector<env::Action> played;
  std::vector<env::Action> legal;
  while (static_cast<int>(played.size()) < options.actions) {
    state->LegalActions(&legal);
    hooks.DropFromOpenings(*state, &legal);
    const env::Action action = legal[Draw(*state, legal, evaluator, options.temperature, random)];
    state->Apply(action);
    if (state->phase() != env::Phase::kOngoing) break;
    played.push_back(action);
  }
  return played;
}

// One line of a list, played from `start`.
Result<std::vector<env::Action>> ParseOpening(const GameHooks& hooks, const env::State& start,
                                              std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<env::Action> actions;
  std::vector<env::Action> legal;
  const auto state = start.Clone();
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return actions;
    line.remove_prefix(begin);
    const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
    line.remove_prefix(word.size());
    if (state->phase() != env::Phase::kOngoing) {
      return Fail(fmt::format("the game is over before \"{}\"", word));
    }
    const Result<env::Action> action = hooks.ParseAction(*state, word);
    if (!action) return tl::unexpected(action.error());
    state->LegalActions(&legal);
    if (!std::ranges::binary_search(legal, *action)) {
      return Fail(hooks.WhyIllegal(*state, *action));
    }
    state->Apply(*action);
    actions.push_back(*action);
    if (state->phase() != env::Phase::kOngoing) {
      return Fail(fmt::format("the game is over after \"{}\": nothing is left to play", word));
    }
  }
}

}  // namespace

Result<std::vector<Opening>> MakeOpenings(const env::Environment& environment,
                                          const GameHooks& hooks, const OpeningOptions& options) {
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
      opening.actions = PlayOpening(state->get(), hooks, options, evaluator, &random);
      if (options.actions == 0 || seen.insert((*state)->Fingerprint()).second) break;
    }
    openings.push_back(std::move(opening));
  }
  return openings;
}

Result<std::vector<std::vector<env::Action>>> ParseOpenings(const GameHooks& hooks,
                                                            const env::State& start,
                                                            std::string_view text) {
  std::vector<std::vector<env::Action>> openings;
  int line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto actions = ParseOpening(hooks, start, line.substr(0, line.find('#')));
    if (!actions) return Fail(fmt::format("line {}: {}", line_number, actions.error().message));
    if (!actions->empty()) openings.push_back(std::move(*actions));
  }
  return openings;
}

}  // namespace tesuji::arena
