// A compiled program, or sources with an interpreter: what a run needs to start it.
// Thread-safety: immutable once made; may be shared by threads.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "verifier/compile/language.h"
#include "verifier/sandbox/unique_fd.h"

namespace tesuji::verifier {

inline constexpr char kProgramFile[] = "program";  ///< In the box, where every run starts.

struct Program {
  const Language* language = nullptr;
  UniqueFd binary;         ///< Valid when the language makes one.
  bool executable = true;  ///< False: an interpreter is given `binary` as a file.
  std::vector<std::pair<std::string, UniqueFd>> files;  ///< Otherwise the sources.
  std::vector<std::string> argv;                        ///< May hold {memory_mib} and the like.
  std::string gate;                                     ///< As in RunSpec; empty: none.
  std::string home;                                     ///< Of the toolchain, for {home}.
  std::string sha256;                                   ///< Of the binary or the sources.
  std::int64_t static_bytes = 0;  ///< Of the binary's loaded segments; 0 when unknown.

  /// Fills argv, environment, program and files for the limits in `spec`, and adds to these what
  /// the language's run-time needs for itself. So set the limits first.
  void AddTo(RunSpec* spec) const;
};

}  // namespace tesuji::verifier
