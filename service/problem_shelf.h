// The problems that requests may name: packages, folders of tests and files of tasks in one folder,
// each loaded when it is first asked for and then kept.
//
// A name is a plain file name: no separators, no leading dot. A problem without a time limit gets
// one from its accepted submissions when it is loaded.
// Thread-safety: all methods from any thread; who asks for a problem that another is loading waits.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "verifier/compile/compiler.h"
#include "verifier/problem/problem.h"
#include "verifier/problem/task_row.h"

namespace tesuji::service {

class ProblemShelf {
 public:
  /// An empty folder name: there are no problems. `compiler` is borrowed.
  ProblemShelf(std::filesystem::path folder, verifier::Compiler& compiler)
      : folder_(std::move(folder)), compiler_(compiler) {}

  /// What lies in the folder now, sorted.
  std::vector<std::string> Names() const;
  bool Has(const std::string& name) const;
  /// Whether it is a file of tasks.
  bool HoldsTasks(const std::string& name) const;
  /// Loads it if need be, which may take long. Fails with what is wrong with the problem, or when
  /// the work was `ended` meanwhile; a failure is not kept.
  Result<std::shared_ptr<const verifier::Problem>> Get(verifier::Workplace& workplace,
                                                       const std::string& name,
                                                       const std::atomic<bool>& ended);
  /// A task of a file of tasks; an empty `id` is its only one. Loads the file if need be.
  Result<std::shared_ptr<const verifier::JudgeTask>> GetTask(const std::string& name,
                                                             const std::string& id);

 private:
  using Tasks = std::map<std::string, verifier::JudgeTask>;  ///< By their ids.
  struct Place {
    std::mutex mutex;
    std::shared_ptr<const verifier::Problem> problem;
    std::shared_ptr<const Tasks> tasks;
  };
  Place& PlaceOf(const std::string& name);
  const std::filesystem::path folder_;
  verifier::Compiler& compiler_;
  std::mutex mutex_;
  std::map<std::string, Place> places_;
};

}  // namespace tesuji::service
