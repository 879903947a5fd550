#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <thread>

#include "core/sha256.h"
#include "env/tictactoe/tictactoe.h"
#include "learner/architecture.h"
#include "learner/model.h"
#include "learner/self_check.h"
#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

using testing::EvaluateAll;
using ::testing::HasSubstr;
using testing::LargestDifference;
using testing::Make2048;
using testing::MakeDigits;
using testing::MakeSmallGo;
using ::testing::Not;
using testing::Positions;
using testing::RandomPositions;

constexpr NetworkConfig kTiny{.blocks = 2, .channels = 16, .pooling_every = 2, .head_channels = 8};

/// Weights in which nothing is at a special value: norms off 0 and 1, biases off 0, heads loud.
/// Norms do not blow the trunk up: outputs of 30 carry rounding of 1e-4 on some processors, and
/// tanh hides what is wrong with them.
std::string RandomWeights(const env::Spec& spec, const NetworkConfig& config,
                          std::uint64_t seed = 1) {
  TensorMap tensors = InitialTensors(spec, config, seed);
  RandomStream random(seed + 100);
  for (const ParameterInfo& parameter : NetworkParameters(spec, config)) {
    for (float& value : tensors.at(parameter.name).values) {
      const auto noise = static_cast<float>(random.Normal());
      switch (parameter.role) {
        case TensorRole::kWeight:
          if (parameter.deviation < 0.1) value *= 3;
          break;
        case TensorRole::kScale:
          value = 0.7F + 0.2F * std::abs(noise);
          break;
        case TensorRole::kVariance:
          value = 0.3F + noise * noise;
          break;
        case TensorRole::kBias:
        case TensorRole::kShift:
        case TensorRole::kMean:
          value = 0.5F * noise;
      }
    }
  }
  return WriteSafetensors(tensors, WeightsMetadata(spec, config, {}));
}

std::shared_ptr<const Network> LoadRandom(const env::Environment& environment,
                                          const NetworkConfig& config = kTiny) {
  return Network::Load(RandomWeights(environment.spec(), config), environment.spec(), {}).value();
}

double FoldingErrorOf(const env::Environment& environment, const Positions& positions,
                      const NetworkConfig& config) {
  const auto size = static_cast<std::size_t>(environment.spec().observation.size());
  std::vector<float> observations(positions.states.size() * size);
  for (std::size_t i = 0; i < positions.states.size(); ++i) {
    positions.states[i]->Encode(std::span(observations).subspan(i * size, size));
  }
  return FoldingError(RandomWeights(environment.spec(), config), environment.spec(), observations,
                      static_cast<int>(positions.states.size()))
      .value();
}

double FoldingErrorOf(const env::Environment& environment, const NetworkConfig& config) {
  return FoldingErrorOf(environment, RandomPositions(environment, 20, 3), config);
}

/// Boards that differ by the score alone, which rises.
Positions Scores2048(const env::Environment& environment) {
  Positions positions;
  for (const char* score : {"2000", "4000", "8000"}) {
    const std::string tiles = "2 4 0 0 0 0 0 0 0 0 0 0 256 128 64 0 ";
    positions.states.push_back(environment.FromArtifact(tiles + score + " 300 0").value());
    positions.states.back()->LegalActions(&positions.legal.emplace_back());
  }
  return positions;
}

TEST(Network, FoldedEqualsUnfolded) {
  const NetworkConfig none{.blocks = 1, .channels = 12, .pooling_every = 0, .head_channels = 8};
  const NetworkConfig every{.blocks = 3, .channels = 20, .pooling_every = 1, .head_channels = 6};
  NetworkConfig fixed = kTiny;
  fixed.norm = Norm::kFixed;
  for (const auto& config : {kTiny, none, every, fixed}) {
    EXPECT_LT(FoldingErrorOf(*MakeSmallGo(), config), 1e-4);
    EXPECT_LT(FoldingErrorOf(*MakeDigits(), config), 1e-4);
    EXPECT_LT(FoldingErrorOf(*env::MakeTicTacToe(), config), 1e-4);
    const auto with_anchor = Make2048();
    EXPECT_LT(FoldingErrorOf(*with_anchor, Scores2048(*with_anchor), config), 1e-4);
  }
}

// Same board, same policy; the odds rise by the score and by nothing else.
TEST(Network, SeesOfTheAnchorOnlyWhatItAdds) {
  const auto environment = Make2048();
  const auto evaluations =
      EvaluateAll(LoadRandom(*environment)->MakeEvaluator({}).get(), Scores2048(*environment));
  for (std::size_t i = 1; i < evaluations.size(); ++i) {
    EXPECT_EQ(evaluations[i].priors, evaluations[0].priors);
    const auto odds = [](const search::Evaluation& one) {
      return (1 + one.value) / (1 - one.value);
    };
    EXPECT_NEAR(odds(evaluations[i]) - odds(evaluations[0]), i == 1 ? 0.25 : 0.75, 1e-3);
  }
}

TEST(Network, KnowsItself) {
  const auto go = MakeSmallGo();
  const std::string bytes =
      InitialWeights(go->spec(), kTiny, 1, {{"parameters", go->parameters()}});
  const auto network = Network::Load(bytes, go->spec(), {}).value();
  EXPECT_EQ(network->hash(), Sha256Hex(bytes));
  EXPECT_EQ(network->config().channels, 16);
  EXPECT_EQ(network->metadata().at("parameters"), go->parameters());
  EXPECT_EQ(network->convolution_macs(), ConvolutionMacs(go->spec(), kTiny));
  EXPECT_EQ(network->MakeEvaluator({})->checkpoint_hash(), network->hash());
}

TEST(Network, KnowsLittleBeforeTraining) {
  const auto go = MakeSmallGo();
  const auto network = Network::Load(InitialWeights(go->spec(), {}, 1), go->spec(), {}).value();
  const auto evaluations =
      EvaluateAll(network->MakeEvaluator({}).get(), RandomPositions(*go, 20, 1));
  for (const search::Evaluation& evaluation : evaluations) {
    EXPECT_LT(std::abs(evaluation.value), 0.5);
    for (const float prior : evaluation.priors) {
      EXPECT_LT(prior * static_cast<float>(evaluation.priors.size()), 3);
    }
  }
}

TEST(Network, TinyBatchesAgreeWithBigOnes) {
  for (const auto& environment : {MakeSmallGo(), MakeDigits(), env::MakeTicTacToe()}) {
    const auto network = LoadRandom(*environment);
    const Positions positions = RandomPositions(*environment, 64, 1);
    const auto evaluate = [&](int batch) {
      EvaluatorOptions options;
      options.batch = batch;
      options.ownership = true;
      return EvaluateAll(network->MakeEvaluator(options).get(), positions);
    };
    const auto big = evaluate(64);
    for (const int batch : {1, 2, 7, 31}) {
      EXPECT_LT(LargestDifference(big, evaluate(batch)), 1e-4) << batch;
    }
    EXPECT_EQ(LargestDifference(big, evaluate(64)), 0) << "equal batches, equal bits";
    EXPECT_EQ(big[0].ownership.size(), environment->spec().has_ownership ? 25U : 0U);
    for (const search::Evaluation& evaluation : big) {
      EXPECT_LE(std::abs(evaluation.value), 1);
      EXPECT_NEAR(std::accumulate(evaluation.priors.begin(), evaluation.priors.end(), 0.0), 1,
                  1e-5);
    }
  }
}

TEST(Network, TwoThreadsAgree) {
  const auto go = MakeSmallGo();
  const auto network = LoadRandom(*go);
  const Positions positions = RandomPositions(*go, 40, 1);
  std::vector<search::Evaluation> results[2];
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      const auto evaluator = network->MakeEvaluator({});
      for (int i = 0; i < 10; ++i) result = EvaluateAll(evaluator.get(), positions);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(LargestDifference(results[0], results[1]), 0);
}

TEST(Network, SharedQueueAgreesWithOwnBatches) {
  const auto go = MakeSmallGo();
  const auto network = LoadRandom(*go);
  const Positions positions = RandomPositions(*go, 40, 1);
  const auto expected = EvaluateAll(network->MakeEvaluator({}).get(), positions);
  EvaluatorOptions options;
  options.shared_queue = true;
  options.batch = 24;
  std::vector<search::Evaluation> results[3];
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&, evaluator = network->MakeEvaluator(options)] {
      for (int i = 0; i < 5; ++i) result = EvaluateAll(evaluator.get(), positions);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_LT(LargestDifference(expected, result), 1e-4);
}

TEST(Network, SymmetryAverageIsSymmetric) {
  const auto environment = env::MakeTicTacToe();
  const auto network = LoadRandom(*environment);
  EvaluatorOptions options;
  options.symmetry_average = true;
  const auto evaluator = network->MakeEvaluator(options);
  Positions empty;
  empty.states.push_back(std::move(environment->NewState({}).value()));
  empty.states[0]->LegalActions(&empty.legal.emplace_back());
  const search::Evaluation evaluation = EvaluateAll(evaluator.get(), empty)[0];
  EXPECT_NEAR(evaluation.priors[0], evaluation.priors[8], 1e-5);
  EXPECT_NEAR(evaluation.priors[1], evaluation.priors[3], 1e-5);
  EXPECT_GT(std::abs(evaluation.priors[0] - evaluation.priors[4]), 1e-4) << "not all the same";
}

TEST(Network, RefusesEveryDamagedFileInOneLine) {
  const auto environment = env::MakeTicTacToe();
  const std::string good = RandomWeights(environment->spec(), kTiny);
  ASSERT_TRUE(Network::Load(good, environment->spec(), {}).has_value());
  const auto complaint = [&](const std::string& bytes) {
    const auto network = Network::Load(bytes, environment->spec(), {});
    return network ? "loaded" : network.error().message;
  };
  for (std::size_t length = 0; length < good.size(); length += 1 + length / 16) {
    EXPECT_NE(complaint(good.substr(0, length)), "loaded") << length;
  }
  EXPECT_NE(complaint(good.substr(0, good.size() - 1)), "loaded");
  RandomStream random(1);
  for (int i = 0; i < 300; ++i) {
    std::string bad = good;
    bad[random.Below(std::min<std::size_t>(bad.size(), 6000))] =
        static_cast<char>(random.Below(256));
    EXPECT_THAT(complaint(bad), Not(HasSubstr("\n")));
  }
}

TEST(Network, RefusesAnotherTask) {
  const auto go = MakeSmallGo();
  const auto wrong =
      Network::Load(RandomWeights(go->spec(), kTiny), env::MakeTicTacToe()->spec(), {});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().message, HasSubstr("are for environment \"go\""));
  EXPECT_THAT(wrong.error().message, HasSubstr("\"tictactoe\""));
}

TEST(Device, ReadsEveryFormAndNothingElse) {
  EXPECT_EQ(*ParseDevice("auto"), Device());
  EXPECT_EQ(*ParseDevice("cpu"), Device::Cpu());
  EXPECT_EQ(*ParseDevice("cuda"), Device::Cuda(0));
  EXPECT_EQ(*ParseDevice("cuda:3"), Device::Cuda(3));
  for (const char* name : {"auto", "cpu", "cuda", "cuda:7"}) {
    EXPECT_EQ(DeviceName(*ParseDevice(name)), name);
  }
  for (const char* bad :
       {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:1x", "cuda:999999999999", "cuda 1"}) {
    const auto device = ParseDevice(bad);
    ASSERT_FALSE(device) << bad;
    EXPECT_THAT(device.error().message, HasSubstr("cuda:N"));
  }
}

TEST(Network, SaysSoWhenThereIsNoSuchGpu) {
  const auto environment = env::MakeTicTacToe();
  const auto network = Network::Load(RandomWeights(environment->spec(), kTiny), environment->spec(),
                                     Device::Cuda(99))
                           .value();
  try {
    network->MakeEvaluator({});
    FAIL() << "no machine has so many";
  } catch (const MachineError& error) {
    EXPECT_THAT(error.what(), HasSubstr("device cuda:99 was asked for, but LibTorch finds"));
  }
}

}  // namespace
}  // namespace tesuji::learner
