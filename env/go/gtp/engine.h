// A GTP 2 engine on a network: the standard's commands, those of Sabaki, Lizzie and gogui, and a
// few of its own (tesuji-*).
//
// Bad input gets a "?" answer with the reason and changes nothing. Analysis commands stream their
// reports and end when the next line arrives (Input). Rules are Tromp-Taylor scoring always; board
// size, ko and suicide are what the table maker can serve. Thread-safety: one thread at a time;
// Input is asked from that thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/go/go_environment.h"
#include "env/go/gtp/thinker.h"
#include "search/evaluator.h"
#include "search/options.h"

namespace tesuji::gtp {

/// What is needed to play on one kind of board.
struct PlayingTable {
  std::shared_ptr<const env::go::GoEnvironment> environment;
  std::shared_ptr<search::Evaluator> evaluator;
  /// Fills Evaluation::ownership; may be null. Analyses show it, and final_status_list asks it
  /// about chains that are unsettled.
  std::shared_ptr<search::Evaluator> ownership_evaluator;
};

/// A Failure means: this network does not play on such a board or by such rules. Called for every
/// change of size or rules.
using TableMaker = std::function<Result<PlayingTable>(const env::go::Rules& rules)>;

struct EngineOptions {
  std::string name = "tesuji";
  std::string version;  ///< "": the software's.
  env::go::Rules rules;
  float komi = 7.5F;
  /// The board sizes that the table maker serves, for people: "9x9 only".
  std::string sizes;
  search::SearchOptions search;  ///< search.simulations a move when no clock is running.
  /// With a clock: never more than this; 0: as many as time and memory allow.
  int simulations_with_clock = 0;
  /// An analysis stops growing after so many; it goes on reporting.
  int analysis_simulations = 1'000'000;
  /// Answers a pass with a pass when that wins, whatever the search says.
  bool friendly_pass = true;
  /// genmove resigns when its win rate was below this in `resign_after` of its moves in a row; 0:
  /// never.
  double resign_below = 0;
  int resign_after = 3;
  std::uint64_t seed = 0;
  bool allow_files = true;  ///< loadsgf, and printsgf with a name.
  TimePolicy time;
  Now now = [] { return std::chrono::steady_clock::now(); };
};

/// The controller's next words, as far as an analysis cares.
class Input {
 public:
  virtual ~Input() = default;
  /// Has a line (or the end of input) arrived that is not read yet?
  virtual bool Pending() = 0;
  /// Blocks until Pending(), at most `most`.
  virtual void Wait(std::chrono::milliseconds most) = 0;
};

class Engine {
 public:
  /// Fails when no table can be made for options.rules.
  static Result<std::unique_ptr<Engine>> Create(TableMaker make_table, EngineOptions options);
  ~Engine();

  using Write = std::function<void(std::string_view)>;
  /// Carries out one line and writes its whole answer (nothing for an empty line). `input` may be
  /// null: analyses then end after their simulations.
  void Execute(std::string_view line, const Write& write, Input* input = nullptr);
  /// The same, for programs: returns the answer.
  std::string Execute(std::string_view line);
  /// Answers a line that was longer than anything meant seriously.
  void RefuseLongLine(std::string_view beginning, const Write& write);
  /// "quit" was carried out.
  bool quit() const;

  const Game& game() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::gtp
