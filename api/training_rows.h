// The source of training rows: the replay window (learner/replay_window.h), or a producer's mixture
// of that with rows of its own.
// Thread-safety: Sample() is called by the learner's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"

namespace tesuji::env {

/// One batch, row-major; n = rows.
struct TrainingBatch {
  std::vector<float> observations;  ///< n x planes x height x width, view of the player to move.
  std::vector<float> policy;        ///< n x action_count, sums to 1 a row.
  std::vector<float> legal;         ///< n x action_count, 1 where legal.
  std::vector<float> value;         ///< n, view of the player to move, in [-1, 1].
  std::vector<float> score;         ///< n, view of the player to move, in points.
  std::vector<float> score_known;   ///< n, 1 where the rules scored the end.
  /// n x cells, view of the player to move; empty when the environment has none.
  std::vector<float> ownership;
  std::vector<float> ownership_known;  ///< n, 1 where it is known; empty with ownership.
  std::vector<float> weight;           ///< n
  int rows = 0;
};

class TrainingRows {
 public:
  virtual ~TrainingRows() = default;
  virtual std::int64_t rows() const = 0;  ///< That can be drawn now; 0: nothing to learn from.
  /// Fills a batch of `rows` rows. REQUIRES: rows() > 0.
  virtual void Sample(int rows, RandomStream* random, TrainingBatch* out) const = 0;
};

}  // namespace tesuji::env
