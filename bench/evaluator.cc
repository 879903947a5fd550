#include "bench/evaluator.h"

namespace tesuji::bench {

void BenchEvaluator(const env::Environment& environment,
                    const learner::EvaluatorBenchOptions& options, const ShowFigure& show) {
  const auto result = learner::BenchEvaluator(environment, options);
  show({"evaluator positions", result.positions_per_second, "positions/s", {}, {}});
  show({"evaluator convolutions", result.gflops, "GFLOP/s per core", result.bare_gflops,
        "bare 3x3 convolutions"});
}

}  // namespace tesuji::bench
