// Runs a program on an input and gives back what it wrote: no answer is compared, nothing is
// judged.
//
// The program is compiled (from the cache where it is known) and run in the same containers as a
// submission. Whose fault an ending is, is told as everywhere: either what the compiler or the
// program did, or that the sandbox failed (`broken`).
// Thread-safety: RunProgram() may run on many threads, each with its own Workplace.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "verifier/compile/compiler.h"

namespace tesuji::verifier {

struct ProgramRun {
  const Language* language = nullptr;
  std::string code;
  std::vector<SourceFile> files;  ///< Beside the source and the running program; any bytes.
  std::string standard_input;
  double compile_seconds = 10;         ///< Processor time.
  std::vector<std::string> fetch;      ///< Files wanted back; what is missing is left out.
  std::int64_t fetch_bytes = 8 << 20;  ///< Of one file; a larger one is left out.
  Limits limits;
};

struct ProgramOutput {
  std::string broken;  ///< Not empty: the sandbox or the compiler's machine failed.
  struct Compilation {
    bool rejected = false;
    bool out_of_time = false;
    int exit_code = 0;
    std::string messages;
    std::chrono::nanoseconds wall{0};
    bool from_cache = false;
  };
  std::optional<Compilation> compilation;  ///< Empty for languages that run sources.
  std::optional<RunResult> run;            ///< Empty when it did not compile.
  std::vector<SourceFile> fetched;
};

/// Why a file of this name cannot be put beside a program: absolute, "..", too long, too deep, the
/// box's own names. Empty when it can.
std::string UnfitFileName(const std::string& name);

/// Why these files cannot be put into a box together: too many, one name twice, a name that is a
/// file and a folder. Empty when they can.
std::string UnfitTogether(const std::vector<SourceFile>& files);
/// The same for all files of a run.
std::string UnfitFiles(const ProgramRun& program);

/// REQUIRES: UnfitFiles(program) is empty.
ProgramOutput RunProgram(Compiler& compiler, Workplace& workplace, const ProgramRun& program);

}  // namespace tesuji::verifier
