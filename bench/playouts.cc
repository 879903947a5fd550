#include "bench/playouts.h"

#include "env/go/playout.h"

namespace tesuji::bench {

void BenchPlayouts(int board, std::chrono::milliseconds duration, const ShowFigure& show) {
  env::go::Rules rules;
  rules.width = board;
  rules.height = board;
  const auto speed = env::go::PlayoutsPerSecond(rules, duration, 1);
  show({"random playouts", speed.per_second(), "playouts/s per core", {}, {}});
  show({"moves a playout", speed.moves_per_playout, "moves", {}, {}});
}

}  // namespace tesuji::bench
