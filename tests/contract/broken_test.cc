// Deliberately broken environments: the contract suite names each fault. Those that end or hang
// their process are run by the command line's test (tests/cli/check_env_test.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "api/contract.h"
#include "api/judge_guard.h"
#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

std::string Report(const Fault& fault) {
  const auto environment = fault.make();
  ContractOptions options;
  options.judge_patience = std::chrono::milliseconds(200);
  if (fault.make_judge) {
    options.make_judge = [&]() -> Result<std::unique_ptr<Judge>> {
      return GuardJudge(fault.make_judge(*environment).value(), *environment, nullptr);
    };
  }
  std::string report;
  for (const auto& [rule, detail] : CheckContract(*environment, options)) {
    report += rule + ": " + detail + "\n";
  }
  return report;
}

TEST(BrokenEnvironments, TheSoundOneBehindThemKeepsTheContract) {
  EXPECT_EQ(Report(Make<SoundEnvironment<Plain>>("sound", "")), "");
}

TEST(BrokenEnvironments, TheSoundJudgeBehindThemKeepsTheContract) {
  EXPECT_EQ(Report(SoundlyJudged()), "");
}

class BrokenEnvironments : public testing::TestWithParam<Fault> {};

TEST_P(BrokenEnvironments, AreCaughtByName) {
  if (GetParam().kills) GTEST_SKIP() << "needs a process of its own";
  EXPECT_THAT(Report(GetParam()), testing::HasSubstr(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(All, BrokenEnvironments, testing::ValuesIn(AllFaults()),
                         [](const auto& parameters) {
                           std::string name = parameters.param.id;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(BrokenEnvironments, ARegistrysEnvironmentIsCheckedWithTheJudgeOfItsFactory) {
  const Fault judged = SoundlyJudged();
  Registry registry;
  registry.Add({.id = "judged",
                .summary = "",
                .parameters = {},
                .make = [&](const Json& /*parameters*/) { return judged.make(); },
                .make_judge = judged.make_judge});
  EXPECT_TRUE(CheckContract(registry, "judged", Json::object()).empty());
  const auto unknown = CheckContract(registry, "jugded", Json::object());
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_THAT(unknown.front().detail, testing::HasSubstr("did you mean \"judged\"?"));
}

TEST(BrokenEnvironments, AreManyAndDifferent) {
  std::set<std::string> ids;
  std::set<std::string> named;
  for (const Fault& fault : AllFaults()) {
    ids.insert(fault.id);
    named.insert(fault.named);
  }
  EXPECT_EQ(ids.size(), AllFaults().size());
  EXPECT_GE(named.size(), 30U);
}

}  // namespace
}  // namespace tesuji::broken
