#include "verifier/judge/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace tesuji::verifier {

using env::Verdict;

void TestReport::TakeUse(const RunResult& run) {
  cpu = std::max(cpu, run.cpu);
  wall = std::max(wall, run.wall);
  memory_bytes = std::max(memory_bytes, run.peak_bytes);
  reason = DescribeEnding(run);
}

bool Report::TakeCompilation(const CompileOutcome& outcome) {
  evidence["compiler"] = outcome.compiler;
  evidence["command"] = outcome.command;
  if (outcome.state == CompileOutcome::State::kDone) return true;
  const bool rejected = outcome.state == CompileOutcome::State::kRejected;
  verdict = rejected ? Verdict::kCompileError : Verdict::kInternalError;
  message = outcome.messages;
  return false;
}

bool Report::as_expected() const {
  if (has_rules || !differences.empty()) return differences.empty();
  return expected.empty() || std::ranges::find(expected, verdict) != expected.end();
}

Json Report::ToJson() const {
  Json rows = Json::array();
  for (const TestReport& test : tests) {
    rows.push_back({{"name", test.name},
                    {"verdict", env::VerdictName(test.verdict)},
                    {"cpu_ms", static_cast<double>(test.cpu.count() / 10'000) / 100},
                    {"wall_ms", static_cast<double>(test.wall.count() / 10'000) / 100},
                    {"memory_kib", test.memory_bytes / 1024},
                    {"reason", test.reason}});
    if (test.score) rows.back()["score"] = *test.score;
  }
  Json out = {{"submission", submission},
              {"verdict", env::VerdictName(verdict)},
              {"tests", rows},
              {"message", message}};
  out["score"] = score ? Json(*score) : Json();
  out["groups"] = Json::array();
  for (const GroupReport& group : groups) {
    out["groups"].push_back({{"name", group.name},
                             {"verdict", env::VerdictName(group.verdict)},
                             {"score", group.score}});
    if (!group.reason.empty()) out["groups"].back()["reason"] = group.reason;
  }
  for (const Verdict one : expected) out["expected"].push_back(env::VerdictName(one));
  for (const std::string& one : differences) out["unexpected"].push_back(one);
  out["evidence"] = evidence;
  // Programs print any bytes; JSON text is UTF-8.
  return Json::parse(out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<Verdict> VerdictOfEnding(const RunResult& result, const Limits& limits,
                                       const Program& program) {
  if (!result.broken.empty()) return Verdict::kInternalError;
  switch (result.ending) {
    case Ending::kCpuLimit:
    case Ending::kWallLimit:
      return Verdict::kTimeLimit;
    case Ending::kMemoryLimit:
      return Verdict::kMemoryLimit;
    case Ending::kOutputLimit:
      return Verdict::kOutputLimit;
    case Ending::kCancelled:
      return Verdict::kInternalError;
    case Ending::kCannotStart:
      // The loader refuses what is larger than the address space; anything else is ours.
      return program.static_bytes > limits.memory_bytes ? Verdict::kMemoryLimit
                                                        : Verdict::kInternalError;
    case Ending::kExited:
      if (result.exit_code == 0) return std::nullopt;
      break;
    case Ending::kSignalled:
      break;
  }
  // An allocation that the run-time refuses shows as an abort or an exception. Only a submission
  // that fails anyway can write these words to its own gain, and it gains nothing.
  const auto& words = program.language->out_of_memory;
  const bool says_so = std::ranges::any_of(words, [&](const std::string& word) {
    return result.standard_error.find(word) != std::string::npos;
  });
  const bool starved = program.static_bytes > limits.memory_bytes &&
                       (result.signal == SIGKILL || result.signal == SIGSEGV);
  return says_so || starved ? Verdict::kMemoryLimit : Verdict::kRuntimeError;
}

std::string LastWords(const RunResult& run) {
  std::string_view text = run.standard_error;
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  text.remove_prefix(text.rfind('\n') + 1);  // All of it when there is one line.
  return fmt::format(": {}", text.substr(0, 200));
}

}  // namespace tesuji::verifier
