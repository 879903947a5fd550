#include "verifier/compile/language_check.h"

#include <fmt/format.h>

namespace tesuji::verifier {
namespace {

/// The last line that is not blank.
std::string LastLine(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return std::string(text.substr(text.rfind('\n') + 1));
}

}  // namespace

LanguageCheck CheckLanguage(Compiler& compiler, Workplace& workplace, const Language& language) {
  LanguageCheck check;
  check.reason = language.WhyMissing();
  if (!check.reason.empty()) return check;
  if (language.canary.empty()) {
    check.reason = "its entry has no canary, a program to try";
    return check;
  }
  const CompileOutcome outcome =
      compiler.Compile(workplace, language, {{language.CanaryFile(), language.canary}});
  check.version = outcome.compiler;
  if (outcome.state != CompileOutcome::State::kDone) {
    check.reason = "its canary does not compile: " + LastLine(outcome.messages);
    return check;
  }
  RunSpec spec;
  outcome.program->AddTo(&spec);
  const RunResult run = workplace.Run(ContainerKind::kRun, spec);
  check.works = run.ExitedWith(0);
  if (!check.works) {
    check.reason = fmt::format("its canary ends with {}: {}", DescribeEnding(run),
                               LastLine(run.standard_error));
  }
  return check;
}

}  // namespace tesuji::verifier
