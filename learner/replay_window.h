// The trajectories that training draws from: the newest part of all that was made, its size a power
// law of the rows made so far (KataGo, arXiv 1902.10565, appendix C).
//
// Keeps compact trajectories, not encoded rows: a sample replays its episode up to a step, so rows
// and records cannot disagree and memory stays small.
// Thread-safety: Add() and Sample() may be called from different threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "env/environment.h"
#include "env/trajectory.h"

namespace tesuji::learner {

struct WindowOptions {
  std::int64_t minimum_rows = 5'000;  ///< The window never shrinks below this (when there).
  double exponent = 0.65;             ///< Rows kept = minimum * growth(rows made / minimum).
  double scale = 0.4;
  std::int64_t maximum_rows = 2'000'000;
};

/// One batch, row-major; n = rows().
struct Batch {
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

class ReplayWindow {
 public:
  /// `environment` must outlive the window.
  ReplayWindow(const env::Environment& environment, const WindowOptions& options);
  ~ReplayWindow();

  /// Adds a verified trajectory (its target steps with weight are rows) and lets the oldest fall
  /// out. One that does not replay is counted, left out, and the reason is returned.
  Status Add(const env::Trajectory& trajectory);
  std::int64_t rows() const;       ///< In the window now.
  std::int64_t rows_made() const;  ///< Ever added.
  std::int64_t rejected() const;   ///< Trajectories refused so far.
  std::int64_t episodes() const;   ///< In the window now.

  /// Draws `rows` rows in proportion to their weights' expectation, each under a random symmetry.
  /// REQUIRES: rows() > 0.
  void Sample(int rows, RandomStream* random, Batch* out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::learner
