#include "learner/architecture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "cli/families.h"
#include "core/files.h"
#include "core/sha256.h"
#include "env/tictactoe/tictactoe.h"
#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr NetworkConfig kTiny{.blocks = 2, .channels = 8, .pooling_every = 2, .head_channels = 4};

TEST(InitialWeights, AreTheSameBytesEverywhere) {
  const auto environment = env::MakeTicTacToe();
  const std::string bytes = InitialWeights(environment->spec(), kTiny, 7);
  EXPECT_EQ(bytes, InitialWeights(environment->spec(), kTiny, 7));
  EXPECT_NE(bytes, InitialWeights(environment->spec(), kTiny, 8));
  // A change here means that old seeds give other networks: raise the format version if so.
  EXPECT_EQ(Sha256Hex(bytes), "ea2b49e9ba26f927b3d873c44c925de13a116907aa8a60e0f55fd6a0710dcc2d");
}

TEST(InitialWeights, HaveTheirLayersDeviation) {
  const auto go = testing::MakeSmallGo();
  const NetworkConfig config;
  const TensorMap tensors = InitialTensors(go->spec(), config, 1);
  double squares = 0;
  const std::vector<float>& weight = tensors.at("trunk.0.first.weight").values;
  ASSERT_EQ(weight.size(), 64U * 64U * 9U);
  for (const float value : weight) squares += value * value;
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(weight.size())), std::sqrt(2.0 / (64 * 9)),
              1e-3);
}

TEST(InitialWeights, CarryMetadata) {
  const auto go = testing::MakeSmallGo();
  const auto metadata = ReadWeightsMetadata(
      InitialWeights(go->spec(), kTiny, 1, {{"parameters", go->parameters()}, {"note", "x"}}));
  ASSERT_TRUE(metadata.has_value());
  EXPECT_EQ(metadata->at("environment"), "go");
  EXPECT_EQ(metadata->at("parameters"), go->parameters());
  EXPECT_EQ(metadata->at("network").at("channels"), 8);
  EXPECT_EQ(metadata->at("note"), "x");
}

TEST(ConvolutionMacs, CountTheBoardOnly) {
  env::Spec spec;
  spec.observation = {2, 3, 3};
  spec.actions = {1, 1};
  spec.action_count = 10;
  const NetworkConfig config{.blocks = 1, .channels = 8, .pooling_every = 0, .head_channels = 4};
  // Stem, two 3x3 of the block, three 1x1 to the heads (policy twice, value), one 1x1 to the cells.
  EXPECT_EQ(ConvolutionMacs(spec, config), 9 * (2 * 8 * 9 + 2 * 8 * 8 * 9 + 3 * 8 * 4 + 4));
}

TEST(NetworkParameters, LookAtNoNeighboursOnABoardOfOneCell) {
  env::Spec spec;
  spec.observation = {20, 1, 1};
  spec.actions = {0, 5};
  spec.action_count = 5;
  for (const auto& parameter : NetworkParameters(spec, kTiny)) {
    if (parameter.shape.size() != 4) continue;
    EXPECT_EQ(parameter.shape[2], 1) << parameter.name;
  }
}

// Where actions are directions or columns, the heads must see where things are.
TEST(FlatChannels, ShowTheHeadsTheBoardWhereSeveralActionsHaveNoCell) {
  env::Spec spec;
  spec.observation = {.planes = 4, .height = 6, .width = 7};
  spec.actions = {.planes_over_cells = 1, .other_actions = 1};  // A pass.
  EXPECT_EQ(FlatChannels(spec), 0);
  spec.actions = {.planes_over_cells = 1, .other_actions = 4};  // Directions beside cells.
  EXPECT_EQ(FlatChannels(spec), 8);
  spec.actions = {.planes_over_cells = 0, .other_actions = 7};
  EXPECT_EQ(FlatChannels(spec), 8);
  spec.observation = {.planes = 4, .height = 4, .width = 4};
  EXPECT_EQ(FlatChannels(spec), 16);
  spec.observation = {.planes = 4, .height = 1, .width = 1};
  EXPECT_EQ(FlatChannels(spec), 8) << "all of it is in the pooled values";
}

// A change of the network's shape must not leave the checkpoints behind that come with the program.
TEST(CommittedCheckpoints, FitTheirEnvironments) {
  const env::Registry registry = env::BuiltInEnvironments();
  for (const char* name : {"go9", "list-functions"}) {
    const auto path =
        std::filesystem::path(TESUJI_SOURCE_DIR) / "experiments" / "checkpoints" / name;
    const std::string bytes = ReadFile(path.string() + ".safetensors").value();
    const Json metadata = ReadWeightsMetadata(bytes).value();
    const auto environment =
        registry.Make(metadata.at("environment").get<std::string>(), metadata.at("parameters"))
            .value();
    const auto file = SafetensorsView::Parse(bytes).value();
    const auto config = CheckWeightsMetadata(file.metadata(), environment->spec());
    ASSERT_TRUE(config.has_value()) << config.error().message;
    const auto tensors = ReadTensors(file, environment->spec(), *config);
    EXPECT_TRUE(tensors.has_value()) << tensors.error().message;
  }
}

TEST(NetworkConfig, NamesTheFieldThatIsWrong) {
  EXPECT_TRUE(CheckNetworkConfig({}).has_value());
  NetworkConfig config;
  config.channels = 2;
  EXPECT_THAT(CheckNetworkConfig(config).error().message, HasSubstr("network.channels = 2"));
  config = {};
  config.blocks = -1;
  EXPECT_THAT(CheckNetworkConfig(config).error().message, HasSubstr("network.blocks = -1"));
}

/// What is said about a file of Go weights after `change` was made to its spec.
template <class Change>
std::string ConfigComplaint(const Change& change) {
  const auto go = testing::MakeSmallGo();
  const std::string bytes = InitialWeights(go->spec(), kTiny, 1);
  const auto file = SafetensorsView::Parse(bytes).value();
  env::Spec other = go->spec();
  change(&other);
  const auto config = CheckWeightsMetadata(file.metadata(), other);
  return config ? "fits" : config.error().message;
}

TEST(WeightsMetadata, RefusesAnotherSpecByName) {
  EXPECT_EQ(ConfigComplaint([](env::Spec*) {}), "fits");
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->id = "chess"; }), HasSubstr("\"chess\""));
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->version += 1; }), HasSubstr("version"));
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->action_count = 82; }),
              HasSubstr("action_count = 26 of go, this task has 82"));
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->observation.height = 9; }),
              HasSubstr("height = 5"));
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->score_scale *= 2; }),
              HasSubstr("score_scale"));
  EXPECT_THAT(ConfigComplaint([](env::Spec* spec) { spec->value_anchor_plane = 2; }),
              HasSubstr("value_anchor_plane"));
}

TEST(WeightsMetadata, TellsTheNormUnlessItIsBatch) {
  const auto go = testing::MakeSmallGo();
  NetworkConfig config = kTiny;
  EXPECT_THAT(WeightsMetadata(go->spec(), config, {}).at("tesuji"), Not(HasSubstr("norm")));
  config.norm = Norm::kFixed;
  StringMap metadata = WeightsMetadata(go->spec(), config, {});
  EXPECT_EQ(CheckWeightsMetadata(metadata, go->spec()).value().norm, Norm::kFixed);
  std::string& text = metadata.at("tesuji");
  text.replace(text.find("\"fixed\""), 7, "\"group\"");
  EXPECT_THAT(CheckWeightsMetadata(metadata, go->spec()).error().message,
              HasSubstr("network.norm is \"group\""));
}

TEST(WeightsMetadata, RefusesForeignFiles) {
  EXPECT_THAT(ReadWeightsMetadata(WriteSafetensors({}, {})).error().message,
              HasSubstr("not made by tesuji"));
  EXPECT_THAT(ReadWeightsMetadata("").error().message, HasSubstr("not a safetensors file"));
  const StringMap deep = {{"format", "tesuji-network"}, {"tesuji", std::string(100'000, '[')}};
  EXPECT_THAT(ReadWeightsMetadata(WriteSafetensors({}, deep)).error().message,
              HasSubstr("damaged"));
}

TEST(ReadTensors, RefusesWhatDoesNotFit) {
  const auto spec = env::MakeTicTacToe()->spec();
  const auto complaint = [&](const auto& change) {
    TensorMap tensors = InitialTensors(spec, kTiny, 1);
    change(&tensors);
    const std::string bytes = WriteSafetensors(tensors, {});
    const auto read = ReadTensors(SafetensorsView::Parse(bytes).value(), spec, kTiny);
    return read ? std::string("fits") : read.error().message;
  };
  EXPECT_EQ(complaint([](TensorMap*) {}), "fits");
  EXPECT_THAT(complaint([](TensorMap* t) { t->erase("stem.weight"); }),
              HasSubstr("'stem.weight' is missing"));
  EXPECT_THAT(complaint([](TensorMap* t) {
                t->at("stem.weight").shape = {2, 8, 3, 3};
              }),
              HasSubstr("shape [2,8,3,3], expected [8,2,3,3]"));
  EXPECT_THAT(complaint([](TensorMap* t) { t->at("stem.weight").values[3] = NAN; }),
              HasSubstr("not a usable number"));
  EXPECT_THAT(complaint([](TensorMap* t) { t->at("stem.norm.variance").values[0] = -1; }),
              HasSubstr("not a usable number"));
}

}  // namespace
}  // namespace tesuji::learner
