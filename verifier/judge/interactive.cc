// Interactive problems: a submission and an output validator in conversation.
#include <algorithm>
#include <cmath>

#include "verifier/judge/conversation.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

using env::Verdict;
using std::chrono::milliseconds;

void SubmissionJudge::RunInteractive(Workplace& workplace, const Program& program,
                                     const TestCase& test, const Layout& layout,
                                     TestReport* report) {
  std::string why;
  const auto validators = validators_.Programs(workplace, &why);
  if (validators.empty()) {
    report->reason = why;
    return;
  }
  // Each validator talks to a run of its own; all must accept.
  for (const auto& validator : validators) {
    Interact(workplace, program, *validator, test, layout, report);
    if (report->verdict != Verdict::kAccepted) return;
  }
}

void SubmissionJudge::Interact(Workplace& workplace, const Program& program,
                               const Program& validator, const TestCase& test, const Layout& layout,
                               TestReport* report) {
  const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
  ValidatorFiles files;
  int input = test.input.get();
  for (int number = 1;; ++number) {
    const Pass pass = {input, answer.get(), files.kept.get()};
    ValidatorFiles left = InteractOnce(workplace, program, validator, test, pass, layout, report);
    if (!WantsAnotherPass(problem_, number, left, report)) return;
    files = std::move(left);
    input = files.next_input.get();
  }
}

ValidatorFiles SubmissionJudge::InteractOnce(Workplace& workplace, const Program& program,
                                             const Program& validator, const TestCase& test,
                                             const Pass& pass, const Layout& layout,
                                             TestReport* report) {
  const milliseconds longest(std::llround(problem_.limits.validation_seconds * 1000));
  milliseconds patience{0};  // For a validator that computes while the program waits.
  for (int broken = 0; broken < 3;) {
    RunSpec mine = ProgramSpec(program, test, layout);
    mine.limits.wall = 2 * mine.limits.cpu + std::chrono::seconds(1) + patience;
    RunSpec theirs = validators_.Spec(validator, test, pass);
    theirs.limits.wall =
        3 * mine.limits.cpu + theirs.limits.cpu + std::chrono::seconds(5) + patience;
    PipeEnds to_program = MakePipe();
    PipeEnds to_validator = MakePipe();
    mine.stdin_fd = to_program.read.get();
    mine.stdout_fd = to_validator.write.get();
    theirs.stdin_fd = to_validator.read.get();
    theirs.stdout_fd = to_program.write.get();
    auto [run, check] =
        Converse(workplace, {&mine, &to_program.read, &to_validator.write},
                 {&theirs, &to_validator.read, &to_program.write}, kValidatorAccepts);
    if (!run.broken.empty() || !check.broken.empty()) {
      report->reason = run.broken + check.broken;
      ++broken;
      continue;
    }
    if (run.ending == Ending::kWallLimit && 4 * check.cpu > mine.limits.wall &&
        patience < longest) {
      const auto computed = std::chrono::duration_cast<milliseconds>(check.cpu);
      patience = std::min(longest, patience + 4 * computed);
      continue;
    }
    report->TakeUse(run);
    std::string reason;
    Verdict checked = VerdictOfValidator(check, &reason);
    const auto failed = VerdictOfEnding(run, mine.limits, program);
    if (checked == Verdict::kInternalError && LostItsPartner(check)) {
      checked = Verdict::kWrongAnswer;
      reason = "stopped reading before the output validator had finished";
    }
    // A validator that said no first is right, whatever became of the program afterwards.
    const bool said_no = checked == Verdict::kWrongAnswer && (!failed || check.end_ns < run.end_ns);
    if (checked == Verdict::kInternalError || said_no) {
      report->verdict = checked;
      report->reason = reason;
    } else {
      report->verdict = failed ? *failed : checked;
      if (report->verdict == Verdict::kRuntimeError) report->reason += LastWords(run);
    }
    return FilesOfValidator(problem_, &check);
  }
  return {};
}

}  // namespace tesuji::verifier
