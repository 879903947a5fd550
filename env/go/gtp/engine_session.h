// The inside of Engine: what its commands share. Only gtp/engine*.cc include this.
// Thread-safety: one thread at a time.
#pragma once

#include <functional>
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
  /// Why TableFor() refused a size: "this network plays 9x9 only".
  std::string WhySizeRefused(const Failure& refusal) const;
  Status NewGame(const env::go::Start& start);
  /// Ownership of the present position with `color` to play; empty without such an evaluator.
  std::vector<float> Ownership(env::go::Color color);
  std::vector<env::go::StoneStatus> Statuses();
  /// Area score without the stones that Statuses() calls dead.
  float FinalScore();
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

/// As many arguments as somebody gives.
inline constexpr std::size_t kAnyNumber = ~std::size_t{0};

struct CommandEntry {
  std::string_view name;
  Handler handler;
  /// How many arguments it takes; the engine refuses any other number.
  std::size_t least = 0;
  std::size_t most = 0;
  std::string_view arguments = {};  ///< For people: "COLOR VERTEX".
};

// Each group of commands lives in a file of its own.
std::span<const CommandEntry> SetupCommands();     // engine_setup.cc
std::span<const CommandEntry> RulesCommands();     // engine_rules.cc
std::span<const CommandEntry> ClockCommands();     // engine_clock.cc
std::span<const CommandEntry> RecordCommands();    // engine_record.cc
std::span<const CommandEntry> ThinkingCommands();  // engine_genmove.cc
std::span<const CommandEntry> AnalysisCommands();  // engine_analyze.cc
std::span<const CommandEntry> PositionCommands();  // engine_position.cc

/// The standard's words, with the reason. Every refusal of an argument goes through this.
tl::unexpected<Failure> SyntaxError(std::string_view reason);
Result<env::go::Color> ColorArgument(const Call& call, std::size_t index);

/// Streams reports of what is known of a position; see engine_analyze.cc.
class Reporter {
 public:
  using Source = std::function<search::SearchResult()>;
  struct Options {
    AnalysisFormat format = AnalysisFormat::kLeela;
    Source source = {};
    std::vector<float> ownership = {};  ///< Per cell, Black +1; empty: not reported.
  };
  /// The request and the call must outlive it.
  Reporter(const Session* session, const Call& call, const AnalysisRequest& request,
           Options options);
  /// Reports when the interval has passed. To be called between batches.
  void Tick();
  void Report();
  bool reported() const { return reported_; }

 private:
  const Session* session_;
  const Call& call_;
  const AnalysisRequest& request_;
  Options options_;
  std::chrono::steady_clock::time_point last_;
  bool reported_ = false;
};

}  // namespace tesuji::gtp
