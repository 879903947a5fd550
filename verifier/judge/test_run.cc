// One test of a submission: its runs, its check, and the package's programs that judge beside it.
#include <fmt/format.h>

#include <algorithm>

#include "verifier/judge/other_conditions.h"
#include "verifier/judge/output_check.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

using env::Verdict;

RunSpec SubmissionJudge::ProgramSpec(const Program& program, const TestCase& test,
                                     const Layout& layout) const {
  RunSpec spec;
  spec.limits = layout.limits;
  program.AddTo(&spec);
  spec.argv.insert(spec.argv.end(), test.args.begin(), test.args.end());
  for (const auto& [name, file] : test.files) {
    const auto same =
        std::find_if(spec.files.begin(), spec.files.end(),
                     [&, &wanted = name](const BoxFile& other) { return other.name == wanted; });
    if (same != spec.files.end()) {
      same->fd = file.get();
    } else {
      spec.files.push_back({name, file.get()});
    }
  }
  if (layout.sanitizer) AddSanitizerSettings(&spec);
  if (layout.again) UseOtherConditions(&spec);
  return spec;
}

void SubmissionJudge::RunPlain(Workplace& workplace, const Program& program, const TestCase& test,
                               const Layout& layout, TestReport* report) {
  UniqueFd answer;  // The default validator reads it here.
  if (problem_.validation != Validation::kDefault) answer = MakeMemoryFile(test.answer, "answer");
  ValidatorFiles files;
  int input = test.input.get();
  for (int number = 1;; ++number) {
    const Pass pass = {input, answer.get(), files.kept.get()};
    ValidatorFiles left = RunOnce(workplace, program, test, pass, layout, report);
    if (!WantsAnotherPass(problem_, number, left, report)) return;
    files = std::move(left);
    input = files.next_input.get();
  }
}

ValidatorFiles SubmissionJudge::RunOnce(Workplace& workplace, const Program& program,
                                        const TestCase& test, const Pass& pass,
                                        const Layout& layout, TestReport* report) {
  const UniqueFd input = ReopenReadOnly(pass.input_fd);
  RunSpec spec = ProgramSpec(program, test, layout);
  spec.stdin_fd = input.get();
  const RunResult run = workplace.Run(ContainerKind::kRun, spec);
  report->TakeUse(run);
  if (const auto failed = VerdictOfEnding(run, spec.limits, program)) {
    report->verdict = *failed;
    if (*failed == Verdict::kRuntimeError) report->reason += LastWords(run);
    if (layout.sanitizer) report->reason = FirstObjection(run.standard_error, report->reason);
    return {};
  }
  return CheckOutput(problem_, validators_, workplace, test, pass, run.standard_output, report);
}

TestReport SubmissionJudge::RunTest(Workplace& workplace, const Program& program,
                                    const TestCase& test, const Layout& layout) {
  TestReport report;
  report.name = test.name;
  if (problem_.validation == Validation::kInteractive) {
    RunInteractive(workplace, program, test, layout, &report);
  } else {
    RunPlain(workplace, program, test, layout, &report);
  }
  if (problem_.is_package() &&
      (report.verdict == Verdict::kMemoryLimit || report.verdict == Verdict::kOutputLimit)) {
    report.reason += fmt::format(" ({}, a run-time error in problem packages)",
                                 env::VerdictName(report.verdict));
    report.verdict = Verdict::kRuntimeError;
  }
  return report;
}

TestReport SubmissionJudge::RunStatic(Workplace& workplace, const Program& program,
                                      const Submission& submission, const TestGroup& group) {
  TestReport report;
  report.name = group.name + "/static_validator";
  const auto validator = static_validator_.Get(workplace);
  if (!validator) {
    report.reason = validator.error().message;
    return report;
  }
  RunSpec spec;
  SetValidatorLimits(problem_, &spec);
  (*validator)->AddTo(&spec);
  // The working directory is the submission's.
  MoveProgramInto(".validator", &spec);
  const std::vector<SourceFile> files = WithIncludes(*program.language, submission);
  const auto main = std::ranges::find_if(
      files, [&](const SourceFile& file) { return program.language->IsSource(file.name); });
  spec.argv.insert(spec.argv.end(),
                   {program.language->package_code,
                    main == files.end() ? std::string() : main->name, "feedback/"});
  const std::vector<std::string>& args = group.bound.static_test->args;
  spec.argv.insert(spec.argv.end(), args.begin(), args.end());
  std::vector<UniqueFd> held;
  for (const SourceFile& file : files) {
    held.push_back(MakeMemoryFile(file.text, "source"));
    spec.files.push_back({file.name, held.back().get()});
  }
  WantFeedback(problem_, &spec);
  RunResult result = workplace.Run(ContainerKind::kTool, spec);
  report.TakeUse(result);
  report.verdict = VerdictOfValidator(result, &report.reason);
  const ValidatorFiles left = FilesOfValidator(problem_, &result);
  report.given = left.feedback;
  if (!left.error.empty() && report.verdict != Verdict::kInternalError) {
    report.verdict = Verdict::kInternalError;
    report.reason = left.error;
  }
  return report;
}

Result<Standing> SubmissionJudge::RunGrader(Workplace& workplace, const TestGroup& group,
                                            const std::vector<Standing>& results) {
  const auto grader = grader_.Get(workplace);
  if (!grader) return tl::unexpected(grader.error());
  std::string lines;
  for (const Standing& one : results) {
    lines += fmt::format("{} {}\n", env::VerdictName(one.verdict), one.score);
  }
  const UniqueFd input = MakeMemoryFile(lines, "results");
  RunSpec spec;
  SetValidatorLimits(problem_, &spec);
  (*grader)->AddTo(&spec);
  spec.argv.insert(spec.argv.end(), group.grader.flags.begin(), group.grader.flags.end());
  spec.stdin_fd = input.get();
  const RunResult run = workplace.Run(ContainerKind::kTool, spec);
  if (!run.ExitedWith(0)) {
    return Fail(fmt::format("the grader failed: {}{}", DescribeEnding(run), LastWords(run)));
  }
  return ParseGrade(run.standard_output);
}

}  // namespace tesuji::verifier
