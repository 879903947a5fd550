// Judges programs of the list-function language in the sandbox as C, one compile a program: what
// campaigns and `tesuji verify` use, a dozen times faster than C++.
// Thread-safety: one thread; make one for each.
#pragma once

#include <memory>

#include "api/judge.h"
#include "api/registry.h"
#include "api/trajectory.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

class ProgramCJudge {
 public:
  /// `lane` numbers judges that run at the same time. Fails when the machine cannot isolate.
  static Result<std::unique_ptr<ProgramCJudge>> Open(unsigned lane);
  ~ProgramCJudge();
  /// On the seen and unseen examples of `task`.
  env::Verdict Judge(const Program& program, const ProgramTask& task);
  /// Judges a stored trajectory again, from its artifact and evidence. Empty when it is accepted.
  std::string Rejudge(const env::Trajectory& trajectory);

 private:
  struct Impl;
  explicit ProgramCJudge(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// For EnvironmentFactory::make_rejudge.
Result<std::unique_ptr<env::Rejudge>> MakeRejudge();

}  // namespace tesuji::env::program
