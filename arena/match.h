// Matches between two players of a two-player environment: pairs of games with colours swapped,
// and our rules as referee.
//
// Rules of every match, the same for both sides:
//   * The environment scores the final position as it stands, or a Referee does.
//   * Resigning is losing, and so is running out of time.
//   * An illegal move, a crash, silence or nonsense forfeits the game. A forfeit is a loss like any
//     other, and is counted in `forfeits` as well. The program is restarted for its next game.
//   * A game whose referee failed is void and counts nowhere.
// Each worker thread keeps `games_at_once` games going, with players of its own; the leaves of all
// of them that share an evaluator go to it as one batch. External players run a process in each
// game: `engine_processes` bounds the games, and with them the workers.
//
// Thread-safety: PlayMatch may be called from any thread; it joins its workers before returning.
// Results do not depend on threads as far as the players' do not.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "arena/contestant.h"
#include "arena/elo.h"
#include "arena/openings.h"
#include "core/result.h"

namespace tesuji::arena {

class GameHooks;

/// Scores a finished game otherwise than by the rules alone. One for each worker; may block.
class Referee {
 public:
  virtual ~Referee() = default;
  /// First player's points minus the second's.
  virtual Result<float> Score(const env::State& finished) = 0;
};

enum class GameEnd : std::uint8_t { kScored, kResigned, kTime, kForfeit, kVoid };
/// "scored", "resigned", "time", "forfeit", "void".
std::string_view GameEndName(GameEnd end);

struct MatchGame {
  int number = 0;  ///< Games 2k and 2k + 1 share an opening.
  int first = 0;   ///< Which contestant (0 or 1) is the environment's first player (Black).
  GameEnd end = GameEnd::kScored;
  int winner = -1;     ///< Contestant, -1: a draw or void. Never who forfeited.
  std::string reason;  ///< "two-passes", "move-limit", "resigned", or what went wrong; one line.
  float score = 0;     ///< First player's view; 0 unless kScored.
  int actions = 0;     ///< The opening's included.
  std::string record;  ///< As GameHooks::Record() writes it.
};

struct MatchOptions {
  int games = 2;             ///< Of an odd number the last one lacks its swapped other.
  int threads = 1;           ///< Workers.
  int games_at_once = 16;    ///< In each worker.
  int engine_processes = 0;  ///< External players of all workers, at most; 0: two a worker.
  int engines_thinking = 2;  ///< At most, of each worker; the others' clocks do not run.
  bool swap_colours = true;  ///< False: contestant a is the first player in every game.
  std::uint64_t seed = 0;
  OpeningOptions opening;         ///< count, seed and evaluators are set by the match.
  bool opening_by_policy = true;  ///< Sample openings from the contestants' evaluators, if any.
  /// Played in turn instead of sampled openings when not empty.
  std::vector<std::vector<env::Action>> opening_list;
  std::function<std::unique_ptr<Referee>()> make_referee;  ///< Empty: the rules.
  std::shared_ptr<const GameHooks> hooks;                  ///< The family's; null: the defaults.
  /// The match is broken off when one side has forfeited so many games; 0: never.
  int forfeit_limit = 10;
  /// Polled several times a second, from any worker. True: unfinished games are dropped.
  std::function<bool()> stop;
  /// After every game, never two calls at once.
  std::function<void(const MatchGame& game, int finished)> progress;
};

/// Contestant a's (number 0) view.
struct MatchReport {
  std::vector<MatchGame> games;  ///< Finished ones, by number.
  int wins = 0;
  int draws = 0;
  int losses = 0;
  std::array<int, 2> forfeits{};  ///< By each contestant; they are losses too.
  int voids = 0;
  bool stopped = false;
  std::string broken_off;  ///< Why the match ended early by itself; "" when it did not.
  double seconds = 0;

  PairResult result(const std::string& a, const std::string& b) const {
    return {a, b, double(wins), double(draws), double(losses)};
  }
};

/// Fails when players, openings or tasks cannot be made. REQUIRES: a two-player environment without
/// chance, scored by rules.
Result<MatchReport> PlayMatch(const env::Environment& environment, const Contestant& a,
                              const Contestant& b, const MatchOptions& options);

}  // namespace tesuji::arena
