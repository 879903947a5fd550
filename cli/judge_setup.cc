#include "cli/judge_setup.h"

#include "core/files.h"
#include "verifier/compile/compiler.h"

namespace tesuji::cli {

Status ExtendLanguages(const std::string& file, verifier::LanguageTable* languages) {
  if (file.empty()) return {};
  auto text = ReadFile(file);
  if (!text) return tl::unexpected(text.error());
  return languages->Extend(*text, file);
}

std::filesystem::path CacheFolder(const std::string& given) {
  return given.empty() ? verifier::DefaultCacheFolder() : std::filesystem::path(given);
}

ExitCode ComplainOfJudge(const Failure& failure) {
  const ExitCode code = failure.message.starts_with("the sandbox") ? kMachine : kUsage;
  Complain(failure.message, code);
  return code;
}

}  // namespace tesuji::cli
