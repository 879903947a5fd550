// Somebody who plays games, move by move, without blocking: a worker asks many players in turn, so
// that one thread keeps dozens of games going and networks see large batches.
//
// A game runs like this:
//   NewGame(start);
//   for every action of either side, its own included: Observe(state before, action);
//   when it is its turn: BeginMove(state), then Poll() until there is a decision. While it thinks,
//     - CollectRequests() may ask for evaluations, to be answered by Provide() in order;
//     - or, of an external() player, AddToPoll() names what it waits for.
// A Failure (crash, silence, a refused move) ends this game only: NewGame() starts over, with a
// fresh process if need be.
// Thread-safety: one thread at a time, the one that made it.
#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/environment.h"
#include "core/random.h"
#include "core/result.h"
#include "search/evaluator.h"
#include "search/options.h"

namespace tesuji::arena {

class GameHooks;

struct Decision {
  bool resigned = false;
  bool out_of_time = false;  ///< The game is lost on time.
  env::Action action = 0;    ///< Not checked for legality. 0 when resigned or out of time.
  std::string remark = {};   ///< Out of time: how far.
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
  /// Another process makes its moves.
  virtual bool external() const { return false; }
  /// Of a thinking external player: appends the descriptors that it waits for and lowers `patience`
  /// to the time after which it wants to be polled in any case (0: at once).
  virtual void AddToPoll(std::vector<pollfd>* /*descriptors*/,
                         std::chrono::milliseconds* /*patience*/) const {}
};

struct SearchPlayerOptions {
  search::SearchOptions search;  ///< search.simulations is the strength.
  /// Samples among visit counts for the first moves of a game (its own); 0: always the best.
  int sampled_moves = 0;
  double temperature = 1.0;
  /// Ends a game at once where GameHooks::WinningEnd() knows how. Null: searches every move.
  std::shared_ptr<const GameHooks> hooks;
  /// Resigns below this expected score (0..1) in three moves of its own in a row; 0: never.
  double resign_below = 0;
};

/// Plays by tree search. Both must outlive it; players may share an evaluator in one thread.
std::unique_ptr<Player> MakeSearchPlayer(const env::Environment& environment,
                                         search::Evaluator* evaluator,
                                         const SearchPlayerOptions& options);

/// Plays uniformly random legal actions.
std::unique_ptr<Player> MakeRandomPlayer();

/// Plays by alpha-beta to `depth` plies with nothing but the rules: positions that are not over by
/// then count as drawn. Prefers quick wins and slow losses; ties are broken by the game's stream.
/// Thinks inside BeginMove(). REQUIRES: no chance; depth >= 1.
std::unique_ptr<Player> MakeAlphaBetaPlayer(int depth);

}  // namespace tesuji::arena
