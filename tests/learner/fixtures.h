// What the learner's tests share: small environments, random games, scripted networks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/random.h"
#include "learner/forward_pass.h"
#include "learner/model.h"
#include "search/evaluator.h"

namespace tesuji::learner::testing {

/// One player writes four digits of 0..2 one after another; the value is the share of digits equal
/// to their position modulo 3, scaled to [-1, 1]. No action belongs to a cell.
std::unique_ptr<const env::Environment> MakeDigits();

/// 5x5 Go: two players, ownership, score, passes, eight symmetries.
std::unique_ptr<const env::Environment> MakeSmallGo();

/// A lone agent, chance, a value anchor.
std::unique_ptr<const env::Environment> Make2048();

/// A whole random game; every step but those of chance is a target with a random distribution over
/// legal actions.
env::Trajectory RandomGame(const env::Environment& environment, std::uint64_t seed);

/// Fills in all that the rules say of an episode whose task and steps are there, so that it
/// replays.
void CompleteGame(const env::Environment& environment, env::Trajectory* game);

/// The positions of random games, at most `count`, with their legal actions.
struct Positions {
  std::vector<std::unique_ptr<env::State>> states;
  std::vector<std::vector<env::Action>> legal;
  std::vector<search::EvaluationRequest> Requests() const;
};
Positions RandomPositions(const env::Environment& environment, int count, std::uint64_t seed);

std::vector<search::Evaluation> EvaluateAll(search::Evaluator* evaluator,
                                            const Positions& positions);

/// The largest difference between two lists of evaluations, over priors, value, score / 10 and
/// ownership.
double LargestDifference(const std::vector<search::Evaluation>& a,
                         const std::vector<search::Evaluation>& b);

/// A network whose logits are the first plane times 3 (cells) and the mean of all planes (others),
/// and whose win logit is the mean of the first plane times 5: equivariant by construction.
class PlaneForward : public ForwardPass {
 public:
  explicit PlaneForward(const env::Spec& spec) : spec_(spec) {}
  void Run(std::span<const float> observations, int rows, RawOutput* out) override;
  std::vector<int> batches;  ///< Rows of every call.

 private:
  env::Spec spec_;
};

}  // namespace tesuji::learner::testing
