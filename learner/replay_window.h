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

#include "api/environment.h"
#include "api/training_rows.h"
#include "api/trajectory.h"
#include "core/random.h"
#include "core/result.h"

namespace tesuji::learner {

struct WindowOptions {
  std::int64_t minimum_rows = 5'000;  ///< The window never shrinks below this (when there).
  double exponent = 0.65;             ///< Rows kept = minimum * growth(rows made / minimum).
  double scale = 0.4;
  std::int64_t maximum_rows = 2'000'000;
  /// Decisions over which a row's value looks ahead: MakeCompactEpisode(). 0: to the outcome.
  double value_horizon = 0;
};

class ReplayWindow : public env::TrainingRows {
 public:
  /// `environment` must outlive the window.
  ReplayWindow(const env::Environment& environment, const WindowOptions& options);
  ~ReplayWindow() override;

  /// Adds a verified trajectory (its target steps with weight are rows) and lets the oldest fall
  /// out. One that does not replay is counted, left out, and the reason is returned.
  Status Add(const env::Trajectory& trajectory);
  std::int64_t rows() const override;  ///< In the window now.
  std::int64_t rows_made() const;      ///< Ever added.
  std::int64_t rejected() const;       ///< Trajectories refused so far.
  std::int64_t episodes() const;       ///< In the window now.

  /// Draws `rows` rows in proportion to their weights' expectation, each under a random symmetry.
  /// REQUIRES: rows() > 0.
  void Sample(int rows, RandomStream* random, env::TrainingBatch* out) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::learner
