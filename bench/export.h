// How fast datasets are made: rows of Go into files, documents through deduplication. Everything is
// made up on the spot (random play), so that the figures need no store.
// Thread-safety: one caller; measures with `threads` threads.
#pragma once

#include "api/registry.h"
#include "bench/figure.h"
#include "core/result.h"

namespace tesuji::bench {

struct ExportBenchOptions {
  int board = 9;
  int games = 1500;       ///< Of random play in the measured store.
  int documents = 40000;  ///< Of the deduplication.
  int threads = 1;
};

Status BenchExport(const ExportBenchOptions& options, const env::Registry& registry,
                   const ShowFigure& show);

}  // namespace tesuji::bench
