#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "arena/match.h"
#include "arena/solo.h"
#include "campaign/progress.h"
#include "cli/arena_players.h"
#include "cli/arena_report.h"
#include "cli/command.h"

namespace tesuji::cli {
namespace {

/// The file that every game's record is appended to; without a path, nothing.
class RecordFile {
 public:
  Status Open(const std::string& path) {
    if (path.empty()) return {};
    path_ = path;
    file_.open(path, std::ios::app | std::ios::binary);
    return file_ ? Status() : Refuse();
  }
  /// False once a record could not be written; status() then says why.
  bool Write(const std::string& record) {
    if (path_.empty() || !status_) return status_.has_value();
    file_ << record;
    if (!record.ends_with('\n')) file_ << '\n';
    file_.flush();
    if (!file_) status_ = Refuse();
    return status_.has_value();
  }
  const Status& status() const { return status_; }

 private:
  Status Refuse() const {
    return Fail(fmt::format("--sgf {}: cannot be written: {}", path_, std::strerror(errno)));
  }

  std::string path_;
  std::ofstream file_;
  Status status_;
};

/// All matches of one call. What was played is reported, however it ends.
class Matches {
 public:
  Matches(const ArenaArguments& arguments, const ArenaTable& table, RecordFile* records)
      : arguments_(arguments), table_(table), records_(records) {
    const auto& players = table.contestants;
    for (std::size_t a = 0; a < players.size(); ++a) {
      result_.players.push_back(players[a].name);
      for (std::size_t b = a + 1; b < players.size(); ++b) {
        result_.matches.push_back({players[a].name, players[b].name, {}});
      }
    }
    result_.asked = result_.matches.size() * static_cast<std::size_t>(arguments.games);
  }

  ExitCode Run() {
    std::size_t match = 0;
    for (std::size_t a = 0; a < table_.contestants.size(); ++a) {
      for (std::size_t b = a + 1; b < table_.contestants.size(); ++b, ++match) {
        if (machine_.empty() && !StopRequested()) Play(a, b, &result_.matches[match]);
      }
    }
    std::size_t played = 0;
    for (const auto& each : result_.matches) played += each.games.size();
    if (!machine_.empty()) Miss(machine_);
    if (StopRequested() && played < result_.asked) Miss("interrupted");
    progress_.reset();
    const ExitCode code = PrintMatches(result_, arguments_.json);
    return machine_.empty() ? code : kMachine;
  }

 private:
  void Play(std::size_t a, std::size_t b, ArenaMatch* match) {
    arena::MatchOptions options;
    options.games = arguments_.games;
    options.threads = arguments_.threads;
    options.engine_processes = arguments_.engine_processes;
    options.forfeit_limit = arguments_.forfeit_limit;
    options.hooks = table_.hooks;
    options.make_referee = table_.make_referee;
    options.opening_list = table_.openings;
    options.seed = arguments_.seed + 1000 * a + b;
    options.swap_colours = !arguments_.no_swap;
    if (arguments_.opening) options.opening.actions = *arguments_.opening;
    int forfeits = 0;
    options.progress = [&](const arena::MatchGame& game, int finished) {
      match->games.push_back(game);
      if (!records_->Write(game.record)) unwritten_ = true;
      forfeits += game.end == arena::GameEnd::kForfeit;
      progress_->Show(fmt::format("{} against {}: {} of {} games, {} forfeited", match->a, match->b,
                                  finished, options.games, forfeits));
    };
    options.stop = [this] { return StopRequested() || unwritten_; };
    try {
      const auto report = arena::PlayMatch(*table_.environment, table_.contestants[a],
                                           table_.contestants[b], options);
      if (!report) machine_ = report.error().message;
      if (report && !report->broken_off.empty()) Miss(report->broken_off);
    } catch (const MachineError& error) {
      machine_ = error.what();
    }
    if (!records_->status()) machine_ = records_->status().error().message;
    std::ranges::sort(match->games, {}, &arena::MatchGame::number);
  }

  void Miss(const std::string& why) {
    result_.incomplete += (result_.incomplete.empty() ? "" : "; ") + why;
  }

  const ArenaArguments& arguments_;
  const ArenaTable& table_;
  RecordFile* records_;
  std::optional<campaign::ProgressLine> progress_{std::in_place};
  ArenaResult result_;
  std::string machine_;                 // What failed; "": nothing.
  std::atomic<bool> unwritten_{false};  // A record could not be written.
};

/// Each player alone, on the same chance streams.
ExitCode Solo(const ArenaArguments& arguments, const ArenaTable& table, RecordFile* records) {
  SoloResult result;
  result.asked = table.contestants.size() * static_cast<std::size_t>(arguments.games);
  std::string machine;
  {
    campaign::ProgressLine progress;
    for (const auto& contestant : table.contestants) {
      if (StopRequested() || !machine.empty()) break;
      std::atomic<bool> unwritten{false};
      arena::SoloOptions options;
      options.episodes = arguments.games;
      options.threads = arguments.threads;
      options.seed = arguments.seed;
      options.stop = [&] { return StopRequested() || unwritten; };
      options.progress = [&](const arena::SoloEpisode& episode, int finished) {
        if (!records->Write(episode.record)) unwritten = true;
        progress.Show(fmt::format("{}: {} of {} episodes, the last scored {:.0f} in {} moves",
                                  contestant.name, finished, options.episodes, episode.score,
                                  episode.actions));
      };
      auto report = arena::PlaySolo(*table.environment, contestant, options);
      if (!report) machine = fmt::format("{}: {}", contestant.name, report.error().message);
      if (report) result.reports.push_back(std::move(*report));
      if (!records->status()) machine = records->status().error().message;
    }
  }
  std::size_t played = 0;
  for (const auto& report : result.reports) played += report.episodes.size();
  if (played < result.asked) result.incomplete = machine.empty() ? "interrupted" : machine;
  const ExitCode code = PrintScores(result, arguments.json);
  return machine.empty() ? code : kMachine;
}

int Arena(const ArenaArguments& arguments, const env::Registry& registry) {
  RecordFile records;
  if (const Status status = records.Open(arguments.sgf); !status) {
    return Complain(status.error().message);
  }
  auto table = SetTable(arguments, registry);
  if (!table) return Complain(table.error().message);
  InstallStopHandler();
  if (table->environment->spec().player_count == 1) return Solo(arguments, *table, &records);
  return Matches(arguments, *table, &records).Run();
}

void AddPlayers(Command command, ArenaArguments* arguments) {
  command
      .Add("-p,--player", arguments->players,
           "STORE, STORE:ID (they search as the campaign did), FILE.safetensors, random, "
           "uniform (search that knows nothing), "
           "rollouts:N (the same, leaves valued by N random playouts), alphabeta:PLIES, or "
           "\"gtp:COMMAND\"; twice or more.")
      .Required();
  command.Add("--name", arguments->names,
              "What to call the players, one --name for each --player, in their order.");
  command
      .Add("--games", arguments->games,
           "Games of each pair, colours swapped; episodes of each lone agent.")
      .ShowDefault()
      .Between(1, 1000000);
  command.Add("--visits", arguments->visits, "Simulations a move of all that search.")
      .ShowDefault()
      .Between(1, 10000000);
  command.AddFlag("--symmetries", arguments->symmetries,
                  "Networks look at each position from every side: slower, stronger.");
  AddDeviceOption(command, &arguments->device);
  command.Add("--threads", arguments->threads, "Threads.").ShowDefault().Between(1, 256);
}

void AddGame(Command command, ArenaArguments* arguments) {
  command.Add("--board", arguments->board, "Board size when no checkpoint tells; default 9.");
  command.Add("--env", arguments->environment, "Environment when no checkpoint tells.")
      .ShowDefault();
  command
      .Add("--opening", arguments->opening,
           "Moves sampled before each pair of games, so that they differ; default 4.")
      .Between(0, 1000);
  command.Add("--openings", arguments->openings,
              "A file of openings, one a line (\"E5 C3 G7\"), played in turn instead.");
  command.AddFlag("--no-swap", arguments->no_swap,
                  "The first --player is the first player of every game.");
  command.Add("--komi", arguments->komi, "Komi; the checkpoint's own when not given.");
  command.Add("--referee", arguments->referee,
              "A GTP command that names the dead stones at the end; default: all stones live.");
  command.Add("--seed", arguments->seed, "Decides openings.").ShowDefault();
  command.Add("--sgf", arguments->sgf, "Append every game's record to this file.");
}

void AddEngines(Command command, ArenaArguments* arguments) {
  command.Add("--move-time", arguments->move_time, "Engines: seconds for each move.");
  command.Add("--main-time", arguments->main_time,
              "Engines: seconds for a game, or until overtime begins.");
  command.Add("--byo-yomi", arguments->byo_yomi,
              "Engines: overtime PERIODSxSECONDS, such as 5x30.");
  command.Add("--canadian", arguments->canadian,
              "Engines: overtime STONES/SECONDS, such as 25/600.");
  command.Add("--increment", arguments->increment,
              "Engines: seconds added with each move (Fischer).");
  command
      .Add("--time-margin", arguments->time_margin,
           "Engines: seconds that a move may take beyond its time before the game is lost.")
      .ShowDefault()
      .Between(0.0, 3600.0);
  command
      .Add("--engine-timeout", arguments->engine_timeout,
           "Engines: seconds without a move that forfeit the game, where no time is set.")
      .ShowDefault()
      .Between(0.01, 1e6);
  command
      .Add("--engine-processes", arguments->engine_processes,
           "Engines: most processes at once; games of two engines need two. 0: two a thread.")
      .ShowDefault()
      .Between(0, 1024);
  command
      .Add("--forfeit-limit", arguments->forfeit_limit,
           "Break a match off when a player has forfeited so many games; 0: never.")
      .ShowDefault()
      .Between(0, 1000000);
}

}  // namespace

void AddArenaCommand(Command app, Context* context) {
  auto arguments = std::make_shared<ArenaArguments>();
  auto command = AddCommand(
      app, context, "arena",
      "Matches between checkpoints and GTP engines, with Elo; mean scores of lone agents.",
      [=] { return Arena(*arguments, context->registry); });
  AddPlayers(command, arguments.get());
  AddGame(command, arguments.get());
  AddEngines(command, arguments.get());
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object, with every game.");
  command.Footer(
      "A forfeit (crash, illegal move, silence) is a loss. Exit code 1: a game was forfeited, void "
      "or not played.\n"
      "Example: tesuji arena -p runs/go9.db -p \"gtp:gnugo --mode gtp --level 1 --chinese-rules "
      "--capture-all-dead\" --games 100");
}

}  // namespace tesuji::cli
