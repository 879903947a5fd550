// One programming task from examples to a judged program: search, C++, sandbox.
//
// The judge sees every example of the task or every test of the package; search sees the seen
// examples, or the package's samples, and nothing else.
// Thread-safety: free functions; a ProgramJudge belongs to one thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "env/program/enumerate/enumerate.h"
#include "env/program/guide/program_guide.h"
#include "env/program/tasks/task.h"
#include "env/program/tree_search.h"
#include "verifier/judge/sandbox_judge.h"
#include "verifier/problem/problem.h"

namespace tesuji::env::program {

/// A task as a problem: one test an example, seen ones first.
verifier::Problem ProblemOf(const ProgramTask& task);

/// A package with a file signature.toml: [signature] inputs = ["list", "int"], output = "int". A
/// list is its length followed by its numbers. Its samples become the task's seen examples.
struct PackageTask {
  ProgramTask task;
  verifier::Problem problem;
};
Result<PackageTask> LoadPackageTask(const std::filesystem::path& folder);

/// Compiles and runs programs in the sandbox against one problem.
class ProgramJudge {
 public:
  /// Fails when the machine cannot isolate.
  static Result<std::unique_ptr<ProgramJudge>> Open(verifier::Problem problem);
  env::Judgement Judge(const std::string& source);

 private:
  explicit ProgramJudge(std::unique_ptr<verifier::SandboxJudge> judge) : judge_(std::move(judge)) {}
  std::unique_ptr<verifier::SandboxJudge> judge_;
  std::uint64_t ticket_ = 0;
};

struct SolveOptions {
  enumerate::EnumerationOptions search;
  ProgramSearch method = ProgramSearch::kEnumerate;
  int submissions = 3;  ///< Programs that may be judged before giving up.
  /// Enumerates with the uniform grammar on a second thread; the first to have all solutions ends
  /// the search. Which one that is depends on timing. Each has half of the memory.
  bool second_thread = false;
};

/// A program that was accepted. Of several, no two have one normal form.
struct SolvedProgram {
  Program program;
  int behaviour = 0;       ///< Equal for programs that do the same on the probe inputs; from 1.
  std::int64_t steps = 0;  ///< Work on the probe inputs, in units of the language's fuel.
};

struct SolveOutcome {
  enumerate::EnumerationResult search;
  std::vector<SolvedProgram> programs;  ///< Accepted, in the order found.
  std::string source;                   ///< C++ of the first.
  std::string verdict;                  ///< Of the last judgement; "" when none.
  Json evidence = Json::object();
  int judged = 0;
  bool unsure = false;  ///< The judge failed: no verdict.

  /// Of `programs`, which is not empty: fewest productions, fewest steps.
  const SolvedProgram& shortest() const;
  const SolvedProgram& fastest() const;
};

/// `judge` may be null: then the programs that answer the seen examples are taken unjudged.
SolveOutcome SolveTask(const ProgramTask& task, ProgramGuide* guide, ProgramJudge* judge,
                       const SolveOptions& options);

}  // namespace tesuji::env::program
