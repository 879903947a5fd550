// What `tesuji arena` was asked for, and who plays: the contestants with their environment.
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/registry.h"
#include "arena/contestant.h"
#include "arena/game_hooks.h"
#include "learner/device.h"

namespace tesuji::cli {

struct ArenaArguments {
  std::vector<std::string> players;
  std::vector<std::string> names;  ///< Display names in the players' order; empty: the players.
  int games = 20;
  int visits = 400;
  bool symmetries = false;
  learner::Device device;  ///< Of networks.
  int threads = 2;
  std::string environment = "go";  ///< When no checkpoint tells.
  std::optional<int> board;        ///< Empty: the checkpoint's, or 9.
  std::optional<double> komi;      ///< Empty: the checkpoint's own, or the environment's.
  std::uint64_t seed = 1;
  std::string sgf;
  std::optional<int> opening;  ///< Moves sampled before each pair of games; empty: the default.
  std::string openings;        ///< A file of openings.
  std::string referee;         ///< A command.
  bool no_swap = false;
  bool json = false;
  // Engines and their clock, seconds.
  int engine_processes = 0;
  double engine_timeout = 60;
  int forfeit_limit = 0;
  std::optional<double> move_time;
  std::optional<double> main_time;
  std::string byo_yomi;  ///< "5x30"
  std::string canadian;  ///< "25/600"
  std::optional<double> increment;
  double time_margin = 0.5;
};

/// Everything that a match borrows.
struct ArenaTable {
  std::unique_ptr<const env::Environment> environment;
  std::shared_ptr<const arena::GameHooks> hooks;
  std::vector<arena::Contestant> contestants;
  std::vector<std::vector<env::Action>> openings;  ///< Of the file; empty: sampled.
  std::function<std::unique_ptr<arena::Referee>()> make_referee;
};

/// Makes the players and asks each whether it can play. Fails, before any play, on what makes no
/// match: unknown players, one given twice, an engine that does not start or understand its clock.
Result<ArenaTable> SetTable(const ArenaArguments& arguments, const env::Registry& registry);

}  // namespace tesuji::cli
