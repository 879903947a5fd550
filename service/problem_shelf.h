// The problems that requests may name: packages and folders of tests in one folder, each loaded
// when it is first asked for and then kept.
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

namespace tesuji::service {

class ProblemShelf {
 public:
  /// An empty folder name: there are no problems. `compiler` is borrowed.
  ProblemShelf(std::filesystem::path folder, verifier::Compiler& compiler)
      : folder_(std::move(folder)), compiler_(compiler) {}

  /// What lies in the folder now, sorted.
  std::vector<std::string> Names() const;
  bool Has(const std::string& name) const;
  /// Loads it if need be, which may take long. Fails with what is wrong with the problem, or when
  /// the work was `ended` meanwhile; a failure is not kept.
  Result<std::shared_ptr<const verifier::Problem>> Get(verifier::Workplace& workplace,
                                                       const std::string& name,
                                                       const std::atomic<bool>& ended);

 private:
  struct Place {
    std::mutex mutex;
    std::shared_ptr<const verifier::Problem> problem;
  };
  const std::filesystem::path folder_;
  verifier::Compiler& compiler_;
  std::mutex mutex_;
  std::map<std::string, Place> places_;
};

}  // namespace tesuji::service
