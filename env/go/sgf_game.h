// Between SGF and games of Go: records to states and back, trajectories to commented records.
// Thread-safety: free functions on values.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "api/trajectory.h"
#include "core/result.h"
#include "env/go/go_environment.h"
#include "env/go/go_state.h"
#include "env/go/sgf.h"

namespace tesuji::env::go {

/// The game of one record, before its legality is looked at.
struct GameRecord {
  int width = 19;
  int height = 19;
  Start start;
  bool has_komi = false;       ///< False: start.komi is 0 because the record does not say.
  bool counts_stones = false;  ///< Its komi counts stones (komi.h); its result may do so too.
  std::vector<Move> moves;     ///< Main line.
  /// The record's own number of each move: handicap stones that were written as moves count, and
  /// MN sets it.
  std::vector<int> numbers;
  std::string result;  ///< RE as written, "" when absent: "B+R", "W+3.5", "0".
  std::string rules;   ///< RU as written.
  std::string black_name;
  std::string white_name;
};

struct ReadGameOptions {
  /// Stops before the move with this number; what comes after may be anything.
  int before_move = std::numeric_limits<int>::max();
  /// Points either way; 0: the cells of the board. An environment may play with more.
  int largest_komi = 0;
};

/// Reads the main line. Handicap written as black moves in a row at the start becomes set-up
/// stones. Fails on other games than Go, bad sizes or komi, coordinates off the board, and set-up
/// stones after the first move.
Result<GameRecord> ReadGame(const SgfTree& tree, const ReadGameOptions& options = {});

/// "move 17 (B C3) is illegal: ko", with the record's number and, where its rules would allow the
/// move, with its rules.
std::string IllegalMoveText(const GameRecord& record, std::size_t move, const Rules& rules,
                            Legality legality);

/// Replays a record under `environment`'s rules; sizes must agree. A record without komi has the
/// environment's. The message names the first illegal move and why it is illegal. Passes after the
/// end are ignored.
Result<std::unique_ptr<GoState>> ReplayGame(const GoEnvironment& environment,
                                            const GameRecord& record);

/// The tree of a state's game: header, set-up stones, moves and, when over, the result.
SgfTree GameTree(const GoState& state);

struct TrajectorySgfOptions {
  bool comments = true;     ///< Visits, root value and the policy's best entries in C[].
  int policy_entries = 5;   ///< Of the policy, in comments and as variations.
  bool variations = false;  ///< The policy's other moves as one-move variations.
  /// "" writes the name that an imported record has, else the checkpoint.
  std::string player_black = {};
  std::string player_white = {};
};

/// A trajectory of environment "go" as a commented SGF. Fails when it is of another environment or
/// its actions do not replay.
Result<std::string> TrajectoryToSgf(const Trajectory& trajectory,
                                    const TrajectorySgfOptions& options = {});

/// SGF's two letters for a cell ("aa" is top left), "" for the pass.
std::string SgfPoint(const Rules& rules, Action action);

}  // namespace tesuji::env::go
