// The first stage: facts of every row, computed on all threads, kept in files of some rows each, so
// that a killed run goes on where it was and memory stays small.
// Thread-safety: one caller; work is spread over `threads`.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "dataset/curate/decide.h"
#include "dataset/curate/facts.h"

namespace tesuji::dataset {

/// Called from the calling thread: what is being done, how far, of how much.
using Progress = std::function<void(const char* what, std::int64_t done, std::int64_t total)>;

/// Thrown out of long work when the caller asked to stop; what is finished stays.
struct Stopped {};

class FactsStage {
 public:
  /// `folder` holds the files and must exist; files of an earlier run of the same `key` are used.
  FactsStage(std::filesystem::path folder, AnalysisContext context, int threads)
      : folder_(std::move(folder)), context_(std::move(context)), threads_(threads) {}

  /// Throws Stopped, MachineError.
  void Run(const Progress& progress, const std::atomic<bool>& stop);
  /// REQUIRES: Run() returned.
  void ForEach(const std::function<void(std::int64_t, RowFacts&)>& visit) const;

  /// Hash of all that decides the facts: sources, suites and some sections of the recipe.
  static std::string Key(const AnalysisContext& context);

 private:
  std::filesystem::path File(std::int64_t chunk) const;
  std::filesystem::path folder_;
  AnalysisContext context_;
  int threads_;
};

}  // namespace tesuji::dataset
