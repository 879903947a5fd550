// Many submissions through a bounded pool of judging lanes: what `tesuji judge` does.
// Reports come back on the caller's thread, in the order of submission.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

/// How many of how many are done; called on the caller's thread.
using ShowProgress = std::function<void(std::size_t done, std::size_t total)>;

struct BatchOptions {
  SandboxOptions sandbox;
  CompilerOptions compiler;
  JudgeOptions judge;
  std::string language;   ///< For all submissions; empty: by file name.
  int workers = 0;        ///< 0: one a processor.
  ShowProgress progress;  ///< May be empty.
};

struct BatchSummary {
  std::vector<std::string> skipped;  ///< No language for them; never judged.
  double seconds = 0;
};

using ShowReport = std::function<void(const Report&)>;

/// No `submissions`: all that the package brings itself.
Result<BatchSummary> JudgePackage(const std::filesystem::path& problem,
                                  const std::vector<std::string>& submissions,
                                  LanguageTable languages, const BatchOptions& options,
                                  const ShowReport& show);

/// `submissions`: JSON lines with task_id and solution (the function's body, as in
/// canonical_solution); empty with `canonical`: the tasks' own.
Result<BatchSummary> JudgeFunctionTasks(const std::filesystem::path& tasks,
                                        const std::filesystem::path& submissions, bool canonical,
                                        LanguageTable languages, const BatchOptions& options,
                                        const ShowReport& show);

}  // namespace tesuji::verifier
