// What judging one submission came to, test by test, and everything needed to repeat it.
// Thread-safety: plain values.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "api/judge.h"
#include "core/json.h"
#include "verifier/compile/compiler.h"
#include "verifier/sandbox/run.h"

namespace tesuji::verifier {

/// What a validator says besides yes or no.
struct Feedback {
  std::optional<double> score;
  std::optional<double> multiplier;  ///< Of the most that the test can bring.
  std::string message;               ///< Its judgemessage.txt.
};

struct TestReport {
  std::string name;
  env::Verdict verdict = env::Verdict::kInternalError;
  std::chrono::nanoseconds cpu{0};
  std::chrono::nanoseconds wall{0};
  std::int64_t memory_bytes = 0;
  std::optional<double> score;  ///< Of scoring problems, in the problem's own units.
  std::string reason;  ///< How the run ended, or what differs first. For the judge's eyes only.
  Feedback given;      ///< By the validator.

  /// Time and memory used, the most of all its runs, and how the last one ended.
  void TakeUse(const RunResult& run);
};

/// A test group of a scoring problem: "data", "secret", "secret/subtask1", …
struct GroupReport {
  std::string name;
  env::Verdict verdict = env::Verdict::kInternalError;
  double score = 0;
  std::string reason;  ///< Why it was not judged, or what is odd about its score; usually empty.
};

struct Report {
  std::string submission;
  env::Verdict verdict = env::Verdict::kInternalError;
  std::optional<double> score;           ///< Of scoring problems; not lower than 0 when accepted.
  std::vector<TestReport> tests;         ///< In the order they were run.
  std::vector<GroupReport> groups;       ///< Of scoring problems: outer groups first.
  std::string message;                   ///< Compiler output, or what failed on our side.
  std::vector<env::Verdict> expected;    ///< By the package's authors; empty: no word of theirs.
  bool has_rules = false;                ///< Of submissions.yaml: they decide what is expected.
  std::vector<std::string> differences;  ///< Sentences: how it differs from what the package says.
  Json evidence = Json::object();

  /// What was compiled and how, as evidence. False: there is no program, and the verdict and the
  /// message say why.
  bool TakeCompilation(const CompileOutcome& outcome);

  bool as_expected() const;  ///< Also when nothing was expected.

  /// DESIGN section 6: submission, verdict, tests[{name, verdict, cpu_ms, wall_ms, memory_kib}];
  /// score (null but in scoring problems) and groups[{name, verdict, score}], tests[].score there;
  /// and `expected`, verdicts, and `unexpected`, sentences, when there are any.
  Json ToJson() const;
};

/// The verdict on a run that did not end well, or nothing when it exited with 0.
/// Of `program` it takes what the binary itself asks for, and the language's words for a lack of
/// memory.
std::optional<env::Verdict> VerdictOfEnding(const RunResult& result, const Limits& limits,
                                            const Program& program);

/// What a program that failed says last (": " and the line, or nothing): interpreters name the
/// reason there.
std::string LastWords(const RunResult& run);

}  // namespace tesuji::verifier
