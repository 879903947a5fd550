#include "learner/device.h"

#include <fmt/format.h>

#include <charconv>

namespace tesuji::learner {

Result<Device> ParseDevice(std::string_view text) {
  constexpr std::string_view kPrefix = "cuda:";
  constexpr int kMostGpus = 128;
  if (text == "auto") return Device{};
  if (text == "cpu") return Device::Cpu();
  if (text == "cuda") return Device::Cuda();
  if (text.starts_with(kPrefix)) {
    const char* const end = text.data() + text.size();
    int index = -1;
    const auto parsed = std::from_chars(text.data() + kPrefix.size(), end, index);
    if (parsed.ec == std::errc() && parsed.ptr == end && index >= 0 && index < kMostGpus) {
      return Device::Cuda(index);
    }
  }
  return Fail(
      fmt::format("expected auto, cpu, cuda or cuda:N with the number of a GPU, got \"{}\"", text));
}

std::string DeviceName(const Device& device) {
  if (device.kind == Device::Kind::kCpu) return "cpu";
  if (device.kind == Device::Kind::kAuto) return "auto";
  return device.index == 0 ? "cuda" : fmt::format("cuda:{}", device.index);
}

}  // namespace tesuji::learner
