#include "search/levin.h"

#include <gtest/gtest.h>

#include "env/program/program_environment.h"
#include "search/uniform_evaluator.h"
#include "tests/program/helpers.h"

namespace tesuji::search {
namespace {

using namespace env::program;

std::unique_ptr<env::State> Start(const ProgramTask& task) {
  static const auto environment = std::move(*ProgramEnvironment::Make({}));
  return std::move(*environment->NewState(ProgramEnvironment::ToTask(task)));
}

TEST(LevinSearch, FindsAShortProgramThroughTheEnvironmentAlone) {
  const auto task = TaskOf({{{3, 1, 2}, {1, 2, 3}}, {{5, 5, 1}, {1, 5, 5}}, {{9, 4}, {4, 9}}});
  UniformEvaluator uniform;
  const auto state = Start(task);
  const LevinResult result = LevinSearch(*state, &uniform, {.expansions = 2000});
  ASSERT_TRUE(result.solved);
  EXPECT_EQ(result.actions, (std::vector<env::Action>{kSort, kXs}));
  EXPECT_EQ(result.value, 1);
}

TEST(LevinSearch, KeepsWithinTheBoundOfDepthOverProbability) {
  const auto task = TaskOf({{{3, 1, 2}, {2, 1, 3}}, {{5, 6, 1}, {1, 6, 5}}});
  UniformEvaluator uniform;
  const auto state = Start(task);
  const LevinResult result = LevinSearch(*state, &uniform, {.expansions = 100'000, .batch = 1});
  ASSERT_TRUE(result.solved);
  EXPECT_LE(static_cast<double>(result.expansions),
            static_cast<double>(result.actions.size()) * std::exp2(result.bits) + 1);
}

TEST(LevinSearch, StopsAtItsBudgetAndReportsTheBestItMet) {
  const auto task = TaskOf({{{1, 2}, {77, 3, 12}}, {{}, {}}, {{4}, {5, 5}}});
  UniformEvaluator uniform;
  const auto state = Start(task);
  const LevinResult result = LevinSearch(*state, &uniform, {.expansions = 300, .most_open = 500});
  EXPECT_FALSE(result.solved);
  EXPECT_LE(result.expansions, 331);
  EXPECT_GT(result.finished, 0);
  EXPECT_LT(result.value, 1);
}

}  // namespace
}  // namespace tesuji::search
