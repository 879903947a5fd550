// A judge tells the value of finished states that rules alone cannot score (programs).
//
// Every accepted ticket comes back from Collect() exactly once, on the caller's thread. An
// infrastructure failure is never a label: such a Judgement has no value.
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
  /// False: full, Collect() first. `finished` is read during the call only.
  /// REQUIRES: finished.phase() == kAwaitsJudge.
  virtual bool Submit(std::uint64_t ticket, const State& finished) = 0;
  /// Waits up to `wait` for at least one judgement; may return none.
  virtual std::vector<Judgement> Collect(std::chrono::milliseconds wait) = 0;
};

}  // namespace tesuji::env
