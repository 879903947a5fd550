#include "bench/flips.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "env/matmul/learn_flips.h"

namespace tesuji::bench {
namespace {

/// What finds cost when every search that failed is paid for too.
struct FindCost {
  int found = 0;
  double flips = 0;
  double seconds = 0;
  double PerFind(double all) const { return found > 0 ? all / found : HUGE_VAL; }
};

FindCost SumOf(const std::vector<env::matmul::FlipTrial>& trials) {
  FindCost cost;
  for (const auto& trial : trials) {
    cost.found += trial.reached ? 1 : 0;
    cost.flips += static_cast<double>(trial.flips);
    cost.seconds += trial.seconds;
  }
  return cost;
}

}  // namespace

Status BenchFlips(const FlipsBenchOptions& options, const ShowFigure& show) {
  const auto compared =
      env::matmul::CompareFlips(options.search, options.seeds, options.policy, options.progress);
  if (!compared) return tl::unexpected(compared.error());
  const FindCost uniform = SumOf(compared->uniform);
  const FindCost learned = SumOf(compared->learned);
  show({"found with the policy", static_cast<double>(learned.found),
        fmt::format("of {} seeds", options.seeds), static_cast<double>(uniform.found), "without"});
  show({"flips a find", learned.PerFind(learned.flips), "flips", uniform.PerFind(uniform.flips),
        "without"});
  show({"seconds a find", learned.PerFind(learned.seconds), "s", uniform.PerFind(uniform.seconds),
        "without"});
  return {};
}

}  // namespace tesuji::bench
