#include "verifier/compile/language_check.h"

#include <fmt/format.h>

namespace tesuji::verifier {
namespace {

/// The first line that is not blank.
std::string FirstLine(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return std::string(text.substr(0, text.find('\n')));
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
    check.reason = "its canary does not compile: " + FirstLine(outcome.messages);
    return check;
  }
  RunSpec spec;
  outcome.program->AddTo(&spec);
  const RunResult run = workplace.Run(ContainerKind::kRun, spec);
  check.works = run.ExitedWith(0);
  if (!check.works) {
    check.reason = fmt::format("its canary ends with {}: {}", DescribeEnding(run),
                               FirstLine(run.standard_error));
  }
  return check;
}

}  // namespace tesuji::verifier
