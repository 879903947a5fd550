// The inside of Engine: what its commands share. Only gtp/engine*.cc include this.
// Thread-safety: one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/go/gtp/analysis.h"
#include "env/go/gtp/engine.h"
#include "env/go/gtp/game.h"
#include "env/go/gtp/protocol.h"
#include "env/go/gtp/scoring.h"
#include "env/go/gtp/thinker.h"
#include "env/go/gtp/time_control.h"

namespace tesuji::gtp {

struct Session {
  Session(TableMaker maker, EngineOptions engine_options, PlayingTable first_table);

  const env::go::Rules& rules() const { return table.environment->rules(); }
  /// Replaces table, game and trees. The new game is empty, with the old komi.
  void Sit(PlayingTable new_table);
  /// Makes a table for other rules; the old one stays until Sit().
  Result<PlayingTable> TableFor(const env::go::Rules& rules) const;
  Status NewGame(const env::go::Start& start);
  /// Ownership of the present position with `color` to play; empty without such an evaluator.
  std::vector<float> Ownership(env::go::Color color);
  std::vector<StoneStatus> Statuses();
  /// The tree for analyses: always PUCT, the only root that can go on without end.
  Thinker& analyst();

  TableMaker make_table;
  EngineOptions options;
  PlayingTable table;
  Game game;
  std::unique_ptr<Thinker> player;
  std::unique_ptr<Thinker> analyst_;  // Null: `player` is a PUCT search and serves for both.
  TimeControl clock;
  RandomStream random;
  int hopeless[2] = {0, 0};  // Moves in a row with a win rate below options.resign_below.
  bool quit = false;
};

/// One command being carried out.
struct Call {
  const Command& command;
  const Engine::Write& write;
  Input* input;

  std::span<const std::string> arguments() const { return command.arguments; }
};

/// An answer's text; empty: the command has written its whole answer itself.
using Answer = std::optional<std::string>;
using Handler = Result<Answer> (*)(Session&, const Call&);

struct CommandEntry {
  std::string_view name;
  Handler handler;
};

// Each group of commands lives in a file of its own.
std::span<const CommandEntry> SetupCommands();     // engine_setup.cc
std::span<const CommandEntry> RecordCommands();    // engine_record.cc
std::span<const CommandEntry> ThinkingCommands();  // engine_genmove.cc
std::span<const CommandEntry> AnalysisCommands();  // engine_analyze.cc
std::span<const CommandEntry> PositionCommands();  // engine_position.cc

/// Fails with the standard's words when the number of arguments is another.
Status Expect(const Call& call, std::size_t least, std::size_t most);
Result<env::go::Color> ColorArgument(const Call& call, std::size_t index);

/// Streams the reports of a search; see engine_analyze.cc.
class Reporter {
 public:
  Reporter(Session* session, Thinker* thinker, const Call& call, AnalysisFormat format,
           const AnalysisRequest& request);
  /// Reports when the interval has passed. To be called between batches.
  void Tick();
  void Report();
  bool reported() const { return reported_; }

 private:
  Session* session_;
  Thinker* thinker_;
  const Call& call_;
  AnalysisFormat format_;
  const AnalysisRequest& request_;
  std::vector<float> ownership_;
  std::chrono::steady_clock::time_point last_;
  bool reported_ = false;
};

}  // namespace tesuji::gtp
