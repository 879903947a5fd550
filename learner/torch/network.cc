// Network: weight bytes to evaluators.
#include <fmt/format.h>

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "core/sha256.h"
#include "learner/architecture.h"
#include "learner/batching_queue.h"
#include "learner/model.h"
#include "learner/network_evaluator.h"
#include "learner/torch/folded_network.h"
#include "learner/torch/processor.h"

namespace tesuji::learner {
namespace {

/// Runs a shared folded network with its own thread count.
class FoldedForward : public ForwardPass {
 public:
  FoldedForward(std::shared_ptr<const FoldedNetwork> network, int threads, bool ownership)
      : network_(std::move(network)), threads_(threads), ownership_(ownership) {}

  void Run(std::span<const float> observations, int rows, RawOutput* out) override {
    CallLibTorch([&] {
      UseThreads(threads_);
      network_->Run(network_->MakeInput(observations, rows), ownership_, out);
    });
  }

 private:
  const std::shared_ptr<const FoldedNetwork> network_;
  const int threads_;
  const bool ownership_;
};

class TorchNetwork : public Network {
 public:
  TorchNetwork(env::Spec spec, const NetworkConfig& config, const Device& device, Json metadata,
               std::string hash, TensorMap tensors)
      : spec_(std::move(spec)),
        asked_(device),
        config_(config),
        metadata_(std::move(metadata)),
        hash_(std::move(hash)),
        tensors_(std::move(tensors)) {}

  const NetworkConfig& config() const override { return config_; }
  const Json& metadata() const override { return metadata_; }
  const std::string& hash() const override { return hash_; }
  std::int64_t convolution_macs() const override { return ConvolutionMacs(spec_, config_); }

  std::unique_ptr<search::Evaluator> MakeEvaluator(const EvaluatorOptions& options) const override {
    std::unique_ptr<ForwardPass> forward;
    CallLibTorch([&] { forward = MakeForward(options); });
    return std::make_unique<NetworkEvaluator>(spec_, hash_, options, std::move(forward));
  }

 private:
  std::unique_ptr<ForwardPass> MakeForward(const EvaluatorOptions& options) const {
    const at::Device device = ChooseDevice(asked_);
    const std::lock_guard lock(mutex_);
    if (!folded_) folded_ = std::make_shared<FoldedNetwork>(spec_, config_, tensors_, device);
    auto forward = std::make_unique<FoldedForward>(folded_, options.threads, options.ownership);
    if (device.is_cpu() && !options.shared_queue) return forward;
    // One queue for all evaluators with these options; it ends with the last of them.
    std::weak_ptr<BatchingQueue>& slot =
        queues_[{options.ownership, options.threads, options.batch, options.queue_wait.count()}];
    std::shared_ptr<BatchingQueue> queue = slot.lock();
    if (!queue) {
      queue = BatchingQueue::Create(std::move(forward), {options.batch, options.queue_wait});
      slot = queue;
    }
    return queue->MakeClient();
  }

  using QueueKey = std::tuple<bool, int, int, std::int64_t>;
  const env::Spec spec_;
  const Device asked_;
  const NetworkConfig config_;
  const Json metadata_;
  const std::string hash_;
  const TensorMap tensors_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const FoldedNetwork> folded_;  ///< Made with the first evaluator.
  mutable std::map<QueueKey, std::weak_ptr<BatchingQueue>> queues_;
};

}  // namespace

Result<std::shared_ptr<const Network>> Network::Load(std::string_view weights,
                                                     const env::Spec& spec, const Device& device) {
  const Result<SafetensorsView> file = SafetensorsView::Parse(weights);
  if (!file) return tl::unexpected(file.error());
  const Result<NetworkConfig> config = CheckWeightsMetadata(file->metadata(), spec);
  if (!config) return tl::unexpected(config.error());
  Result<Json> metadata = ReadWeightsMetadata(weights);
  if (!metadata) return tl::unexpected(metadata.error());
  Result<TensorMap> tensors = ReadTensors(*file, spec, *config);
  if (!tensors) return tl::unexpected(tensors.error());
  return std::make_shared<const TorchNetwork>(spec, *config, device, std::move(*metadata),
                                              Sha256Hex(weights), std::move(*tensors));
}

}  // namespace tesuji::learner
