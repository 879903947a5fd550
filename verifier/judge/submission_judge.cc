#include "verifier/judge/submission_judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "core/sha256.h"
#include "verifier/judge/sanitizer.h"
#include "verifier/problem/default_validator.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

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
  spec.pid = layout.pid;
  spec.fixed_addresses = layout.fixed_addresses;
  if (layout.sanitizer) AddSanitizerSettings(&spec);
  // Another environment size shifts the stack.
  if (layout.shuffled) spec.environment.push_back("TESUJI_PADDING=" + std::string(517, 'x'));
  return spec;
}

void SubmissionJudge::RunPlain(Workplace& workplace, const Program& program, const TestCase& test,
                               const Layout& layout, TestReport* report) {
  const UniqueFd input = ReopenReadOnly(test.input.get());
  RunSpec spec = ProgramSpec(program, test, layout);
  spec.stdin_fd = input.get();
  const ContainerKind kind = layout.sanitizer ? ContainerKind::kTool : ContainerKind::kRun;
  const RunResult run = workplace.Run(kind, spec);
  report->TakeUse(run);
  if (const auto failed = VerdictOfEnding(run, spec.limits, program)) {
    report->verdict = *failed;
    if (*failed == Verdict::kRuntimeError) report->reason += LastWords(run);
    if (layout.sanitizer) report->reason = FirstObjection(run.standard_error, report->reason);
    return;
  }
  if (problem_.validation == Validation::kDefault) {
    const auto flags = ParseValidatorFlags(test.validator_flags);
    const auto difference = FirstDifference(test.answer, run.standard_output, flags.value());
    report->verdict = difference ? Verdict::kWrongAnswer : Verdict::kAccepted;
    if (difference) report->reason = *difference;
    return;
  }
  std::string why;
  const auto validators = validators_.Programs(workplace, &why);
  if (validators.empty()) {
    report->reason = why;
    return;
  }
  const UniqueFd output = MakeMemoryFile(run.standard_output, "output");
  const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
  for (const auto& validator : validators) {
    const UniqueFd own = ReopenReadOnly(output.get());
    RunSpec check = validators_.Spec(*validator, test, answer.get());
    check.stdin_fd = own.get();
    const RunResult result = workplace.Run(ContainerKind::kTool, check);
    report->verdict = VerdictOfValidator(result, &report->reason);
    if (report->verdict != Verdict::kAccepted) return;
  }
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

void SubmissionJudge::RunTests(Workplace& workplace, const Program& program, const Layout& layout,
                               Report* report) {
  std::vector<std::size_t> order(problem_.tests.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (layout.shuffled) {
    RandomStream random({options_.seed, 0x5f});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  }
  report->tests.clear();
  report->verdict = Verdict::kAccepted;
  for (const std::size_t index : order) {
    report->tests.push_back(RunTest(workplace, program, problem_.tests[index], layout));
    const TestReport& test = report->tests.back();
    if (test.verdict == Verdict::kAccepted) continue;
    if (report->verdict == Verdict::kAccepted || test.verdict == Verdict::kInternalError) {
      report->verdict = test.verdict;
    }
    if (test.verdict == Verdict::kInternalError) report->message = test.reason;
    if (!options_.all_tests || test.verdict == Verdict::kInternalError) return;
  }
}

void SubmissionJudge::Confirm(Workplace& workplace, const Program& program, const Limits& limits,
                              Report* report) {
  // Another second on the clock, another order, process id, environment and address layout.
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  Layout layout;
  layout.limits = limits;
  layout.shuffled = true;
  layout.pid = 1789;
  layout.fixed_addresses = true;
  Report second;
  RunTests(workplace, program, layout, &second);
  report->evidence["confirmed"] = second.verdict == Verdict::kAccepted;
  if (second.verdict == Verdict::kAccepted) return;
  report->verdict = second.verdict;
  report->tests = std::move(second.tests);
  report->message = "accepted at first, but not when run again under other conditions";
}

void SubmissionJudge::Sanitize(Workplace& workplace, const Language& language,
                               const Submission& submission, Report* report) {
  if (language.compile.empty() || !language.makes_binary) return;
  const CompileOutcome outcome =
      compiler_.Compile(workplace, language, WithIncludes(language, submission),
                        PackageCompileOptions(SanitizerFlags()));
  if (outcome.state != CompileOutcome::State::kDone) {
    report->verdict = Verdict::kInternalError;
    report->message = "the sanitizer build failed: " + outcome.messages;
    return;
  }
  Layout layout;
  layout.limits = RunLimits(submission);
  layout.sanitizer = true;
  Report second;
  RunTests(workplace, *outcome.program, layout, &second);
  report->evidence["sanitizers"] = second.verdict == Verdict::kAccepted ? "clean" : "failed";
  if (second.verdict == Verdict::kAccepted) return;
  report->verdict = second.verdict;
  report->tests = std::move(second.tests);
  report->message = "accepted, but the sanitizers object";
}

Result<Report> SubmissionJudge::Judge(Workplace& workplace, const Submission& submission) {
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
  RunTests(workplace, *outcome.program, layout, &report);
  if (report.verdict == Verdict::kAccepted && options_.confirm) {
    Confirm(workplace, *outcome.program, limits, &report);
  }
  if (report.verdict == Verdict::kAccepted && options_.sanitize) {
    Sanitize(workplace, *language, submission, &report);
  }
  return report;
}

double CalibrateTimeLimit(Compiler& compiler, Workplace& workplace, const Problem& problem) {
  JudgeOptions options;
  options.time_limit_seconds = 20;
  options.all_tests = true;
  SubmissionJudge judge(compiler, problem, options);
  const fs::path folder = problem.folder / "submissions" / "accepted";
  double slowest = -1;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    auto submission = LoadSubmission(entry.path());
    if (!submission) continue;
    ApplyPackageRules(problem, entry.path(), /*has_time_limit=*/true, &*submission);
    auto report = judge.Judge(workplace, *submission);
    if (!report || report->verdict != Verdict::kAccepted) continue;
    for (const TestReport& test : report->tests) {
      slowest = std::max(slowest, static_cast<double>(test.cpu.count()) * 1e-9);
    }
  }
  if (slowest < 0) return 10;  // Nothing to go by.
  const double step = problem.limits.time_resolution;
  return std::max(1.0, std::ceil(slowest * problem.limits.accepted_multiplier / step)) * step;
}

}  // namespace tesuji::verifier
