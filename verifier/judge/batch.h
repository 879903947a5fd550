// Many submissions through a bounded pool of judging lanes: what `tesuji judge` does.
// Reports come back on the caller's thread, in the order of submission.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

struct BatchProgress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::vector<std::string> running;  ///< The submissions that are judged now, the oldest first.
};
/// Called on the caller's thread when something changes, and about once a second.
using ShowProgress = std::function<void(const BatchProgress&)>;

struct BatchOptions {
  SandboxOptions sandbox;
  CompilerOptions compiler;
  JudgeOptions judge;
  std::string language;   ///< For all submissions; empty: by file name.
  int workers = 0;        ///< 0: one a processor.
  ShowProgress progress;  ///< May be empty.
  /// What the submission "-" is read from; null: there is none.
  std::istream* standard_input = nullptr;
};

struct BatchSummary {
  std::vector<std::string> skipped;  ///< No language for them; never judged.
  std::vector<std::string> refused;  ///< Tasks that cannot be judged: place, id and reason.
  double seconds = 0;
};

using ShowReport = std::function<void(const Report&)>;

/// No `submissions`: all that the package brings itself. Files in submissions/ that are hidden or
/// named as disabled are passed over.
Result<BatchSummary> JudgePackage(const std::filesystem::path& problem,
                                  const std::vector<std::string>& submissions,
                                  LanguageTable languages, const BatchOptions& options,
                                  const ShowReport& show);

/// A file of tasks (problem/task_file.h). `submissions`: files of rows {task_id, solution}, or
/// sources, each named after its task where there are several; with `canonical` the tasks' own.
Result<BatchSummary> JudgeTasks(const std::filesystem::path& tasks,
                                const std::vector<std::string>& submissions, bool canonical,
                                LanguageTable languages, const BatchOptions& options,
                                const ShowReport& show);

}  // namespace tesuji::verifier
