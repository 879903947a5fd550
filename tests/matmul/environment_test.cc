// Matrix multiplication as an environment.
#include <gtest/gtest.h>

#include <algorithm>

#include "api/contract.h"
#include "env/matmul/matmul_environment.h"
#include "env/matmul/tensor_check.h"
#include "tests/matmul/known_schemes.h"

namespace tesuji::env::matmul {
namespace {

std::unique_ptr<const MatmulEnvironment> MakeEnvironment(const Json& parameters) {
  auto environment = MatmulEnvironment::FromParameters(parameters);
  EXPECT_TRUE(environment.has_value()) << environment.error().message;
  return std::move(*environment);
}

const Scheme& SchemeOf(const State& state) {
  return static_cast<const MatmulState&>(state).scheme();
}

class EveryVariant : public testing::TestWithParam<Json> {};

TEST_P(EveryVariant, KeepsTheContract) {
  const auto environment = MakeEnvironment(GetParam());
  for (const auto& [rule, detail] : CheckContract(*environment, {.episodes = 5})) {
    ADD_FAILURE() << rule << ": " << detail;
  }
}

TEST_P(EveryVariant, IsMadeAgainFromItsParameters) {
  const auto environment = MakeEnvironment(GetParam());
  EXPECT_EQ(MakeEnvironment(environment->parameters())->parameters(), environment->parameters());
}

TEST_P(EveryVariant, EveryLegalActionLeadsToAScheme) {
  const auto environment = MakeEnvironment(GetParam());
  RandomStream random(4);
  const auto state = environment->NewState(environment->SampleTask(random)).value();
  std::vector<Action> legal;
  for (int step = 0; step < 12 && state->phase() == Phase::kOngoing; ++step) {
    state->LegalActions(&legal);
    for (std::size_t i = 0; i < legal.size(); i += 1 + legal.size() / 40) {
      const auto next = state->Clone();
      next->Apply(legal[i]);
      const auto status = CheckScheme(SchemeOf(*next));
      ASSERT_TRUE(status.has_value())
          << next->ActionToText(legal[i]) << ": " << status.error().message;
    }
    state->Apply(legal[random.Below(legal.size())]);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Matmul, EveryVariant,
    testing::Values(Json{{"max_steps", 30}}, Json{{"ring", "ternary"}, {"max_steps", 30}},
                    Json{{"format", "2x3x2"}, {"scramble", 50}, {"max_steps", 20}},
                    Json{{"format", "3x2x3"}, {"ring", "ternary"}, {"max_steps", 12}}));

TEST(MatmulState, ReachesStrassenInASearchOfItsOwnActions) {
  // Random play finds rank 7 now and then; the best of many episodes must.
  const auto environment = MakeEnvironment({{"max_steps", 400}});
  RandomStream random(1);
  int best = 8;
  std::vector<Action> legal;
  for (int episode = 0; episode < 40 && best > 7; ++episode) {
    const auto state = environment->NewState({}).value();
    while (state->phase() == Phase::kOngoing) {
      state->LegalActions(&legal);
      legal.pop_back();  // Never stop.
      std::erase_if(legal,
                    [&](Action action) { return state->ActionToText(action).starts_with("plus"); });
      if (legal.empty()) break;
      state->Apply(legal[random.Below(legal.size())]);
      best = std::min(best, SchemeOf(*state).rank());
    }
  }
  EXPECT_EQ(best, 7);
}

TEST(MatmulState, ValueRisesAsTheRankFalls) {
  const auto environment = MakeEnvironment({{"target", 6}});
  const auto standard = environment->NewState({}).value();
  standard->Apply(environment->spec().action_count - 1);
  EXPECT_EQ(standard->Termination(), "stop");
  EXPECT_EQ(standard->Value(), -1);
  const auto strassen = environment->FromArtifact(SchemeToJson(Modulo2(Strassen())).dump()).value();
  strassen->Apply(environment->spec().action_count - 1);
  EXPECT_EQ(strassen->Value(), 0);
  EXPECT_EQ(strassen->Targets().score, 1);
}

TEST(MatmulState, SharesNoFactorInStrassensScheme) {
  const auto environment = MakeEnvironment({{"spare_terms", 0}});
  const auto state = environment->FromArtifact(SchemeToJson(Modulo2(Strassen())).dump()).value();
  std::vector<Action> legal;
  state->LegalActions(&legal);
  for (const Action action : legal) {
    EXPECT_FALSE(state->ActionToText(action).starts_with("flip")) << state->ActionToText(action);
  }
}

TEST(MatmulEnvironment, RefusesArtifactsThatDoNotMultiply) {
  const auto environment = MakeEnvironment({{"ring", "ternary"}});
  const auto complaint = [&](const Json& json) {
    const auto state = environment->FromArtifact(json.dump());
    return state.has_value() ? std::string("accepted") : state.error().message;
  };
  Json json = SchemeToJson(Strassen());
  EXPECT_EQ(complaint(json), "accepted");
  json["u"][0][0] = 0;
  EXPECT_EQ(complaint(json),
            "not a scheme for 2x2x2: A[1,1] B[1,1] reaches C[1,1] 0 times, expected 1");
  EXPECT_EQ(complaint(SchemeToJson(Modulo2(Strassen()))),
            "the scheme is for 2x2x2 over Z2, expected 2x2x2 over ternary");
  json = SchemeToJson(Strassen());
  json["steps"] = 101;
  EXPECT_NE(complaint(json), "accepted");
}

TEST(MatmulEnvironment, RefusesTasksThatMakeNoSense) {
  const auto environment = MakeEnvironment(Json::object());
  const auto complaint = [&](const Json& parameters) {
    const auto state = environment->NewState({.id = "x", .parameters = parameters});
    return state.has_value() ? std::string("accepted") : state.error().message;
  };
  EXPECT_EQ(complaint({{"moves", 3}}),
            "matmul task: moves: expected \"start\", \"walk\" or \"over\"");
  EXPECT_EQ(complaint({{"walk", 3}}), "matmul task: walk: expected a table");
  EXPECT_EQ(complaint({{"walk", {{"stream", {1, -2, 3, 4}}}}}),
            "matmul task: walk: stream: expected four unsigned integers");
  EXPECT_EQ(complaint({{"walk", {{"stream", {1U, 2U, 3U, 4U}}, {"flips", 1e18}}}}),
            "matmul task: walk: flips: expected an integer of 0 to 2000000000");
  EXPECT_FALSE(MatmulEnvironment::FromParameters({{"format", "2x2"}}).has_value());
  EXPECT_FALSE(MatmulEnvironment::FromParameters({{"format", "1x1x1"}}).has_value());
  EXPECT_FALSE(MatmulEnvironment::FromParameters({{"target", 8}}).has_value());
}

}  // namespace
}  // namespace tesuji::env::matmul
