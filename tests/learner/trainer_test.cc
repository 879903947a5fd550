#include "learner/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "env/tictactoe/tictactoe.h"
#include "learner/compression.h"
#include "learner/replay_window.h"
#include "learner/safetensors.h"
#include "learner/self_check.h"
#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

using ::testing::HasSubstr;
using testing::Make2048;
using testing::MakeDigits;
using testing::MakeSmallGo;
using testing::RandomGame;

TrainerOptions TinyOptions() {
  TrainerOptions options;
  options.network = {.blocks = 2, .channels = 16, .pooling_every = 2, .head_channels = 8};
  options.batch = 32;
  options.warmup_steps = 10;
  options.seed = 5;
  return options;
}

std::unique_ptr<ReplayWindow> RandomWindow(const env::Environment& environment, int games) {
  auto window = std::make_unique<ReplayWindow>(environment, WindowOptions{});
  for (int seed = 0; seed < games; ++seed) {
    EXPECT_TRUE(window->Add(RandomGame(environment, static_cast<std::uint64_t>(seed))).has_value());
  }
  return window;
}

std::unique_ptr<Trainer> MakeTrainer(const env::Environment& environment,
                                     const TrainerOptions& options) {
  return std::move(Trainer::Create(environment, options).value());
}

FloatTensor TensorOf(const std::string& weights, const std::string& name) {
  return SafetensorsView::Parse(weights).value().Copy(name);
}

TEST(Trainer, StartsWhereInitialWeightsDo) {
  const auto go = MakeSmallGo();
  const TrainerOptions options = TinyOptions();
  EXPECT_EQ(MakeTrainer(*go, options)->ExportWeights(),
            InitialWeights(go->spec(), options.network, options.seed));
}

TEST(Trainer, RepeatsItselfToTheBit) {
  const auto go = MakeSmallGo();
  const auto window = RandomWindow(*go, 10);
  std::string weights[2];
  for (std::string& bytes : weights) {
    const auto trainer = MakeTrainer(*go, TinyOptions());
    EXPECT_EQ(trainer->Train(window.get(), 6, {}).steps, 6);
    bytes = trainer->ExportWeights();
  }
  EXPECT_EQ(weights[0], weights[1]);
}

/// Saved after 7 steps and restored, a trainer makes the next 4 as if nothing had been.
void ExpectGoesOnExactly(const env::Environment& environment, Optimizer optimizer) {
  const auto window = RandomWindow(environment, 10);
  TrainerOptions options = TinyOptions();
  options.optimizer = optimizer;
  options.decay_steps = 20;
  const auto whole = MakeTrainer(environment, options);
  whole->Train(window.get(), 11, {});

  const auto first = MakeTrainer(environment, options);
  first->Train(window.get(), 7, {});
  const std::string state = first->SaveState();
  const auto second = std::move(Trainer::Restore(environment, options, state).value());
  EXPECT_EQ(second->steps(), 7);
  EXPECT_EQ(second->SaveState(), state);
  second->Train(window.get(), 4, {});
  EXPECT_EQ(second->ExportWeights(), whole->ExportWeights());
  EXPECT_EQ(second->SaveState(), whole->SaveState());
  EXPECT_NE(second->SaveState(), state);
}

TEST(Trainer, GoesOnExactlyWhereItWasSaved) {
  for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kAdam}) {
    ExpectGoesOnExactly(*MakeSmallGo(), optimizer);
    ExpectGoesOnExactly(*MakeDigits(), optimizer);
  }
}

TEST(Trainer, LearnsAFewGamesByHeart) {
  const auto digits = MakeDigits();
  ReplayWindow window(*digits, {});
  // After 0 comes 1 or 2, half and half; everything else is certain. The value tells the branch.
  double entropy = 0;
  for (const env::Action branch : {1, 2}) {
    env::Trajectory game;
    const std::vector<env::Action> actions = {0, branch, 2, 0};
    for (const env::Action action : actions) {
      env::Step step;
      step.action = action;
      step.is_target = true;
      step.policy = {{action, 1.0F}};
      game.steps.push_back(step);
    }
    game.steps[1].policy = {{1, 0.5F}, {2, 0.5F}};
    entropy += std::log(2.0);
    testing::CompleteGame(*digits, &game);
    ASSERT_EQ(game.outcome.value, branch == 1 ? 1.0F : 0.5F);
    ASSERT_TRUE(window.Add(game).has_value());
  }
  entropy /= 8;
  TrainerOptions options = TinyOptions();
  options.weight_decay = 0;
  options.ema_decay = 0.98;
  options.decay_steps = 300;
  const auto trainer = MakeTrainer(*digits, options);
  const TrainingReport start = trainer->Train(&window, 1, {});
  EXPECT_GT(start.policy_loss, 0.9);
  trainer->Train(&window, 260, {});
  const TrainingReport end = trainer->Train(&window, 40, {});
  EXPECT_NEAR(end.policy_loss, entropy, 0.05);
  EXPECT_GT(end.rows_per_second, 0);

  const auto network = Network::Load(trainer->ExportWeights(), digits->spec(), {}).value();
  const auto evaluator = network->MakeEvaluator({});
  auto state = std::move(digits->NewState({}).value());
  const std::vector<env::Action> legal = {0, 1, 2};
  search::Evaluation evaluation;
  const auto ask = [&] {
    const search::EvaluationRequest request{state.get(), legal};
    evaluator->Evaluate({&request, 1}, {&evaluation, 1});
  };
  ask();
  EXPECT_GT(evaluation.priors[0], 0.9);
  EXPECT_NEAR(evaluation.value, 0.75, 0.1) << "the mean of both branches";
  state->Apply(0);
  ask();
  EXPECT_NEAR(evaluation.priors[1], 0.5, 0.1);
  EXPECT_NEAR(evaluation.priors[2], 0.5, 0.1);
  state->Apply(2);
  ask();
  EXPECT_GT(evaluation.priors[2], 0.9);
  EXPECT_NEAR(evaluation.value, 0.5, 0.1);
}

TEST(Trainer, LearnsBothSidesOfAGameByHeart) {
  const auto go = MakeSmallGo();
  const env::Trajectory game = RandomGame(*go, 8);
  ASSERT_NE(game.outcome.value, 0);
  ReplayWindow window(*go, {});
  ASSERT_TRUE(window.Add(game).has_value());
  const auto trainer = MakeTrainer(*go, TinyOptions());
  const TrainingReport start = trainer->Train(&window, 5, {});
  trainer->Train(&window, 150, {});
  const TrainingReport end = trainer->Train(&window, 5, {});
  EXPECT_LT(end.value_loss, 0.1 * start.value_loss);
  EXPECT_LT(end.ownership_loss, 0.7 * start.ownership_loss);
  EXPECT_LT(end.policy_loss, start.policy_loss);

  const std::string weights = trainer->ExportWeights();
  const auto network = Network::Load(weights, go->spec(), {}).value();
  EvaluatorOptions options;
  options.ownership = true;
  const auto evaluator = network->MakeEvaluator(options);
  const CompressionFigure figure = MeasureCompression(*go, {&game, 1}, evaluator.get());
  EXPECT_LT(figure.value_mse, 0.1) << "first and second player agree about who wins";
  EXPECT_LT(figure.target_bits_per_action, figure.uniform_bits_per_action);

  // Ownership and score come back from the first player's view.
  const testing::Positions positions = testing::RandomPositions(*go, 1, 1);
  const search::Evaluation evaluation = testing::EvaluateAll(evaluator.get(), positions)[0];
  double agreement = 0;
  for (std::size_t c = 0; c < 25; ++c) {
    agreement += evaluation.ownership[c] * game.outcome.ownership[c];
  }
  EXPECT_GT(agreement, 5);
  EXPECT_GT(evaluation.score * game.outcome.score, 0);

  std::vector<float> observation(static_cast<std::size_t>(go->spec().observation.size()));
  positions.states[0]->Encode(observation);
  EXPECT_LT(FoldingError(weights, go->spec(), observation, 1).value(), 1e-4);
}

TEST(Trainer, StopsWhenTold) {
  const auto environment = env::MakeTicTacToe();
  const auto window = RandomWindow(*environment, 5);
  const auto trainer = MakeTrainer(*environment, TinyOptions());
  int polls = 0;
  EXPECT_EQ(trainer->Train(window.get(), 100, [&] { return ++polls > 3; }).steps, 3);
  EXPECT_EQ(trainer->steps(), 3);
  ReplayWindow empty(*environment, {});
  EXPECT_EQ(trainer->Train(&empty, 100, {}).steps, 0) << "nothing to learn from";
}

TEST(Trainer, FollowsItsSchedule) {
  const auto environment = env::MakeTicTacToe();
  const auto window = RandomWindow(*environment, 5);
  TrainerOptions options = TinyOptions();
  options.warmup_steps = 4;
  options.decay_steps = 12;
  options.learning_rate = 0.01;
  const auto trainer = MakeTrainer(*environment, options);
  EXPECT_NEAR(trainer->Train(window.get(), 1, {}).learning_rate, 0.001, 1e-9);
  EXPECT_NEAR(trainer->Train(window.get(), 6, {}).learning_rate, 0.0055, 1e-9) << "half way";
  EXPECT_NEAR(trainer->Train(window.get(), 10, {}).learning_rate, 0.001, 1e-9) << "a tenth";
}

TEST(Trainer, StepsAsLibTorchsOwnOptimisersDo) { EXPECT_LT(OptimizerError(40), 1e-5); }

// With an anchor the network says how much is still to come, in the odds of a win.
TEST(Trainer, LearnsWhatIsStillToComeBehindAnAnchor) {
  const auto environment = Make2048();
  ReplayWindow window(*environment, {});
  double rest = 0;
  std::unique_ptr<env::State> first;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    env::Trajectory game = RandomGame(*environment, seed);
    // One row a game, of its first move: nothing is won, all is to come.
    for (std::size_t i = 3; i < game.steps.size(); ++i) {
      game.steps[i].is_target = false;
      game.steps[i].policy.clear();
    }
    rest += static_cast<double>(game.outcome.score) / 8000 / 6;
    ASSERT_TRUE(window.Add(game).has_value());
    first = std::move(environment->NewState({}).value());
    first->Apply(game.steps[0].action);
    first->Apply(game.steps[1].action);
  }
  TrainerOptions options = TinyOptions();
  options.network.norm = Norm::kFixed;
  options.optimizer = Optimizer::kAdam;
  options.ema_decay = 0.9;
  const auto trainer = MakeTrainer(*environment, options);
  const double start = trainer->Train(&window, 1, {}).value_loss;
  trainer->Train(&window, 200, {});
  EXPECT_LT(trainer->Train(&window, 20, {}).value_loss, start / 10);
  const auto network = Network::Load(trainer->ExportWeights(), environment->spec(), {}).value();
  std::vector<env::Action> legal;
  first->LegalActions(&legal);
  const search::EvaluationRequest request{first.get(), legal};
  search::Evaluation evaluation;
  network->MakeEvaluator({})->Evaluate({&request, 1}, {&evaluation, 1});
  EXPECT_NEAR((1 + evaluation.value) / (1 - evaluation.value), rest, 0.1);
}

TEST(Trainer, FixedNormsKeepTheirStatistics) {
  const auto environment = env::MakeTicTacToe();
  const auto window = RandomWindow(*environment, 5);
  TrainerOptions options = TinyOptions();
  for (const Norm norm : {Norm::kFixed, Norm::kBatch}) {
    options.network.norm = norm;
    const auto trainer = MakeTrainer(*environment, options);
    trainer->Train(window.get(), 20, {});
    const std::string weights = trainer->ExportWeights();
    const bool kept =
        TensorOf(weights, "stem.norm.mean").values == std::vector<float>(16, 0.0F) &&
        TensorOf(weights, "stem.norm.variance").values == std::vector<float>(16, 1.0F);
    EXPECT_EQ(kept, norm == Norm::kFixed);
    EXPECT_NE(TensorOf(weights, "stem.norm.shift").values, std::vector<float>(16, 0.0F));
  }
}

TEST(Trainer, TrainsOnSeveralThreads) {
  const auto go = MakeSmallGo();
  const auto window = RandomWindow(*go, 5);
  TrainerOptions options = TinyOptions();
  options.threads = 2;
  options.batch = 8;
  const auto trainer = MakeTrainer(*go, options);
  EXPECT_TRUE(std::isfinite(trainer->Train(window.get(), 1, {}).loss));
}

TEST(Trainer, RefusesForeignState) {
  const auto go = MakeSmallGo();
  const TrainerOptions options = TinyOptions();
  const auto trainer = MakeTrainer(*go, options);
  const std::string state = trainer->SaveState();
  const auto complaint = [&](const env::Environment& environment, const TrainerOptions& with,
                             const std::string& bytes) {
    const auto restored = Trainer::Restore(environment, with, bytes);
    return restored ? "restored" : restored.error().message;
  };
  EXPECT_EQ(complaint(*go, options, state), "restored");
  EXPECT_THAT(complaint(*go, options, trainer->ExportWeights()), HasSubstr("not a saved learner"));
  EXPECT_THAT(complaint(*go, options, state.substr(0, state.size() / 2)),
              HasSubstr("leave the file"));
  EXPECT_THAT(complaint(*MakeDigits(), options, state), HasSubstr("\"digits\""));
  TrainerOptions larger = options;
  larger.network.blocks = 3;
  EXPECT_THAT(complaint(*go, larger, state), HasSubstr("b2c16"));
  TrainerOptions other = options;
  other.network.norm = Norm::kFixed;
  EXPECT_THAT(complaint(*go, other, state), HasSubstr("batch norm"));
  other = options;
  other.optimizer = Optimizer::kAdam;
  EXPECT_THAT(complaint(*go, other, state),
              HasSubstr("trained by sgd, the campaign asks for adam"));
  larger.network.blocks = -3;
  EXPECT_THAT(Trainer::Create(*go, larger).error().message, HasSubstr("network.blocks = -3"));
}

}  // namespace
}  // namespace tesuji::learner
