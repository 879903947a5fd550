// How fast a network's forward pass is, on one core.
// Thread-safety: one call at a time.
#pragma once

#include "api/environment.h"
#include "bench/figure.h"
#include "learner/bench.h"

namespace tesuji::bench {

/// LibTorch is behind learner/bench.h.
void BenchEvaluator(const env::Environment& environment,
                    const learner::EvaluatorBenchOptions& options, const ShowFigure& show);

}  // namespace tesuji::bench
