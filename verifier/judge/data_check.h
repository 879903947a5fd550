// Do the tests of a package obey its own rules? Runs the input validators on every input, answer
// validators on every answer, and the output validator on outputs that must or must not pass.
// Thread-safety: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "verifier/judge/batch.h"

namespace tesuji::verifier {

struct DataReport {
  std::string test;                 ///< Under data/: "secret/1", "invalid_input/empty".
  std::vector<std::string> checks;  ///< Which programs were run on it.
  std::string fault;                ///< What is wrong with it; empty: nothing.
  bool broken = false;              ///< The sandbox failed; nothing is known of the test.

  /// Keys: test, valid (null: not known), checks, fault.
  Json ToJson() const;
};

struct DataSummary {
  std::size_t tests = 0;
  std::size_t faults = 0;
  std::size_t broken = 0;
  std::vector<std::string> skipped;  ///< Validators that cannot be run here, by name and reason.
};

using ShowData = std::function<void(const DataReport&)>;

/// Only packages have data to check. Fails as LoadProblem() does, and when a validator does not
/// compile.
Result<DataSummary> CheckData(const std::filesystem::path& package, LanguageTable languages,
                              const BatchOptions& options, const ShowData& show);

}  // namespace tesuji::verifier
