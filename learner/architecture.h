// What a network is made of: the names, shapes and first values of all its tensors, worked out from
// an environment's Spec and a NetworkConfig. Both the trainer and the inference code follow this
// list, so they cannot disagree about a file.
//
// The network (channels-first notation, C = config.channels, H = config.head_channels):
//   stem    3x3 planes->C, norm, relu
//   block   3x3 C->C, norm, relu, 3x3 C->C, norm, add, relu            (He et al., 1512.03385)
//   pooling block: the first convolution gives R = C - G channels and G more, G = C/4; mean and
//           maximum over the board of relu(norm(G)) are mapped linearly to a bias of the R channels
//           before their norm                                           (KataGo, 1902.10565, 3.3)
//   policy  two 1x1 C->H, one of them pooled into a bias of the other, norm, relu, 1x1 to the
//           planes over cells; `other_actions` from the pooled values through a hidden layer
//   value   1x1 C->H, norm, relu, mean and maximum, hidden layer, win/draw/loss and score;
//           ownership is a 1x1 convolution of the H channels
//           Spec::value_anchor_plane is not shown to the stem; the first of the network's own three
//           numbers is added to it, so the network says what is still to come
// On a board of one cell (an environment that shows a vector) the 3x3 convolutions are 1x1.
// Where several actions belong to no cell (a column, a direction), pooled values would hide from
// the heads where things are: their hidden layers then also see flattened channels of the trunk,
// 8, or 16 on boards of 2 to 16 cells.
//
// "norm" is batch normalisation, always directly behind a convolution without bias and before the
// relu, so it folds into that convolution exactly (up to rounding). With Norm::kFixed its
// statistics stay at their first values, mean 0 and variance 1: a scale and a shift. What a batch
// happens to hold then does not blur a value by more than two actions differ.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/environment.h"
#include "core/json.h"
#include "learner/model.h"
#include "learner/safetensors.h"

namespace tesuji::learner {

/// Added to the variance in every batch normalisation.
inline constexpr double kNormEpsilon = 1e-5;

enum class TensorRole : std::uint8_t {
  kWeight,    ///< [out, in, kernel, kernel]; decayed; normal with ParameterInfo::deviation.
  kBias,      ///< Starts at 0; not decayed.
  kScale,     ///< Batch-norm gamma; not decayed.
  kShift,     ///< Batch-norm beta; not decayed.
  kMean,      ///< Running mean; not trained.
  kVariance,  ///< Running variance; not trained.
};

struct ParameterInfo {
  std::string name;
  std::vector<std::int64_t> shape;
  TensorRole role = TensorRole::kWeight;
  float initial = 0;     ///< Value of everything but weights.
  double deviation = 0;  ///< Of the normal distribution weights are drawn from.
  /// A weight that is applied at every cell, not once to pooled values.
  bool over_board = false;
  bool trained() const { return role != TensorRole::kMean && role != TensorRole::kVariance; }
  bool decayed() const { return role == TensorRole::kWeight; }
};

/// All tensors, in the order in which they are drawn.
std::vector<ParameterInfo> NetworkParameters(const env::Spec& spec, const NetworkConfig& config);

bool PoolsGlobally(const NetworkConfig& config, int block);
/// Channels of a pooling block's first convolution that are pooled.
int PooledChannels(const NetworkConfig& config);
/// Flattened trunk channels that the heads see; 0 when all actions but at most one belong to cells.
int FlatChannels(const env::Spec& spec);
/// As in campaign files and metadata.
const char* NormName(Norm norm);

/// Multiply-adds of all convolutions over the board for one position.
std::int64_t ConvolutionMacs(const env::Spec& spec, const NetworkConfig& config);

/// First values of all tensors, drawn from one stream in the order of NetworkParameters().
TensorMap InitialTensors(const env::Spec& spec, const NetworkConfig& config, std::uint64_t seed);

/// Safetensors metadata of a weights file. `extra` is merged into the readable part; the campaign
/// puts the environment's "parameters" there.
StringMap WeightsMetadata(const env::Spec& spec, const NetworkConfig& config, const Json& extra);

/// Success when a file's metadata says it was made for `spec`; reads its configuration.
Result<NetworkConfig> CheckWeightsMetadata(const StringMap& metadata, const env::Spec& spec);

/// The tensors of a parsed file, checked by name and shape against (spec, config), all finite and
/// variances not negative. `prefix` stands before every name in the file.
Result<TensorMap> ReadTensors(const SafetensorsView& file, const env::Spec& spec,
                              const NetworkConfig& config, const std::string& prefix = "");

}  // namespace tesuji::learner
