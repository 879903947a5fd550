// Network tensors by name, between files (FloatTensor) and LibTorch.
// Thread-safety: free functions.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

#include "learner/safetensors.h"

namespace tesuji::learner {

using TorchTensors = std::map<std::string, torch::Tensor>;

/// Copies; on the CPU, float32, contiguous.
torch::Tensor ToTorch(const FloatTensor& tensor);
FloatTensor FromTorch(const torch::Tensor& tensor);
TorchTensors ToTorch(const TensorMap& tensors);

}  // namespace tesuji::learner
