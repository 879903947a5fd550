// Trains a network on verified trajectories. No LibTorch here; learner/torch/ implements it.
//
// Loss: policy cross-entropy to the search target, value (win/draw/loss) cross-entropy to the
// outcome, ownership and score where the environment has them (KataGo, arXiv 1902.10565, 3.4).
// Weights are averaged (EMA) and the average is what gets exported.
// Thread-safety: one thread at a time. Deterministic in (options, seed, calls) on one CPU thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/training_rows.h"
#include "core/json.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::learner {

enum class Optimizer : std::uint8_t {
  kSgd,   ///< Nesterov momentum; weight decay in the gradient.
  kAdam,  ///< Kingma & Ba, arXiv 1412.6980, with decoupled weight decay (AdamW, 1711.05101).
};

struct TrainerOptions {
  NetworkConfig network;
  Device device;
  int threads = 1;
  int batch = 128;
  Optimizer optimizer = Optimizer::kSgd;
  double learning_rate =
      0;                  ///< Peak (of the per-batch mean loss); 0: 0.02 for SGD, 0.001 for Adam.
  double momentum = 0.9;  ///< Of SGD; beta 1 of Adam.
  double weight_decay = 1e-4;
  int warmup_steps = 200;        ///< Linear from a tenth.
  std::int64_t decay_steps = 0;  ///< Cosine to a tenth over this many steps; 0: constant.
  double gradient_clip = 4.0;    ///< Largest global norm; 0: off.
  double ema_decay = 0.995;      ///< Per step.
  double value_weight = 1.0;
  double ownership_weight = 1.5;  ///< Of the mean over cells; KataGo, arXiv 1902.10565, appendix B.
  double score_weight = 0.1;
  std::uint64_t seed = 0;
  Json metadata = Json::object();  ///< Goes into exported weights; see InitialWeights().
};

struct TrainingReport {
  std::int64_t steps = 0;  ///< Of this call.
  double loss = 0;         ///< Means over this call.
  double policy_loss = 0;  ///< Nats.
  double value_loss = 0;
  double ownership_loss = 0;
  double score_loss = 0;
  double learning_rate = 0;  ///< At the end.
  double rows_per_second = 0;
};

class Trainer {
 public:
  virtual ~Trainer() = default;
  /// From nothing (weights as InitialWeights would give) or from a saved state.
  static Result<std::unique_ptr<Trainer>> Create(const env::Environment& environment,
                                                 const TrainerOptions& options);
  static Result<std::unique_ptr<Trainer>> Restore(const env::Environment& environment,
                                                  const TrainerOptions& options,
                                                  std::string_view learner_state);
  /// Runs up to `steps` batches drawn from `rows`; stops early when `stop` becomes true (may be
  /// null; polled between batches).
  virtual TrainingReport Train(env::TrainingRows* rows, std::int64_t steps,
                               const std::function<bool()>& stop) = 0;
  /// Bytes of the averaged weights: what Network::Load reads.
  virtual std::string ExportWeights() const = 0;
  /// Optimiser, averages and counters, for Restore().
  virtual std::string SaveState() const = 0;
  virtual std::int64_t steps() const = 0;
};

}  // namespace tesuji::learner
