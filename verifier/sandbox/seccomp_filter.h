// The system calls a sandboxed program may make: an allow-list (libseccomp) compiled to BPF.
//
// Three answers: allowed; refused with an error, so that libraries fall back; killed (SIGSYS) for
// calls that only an attack makes. Programs under test and tools (compilers, validators) share
// the list, tools may in addition change file modes and times.
// Thread-safety: a free function.
#pragma once

#include <string>

namespace tesuji::verifier {

enum class ContainerKind { kRun, kTool };

/// The filter as an array of struct sock_filter. Throws MachineError when libseccomp refuses.
std::string MakeSeccompFilter(ContainerKind kind);

}  // namespace tesuji::verifier
