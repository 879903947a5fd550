#include "verifier/judge/package_program.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/judge/scripted_program.h"
#include "verifier/problem/package_programs.h"

namespace tesuji::verifier {

Result<std::shared_ptr<const Program>> PackageProgram::Get(Workplace& workplace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (program_ != nullptr) return program_;
  if (HasScripts(sources_)) {
    auto built = BuildScriptedProgram(workplace, sources_);
    if (!built) return Fail(fmt::format("{} {}", what_, built.error().message));
    program_ = std::move(*built);
    return program_;
  }
  const Language* language = nullptr;
  for (const SourceFile& file : sources_) {
    auto found = compiler_.languages().ForFile(file.name, file.text);
    if (found && language == nullptr) language = *found;
  }
  if (language == nullptr) {
    const std::string name = sources_.empty() ? "" : sources_.front().name;
    return Fail(fmt::format("{} {}: no language for it", what_, name));
  }
  CompileOutcome outcome = compiler_.Compile(workplace, *language, sources_);
  if (outcome.state != CompileOutcome::State::kDone) {
    return Fail(fmt::format("{} does not compile: {}", what_, outcome.messages));
  }
  program_ = outcome.program;
  return program_;
}

void MoveProgramInto(const std::string& folder, RunSpec* spec) {
  if (spec->program_fd >= 0) {
    spec->files.push_back({folder + "/program", spec->program_fd, true});
    spec->program_fd = -1;
    spec->argv.front() = folder + "/program";
    return;
  }
  std::vector<std::string> names;
  for (BoxFile& file : spec->files) {
    names.push_back(file.name);
    file.name = folder + "/" + file.name;
  }
  for (std::string& word : spec->argv) {
    const std::string name = word.starts_with("./") ? word.substr(2) : word;
    if (std::ranges::find(names, name) != names.end()) word = folder + "/" + name;
  }
}

}  // namespace tesuji::verifier
