#include "bench/search.h"

#include <vector>

#include "bench/clock.h"
#include "search/mcts.h"

namespace tesuji::bench {
namespace {

/// Priors and values off a table: as near to free as an evaluator that looks different from state
/// to state can be (equal priors everywhere would give trees of an unnatural shape).
class FreeEvaluator : public search::Evaluator {
 public:
  explicit FreeEvaluator(std::uint64_t seed) {
    RandomStream random({seed, 0x6265});
    for (float& number : table_) number = static_cast<float>(random.Gamma(0.5)) + 1e-3F;
  }
  void Evaluate(std::span<const search::EvaluationRequest> requests,
                std::span<search::Evaluation> out) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      std::size_t at = next_++ * 37 % kSize;
      float sum = 0;
      out[i].priors.resize(requests[i].legal.size());
      for (float& prior : out[i].priors) {
        prior = table_[at];
        sum += prior;
        at = (at + 1) % kSize;
      }
      for (float& prior : out[i].priors) prior /= sum;
      out[i].value = 0.2F * (table_[at] - 0.5F) / (1 + table_[at]);
    }
  }
  std::string checkpoint_hash() const override { return "free"; }
  std::uint64_t count() const { return next_; }

 private:
  static constexpr std::size_t kSize = 1021;
  float table_[kSize];
  std::uint64_t next_ = 0;
};

std::unique_ptr<env::State> SampledStart(const env::Environment& environment,
                                         RandomStream* random) {
  auto state = environment.NewState(environment.SampleTask(*random));
  if (!state) throw MachineError("benchmark: " + state.error().message);
  return std::move(*state);
}

/// What a simulation asks of the environment: a clone, `depth` moves, a list of actions.
double EnvironmentMicroseconds(const env::Environment& environment, int depth,
                               std::chrono::milliseconds duration, RandomStream* random) {
  std::vector<env::Action> legal;
  std::int64_t simulations = 0;
  Clock::duration spent{};
  const auto end = Clock::now() + duration;
  while (Clock::now() < end) {
    auto state = SampledStart(environment, random);
    while (state->phase() == env::Phase::kOngoing && state->to_play() != env::Player::kChance &&
           Clock::now() < end) {
      // The line is found first, untimed; then walked as a search would.
      std::vector<env::Action> line;
      auto probe = state->Clone();
      while (static_cast<int>(line.size()) < depth && probe->phase() == env::Phase::kOngoing &&
             probe->to_play() != env::Player::kChance) {
        probe->LegalActions(&legal);
        line.push_back(legal[random->Below(legal.size())]);
        probe->Apply(line.back());
      }
      if (probe->phase() != env::Phase::kOngoing || probe->to_play() == env::Player::kChance) break;
      constexpr int kRepeats = 64;
      const auto start = Clock::now();
      for (int i = 0; i < kRepeats; ++i) {
        auto leaf = state->Clone();
        for (env::Action action : line) leaf->Apply(action);
        leaf->LegalActions(&legal);
      }
      spent += Clock::now() - start;
      simulations += kRepeats;
      state->Apply(line.front());
    }
  }
  return simulations == 0 ? 0 : Seconds(spent) * 1e6 / static_cast<double>(simulations);
}

}  // namespace

SearchBenchResult BenchSearchOverhead(const env::Environment& environment,
                                      const SearchBenchOptions& options) {
  FreeEvaluator evaluator(options.seed);
  RandomStream random({options.seed, 0x736d});
  search::Mcts mcts(environment, options.search);
  std::int64_t simulations = 0;
  std::int64_t moves = 0;
  const auto start = Clock::now();
  const auto end = start + options.duration;
  while (Clock::now() < end) {
    auto state = SampledStart(environment, &random);
    mcts.SetRoot(*state);
    while (state->phase() == env::Phase::kOngoing && Clock::now() < end) {
      env::Action action = 0;
      if (state->to_play() == env::Player::kChance) {
        std::vector<env::ChanceOutcome> outcomes;
        state->ChanceOutcomes(&outcomes);
        action = outcomes[random.Below(outcomes.size())].action;
      } else {
        action = RunSearch(&mcts, &evaluator, &random).best;
        simulations += mcts.simulations();
        ++moves;
      }
      state->Apply(action);
      mcts.Advance(action);
    }
  }
  const double seconds = SecondsSince(start);
  SearchBenchResult result;
  result.simulations_per_second = static_cast<double>(simulations) / seconds;
  result.evaluations_per_second = static_cast<double>(evaluator.count()) / seconds;
  result.moves_per_second = static_cast<double>(moves) / seconds;
  result.microseconds_per_simulation = 1e6 / result.simulations_per_second;
  result.mean_depth = mcts.mean_leaf_depth();
  result.environment_microseconds = EnvironmentMicroseconds(
      environment, static_cast<int>(result.mean_depth + 0.5), options.duration / 3, &random);
  return result;
}

void BenchSearch(const env::Environment& environment, const SearchBenchOptions& options,
                 const ShowFigure& show) {
  const SearchBenchResult result = BenchSearchOverhead(environment, options);
  show({"search with a free evaluator", result.simulations_per_second, "simulations/s", {}, {}});
}

}  // namespace tesuji::bench
