// Where tensors live and how many threads work on them.
// Thread-safety: free functions, any thread.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "learner/model.h"

namespace tesuji::learner {

/// The device asked for; throws MachineError when a GPU is asked for and missing.
at::Device ChooseDevice(const Device& device);

/// Sets the CPU threads of LibTorch's kernels for the calling thread. The setting is OpenMP's and
/// belongs to the thread, so every thread that runs a network calls this.
void UseThreads(int threads);

/// Lets the process keep up to 128 MiB a heap that LibTorch freed. A forward pass frees its
/// intermediate tensors: giving their pages back to the kernel and taking them again for the next
/// one costs a tenth of self-play's time.
void KeepFreedMemory();

/// Runs `body`; what LibTorch throws becomes a MachineError of one line.
void CallLibTorch(const std::function<void()>& body);

}  // namespace tesuji::learner
