#include "verifier/judge/output_validators.h"

#include <fmt/format.h>

#include <cmath>
#include <csignal>

#include "verifier/problem/yaml.h"

namespace tesuji::verifier {

using env::Verdict;

namespace {

/// Of RunSpec::fetch, in this order; the last two in multi-pass problems only.
enum Fetched : std::size_t { kMessage, kScore, kMultiplier, kNextInput, kKept };
constexpr char kKeptFile[] = "kept.tar";

/// Runs a validator between unpacking and packing its feedback folder, and ends as it did.
constexpr char kPassScript[] =
    "[ -s before.tar ] && tar -C feedback --no-same-owner --no-same-permissions -m -xf before.tar\n"
    "\"$@\"\n"
    "code=$?\n"
    "tar -C feedback --exclude=./nextpass.in -cf kept.tar . 2>/dev/null\n"
    "[ $code -gt 128 ] && kill -s $((code - 128)) $$\n"
    "exit $code\n";

std::string TextOf(const RunResult& result, std::size_t index) {
  if (result.fetched.size() <= index || !result.fetched[index].fd.valid()) return {};
  return ReadDescriptor(result.fetched[index].fd.get(), 1 << 20).value_or("");
}

std::string JudgeMessage(const RunResult& result) {
  std::string text = TextOf(result, kMessage);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > 300) text = text.substr(0, 300) + "…";
  return text;
}

/// The single number in a file; nothing when there is no file.
std::optional<double> NumberIn(const RunResult& result, std::size_t index, const char* name,
                               std::string* error) {
  if (result.fetched.size() <= index ||
      result.fetched[index].state == FetchedFile::State::kMissing) {
    return std::nullopt;
  }
  std::string text = TextOf(result, index);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  text = begin == std::string::npos
             ? ""
             : text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
  const auto number = YamlNumber(text);
  if (!number || std::isinf(*number)) {
    *error = fmt::format("the validator wrote '{}' into {}: must be one number", text.substr(0, 80),
                         name);
    return std::nullopt;
  }
  return number;
}

}  // namespace

OutputValidators::OutputValidators(Compiler& compiler, const Problem& problem) : problem_(problem) {
  for (const auto& sources : problem.validators) {
    programs_.push_back(
        std::make_unique<PackageProgram>(compiler, sources, "the output validator"));
  }
}

std::vector<std::shared_ptr<const Program>> OutputValidators::Programs(Workplace& workplace,
                                                                       std::string* why) {
  std::vector<std::shared_ptr<const Program>> made;
  for (const auto& program : programs_) {
    auto one = program->Get(workplace);
    if (!one) {
      *why = one.error().message;
      return {};
    }
    made.push_back(*one);
  }
  return made;
}

RunSpec OutputValidators::Spec(const Program& validator, const TestCase& test,
                               const Pass& pass) const {
  RunSpec spec;
  SetValidatorLimits(problem_, &spec);
  spec.limits.box_bytes += static_cast<std::int64_t>(test.answer.size()) * 2;
  validator.AddTo(&spec);
  spec.argv.insert(spec.argv.end(), {"judge/input", "judge/answer", "feedback/"});
  spec.argv.insert(spec.argv.end(), test.validator_flags.begin(), test.validator_flags.end());
  if (problem_.passes > 1) {
    MoveProgramInto("validator", &spec);
    const std::vector<std::string> own = std::move(spec.argv);
    spec.argv = {"/usr/bin/sh", "-c", kPassScript, "sh"};
    spec.argv.insert(spec.argv.end(), own.begin(), own.end());
    if (pass.kept_fd >= 0) spec.files.push_back({"before.tar", pass.kept_fd});
  }
  spec.files.push_back({"judge/input", pass.input_fd});
  spec.files.push_back({"judge/answer", pass.answer_fd});
  WantFeedback(problem_, &spec);
  return spec;
}

void SetValidatorLimits(const Problem& problem, RunSpec* spec) {
  spec->limits.cpu = std::chrono::milliseconds(
      static_cast<std::int64_t>(problem.limits.validation_seconds * 1000));
  spec->limits.memory_bytes = problem.limits.validation_memory_mib << 20;
  spec->limits.output_bytes = problem.limits.validation_output_mib << 20;
  spec->limits.box_bytes = 256LL << 20;
}

void WantFeedback(const Problem& problem, RunSpec* spec) {
  spec->files.push_back({"feedback/", -1});
  spec->fetch = {"feedback/judgemessage.txt", "feedback/score.txt",
                 "feedback/score_multiplier.txt"};
  spec->fetch_bytes = 1 << 20;
  if (problem.passes == 1) return;
  spec->fetch.insert(spec->fetch.end(), {"feedback/nextpass.in", kKeptFile});
  spec->fetch_bytes = (problem.limits.validation_output_mib + 1) << 20;
}

Verdict VerdictOfValidator(const RunResult& result, std::string* reason) {
  const std::string message = JudgeMessage(result);
  if (result.ExitedWith(kValidatorAccepts)) return Verdict::kAccepted;
  if (result.ExitedWith(43)) {
    *reason = message.empty() ? "the output validator says no" : message;
    return Verdict::kWrongAnswer;
  }
  *reason = fmt::format("the output validator failed: {} {}", DescribeEnding(result), message);
  return Verdict::kInternalError;
}

ValidatorFiles FilesOfValidator(const Problem& problem, RunResult* result) {
  ValidatorFiles files;
  files.feedback.message = TextOf(*result, kMessage);
  if (problem.scoring) {
    files.feedback.score = NumberIn(*result, kScore, "score.txt", &files.error);
    files.feedback.multiplier =
        NumberIn(*result, kMultiplier, "score_multiplier.txt", &files.error);
  }
  if (problem.passes == 1 || result->fetched.size() <= kKept) return files;
  FetchedFile& next = result->fetched[kNextInput];
  if (next.state == FetchedFile::State::kHere) {
    files.next_input = std::move(next.fd);
  } else if (next.state != FetchedFile::State::kMissing) {
    files.error = "nextpass.in is no regular file, or larger than limits.validation_output";
  }
  FetchedFile& kept = result->fetched[kKept];
  if (kept.state == FetchedFile::State::kHere) {
    files.kept = std::move(kept.fd);
  } else if (files.next_input.valid()) {
    files.error = "the validator's feedback folder is larger than limits.validation_output";
  }
  return files;
}

bool WantsAnotherPass(const Problem& problem, int pass_number, const ValidatorFiles& files,
                      TestReport* report) {
  report->given = files.feedback;
  std::string error = files.error;
  const bool more = files.next_input.valid();
  if (more && report->verdict == Verdict::kWrongAnswer) {
    error = "the output validator wrote nextpass.in and did not accept";
  } else if (more && report->verdict == Verdict::kAccepted && pass_number >= problem.passes) {
    error = fmt::format("the output validator wants more than {} passes (limits.validation_passes)",
                        problem.passes);
  }
  // What a program that failed left its validator to do is nobody's fault.
  const bool decided =
      report->verdict == Verdict::kAccepted || report->verdict == Verdict::kWrongAnswer;
  if (!error.empty() && decided) {
    report->verdict = Verdict::kInternalError;
    report->reason = error;
  }
  return more && report->verdict == Verdict::kAccepted;
}

bool LostItsPartner(const RunResult& validator) {
  if (validator.ending == Ending::kSignalled) return validator.signal == SIGPIPE;
  // Languages that turn the signal into an exception say so at the end.
  return validator.ending == Ending::kExited &&
         validator.standard_error.find("Broken pipe") != std::string::npos;
}

}  // namespace tesuji::verifier
