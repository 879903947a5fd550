// A judge tells the value of finished states that rules alone cannot score (programs).
//
// Every accepted ticket comes back from Collect() exactly once, on the caller's thread. An
// infrastructure failure is never a label: such a Judgement has no value. The caller submits the
// state again later, under another ticket.
// A judge comes from EnvironmentFactory::make_judge (api/registry.h), or from [judge] in the
// campaign file. The caller of a campaign holds it to this contract (api/judge_tickets.h).
// Thread-safety: stated by each implementation; by default one caller.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "core/json.h"

namespace tesuji::env {

/// AC, WA, TLE, MLE, OLE, RTE, CE, IE in the field's abbreviations.
enum class Verdict : std::uint8_t {
  kAccepted,
  kWrongAnswer,
  kTimeLimit,
  kMemoryLimit,
  kOutputLimit,
  kRuntimeError,
  kCompileError,
  kInternalError,  ///< Our failure: says nothing about the submission.
};

/// "AC", "WA", …
std::string_view VerdictName(Verdict verdict);

struct Judgement {
  std::uint64_t ticket = 0;
  Verdict verdict = Verdict::kInternalError;
  /// In [-1, 1]; empty exactly when verdict is kInternalError.
  std::optional<float> value;
  /// Everything needed to repeat the judgement: hashes, limits, isolation, per-test results.
  Json evidence = Json::object();
};

class Judge {
 public:
  virtual ~Judge() = default;
  /// What judges, for the provenance of every episode: at least "name" and "version", and whatever
  /// decides verdicts. The same for the whole life of the judge.
  virtual Json identity() const = 0;
  /// True: equal states always get equal verdicts and values, so `tesuji verify` may judge again.
  virtual bool repeats() const { return false; }
  /// False: full, Collect() first. `finished` is read during the call only.
  /// REQUIRES: finished.phase() == kAwaitsJudge.
  virtual bool Submit(std::uint64_t ticket, const State& finished) = 0;
  /// Waits up to `wait` for at least one judgement; may return none.
  virtual std::vector<Judgement> Collect(std::chrono::milliseconds wait) = 0;
};

}  // namespace tesuji::env
