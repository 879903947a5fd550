#include "verifier/judge/submission_judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <thread>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/problem/default_validator.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

namespace {
constexpr double kSlowSeconds = 300;  // Also what other tools allow before a limit is known.
constexpr std::size_t kMostFiles = 128;

/// Why these files cannot be put into a box; empty when they can.
std::string Unfit(const std::vector<SourceFile>& files) {
  if (files.size() > kMostFiles) {
    return fmt::format("{} files, at most {} are taken", files.size(), kMostFiles);
  }
  for (const SourceFile& file : files) {
    const std::string first = fs::path(file.name).begin()->string();  // May be a folder.
    if (first == "tmp" || first == "program" || file.name.size() > 200) {
      return fmt::format("'{}' is not a name that a file may have", file.name);
    }
  }
  return {};
}
}  // namespace

namespace {

Result<Submission> Load(const fs::path& path) {
  Submission submission;
  submission.name = path.string();
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      // We may read what its author may not, such as answers.
      if (entry.is_symlink()) {
        return Fail(entry.path().string() + ": submissions may not hold symbolic links");
      }
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  for (const fs::path& file : files) {
    auto text = ReadFile(file, 16U << 20);
    if (!text) return tl::unexpected(text.error());
    submission.files.push_back(
        {file == path ? path.filename().string() : fs::relative(file, path).string(),
         std::move(*text)});
  }
  if (submission.files.empty()) return Fail(path.string() + ": is an empty folder");
  return submission;
}

}  // namespace

Result<Submission> LoadSubmission(const fs::path& path) {
  try {
    return Load(path);
  } catch (const fs::filesystem_error& error) {
    return Fail(fmt::format("{}: {}", error.path1().string(), error.code().message()));
  }
}

void ApplyPackageRules(const Problem& problem, const fs::path& path, const JudgeOptions& options,
                       Submission* submission) {
  if (!problem.is_package() || !problem.Owns(path)) return;
  for (SourceFile& file : submission->files) {
    file.text = WithConstants(file.text, problem.constants);
  }
  if (problem.Owns(path, "slow_accepted") && !options.time_limit_seconds) {
    submission->time_limit_seconds = kSlowSeconds;
  }
}

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

std::vector<std::string> SanitizerFlags() {
  return {"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1", "-fuse-ld=bfd"};
}

void AddSanitizerSettings(RunSpec* spec) {
  spec->limits.cpu *= 4;
  spec->limits.memory_bytes = spec->limits.memory_bytes * 3 + (512LL << 20);
  spec->limits.address_space_limited = false;
  spec->environment.push_back("ASAN_OPTIONS=detect_leaks=0:abort_on_error=1");
  spec->environment.push_back("UBSAN_OPTIONS=halt_on_error=1");
}

std::string FirstObjection(const std::string& text, const std::string& otherwise) {
  for (const char* mark : {"runtime error: ", "ERROR: AddressSanitizer: "}) {
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) continue;
    const std::size_t begin = text.rfind('\n', at) + 1;
    return text.substr(begin, std::min(text.find('\n', at) - begin, std::size_t{300}));
  }
  return otherwise;
}

RunSpec SubmissionJudge::ProgramSpec(const Program& program, const TestCase& test,
                                     const Layout& layout) const {
  RunSpec spec;
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
  spec.limits = layout.limits;
  spec.pid = layout.pid;
  spec.fixed_addresses = layout.fixed_addresses;
  if (layout.sanitizer) AddSanitizerSettings(&spec);
  // Another environment size shifts the stack.
  if (layout.shuffled) spec.environment.push_back("TESUJI_PADDING=" + std::string(517, 'x'));
  return spec;
}

RunSpec SubmissionJudge::ValidatorSpec(const Program& validator, const TestCase& test,
                                       int answer_fd) const {
  RunSpec spec;
  validator.AddTo(&spec);
  spec.argv.insert(spec.argv.end(), {"judge/input", "judge/answer", "feedback/"});
  spec.argv.insert(spec.argv.end(), test.validator_flags.begin(), test.validator_flags.end());
  spec.files.push_back({"judge/input", test.input.get()});
  spec.files.push_back({"judge/answer", answer_fd});
  spec.files.push_back({"feedback/", -1});
  spec.fetch = {"feedback/judgemessage.txt"};
  spec.fetch_bytes = 1 << 20;
  spec.limits.cpu = std::chrono::milliseconds(
      static_cast<std::int64_t>(problem_.limits.validation_seconds * 1000));
  spec.limits.memory_bytes = problem_.limits.validation_memory_mib << 20;
  spec.limits.output_bytes = problem_.limits.validation_output_mib << 20;
  spec.limits.box_bytes = (256LL << 20) + static_cast<std::int64_t>(test.answer.size()) * 2;
  return spec;
}

namespace {

std::string JudgeMessage(const RunResult& result) {
  if (result.fetched.empty() || !result.fetched[0].fd.valid()) return {};
  std::string text = ReadDescriptor(result.fetched[0].fd.get(), 1 << 20).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > 300) text = text.substr(0, 300) + "…";
  return text;
}

/// What a validator's end says; IE for anything that is neither 42 nor 43.
Verdict ValidatorVerdict(const RunResult& result, std::string* reason) {
  const std::string message = JudgeMessage(result);
  if (result.ExitedWith(42)) return Verdict::kAccepted;
  if (result.ExitedWith(43)) {
    *reason = message.empty() ? "the output validator says no" : message;
    return Verdict::kWrongAnswer;
  }
  *reason = fmt::format("the output validator failed: {} {}", DescribeEnding(result), message);
  return Verdict::kInternalError;
}

/// Did the validator fail because nobody read what it said any more? Its program had ended or
/// closed its input by then, before it was accepted: that is an answer, and no failure of ours.
bool LostItsPartner(const RunResult& validator) {
  if (validator.ending == Ending::kSignalled) return validator.signal == SIGPIPE;
  // Languages that turn the signal into an exception say so at the end.
  return validator.ending == Ending::kExited &&
         validator.standard_error.find("Broken pipe") != std::string::npos;
}

/// What a program that failed says last: interpreters name the reason there.
std::string LastWords(const RunResult& run) {
  std::string_view text = run.standard_error;
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  text.remove_prefix(text.rfind('\n') + 1);  // All of it when there is one line.
  return ": " + std::string(text.substr(0, 200));
}

void CopyUse(const RunResult& run, TestReport* report) {
  report->cpu = run.cpu;
  report->wall = run.wall;
  report->memory_bytes = run.peak_bytes;
  report->reason = DescribeEnding(run);
}

}  // namespace

std::vector<std::shared_ptr<const Program>> SubmissionJudge::Validators(Workplace& workplace,
                                                                        std::string* why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!validators_.empty()) return validators_;
  std::vector<std::shared_ptr<const Program>> made;
  for (const auto& sources : problem_.validators) {
    const Language* language = nullptr;
    for (const SourceFile& file : sources) {
      auto found = compiler_.languages().ForFile(file.name, file.text);
      if (found && language == nullptr) language = *found;
    }
    if (language == nullptr) {
      *why = fmt::format("output validator {}: no language for it", sources.front().name);
      return {};
    }
    CompileOutcome outcome = compiler_.Compile(workplace, *language, sources);
    if (outcome.state != CompileOutcome::State::kDone) {
      *why = "an output validator does not compile: " + outcome.messages;
      return {};
    }
    made.push_back(outcome.program);
  }
  return validators_ = made;
}

void SubmissionJudge::RunPlain(Workplace& workplace, const Program& program, const TestCase& test,
                               const Layout& layout, TestReport* report) {
  const UniqueFd input = ReopenReadOnly(test.input.get());
  RunSpec spec = ProgramSpec(program, test, layout);
  spec.stdin_fd = input.get();
  const ContainerKind kind = layout.sanitizer ? ContainerKind::kTool : ContainerKind::kRun;
  const RunResult run = workplace.Run(kind, spec);
  CopyUse(run, report);
  if (const auto failed = VerdictOfEnding(run, spec.limits, program.static_bytes)) {
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
  const auto validators = Validators(workplace, &why);
  if (validators.empty()) {
    report->reason = why;
    return;
  }
  const UniqueFd output = MakeMemoryFile(run.standard_output, "output");
  const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
  for (const auto& validator : validators) {
    const UniqueFd own = ReopenReadOnly(output.get());
    RunSpec check = ValidatorSpec(*validator, test, answer.get());
    check.stdin_fd = own.get();
    const RunResult result = workplace.Run(ContainerKind::kTool, check);
    report->verdict = ValidatorVerdict(result, &report->reason);
    if (report->verdict != Verdict::kAccepted) return;
  }
}

void SubmissionJudge::RunInteractive(Workplace& workplace, const Program& program,
                                     const TestCase& test, const Layout& layout,
                                     TestReport* report) {
  std::string why;
  const auto validators = Validators(workplace, &why);
  if (validators.empty()) {
    report->reason = why;
    return;
  }
  // Each validator talks to a run of its own; all must accept.
  for (const auto& validator : validators) {
    const auto cpu = report->cpu;
    const auto wall = report->wall;
    const auto memory = report->memory_bytes;
    Interact(workplace, program, *validator, test, layout, report);
    report->cpu = std::max(report->cpu, cpu);
    report->wall = std::max(report->wall, wall);
    report->memory_bytes = std::max(report->memory_bytes, memory);
    if (report->verdict != Verdict::kAccepted) return;
  }
}

void SubmissionJudge::Interact(Workplace& workplace, const Program& program,
                               const Program& validator, const TestCase& test, const Layout& layout,
                               TestReport* report) {
  using std::chrono::milliseconds;
  const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
  const milliseconds longest(std::llround(problem_.limits.validation_seconds * 1000));
  milliseconds patience{0};  // For a validator that computes while the program waits.
  for (int attempt = 0; attempt < 3; ++attempt) {
    // Containers first: starting one in the middle of a pair would let the other wait.
    RunSpec warm;
    warm.argv = {"/usr/bin/true"};
    workplace.Run(ContainerKind::kTool, warm);
    workplace.Run(ContainerKind::kRun, warm);
    PipeEnds to_program = MakePipe();
    PipeEnds to_validator = MakePipe();
    RunSpec mine = ProgramSpec(program, test, layout);
    mine.stdin_fd = to_program.read.get();
    mine.stdout_fd = to_validator.write.get();
    mine.hold_standard_io = true;
    mine.limits.wall = 2 * mine.limits.cpu + std::chrono::seconds(1) + patience;
    RunSpec theirs = ValidatorSpec(validator, test, answer.get());
    theirs.stdin_fd = to_validator.read.get();
    theirs.stdout_fd = to_program.write.get();
    theirs.hold_standard_io = true;
    theirs.limits.wall =
        3 * mine.limits.cpu + theirs.limits.cpu + std::chrono::seconds(5) + patience;
    RunResult check;
    // Each side's ends close when its run is over and its time is recorded, not before: so the
    // other side cannot react to an end that we have not seen yet.
    std::thread other([&] {
      check =
          workplace.Run(layout.sanitizer ? ContainerKind::kRun : ContainerKind::kTool, theirs, 1);
      to_validator.read.Reset();
      to_program.write.Reset();
    });
    const RunResult run =
        workplace.Run(layout.sanitizer ? ContainerKind::kTool : ContainerKind::kRun, mine, 1);
    to_program.read.Reset();
    to_validator.write.Reset();
    other.join();
    if (!run.broken.empty() || !check.broken.empty()) {
      report->reason = run.broken + check.broken;
      continue;
    }
    if (run.ending == Ending::kWallLimit && 4 * check.cpu > mine.limits.wall &&
        patience < longest) {
      const auto computed = std::chrono::duration_cast<milliseconds>(check.cpu);
      patience = std::min(longest, patience + 4 * computed);
      --attempt;
      continue;
    }
    CopyUse(run, report);
    std::string reason;
    Verdict checked = ValidatorVerdict(check, &reason);
    const auto failed = VerdictOfEnding(run, mine.limits, program.static_bytes);
    if (checked == Verdict::kInternalError && LostItsPartner(check)) {
      checked = Verdict::kWrongAnswer;
      reason = "stopped reading before the output validator had finished";
    }
    // A validator that said no first is right, whatever became of the program afterwards.
    if (checked == Verdict::kInternalError) {
      report->verdict = checked;
      report->reason = reason;
    } else if (checked == Verdict::kWrongAnswer && (!failed || check.end_ns < run.end_ns)) {
      report->verdict = checked;
      report->reason = reason;
    } else {
      report->verdict = failed ? *failed : checked;
      if (report->verdict == Verdict::kRuntimeError) report->reason += LastWords(run);
    }
    return;
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
  const auto& allowed = problem_.languages;
  if (!allowed.empty() &&
      std::find(allowed.begin(), allowed.end(), language->package_code) == allowed.end()) {
    return Fail(fmt::format("{}: the problem does not allow {}", submission.name, language->name));
  }
  Report report;
  report.submission = submission.name;
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
  report.evidence["compiler"] = outcome.compiler;
  report.evidence["command"] = outcome.command;
  report.evidence["from_cache"] = outcome.from_cache;
  if (outcome.state != CompileOutcome::State::kDone) {
    report.verdict = outcome.state == CompileOutcome::State::kRejected ? Verdict::kCompileError
                                                                       : Verdict::kInternalError;
    report.message = outcome.messages;
    return report;
  }
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
    ApplyPackageRules(problem, entry.path(), options, &*submission);
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
