// One side of a match, as something that makes players: each worker thread has evaluators of its
// own, each game in flight a player of its own.
// Thread-safety: values; the functions inside are called from several threads at once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/environment.h"
#include "arena/player.h"
#include "core/result.h"
#include "search/evaluator.h"

namespace tesuji::arena {

struct Contestant {
  std::string name;
  /// One for each worker, shared by its players; empty when they need none.
  std::function<Result<std::unique_ptr<search::Evaluator>>()> make_evaluator;
  /// One for each game in flight. The evaluator is the worker's, or null.
  std::function<Result<std::unique_ptr<Player>>(search::Evaluator*)> make_player;
  /// Asked before play: can it play this at all? May be empty; may block.
  std::function<Status(const env::Environment&)> check;
  bool external = false;  ///< Each of its players runs a process.
};

/// `environment` must outlive the contestant and its players.
Contestant SearchContestant(
    std::string name, const env::Environment& environment,
    std::function<Result<std::unique_ptr<search::Evaluator>>()> make_evaluator,
    const SearchPlayerOptions& options);
Contestant RandomContestant(std::string name = "random");
Contestant AlphaBetaContestant(std::string name, int depth);

}  // namespace tesuji::arena
