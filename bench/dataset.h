// How fast datasets are made: rows of Go into files, documents through deduplication. Everything is
// made up on the spot (random play), so that the figures need no store.
// Thread-safety: one caller; measures with `threads` threads.
#pragma once

#include <functional>
#include <string>

#include "api/registry.h"
#include "core/result.h"

namespace tesuji::bench {

struct ExportBenchOptions {
  int board = 9;
  int games = 1500;       ///< Of random play in the measured store.
  int documents = 40000;  ///< Of the deduplication.
  int threads = 2;
};

struct ExportFigure {
  std::string name;
  double value = 0;
  std::string unit;
  double reference = 0;  ///< 0: none.
  std::string reference_name;
};

Status BenchExport(const ExportBenchOptions& options, const env::Registry& registry,
                   const std::function<void(const ExportFigure&)>& show);

}  // namespace tesuji::bench
