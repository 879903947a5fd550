#include "learner/torch/parameters.h"

#include <cstring>

namespace tesuji::learner {

torch::Tensor ToTorch(const FloatTensor& tensor) {
  torch::Tensor result = torch::empty(tensor.shape, torch::kFloat32);
  std::memcpy(result.data_ptr<float>(), tensor.values.data(), tensor.values.size() * sizeof(float));
  return result;
}

FloatTensor FromTorch(const torch::Tensor& tensor) {
  const torch::Tensor plain =
      tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous(at::MemoryFormat::Contiguous);
  FloatTensor result;
  result.shape = plain.sizes().vec();
  result.values.assign(plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel());
  return result;
}

TorchTensors ToTorch(const TensorMap& tensors) {
  TorchTensors result;
  for (const auto& [name, tensor] : tensors) result.emplace(name, ToTorch(tensor));
  return result;
}

}  // namespace tesuji::learner
