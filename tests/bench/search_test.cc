#include "bench/search.h"

#include <gtest/gtest.h>

#include "tests/search/noughts.h"

namespace tesuji::bench {
namespace {

TEST(SearchBench, MeasuresSomething) {
  const search::NoughtsEnvironment game;
  SearchBenchOptions options;
  options.search.simulations = 20;
  options.duration = std::chrono::milliseconds(60);
  const SearchBenchResult result = BenchSearchOverhead(game, options);
  EXPECT_GT(result.simulations_per_second, 0);
  EXPECT_GT(result.moves_per_second, 0);
  EXPECT_GE(result.mean_depth, 1);
  EXPECT_GT(result.environment_microseconds, 0);
}

}  // namespace
}  // namespace tesuji::bench
