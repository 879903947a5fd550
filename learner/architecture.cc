#include "learner/architecture.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "core/random.h"
#include "core/settings.h"
#include "core/untrusted_json.h"
#include "learner/settings.h"

namespace tesuji::learner {
namespace {

constexpr int kFlatChannels = 8;
// A small board is seen in more detail; one of a single cell is all in its pooled values.
constexpr int kSmallBoardFlatChannels = 16;
constexpr int kSmallBoardCells = 16;
constexpr std::uint64_t kInitialisationPurpose = 0x696e6974;  // "init"

/// Collects tensors; the deviation of weights follows He et al. (arXiv 1502.01852).
class Builder {
 public:
  /// A convolution without bias and the batch norm behind it.
  void NormConvolution(const std::string& name, int in, int out, int kernel,
                       float first_scale = 1) {
    Weight(name, in, out, kernel, std::sqrt(2.0 / (in * kernel * kernel)), /*over_board=*/true);
    Norm(name, out, first_scale);
  }
  void Norm(const std::string& name, int channels, float first_scale = 1) {
    Vector(name + ".norm.scale", channels, TensorRole::kScale, first_scale);
    Vector(name + ".norm.shift", channels, TensorRole::kShift, 0);
    Vector(name + ".norm.mean", channels, TensorRole::kMean, 0);
    Vector(name + ".norm.variance", channels, TensorRole::kVariance, 1);
  }
  /// A 1x1 convolution of pooled values, without bias.
  void PoolBias(const std::string& name, int in, int out) {
    Weight(name, in, out, 1, 0.5 / std::sqrt(in), /*over_board=*/false);
  }
  /// A 1x1 convolution with bias. `gain` is small for outputs: an untrained network should say
  /// "I do not know", not something loud.
  void Linear(const std::string& name, int in, int out, double gain, bool over_board = false) {
    Weight(name, in, out, 1, gain / std::sqrt(in), over_board);
    Vector(name + ".bias", out, TensorRole::kBias, 0);
  }
  std::vector<ParameterInfo> Take() { return std::move(parameters_); }

 private:
  void Weight(const std::string& name, int in, int out, int kernel, double deviation,
              bool over_board) {
    parameters_.push_back({name + ".weight",
                           {out, in, kernel, kernel},
                           TensorRole::kWeight,
                           0.0F,
                           deviation,
                           over_board});
  }
  void Vector(const std::string& name, int size, TensorRole role, float initial) {
    parameters_.push_back({name, {size}, role, initial, 0, false});
  }
  std::vector<ParameterInfo> parameters_;
};

constexpr double kHiddenGain = 1.41421356237309515;
constexpr double kOutputGain = 0.1;

/// A board of one cell has no neighbours to look at.
int KernelOf(const env::Spec& spec) { return spec.observation.cells() == 1 ? 1 : 3; }

void AddBlock(const NetworkConfig& config, int block, int kernel, Builder* builder) {
  const std::string name = fmt::format("trunk.{}", block);
  int middle = config.channels;
  if (PoolsGlobally(config, block)) {
    const int pooled = PooledChannels(config);
    middle -= pooled;
    builder->NormConvolution(name + ".pool", config.channels, pooled, kernel);
    builder->PoolBias(name + ".pool_bias", 2 * pooled, middle);
  }
  builder->NormConvolution(name + ".first", config.channels, middle, kernel);
  // The second norm starts at 0: every block begins as the identity, which lets training start
  // with a large step (Goyal et al., arXiv 1706.02677, section 5.1).
  builder->NormConvolution(name + ".second", middle, config.channels, kernel, /*first_scale=*/0);
}

void AddHeads(const env::Spec& spec, const NetworkConfig& config, Builder* builder) {
  const int head = config.head_channels;
  const int flat = FlatChannels(spec);
  const int features = 2 * head + flat * spec.observation.cells();
  const int hidden = flat > 0 ? 4 * head : 2 * head;
  if (flat > 0) builder->NormConvolution("flat", config.channels, flat, 1);
  builder->NormConvolution("policy.pool", config.channels, head, 1);
  if (spec.actions.planes_over_cells > 0) {
    builder->NormConvolution("policy.board", config.channels, head, 1);
    builder->PoolBias("policy.pool_bias", 2 * head, head);
    builder->Linear("policy.cells", head, spec.actions.planes_over_cells, kOutputGain,
                    /*over_board=*/true);
  }
  if (spec.actions.other_actions > 0) {
    builder->Linear("policy.hidden", features, hidden, kHiddenGain);
    builder->Linear("policy.other", hidden, spec.actions.other_actions, kOutputGain);
  }
  builder->NormConvolution("value.board", config.channels, head, 1);
  builder->Linear("value.hidden", features, hidden, kHiddenGain);
  builder->Linear("value.outcome", hidden, 3, kOutputGain);
  if (spec.has_score) builder->Linear("value.score", hidden, 1, kOutputGain);
  if (spec.has_ownership) {
    builder->Linear("value.ownership", head, 1, kOutputGain, /*over_board=*/true);
  }
}

/// The part of a Spec that decides shapes and meanings.
Json SpecSignature(const env::Spec& spec) {
  Json signature = {{"action_count", spec.action_count},
                    {"player_count", spec.player_count},
                    {"planes", spec.observation.planes},
                    {"height", spec.observation.height},
                    {"width", spec.observation.width},
                    {"planes_over_cells", spec.actions.planes_over_cells},
                    {"other_actions", spec.actions.other_actions},
                    {"has_ownership", spec.has_ownership},
                    {"has_score", spec.has_score},
                    {"score_scale", spec.score_scale}};
  if (spec.value_anchor_plane >= 0) signature["value_anchor_plane"] = spec.value_anchor_plane;
  return signature;
}

constexpr const char* kFormat = "tesuji-network";
constexpr int kFormatVersion = 1;
constexpr const char* kMetadataKey = "tesuji";
// Batch normalisation is not written down: files were made before there was another.
constexpr const char* kNormKey = "norm";

Result<Json> ParseMetadata(const StringMap& metadata) {
  const auto format = metadata.find("format");
  const auto text = metadata.find(kMetadataKey);
  if (format == metadata.end() || format->second != kFormat || text == metadata.end()) {
    return Fail("these weights were not made by tesuji (no such metadata)");
  }
  auto json = ParseUntrustedJson(text->second);
  if (!json || !json->is_object() || !json->contains("format_version") ||
      !(*json)["format_version"].is_number_integer()) {
    return Fail("weights: their metadata is damaged");
  }
  const auto version = (*json)["format_version"].get<std::int64_t>();
  if (version != kFormatVersion) {
    return Fail(
        fmt::format("weights: format version {}, this program reads {}", version, kFormatVersion));
  }
  return json;
}

Result<NetworkConfig> ReadConfig(const Json& json) {
  NetworkConfig config;
  const auto read = [&](const char* key, int* out) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_integer()) return false;
    const auto value = found->get<std::int64_t>();
    if (value < 0 || value > 1'000'000) return false;
    *out = static_cast<int>(value);
    return true;
  };
  if (!json.is_object() || !read("blocks", &config.blocks) || !read("channels", &config.channels) ||
      !read("pooling_every", &config.pooling_every) ||
      !read("head_channels", &config.head_channels)) {
    return Fail("weights: the network's configuration in their metadata is damaged");
  }
  if (const auto norm = json.find(kNormKey); norm != json.end()) {
    if (*norm != NormName(Norm::kFixed)) {
      return Fail(fmt::format("weights: network.norm is {}, this program knows \"{}\"",
                              norm->dump().substr(0, 40), NormName(Norm::kFixed)));
    }
    config.norm = Norm::kFixed;
  }
  if (Status status = CheckNetworkConfig(config); !status) return tl::unexpected(status.error());
  return config;
}

}  // namespace

Status CheckNetworkConfig(const NetworkConfig& config) {
  NetworkConfig copy = config;
  SettingsTable table;
  Describe(&table, &copy);
  if (Status good = table.Check(); !good) return Fail("network." + good.error().message);
  return {};
}

bool PoolsGlobally(const NetworkConfig& config, int block) {
  return config.pooling_every > 0 && (block + 1) % config.pooling_every == 0;
}

int PooledChannels(const NetworkConfig& config) { return config.channels / 4; }

int FlatChannels(const env::Spec& spec) {
  if (spec.actions.planes_over_cells > 0 && spec.actions.other_actions <= 1) return 0;
  const int cells = spec.observation.cells();
  return cells > 1 && cells <= kSmallBoardCells ? kSmallBoardFlatChannels : kFlatChannels;
}

const char* NormName(Norm norm) { return norm == Norm::kFixed ? "fixed" : "batch"; }

std::vector<ParameterInfo> NetworkParameters(const env::Spec& spec, const NetworkConfig& config) {
  Builder builder;
  const int kernel = KernelOf(spec);
  builder.NormConvolution("stem", spec.observation.planes, config.channels, kernel);
  for (int block = 0; block < config.blocks; ++block) AddBlock(config, block, kernel, &builder);
  AddHeads(spec, config, &builder);
  return builder.Take();
}

std::int64_t ConvolutionMacs(const env::Spec& spec, const NetworkConfig& config) {
  std::int64_t macs = 0;
  for (const ParameterInfo& parameter : NetworkParameters(spec, config)) {
    if (!parameter.over_board) continue;
    std::int64_t size = 1;
    for (const std::int64_t dimension : parameter.shape) size *= dimension;
    macs += size * spec.observation.cells();
  }
  return macs;
}

TensorMap InitialTensors(const env::Spec& spec, const NetworkConfig& config, std::uint64_t seed) {
  assert(CheckNetworkConfig(config).has_value());
  RandomStream random{seed, kInitialisationPurpose};
  TensorMap tensors;
  for (const ParameterInfo& parameter : NetworkParameters(spec, config)) {
    FloatTensor tensor;
    tensor.shape = parameter.shape;
    std::size_t size = 1;
    for (const std::int64_t dimension : parameter.shape) {
      size *= static_cast<std::size_t>(dimension);
    }
    tensor.values.assign(size, parameter.initial);
    if (parameter.role == TensorRole::kWeight) {
      for (float& value : tensor.values) {
        value = static_cast<float>(parameter.deviation * random.Normal());
      }
    }
    tensors.emplace(parameter.name, std::move(tensor));
  }
  return tensors;
}

StringMap WeightsMetadata(const env::Spec& spec, const NetworkConfig& config, const Json& extra) {
  Json json = extra.is_object() ? extra : Json::object();
  if (!json.contains("parameters")) json["parameters"] = Json::object();
  json["format_version"] = kFormatVersion;
  json["environment"] = spec.id;
  json["environment_version"] = spec.version;
  json["spec"] = SpecSignature(spec);
  json["network"] = SettingValues(config);
  return {{"format", kFormat}, {kMetadataKey, json.dump()}};
}

Result<NetworkConfig> CheckWeightsMetadata(const StringMap& metadata, const env::Spec& spec) {
  const Result<Json> json = ParseMetadata(metadata);
  if (!json) return tl::unexpected(json.error());
  const std::string id = json->value("environment", Json()).dump();
  const std::string version = json->value("environment_version", Json()).dump();
  if (id != Json(spec.id).dump() || version != std::to_string(spec.version)) {
    return Fail(
        fmt::format("these weights are for environment {} version {}, this is \"{}\" version {}",
                    id.substr(0, 60), version.substr(0, 20), spec.id, spec.version));
  }
  const Json signature = SpecSignature(spec);
  const Json found = json->value("spec", Json::object());
  for (const auto& [key, expected] : signature.items()) {
    const Json value = found.is_object() ? found.value(key, Json()) : Json();
    if (value != expected) {
      return Fail(fmt::format("these weights are for {} = {} of {}, this task has {}", key,
                              value.dump().substr(0, 40), spec.id, expected.dump()));
    }
  }
  return ReadConfig(json->value("network", Json()));
}

Result<TensorMap> ReadTensors(const SafetensorsView& file, const env::Spec& spec,
                              const NetworkConfig& config, const std::string& prefix) {
  TensorMap tensors;
  for (const ParameterInfo& parameter : NetworkParameters(spec, config)) {
    const std::string name = prefix + parameter.name;
    if (!file.entries().contains(name)) {
      return Fail(fmt::format("weights: tensor '{}' is missing", name));
    }
    FloatTensor tensor = file.Copy(name);
    if (tensor.shape != parameter.shape) {
      return Fail(fmt::format(
          "weights: tensor '{}' has shape {}, expected {}; they are damaged or were made by a "
          "version of tesuji with another network for this environment: train anew",
          name, Json(tensor.shape).dump(), Json(parameter.shape).dump()));
    }
    const bool variance = parameter.role == TensorRole::kVariance;
    for (const float value : tensor.values) {
      if (!std::isfinite(value) || (variance && value < 0)) {
        return Fail(fmt::format("weights: tensor '{}' holds {}, not a usable number", name, value));
      }
    }
    tensors.emplace(parameter.name, std::move(tensor));
  }
  return tensors;
}

Result<Json> ReadWeightsMetadata(std::string_view weights) {
  const Result<SafetensorsView> file = SafetensorsView::Parse(weights);
  if (!file) return tl::unexpected(file.error());
  return ParseMetadata(file->metadata());
}

std::string InitialWeights(const env::Spec& spec, const NetworkConfig& config, std::uint64_t seed,
                           const Json& metadata) {
  return WriteSafetensors(InitialTensors(spec, config, seed),
                          WeightsMetadata(spec, config, metadata));
}

}  // namespace tesuji::learner
