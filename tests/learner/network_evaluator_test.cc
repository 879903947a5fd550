#include "learner/network_evaluator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

using testing::EvaluateAll;
using testing::LargestDifference;
using testing::PlaneForward;
using testing::Positions;
using testing::RandomPositions;

TEST(NetworkEvaluator, KeepsLegalActionsOnly) {
  const auto go = testing::MakeSmallGo();
  const Positions positions = RandomPositions(*go, 40, 1);
  NetworkEvaluator evaluator(go->spec(), "hash", {}, std::make_unique<PlaneForward>(go->spec()));
  EXPECT_EQ(evaluator.checkpoint_hash(), "hash");
  const auto evaluations = EvaluateAll(&evaluator, positions);
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const std::vector<float>& priors = evaluations[i].priors;
    ASSERT_EQ(priors.size(), positions.legal[i].size());
    EXPECT_NEAR(std::accumulate(priors.begin(), priors.end(), 0.0), 1.0, 1e-5);
    EXPECT_TRUE(evaluations[i].ownership.empty()) << "nobody asked for it";
  }
}

TEST(NetworkEvaluator, SpeaksForTheFirstPlayer) {
  const auto go = testing::MakeSmallGo();
  const env::Spec& spec = go->spec();
  const Positions positions = RandomPositions(*go, 40, 2);
  NetworkEvaluator evaluator(spec, "", {.ownership = true}, std::make_unique<PlaneForward>(spec));
  const auto evaluations = EvaluateAll(&evaluator, positions);
  int seconds = 0;
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    std::vector<float> observation(static_cast<std::size_t>(spec.observation.size()));
    positions.states[i]->Encode(observation);
    RawOutput raw;
    PlaneForward(spec).Run(observation, 1, &raw);
    const double win = std::exp(raw.outcome[0]);
    const double draw = std::exp(raw.outcome[1]);
    const double loss = std::exp(raw.outcome[2]);
    const bool second = positions.states[i]->to_play() == env::Player::kSecond;
    seconds += second;
    const double view = second ? -1 : 1;
    EXPECT_NEAR(evaluations[i].value, view * (win - loss) / (win + draw + loss), 1e-5);
    EXPECT_NEAR(evaluations[i].score, view * raw.score[0] * spec.score_scale, 1e-5);
    for (std::size_t c = 0; c < raw.ownership.size(); ++c) {
      EXPECT_NEAR(evaluations[i].ownership[c], view * raw.ownership[c], 1e-6);
    }
  }
  EXPECT_GT(seconds, 10);
}

TEST(NetworkEvaluator, NeverExceedsItsBatch) {
  const auto go = testing::MakeSmallGo();
  auto forward = std::make_unique<PlaneForward>(go->spec());
  PlaneForward* spy = forward.get();
  NetworkEvaluator evaluator(go->spec(), "", {.batch = 16}, std::move(forward));
  EvaluateAll(&evaluator, RandomPositions(*go, 40, 3));
  EXPECT_EQ(spy->batches, (std::vector<int>{16, 16, 8}));
}

TEST(NetworkEvaluator, FillsItsBatchesWithSymmetriesOfSeveralPositions) {
  const auto go = testing::MakeSmallGo();
  auto forward = std::make_unique<PlaneForward>(go->spec());
  PlaneForward* spy = forward.get();
  NetworkEvaluator evaluator(go->spec(), "", {.batch = 32, .symmetry_average = true},
                             std::move(forward));
  EvaluateAll(&evaluator, RandomPositions(*go, 9, 3));
  EXPECT_EQ(spy->batches, (std::vector<int>{32, 32, 8})) << "9 positions from 8 sides";
}

TEST(NetworkEvaluator, AverageOverSymmetriesOfAnEquivariantNetworkChangesNothing) {
  const auto go = testing::MakeSmallGo();
  ASSERT_EQ(go->spec().symmetries.size(), 8U);
  const Positions positions = RandomPositions(*go, 30, 4);
  const auto evaluate = [&](bool average) {
    NetworkEvaluator evaluator(go->spec(), "",
                               {.batch = 3, .symmetry_average = average, .ownership = true},
                               std::make_unique<PlaneForward>(go->spec()));
    return EvaluateAll(&evaluator, positions);
  };
  EXPECT_LT(LargestDifference(evaluate(false), evaluate(true)), 1e-5);
}

}  // namespace
}  // namespace tesuji::learner
