#include "verifier/judge/submission_judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/sha256.h"
#include "verifier/judge/expected_results.h"

namespace tesuji::verifier {

using env::Verdict;

SubmissionJudge::SubmissionJudge(Compiler& compiler, const Problem& problem, JudgeOptions options)
    : compiler_(compiler),
      problem_(problem),
      options_(options),
      validators_(compiler, problem),
      static_validator_(compiler, problem.static_validator, "the static validator"),
      grader_(compiler, problem.grader, "the grader") {}

Limits SubmissionJudge::RunLimits(const Submission& submission) const {
  Limits limits;
  const double seconds = options_.time_limit_seconds.value_or(
      submission.time_limit_seconds.value_or(problem_.limits.time_seconds.value_or(10)));
  limits.cpu = std::chrono::milliseconds(std::llround(seconds * 1000));
  limits.memory_bytes = options_.memory_limit_mib.value_or(problem_.limits.memory_mib) << 20;
  limits.output_bytes = problem_.limits.output_mib << 20;
  return limits;
}

std::vector<SourceFile> SubmissionJudge::WithIncludes(const Language& language,
                                                      const Submission& submission) const {
  std::vector<SourceFile> files = submission.files;
  auto found = problem_.includes.find(language.package_code);
  if (found == problem_.includes.end()) found = problem_.includes.find("default");
  if (found == problem_.includes.end()) return files;
  for (const SourceFile& included : found->second) {
    const auto same = std::find_if(files.begin(), files.end(), [&](const SourceFile& file) {
      return file.name == included.name;
    });
    if (same != files.end()) {
      *same = included;
    } else {
      files.push_back(included);
    }
  }
  return files;
}

CompileOptions SubmissionJudge::PackageCompileOptions(std::vector<std::string> extra) const {
  CompileOptions options;
  options.extra = std::move(extra);
  options.seconds = problem_.limits.compilation_seconds;
  if (problem_.limits.compilation_memory_mib) {
    options.memory_bytes = *problem_.limits.compilation_memory_mib << 20;
  }
  return options;
}

const Language* SubmissionJudge::ChooseLanguage(const Submission& submission,
                                                std::string* why) const {
  if (!submission.language.empty()) {
    const Language* language = compiler_.languages().Find(submission.language);
    if (language == nullptr) {
      *why = fmt::format("no language '{}' in the table", submission.language);
      return nullptr;
    }
    const bool has_source =
        std::any_of(submission.files.begin(), submission.files.end(),
                    [&](const SourceFile& file) { return language->IsSource(file.name); });
    if (has_source) return language;
    *why = fmt::format("no source of {} in it; their names end in {}", language->name,
                       fmt::join(language->extensions, " "));
    return nullptr;
  }
  for (const SourceFile& file : submission.files) {
    auto language = compiler_.languages().ForFile(file.name, file.text);
    if (language) return *language;
    if (why->empty()) *why = language.error().message;
  }
  return nullptr;
}

void SubmissionJudge::RunTests(Workplace& workplace, const Program& program,
                               const Submission& submission, const Layout& layout, Report* report) {
  std::map<std::size_t, TestReport> known;
  if (layout.again) known = RunShuffled(workplace, program, layout, *report);
  GradingHooks hooks;
  hooks.run = [&](std::size_t index) {
    const auto found = known.find(index);
    return found != known.end() ? found->second
                                : RunTest(workplace, program, problem_.tests[index], layout);
  };
  hooks.run_static = [&](const TestGroup& group) {
    return RunStatic(workplace, program, submission, group);
  };
  hooks.grade = [&](const TestGroup& group, const std::vector<Standing>& results) {
    return RunGrader(workplace, group, results);
  };
  Grading(problem_, hooks, options_.all_tests || submission.all_tests).Grade(report);
}

Result<Report> SubmissionJudge::Judge(Workplace& workplace, const Submission& submission) {
  auto report = JudgeAlone(workplace, submission);
  if (!report || report->verdict == Verdict::kInternalError) return report;
  report->has_rules = !submission.rules.empty();
  report->differences = Differences(problem_, submission.rules, *report);
  // A limit of the caller's own says nothing about the package's.
  if (submission.beyond_time_limit && !options_.time_limit_seconds) {
    CheckBeyondLimit(workplace, submission, &*report);
  }
  return report;
}

void SubmissionJudge::CheckBeyondLimit(Workplace& workplace, const Submission& submission,
                                       Report* report) {
  const double factor = problem_.limits.rejected_multiplier;
  Layout layout;
  layout.limits = RunLimits(submission);
  layout.limits.cpu = std::chrono::milliseconds(
      std::llround(static_cast<double>(layout.limits.cpu.count()) * factor));
  std::string why;
  const Language* language = ChooseLanguage(submission, &why);
  const CompileOutcome outcome = compiler_.Compile(
      workplace, *language, WithIncludes(*language, submission), PackageCompileOptions({}));
  if (outcome.state == CompileOutcome::State::kDone) {
    for (const TestCase& test : problem_.tests) {
      const auto before = std::ranges::find(report->tests, test.name, &TestReport::name);
      if (before == report->tests.end() || before->verdict != Verdict::kTimeLimit) continue;
      if (RunTest(workplace, *outcome.program, test, layout).verdict == Verdict::kTimeLimit) return;
    }
  }
  report->differences.push_back(
      fmt::format("no test takes more than {:g} s, the time limit times {:g} (time_limit_to_tle); "
                  "'use_for_time_limit: upper' promises one",
                  static_cast<double>(layout.limits.cpu.count()) / 1000, factor));
}

Result<Report> SubmissionJudge::JudgeAlone(Workplace& workplace, const Submission& submission) {
  if (problem_.answers_only) return JudgeAnswers(workplace, submission);
  std::string why;
  const Language* language = ChooseLanguage(submission, &why);
  if (language == nullptr) {
    // The messages of the table begin with a file's name only.
    const bool named = why.starts_with(submission.name + ":");
    return Fail(named ? why : fmt::format("{}: {}", submission.name, why));
  }
  if (const std::string missing = language->WhyMissing(); !missing.empty()) {
    return Fail(fmt::format("{}: {}", submission.name, missing));
  }
  const auto& allowed = problem_.languages;
  if (!allowed.empty() &&
      std::find(allowed.begin(), allowed.end(), language->package_code) == allowed.end()) {
    return Fail(fmt::format("{}: the problem does not allow {}", submission.name, language->name));
  }
  Report report;
  report.submission = submission.name;
  report.expected = submission.expected;
  if (problem_.scoring && !problem_.minimises) report.score = 0;
  Sha256 source;
  std::size_t code_bytes = 0;
  for (const SourceFile& file : submission.files) {
    source.Update(file.name).Update("\n").Update(file.text).Update("\n");
    code_bytes += file.text.size();
  }
  const Limits limits = RunLimits(submission);
  report.evidence = {{"problem", problem_.name},
                     {"problem_sha256", problem_.sha256},
                     {"source_sha256", source.FinishHex()},
                     {"language", language->id},
                     {"limits",
                      {{"cpu_ms", limits.cpu.count()},
                       {"memory_bytes", limits.memory_bytes},
                       {"output_bytes", limits.output_bytes},
                       {"processes", limits.processes}}},
                     {"isolation", workplace.sandbox().isolation()}};
  for (const std::string& name : submission.dropped) {
    report.evidence["dropped_files"].push_back(name);
  }
  if (code_bytes > static_cast<std::size_t>(problem_.limits.code_kib) << 10) {
    report.verdict = Verdict::kCompileError;
    report.message =
        fmt::format("{} bytes of source, allowed are {} KiB", code_bytes, problem_.limits.code_kib);
    return report;
  }
  const std::vector<SourceFile> files = WithIncludes(*language, submission);
  report.message = Unfit(files);
  if (!report.message.empty()) {
    report.verdict = Verdict::kCompileError;
    return report;
  }
  const CompileOutcome outcome =
      compiler_.Compile(workplace, *language, files, PackageCompileOptions({}));
  report.evidence["from_cache"] = outcome.from_cache;
  if (!report.TakeCompilation(outcome)) return report;
  report.evidence["program_sha256"] = outcome.program->sha256;
  Layout layout;
  layout.limits = limits;
  RunTests(workplace, *outcome.program, submission, layout, &report);
  const bool worth = report.verdict == Verdict::kAccepted || report.score.value_or(0) > 0;
  if (worth && options_.confirm) Confirm(workplace, *outcome.program, submission, &report);
  if (report.verdict == Verdict::kAccepted && options_.sanitize) {
    Sanitize(workplace, *language, submission, &report);
  }
  return report;
}

}  // namespace tesuji::verifier
