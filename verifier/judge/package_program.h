// A program of a package that helps to judge: compiled once, run in the container for tools.
// Thread-safety: all of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "verifier/compile/compiler.h"
#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

class PackageProgram {
 public:
  /// `what` names it in messages: "the grader". All is borrowed.
  PackageProgram(Compiler& compiler, const std::vector<SourceFile>& sources, std::string what)
      : compiler_(compiler), sources_(sources), what_(std::move(what)) {}

  /// Compiles at the first call and whenever that failed.
  Result<std::shared_ptr<const Program>> Get(Workplace& workplace);

 private:
  Compiler& compiler_;
  const std::vector<SourceFile>& sources_;
  const std::string what_;
  std::mutex mutex_;
  std::shared_ptr<const Program> program_;
};

/// Moves the program's files and its binary into `folder` of the box, so that the box's root is
/// free for others. `spec` is as Program::AddTo() left it.
void MoveProgramInto(const std::string& folder, RunSpec* spec);

}  // namespace tesuji::verifier
