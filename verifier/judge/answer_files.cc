// Submissions to submit-answer problems: files with answers, of which nothing is run.
#include <fmt/format.h>

#include <algorithm>

#include "core/sha256.h"
#include "verifier/judge/output_check.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

namespace {

/// The file for a test: named like it with or without its folders, whatever its extension. A lone
/// file also answers a lone test.
const SourceFile* AnswerTo(const Problem& problem, const Submission& submission,
                           const TestCase& test) {
  const auto named = [&](const fs::path& name) {
    const auto found = std::ranges::find_if(submission.files, [&](const SourceFile& file) {
      return fs::path(file.name) == name || fs::path(file.name).replace_extension() == name;
    });
    return found == submission.files.end() ? nullptr : &*found;
  };
  if (const SourceFile* file = named(test.name)) return file;
  const std::string inside = test.name.substr(test.name.find('/') + 1);
  const auto same = [](const std::string& end) {
    return [&end](const TestCase& other) { return other.name.ends_with("/" + end); };
  };
  for (const std::string& name : {inside, fs::path(test.name).filename().string()}) {
    if (std::ranges::count_if(problem.tests, same(name)) != 1) continue;
    if (const SourceFile* file = named(name)) return file;
  }
  const bool lone = problem.tests.size() == 1 && submission.files.size() == 1;
  return lone ? &submission.files.front() : nullptr;
}

}  // namespace

Report SubmissionJudge::JudgeAnswers(Workplace& workplace, const Submission& submission) {
  Report report;
  report.submission = submission.name;
  report.expected = submission.expected;
  Sha256 source;
  for (const SourceFile& file : submission.files) {
    source.Update(file.name).Update("\n").Update(file.text).Update("\n");
  }
  report.evidence = {{"problem", problem_.name},
                     {"problem_sha256", problem_.sha256},
                     {"source_sha256", source.FinishHex()},
                     {"answers_only", true},
                     {"isolation", workplace.sandbox().isolation()}};
  for (const std::string& name : submission.dropped) {
    report.evidence["dropped_files"].push_back(name);
  }
  GradingHooks hooks;
  hooks.run = [&](std::size_t index) {
    const TestCase& test = problem_.tests[index];
    TestReport checked;
    checked.name = test.name;
    const SourceFile* file = AnswerTo(problem_, submission, test);
    if (file == nullptr) {
      checked.verdict = Verdict::kWrongAnswer;
      checked.reason = fmt::format("there is no answer: no file is called {}.out", test.name);
      return checked;
    }
    if (file->text.size() > static_cast<std::size_t>(problem_.limits.output_mib) << 20) {
      checked.verdict = Verdict::kWrongAnswer;
      checked.reason = fmt::format("{} has more than {} MiB (limits.output)", file->name,
                                   problem_.limits.output_mib);
      return checked;
    }
    const UniqueFd input = ReopenReadOnly(test.input.get());
    const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
    const ValidatorFiles files = CheckOutput(problem_, validators_, workplace, test,
                                             {input.get(), answer.get(), -1}, file->text, &checked);
    WantsAnotherPass(problem_, 1, files, &checked);  // It never does, and takes what they say.
    return checked;
  };
  hooks.grade = [&](const TestGroup& group, const std::vector<Standing>& results) {
    return RunGrader(workplace, group, results);
  };
  Grading(problem_, hooks, options_.all_tests || submission.all_tests).Grade(&report);
  return report;
}

}  // namespace tesuji::verifier
