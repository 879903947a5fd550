#include "learner/compression.h"

#include <gtest/gtest.h>

#include <cmath>

#include "search/uniform_evaluator.h"
#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

/// Knows action 1 with probability 1/2 (of three) and says that the value is 0.5.
class HalfEvaluator : public search::Evaluator {
 public:
  void Evaluate(std::span<const search::EvaluationRequest> requests,
                std::span<search::Evaluation> out) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      out[i].priors = {0.25F, 0.5F, 0.25F};
      out[i].value = 0.5F;
    }
  }
  std::string checkpoint_hash() const override { return "half"; }
};

TEST(Compression, OfAUniformPolicyIsThatOfUniformPlay) {
  const auto go = testing::MakeSmallGo();
  std::vector<env::Trajectory> games;
  for (std::uint64_t seed = 0; seed < 5; ++seed) games.push_back(testing::RandomGame(*go, seed));
  search::UniformEvaluator uniform;
  const CompressionFigure figure = MeasureCompression(*go, games, &uniform);
  std::size_t rows = 0;
  for (const env::Trajectory& game : games) rows += game.steps.size();
  EXPECT_EQ(figure.rows, static_cast<std::int64_t>(rows));
  EXPECT_NEAR(figure.bits_per_action, figure.uniform_bits_per_action, 1e-5);
  EXPECT_NEAR(figure.target_bits_per_action, figure.uniform_bits_per_action, 1e-5);
  EXPECT_GT(figure.uniform_bits_per_action, 1);
}

TEST(Compression, IsWorkedOutByHand) {
  const auto digits = testing::MakeDigits();
  env::Trajectory game;
  for (const env::Action action : {1, 0, 1, 2}) {
    env::Step step;
    step.action = action;
    step.is_target = true;
    step.policy = {{action, 1.0F}};
    game.steps.push_back(step);
  }
  game.steps[3].is_target = false;  // Played, not measured.
  game.outcome.value = -1;
  HalfEvaluator half;
  const CompressionFigure figure = MeasureCompression(*digits, {&game, 1}, &half);
  EXPECT_EQ(figure.rows, 3);
  EXPECT_NEAR(figure.bits_per_action, (1 + 2 + 1) / 3.0, 1e-6);
  EXPECT_NEAR(figure.uniform_bits_per_action, std::log2(3.0), 1e-6);
  EXPECT_NEAR(figure.value_mse, 2.25, 1e-6);
}

TEST(Compression, OfNothingIsNothing) {
  HalfEvaluator half;
  EXPECT_EQ(MeasureCompression(*testing::MakeDigits(), {}, &half).rows, 0);
}

}  // namespace
}  // namespace tesuji::learner
