// Matrix multiplication as an environment: a lone agent transforms a scheme, step by step, towards
// lower rank (matmul_state.h). A task may carry, as parameters:
//   "start"  a scheme as JSON instead of the standard one
//   "walk"   a random walk made before the agent's first action: {"stream": [seed, stage, round,
//            walker], "flips", "plus_after", "band", "target_rank"}; "cyclic": true for one among
//            cyclic schemes
//   "over"   true: the state is final as it stands; how found schemes are stored (trajectories.h)
// Thread-safety: immutable.
#pragma once

#include <memory>
#include <string_view>

#include "api/environment.h"
#include "api/registry.h"
#include "env/matmul/matmul_state.h"

namespace tesuji::env::matmul {

struct MatmulOptions {
  Format format{.n = 2, .m = 2, .p = 2};
  Ring ring = Ring::kZ2;
  int max_steps = 100;
  int spare_terms = 2;  ///< Plus transitions may go so far over the standard rank.
  int target_rank = 0;  ///< Worth +1; 0: one below the best published.
  int scramble = 0;     ///< SampleTask() walks so many random flips first.
};

class MatmulEnvironment final : public Environment {
 public:
  static Result<std::unique_ptr<const MatmulEnvironment>> Make(const MatmulOptions& options);
  /// Complete parameters as the registry gives them, or as provenance keeps them.
  static Result<std::unique_ptr<const MatmulEnvironment>> FromParameters(const Json& parameters);

  const Spec& spec() const override { return spec_; }
  Json parameters() const override;
  Task SampleTask(RandomStream& random) const override;
  Result<std::unique_ptr<State>> NewState(const Task& task) const override;
  /// Any scheme of this format and ring that multiplies, as JSON (scheme.h).
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override;

  const MatmulOptions& options() const { return options_; }

 private:
  explicit MatmulEnvironment(const MatmulOptions& options);
  Result<Scheme> ReadScheme(const Json& json, int most_terms) const;

  MatmulOptions options_;
  StateContext context_;
  Spec spec_;
};

/// id "matmul", its parameters and maker, for the registry.
EnvironmentFactory MatmulFactory();

}  // namespace tesuji::env::matmul
