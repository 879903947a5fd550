// An unfinished episode as bytes, for going on after a restart: a fixed head with two lengths, a
// JSON text, the search tree (search/tree_codec.h).
// Hostile bytes give a Failure, never a crash: nesting is bounded before parsing, numbers are
// checked, steps and tree are replayed through the rules.
// Thread-safety: free functions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "core/result.h"

namespace tesuji::search {

/// All that an episode is between two moves.
struct EpisodeRecord {
  env::Task task;
  env::Provenance provenance;
  std::vector<env::Step> steps;
  std::array<std::uint64_t, 4> random{};  ///< Of the stream, before the current move drew from it.
  int opening_left = 0;                   ///< Moves of the opening still to be played.
  /// Whose moves in it are sampled from the raw policy; none: everybody's.
  std::optional<env::Player> opening_player;
  std::int64_t evaluations = 0;
  std::string tree;                ///< Mcts::SaveTree() before the current move was searched.
  Json settings = Json::object();  ///< ToJson() of the options it was begun with.
  env::Outcome outcome;            ///< Filled at the end; not serialised.
  Json evidence = Json::object();  ///< The judge's; not serialised.
};

std::string EncodeEpisode(const EpisodeRecord& record);
Result<EpisodeRecord> DecodeEpisode(std::string_view bytes);

}  // namespace tesuji::search
