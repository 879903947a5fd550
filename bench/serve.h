// What `tesuji bench serve` measures: the service on this machine's loopback, against the bare
// judge and against plain processes of the same run.
#pragma once

#include <chrono>

#include "bench/figure.h"
#include "core/result.h"
#include "verifier/sandbox/sandbox.h"

namespace tesuji::bench {

struct ServeBenchOptions {
  verifier::SandboxOptions sandbox;
  int workers = 0;                            ///< Lanes; 0: one a processor.
  int clients = 32;                           ///< Of the figures with many clients.
  std::chrono::milliseconds duration{5'000};  ///< Of each measurement.
};

/// Fails when the service loses an answer, or answers wrongly.
Status BenchServe(const ServeBenchOptions& options, const ShowFigure& show);

}  // namespace tesuji::bench
