// Which processor runs a network: "auto", "cpu", "cuda" or "cuda:N".
// Thread-safety: a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tesuji::learner {

struct Device {
  enum class Kind : std::uint8_t {
    kAuto,  ///< The first GPU where LibTorch has one, else the CPU.
    kCpu,
    kCuda,
  };
  Kind kind = Kind::kAuto;
  int index = 0;  ///< Of the GPU, for kCuda.

  static constexpr Device Cpu() { return {Kind::kCpu, 0}; }
  static constexpr Device Cuda(int index = 0) { return {Kind::kCuda, index}; }
  friend bool operator==(const Device&, const Device&) = default;
};

/// Says what was expected: `expected auto, cpu, cuda or cuda:N, got "gpu"`.
Result<Device> ParseDevice(std::string_view text);
/// What ParseDevice() reads; GPU 0 is "cuda".
std::string DeviceName(const Device& device);

}  // namespace tesuji::learner
