#include "verifier/judge/output_validators.h"

#include <fmt/format.h>

#include <csignal>

namespace tesuji::verifier {

using env::Verdict;

namespace {

std::string JudgeMessage(const RunResult& result) {
  if (result.fetched.empty() || !result.fetched[0].fd.valid()) return {};
  std::string text = ReadDescriptor(result.fetched[0].fd.get(), 1 << 20).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > 300) text = text.substr(0, 300) + "…";
  return text;
}

}  // namespace

std::vector<std::shared_ptr<const Program>> OutputValidators::Programs(Workplace& workplace,
                                                                       std::string* why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!programs_.empty()) return programs_;
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
  return programs_ = made;
}

RunSpec OutputValidators::Spec(const Program& validator, const TestCase& test,
                               int answer_fd) const {
  RunSpec spec;
  spec.limits.cpu = std::chrono::milliseconds(
      static_cast<std::int64_t>(problem_.limits.validation_seconds * 1000));
  spec.limits.memory_bytes = problem_.limits.validation_memory_mib << 20;
  spec.limits.output_bytes = problem_.limits.validation_output_mib << 20;
  spec.limits.box_bytes = (256LL << 20) + static_cast<std::int64_t>(test.answer.size()) * 2;
  validator.AddTo(&spec);
  spec.argv.insert(spec.argv.end(), {"judge/input", "judge/answer", "feedback/"});
  spec.argv.insert(spec.argv.end(), test.validator_flags.begin(), test.validator_flags.end());
  spec.files.push_back({"judge/input", test.input.get()});
  spec.files.push_back({"judge/answer", answer_fd});
  spec.files.push_back({"feedback/", -1});
  spec.fetch = {"feedback/judgemessage.txt"};
  spec.fetch_bytes = 1 << 20;
  return spec;
}

Verdict VerdictOfValidator(const RunResult& result, std::string* reason) {
  const std::string message = JudgeMessage(result);
  if (result.ExitedWith(42)) return Verdict::kAccepted;
  if (result.ExitedWith(43)) {
    *reason = message.empty() ? "the output validator says no" : message;
    return Verdict::kWrongAnswer;
  }
  *reason = fmt::format("the output validator failed: {} {}", DescribeEnding(result), message);
  return Verdict::kInternalError;
}

bool LostItsPartner(const RunResult& validator) {
  if (validator.ending == Ending::kSignalled) return validator.signal == SIGPIPE;
  // Languages that turn the signal into an exception say so at the end.
  return validator.ending == Ending::kExited &&
         validator.standard_error.find("Broken pipe") != std::string::npos;
}

}  // namespace tesuji::verifier
