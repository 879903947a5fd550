#include "learner/torch/processor.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <string>

namespace tesuji::learner {

at::Device ChooseDevice(Device device) {
  const bool cuda = at::hasCUDA();
  if (device == Device::kCuda && !cuda) {
    throw MachineError(
        "device cuda was asked for, but LibTorch finds no GPU; use device = \"cpu\"");
  }
  return cuda && device != Device::kCpu ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
}

void UseThreads(int threads) {
  // Asking first matters: a thread's first use of LibTorch sets its count from whichever thread set
  // one last, and would undo what is set here.
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
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
