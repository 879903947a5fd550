// Jobs on judging lanes whose reports are shown in order on the caller's thread.
// At most a few jobs a lane are in flight; a job that fails is named, one that throws is an IE.
// Thread-safety: Run() on one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "verifier/judge/batch.h"
#include "verifier/judge/lanes.h"

namespace tesuji::verifier {

class InOrder {
 public:
  using Work = std::function<Result<Report>(Workplace&)>;

  /// All outlive it.
  InOrder(Lanes& lanes, const ShowReport& show, const ShowProgress& progress)
      : lanes_(lanes), show_(show), progress_(progress) {}

  /// Blocks until all `count` jobs are done. What fails is named in `skipped`.
  void Run(std::size_t count, const std::function<Work(std::size_t)>& make,
           const std::function<std::string(std::size_t)>& name, std::vector<std::string>* skipped);

 private:
  Lanes& lanes_;
  const ShowReport& show_;
  const ShowProgress& progress_;
};

}  // namespace tesuji::verifier
