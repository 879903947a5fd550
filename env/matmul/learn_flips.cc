#include "env/matmul/learn_flips.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>

#include "env/matmul/walk.h"

namespace tesuji::env::matmul {
namespace {

constexpr double kFirstDeviation = 6;     // Of both numbers, in sixteenths of a halving.
constexpr double kSmallestDeviation = 1;  // Else the search ends where it first looked.
constexpr std::uint64_t kPolicies = ~std::uint64_t{0};
constexpr const char* kFormatName = "tesuji-flip-policy";

struct Normal {
  double mean = 0;
  double deviation = kFirstDeviation;

  int Draw(RandomStream* random) const {
    return std::clamp(static_cast<int>(std::lround(mean + deviation * random->Normal())),
                      -FlipPolicy::kMost, FlipPolicy::kMost);
  }
  void Fit(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    deviation = std::max(kSmallestDeviation, std::sqrt(squares / count));
  }
};

class Learner {
 public:
  explicit Learner(const LearnFlipsOptions& options)
      : options_(options),
        arena_(options.workers),
        pace_(MeasuredOptions(options.format, options.ring, false)),
        start_(StandardScheme(options.format, options.ring)),
        ones_{.mean = static_cast<double>(options.first.ones)},
        pairs_{.mean = static_cast<double>(options.first.pairs)} {}

  LearnedFlips Run(const std::function<void(const FlipGeneration&)>& progress) {
    LearnedFlips learned;
    for (int number = 0; number < options_.generations && !stopped_; ++number) {
      RandomStream random({options_.seed, static_cast<std::uint64_t>(number), kPolicies});
      std::vector<FlipPolicy> policies = {{}};
      while (static_cast<int>(policies.size()) < options_.population) {
        policies.push_back({.ones = ones_.Draw(&random), .pairs = pairs_.Draw(&random)});
      }
      const std::vector<double> costs = Costs(policies, static_cast<std::uint64_t>(number));
      if (stopped_) break;  // Half a generation says nothing.
      learned.generations.push_back(Learn(policies, costs));
      learned.policy = learned.generations.back().mean;
      if (progress) progress(learned.generations.back());
    }
    learned.stopped = stopped_;
    return learned;
  }

 private:
  /// Mean logarithm of the flips that each policy needs.
  std::vector<double> Costs(const std::vector<FlipPolicy>& policies, std::uint64_t generation) {
    const int walks = options_.walks;
    std::vector<double> each(policies.size() * walks);
    arena_.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, each.size(),
          [&](std::size_t i) {
            if (options_.stop && options_.stop()) stopped_ = true;
            if (stopped_) return;
            each[i] = Cost(policies[i / walks], generation, i % walks);
            CountWalk();
          },
          tbb::simple_partitioner());
    });
    std::vector<double> costs;
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const auto first = each.begin() + static_cast<std::ptrdiff_t>(i) * walks;
      costs.push_back(std::accumulate(first, first + walks, 0.0) / walks);
    }
    return costs;
  }

  void CountWalk() {
    if (!options_.walked) return;
    const std::lock_guard lock(counting_);
    options_.walked(++walked_, options_.generations * options_.population * options_.walks);
  }

  double Cost(const FlipPolicy& policy, std::uint64_t generation, std::uint64_t walk) const {
    const WalkOptions walking{.flips = options_.walk_flips,
                              .plus_after = pace_.plus_after,
                              .band = pace_.band,
                              .target_rank = options_.target_rank,
                              .policy = policy};
    const WalkResult walked =
        Walk(start_, walking, RandomStream({options_.seed, generation, walk}));
    const bool reached = walked.scheme.rank() <= options_.target_rank;
    return std::log(static_cast<double>(reached ? walked.flips : 2 * options_.walk_flips));
  }

  FlipGeneration Learn(const std::vector<FlipPolicy>& policies, const std::vector<double>& costs) {
    std::vector<std::size_t> order(policies.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return costs[i]; });
    std::vector<double> ones;
    std::vector<double> pairs;
    for (int i = 0; i < options_.elite; ++i) {
      ones.push_back(policies[order[i]].ones);
      pairs.push_back(policies[order[i]].pairs);
    }
    ones_.Fit(ones);
    pairs_.Fit(pairs);
    return {.uniform = costs[0],
            .best = costs[order[0]],
            .best_policy = policies[order[0]],
            .mean = {.ones = static_cast<int>(std::lround(ones_.mean)),
                     .pairs = static_cast<int>(std::lround(pairs_.mean))}};
  }

  const LearnFlipsOptions& options_;
  tbb::task_arena arena_;
  const DiscoverOptions pace_;
  const Scheme start_;
  Normal ones_;
  Normal pairs_;
  std::atomic<bool> stopped_ = false;
  std::mutex counting_;
  int walked_ = 0;
};

}  // namespace

Result<LearnedFlips> LearnFlips(const LearnFlipsOptions& options,
                                const std::function<void(const FlipGeneration&)>& progress) {
  if (auto status = CheckFormat(options.format); !status) return tl::unexpected(status.error());
  const auto expect = [](bool holds, const char* name, auto value, const char* what) -> Status {
    if (holds) return {};
    return Fail(fmt::format("learn-flips: {} = {}: expected {}", name, value, what));
  };
  for (const Status& status :
       {expect(options.workers >= 1, "workers", options.workers, "at least 1"),
        expect(options.population >= 2, "population", options.population, "at least 2"),
        expect(options.elite >= 1 && options.elite <= options.population, "elite", options.elite,
               "1 to the population"),
        expect(options.generations >= 1, "generations", options.generations, "at least 1"),
        expect(options.walks >= 1, "walks", options.walks, "at least 1"),
        expect(options.walk_flips >= 1, "walk_flips", options.walk_flips, "at least 1"),
        expect(options.target_rank >= 1 && options.target_rank < options.format.standard_rank(),
               "target", options.target_rank, "1 to less than the standard rank")}) {
    if (!status) return tl::unexpected(status.error());
  }
  return Learner(options).Run(progress);
}

Result<FlipComparison> CompareFlips(DiscoverOptions options, int seeds, const FlipPolicy& policy,
                                    const std::function<void(int done)>& progress) {
  FlipComparison comparison;
  for (int done = 0; done < seeds; ++done, ++options.seed) {
    for (auto* trials : {&comparison.uniform, &comparison.learned}) {
      options.policy = trials == &comparison.learned ? policy : FlipPolicy{};
      const auto start = std::chrono::steady_clock::now();
      const auto result = DiscoverSchemes(options, {});
      if (!result) return tl::unexpected(result.error());
      trials->push_back(
          {.reached = result->reached_target,
           .flips = result->total_flips,
           .seconds =
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
    }
    if (progress) progress(done + 1);
  }
  return comparison;
}

Json FlipPolicyToJson(const LearnFlipsOptions& options, const LearnedFlips& learned) {
  Json generations = Json::array();
  for (const FlipGeneration& generation : learned.generations) {
    generations.push_back({{"uniform_log_flips", generation.uniform},
                           {"best_log_flips", generation.best},
                           {"best", {generation.best_policy.ones, generation.best_policy.pairs}},
                           {"mean", {generation.mean.ones, generation.mean.pairs}}});
  }
  return {{"format", kFormatName},
          {"version", 1},
          {"ones", learned.policy.ones},
          {"pairs", learned.policy.pairs},
          {"learned",
           {{"on", options.format.ToText()},
            {"ring", RingName(options.ring)},
            {"target", options.target_rank},
            {"seed", options.seed},
            {"walks", options.walks},
            {"generations", std::move(generations)}}}};
}

Result<FlipPolicy> FlipPolicyFromJson(const Json& json) {
  if (!json.is_object() || json.value("format", Json()) != kFormatName ||
      json.value("version", Json()) != 1) {
    return Fail("expected a flip policy: {\"format\": \"tesuji-flip-policy\", \"version\": 1, …}");
  }
  FlipPolicy policy;
  for (const auto& [key, number] : {std::pair{"ones", &policy.ones}, {"pairs", &policy.pairs}}) {
    const auto it = json.find(key);
    if (it == json.end() || !it->is_number_integer() || *it < -FlipPolicy::kMost ||
        *it > FlipPolicy::kMost) {
      return Fail(fmt::format("flip policy: {}: expected an integer of {} to {}", key,
                              -FlipPolicy::kMost, FlipPolicy::kMost));
    }
    *number = it->get<int>();
  }
  return policy;
}

}  // namespace tesuji::env::matmul
