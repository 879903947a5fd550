// A policy-value network as the rest of the program sees it: a configuration, some bytes with a
// hash, and evaluators made from them. No LibTorch here; learner/torch/ implements it.
//
// Network: a residual tower with global pooling (KataGo, arXiv 1902.10565, section 3.3) and heads
// for policy, value, ownership and score, sized by an environment's Spec.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/environment.h"
#include "core/json.h"
#include "core/result.h"
#include "learner/device.h"
#include "search/evaluator.h"

namespace tesuji::learner {

enum class Norm : std::uint8_t {
  kBatch,  ///< Batch normalisation: fast and robust policy learning.
  kFixed,  ///< Its scale and shift alone, without statistics: for values that must be precise.
};

struct NetworkConfig {
  int blocks = 4;
  int channels = 64;
  int pooling_every = 2;  ///< Every n-th block pools globally; 0: none.
  int head_channels = 32;
  Norm norm = Norm::kBatch;
};

struct EvaluatorOptions {
  int batch = 32;                 ///< Largest batch given to the network at once.
  int threads = 1;                ///< CPU threads of one evaluation.
  bool symmetry_average = false;  ///< Mean over the environment's symmetries: slower, stronger.
  bool ownership = false;         ///< Fill Evaluation::ownership.
  /// Gather the requests of all threads into shared batches, as on a GPU, on the CPU too. Results
  /// may then differ in the last bits from run to run, because batches do.
  bool shared_queue = false;
  std::chrono::microseconds queue_wait{500};  ///< How long a shared batch waits to fill.
};

/// The bytes of an untrained network (safetensors with the configuration in its metadata):
/// deterministic in the arguments. `metadata` goes into the file; put the environment's
/// parameters() under "parameters". REQUIRES: CheckNetworkConfig(config).
std::string InitialWeights(const env::Spec& spec, const NetworkConfig& config, std::uint64_t seed,
                           const Json& metadata = Json::object());

/// Success when every field is in a sensible range; the message names the field.
Status CheckNetworkConfig(const NetworkConfig& config);

/// An immutable network: parsed once, shared by any number of evaluators and threads.
class Network {
 public:
  virtual ~Network() = default;
  /// Fails with one clear line on truncated or foreign bytes, or when made for another spec.
  /// All evaluators run on `device`; MakeEvaluator() throws MachineError where it is missing.
  static Result<std::shared_ptr<const Network>> Load(std::string_view weights,
                                                     const env::Spec& spec, const Device& device);
  virtual const NetworkConfig& config() const = 0;
  /// ReadWeightsMetadata() of the bytes it was loaded from.
  virtual const Json& metadata() const = 0;
  virtual const std::string& hash() const = 0;  ///< SHA-256 of the weight bytes.
  /// An evaluator for one thread (CPU: batch-norm folded, no autograd). On a GPU, evaluators of
  /// one network share one batching queue across threads.
  virtual std::unique_ptr<search::Evaluator> MakeEvaluator(
      const EvaluatorOptions& options) const = 0;
  /// Multiply-adds of the convolutions for one position; times two gives floating-point operations.
  virtual std::int64_t convolution_macs() const = 0;
};

/// The configuration written inside weight bytes, with the environment it was made for
/// ({"environment":…, "environment_version":…, "parameters":…, "network":…, …}); for loading a
/// checkpoint file on its own.
Result<Json> ReadWeightsMetadata(std::string_view weights);

}  // namespace tesuji::learner
