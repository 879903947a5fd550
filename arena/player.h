// Somebody who plays games, move by move, without blocking: a worker asks many players in turn, so
// that one thread keeps dozens of games going and networks see large batches.
//
// A game runs like this:
//   NewGame(start);
//   for every action of either side, its own included: Observe(state before, action);
//   when it is its turn: BeginMove(state), then Poll() until there is a decision. While it thinks,
//     - CollectRequests() may ask for evaluations, to be answered by Provide() in order;
//     - or process() is what it waits for.
// A Failure (crash, silence, a refused move) ends this game only: NewGame() starts over, with a
// fresh program if need be.
// Thread-safety: one thread at a time, the one that made it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "api/environment.h"
#include "core/random.h"
#include "core/result.h"
#include "env/go/gtp/client.h"
#include "search/evaluator.h"
#include "search/options.h"

namespace tesuji::arena {

struct Decision {
  bool resigned = false;
  env::Action action = 0;  ///< Not checked for legality. 0 when resigned.
};

/// What players draw from: the component behind the seed in the paths of their streams.
inline constexpr std::uint64_t kPlayerStream = 0x706c6179;

class Player {
 public:
  virtual ~Player() = default;
  /// `random` is the only source of chance in this game. `start` is read during the call only.
  virtual Status NewGame(const env::State& start, RandomStream random) = 0;
  virtual void Observe(const env::State& before, env::Action action) = 0;
  /// Starts choosing an action in `state`, the result of everything observed.
  virtual void BeginMove(const env::State& state) = 0;
  /// Empty while thinking. REQUIRES: BeginMove() was called and nothing returned since.
  virtual std::optional<Result<Decision>> Poll() = 0;

  /// Whose Evaluate() answers CollectRequests(); null for players without.
  virtual search::Evaluator* evaluator() { return nullptr; }
  /// Appends the leaves it waits for; may append none.
  virtual void CollectRequests(std::vector<search::EvaluationRequest>* /*requests*/) {}
  virtual void Provide(std::span<search::Evaluation> /*evaluations*/) {}
  /// What a thinking player waits for, or null.
  virtual gtp::EngineProcess* process() const { return nullptr; }
};

struct SearchPlayerOptions {
  search::SearchOptions search;  ///< search.simulations is the strength.
  /// Samples among visit counts for the first moves of a game (its own); 0: always the best.
  int sampled_moves = 0;
  double temperature = 1.0;
  /// In Go: answers a pass with a pass when that wins.
  bool friendly_pass = true;
  /// Resigns below this expected score (0..1) in three moves of its own in a row; 0: never.
  double resign_below = 0;
};

/// Plays by tree search. Both must outlive it; players may share an evaluator in one thread.
std::unique_ptr<Player> MakeSearchPlayer(const env::Environment& environment,
                                         search::Evaluator* evaluator,
                                         const SearchPlayerOptions& options);

/// Plays uniformly random legal actions; in Go, when asked, without filling its own eyes and
/// passing only when nothing else is left.
std::unique_ptr<Player> MakeRandomPlayer(bool avoid_own_eyes = false);

/// Plays by alpha-beta to `depth` plies with nothing but the rules: positions that are not over by
/// then count as drawn. Prefers quick wins and slow losses; ties are broken by the game's stream.
/// Thinks inside BeginMove(). REQUIRES: no chance; depth >= 1.
std::unique_ptr<Player> MakeAlphaBetaPlayer(int depth);

struct EnginePlayerOptions {
  std::string command;  ///< Shell syntax.
  gtp::EngineProcessOptions process;
  std::chrono::milliseconds move_timeout{60'000};
  /// Sent after each new game; answers are not looked at ("time_settings 0 5 1").
  std::vector<std::string> setup;
};

/// Go only: plays by asking a GTP engine. The process starts with the first game.
std::unique_ptr<Player> MakeEnginePlayer(const EnginePlayerOptions& options);

}  // namespace tesuji::arena
