// What a program does, as a hash: its results on inputs that are the same for every program.
// Thread-safety: free functions; inputs are drawn anew from a fixed seed on every call.
#pragma once

#include <string>
#include <vector>

#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// The probe inputs of a signature: short and long lists, small and large numbers, repeats, corner
/// cases. In the signature's order.
std::vector<Input> ProbeInputs(const Signature& signature);

/// Equal for programs with equal results (failures too) on every probe input, up to the order and
/// the names of the input's arguments. Empty when nothing can be said: a probe ran out of fuel, or
/// every one failed. REQUIRES: CheckProgram(program).
std::string BehaviourOf(const Program& program);

}  // namespace tesuji::env::program
