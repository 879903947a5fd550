// Replays episodes that were played before and compares every state: alone, it finds hidden state;
// by several threads at once, data that they share.
// Thread-safety: free functions; they start and join threads of their own.
#pragma once

#include <string>
#include <vector>

#include "api/contract_view.h"

namespace tesuji::env {

struct PlayedEpisode {
  Task task;
  std::vector<Action> actions;
  std::vector<ViewDigest> views;  ///< Of the start and after each action.
};

/// "" when every state is what it was; otherwise where the first difference is.
std::string ReplayDifference(const Environment& environment, const PlayedEpisode& episode);

/// The same by `threads` threads at once, each replaying all episodes in an order of its own.
/// Exceptions count as differences.
std::string ThreadedReplayDifference(const Environment& environment,
                                     const std::vector<PlayedEpisode>& episodes, int threads);

}  // namespace tesuji::env
