#include "learner/torch/processor.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <malloc.h>
#include <torch/cuda.h>

#include <string>

namespace tesuji::learner {

at::Device ChooseDevice(const Device& device) {
  if (device.kind == Device::Kind::kCpu) return at::Device(at::kCPU);
  const int gpus = at::hasCUDA() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (device.kind == Device::Kind::kAuto) {
    return gpus > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  }
  if (device.index >= gpus) {
    const std::string found = gpus == 0 ? "no GPU"
                              : gpus == 1
                                  ? "one GPU, cuda:0"
                                  : fmt::format("{} GPUs, cuda:0 to cuda:{}", gpus, gpus - 1);
    throw MachineError(
        fmt::format("device {} was asked for, but LibTorch finds {}; use device = "
                    "\"cpu\" or \"auto\"",
                    DeviceName(device), found));
  }
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

void UseThreads(int threads) {
  // Asking first matters: a thread's first use of LibTorch sets its count from whichever thread set
  // one last, and would undo what is set here.
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
}

void KeepFreedMemory() {
#ifdef M_TRIM_THRESHOLD
  // Naming one threshold ends glibc's own adjusting, so both are named; the first is the most that
  // its adjusting would reach. Where glibc refuses them, all is only slower.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

void CallLibTorch(const std::function<void()>& body) {
  try {
    body();
  } catch (const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    throw MachineError("LibTorch: " + what.substr(0, what.find('\n')));
  }
}

}  // namespace tesuji::learner
