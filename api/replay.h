// The one place that decides that an episode is sound. It plays the recorded steps through the
// environment's rules and recomputes everything that the rules decide: legality of each step and
// target, numbers, outcome, final targets, fingerprint, and the artifact, which alone must lead to
// the same state. It is called before an episode is stored, before it is trained on, by
// `tesuji verify` and by curation.
//
// It uses no search, network or store, so it does not depend on how the episode was made. An
// environment that throws is reported like any other fault; MachineError passes through.
// Of judged episodes everything but the verdict is checked; only the judge can repeat that.
// Thread-safety: free functions on const data.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/result.h"

namespace tesuji::env {

/// How far numbers may be off, everywhere. What is stored are floats.
struct ReplayTolerance {
  static constexpr double kPolicySum = 1e-3;    ///< Of a policy target's sum from 1.
  static constexpr double kSearchValue = 1e-3;  ///< Of root values beyond 1, surprise below 0.
  static constexpr double kOutcome = 1e-6;      ///< Of value and score, relative above 1: another
                                                ///< machine may compute the last bit otherwise.
};

/// Called with the index of each step that can be played and the state before it; the step may be
/// unsound in other ways.
using StepVisitor = std::function<void(std::size_t step, const State& before)>;

struct ReplayOptions {
  std::size_t limit = 8;  ///< Most problems to name; 1 ends at the first.
  /// Reads the artifact back. Off where it was done before and costs too much to repeat.
  bool read_artifact = true;
  StepVisitor visit = {};  ///< May be empty.
  /// Called with the state after all steps, unless one could not be played. May be empty.
  std::function<void(const State& end)> visit_end = {};
};

/// What is wrong with `trajectory`, one line each; empty when it is sound.
std::vector<std::string> ReplayTrajectory(const Environment& environment,
                                          const Trajectory& trajectory,
                                          const ReplayOptions& options = {});

/// Plays steps alone, of an episode that need not be over: the state after them, or what is wrong
/// with the first bad one.
Result<std::unique_ptr<State>> ReplaySteps(const Environment& environment, const Task& task,
                                           std::span<const Step> steps,
                                           const StepVisitor& visit = {});

}  // namespace tesuji::env
