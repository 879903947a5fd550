#include "verifier/judge/output_check.h"

#include "verifier/problem/default_validator.h"

namespace tesuji::verifier {

using env::Verdict;

ValidatorFiles CheckOutput(const Problem& problem, OutputValidators& validators,
                           Workplace& workplace, const TestCase& test, const Pass& pass,
                           const std::string& output, TestReport* report) {
  if (problem.validation == Validation::kDefault) {
    const auto flags = ParseValidatorFlags(test.validator_flags);
    const auto difference = FirstDifference(test.answer, output, flags.value());
    report->verdict = difference ? Verdict::kWrongAnswer : Verdict::kAccepted;
    if (difference) report->reason = *difference;
    return {};
  }
  std::string why;
  const auto programs = validators.Programs(workplace, &why);
  if (programs.empty()) {
    report->reason = why;
    return {};
  }
  const UniqueFd file = MakeMemoryFile(output, "output");
  ValidatorFiles files;
  for (const auto& validator : programs) {
    const UniqueFd own = ReopenReadOnly(file.get());
    RunSpec check = validators.Spec(*validator, test, pass);
    check.stdin_fd = own.get();
    RunResult result = workplace.Run(ContainerKind::kTool, check);
    report->verdict = VerdictOfValidator(result, &report->reason);
    files = FilesOfValidator(problem, &result);
    if (report->verdict != Verdict::kAccepted) break;
  }
  return files;
}

}  // namespace tesuji::verifier
