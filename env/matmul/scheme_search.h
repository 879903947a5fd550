// The search for schemes (discover.h tells how it goes) as a state machine that can be saved
// between rounds and gone on with in another process. Thread-safety: one thread at a time; oneTBB
// threads inside.
#pragma once

#include <memory>

#include "core/json.h"
#include "core/result.h"
#include "env/matmul/discover.h"

namespace tesuji::env::matmul {

/// The search as a state machine: one Round() after another until over().
class SchemeSearch {
 public:
  /// Fails as CheckDiscoverOptions() does. Both arguments are copied.
  static Result<std::unique_ptr<SchemeSearch>> Begin(const DiscoverOptions& options,
                                                     const DiscoverCallbacks& callbacks);
  /// Goes on with what Save() gave under the same options; a failure says what does not fit.
  static Result<std::unique_ptr<SchemeSearch>> Resume(const DiscoverOptions& options,
                                                      const DiscoverCallbacks& callbacks,
                                                      const Json& saved);
  ~SchemeSearch();

  /// The target is reached, the flips are spent, or `stop` said so.
  bool over() const;
  /// One round of all walkers. A failure is a bug: a walk made a scheme that is wrong.
  Status Round();
  /// Everything needed to go on in another process; between rounds.
  Json Save() const;
  /// So far.
  DiscoverResult result() const;

 private:
  class Impl;
  explicit SchemeSearch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::env::matmul
