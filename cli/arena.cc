#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>

#include "arena/elo.h"
#include "arena/match.h"
#include "arena/solo.h"
#include "campaign/checkpoint_file.h"
#include "campaign/evaluation.h"
#include "campaign/progress.h"
#include "cli/command.h"
#include "cli/game_hooks.h"
#include "search/uniform_evaluator.h"

namespace tesuji::cli {
namespace {

struct ArenaArguments {
  std::vector<std::string> players;
  int games = 20;
  int visits = 400;
  bool symmetries = false;
  int threads = 2;
  std::string environment = "go";  ///< When no checkpoint tells.
  int board = 9;
  double komi = -1000;  ///< Below -999: the checkpoint's own, or 7.
  std::uint64_t seed = 1;
  std::string sgf;
  int opening = -1;  ///< Moves sampled before each pair of games; -1: the default.
  bool no_swap = false;
  bool json = false;
};

constexpr const char* kEnginePrefix = "gtp:";
constexpr const char* kAlphaBetaPrefix = "alphabeta:";
constexpr const char* kRolloutsPrefix = "rollouts:";

/// Everything the contestants borrow.
struct Table {
  std::unique_ptr<const env::Environment> environment;
  std::shared_ptr<const arena::GameHooks> hooks;
  std::vector<arena::Contestant> contestants;
};

bool IsCheckpoint(const std::string& player) {
  return player != "random" && player != "uniform" && !player.starts_with(kEnginePrefix) &&
         !player.starts_with(kAlphaBetaPrefix) && !player.starts_with(kRolloutsPrefix);
}

/// The number after a player's colon.
Result<int> NumberAfter(const std::string& player, std::string_view prefix, int most,
                        std::string_view what) {
  const std::string digits = player.substr(prefix.size());
  int number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || number < 1 ||
      number > most) {
    return Fail(fmt::format("{}: expected {} of 1 to {} after the colon", player, what, most));
  }
  return number;
}

/// Search that knows nothing: equal priors, and the mean value of so many random playouts (0: 0).
arena::Contestant UniformContestant(const std::string& name, const env::Environment& environment,
                                    const arena::SearchPlayerOptions& options, int rollouts,
                                    std::uint64_t seed) {
  return arena::SearchContestant(
      name, environment,
      [=]() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<search::UniformEvaluator>(rollouts, seed);
      },
      options);
}

Json Overrides(const ArenaArguments& arguments) {
  Json overrides = Json::object();
  if (arguments.komi > -999) overrides["komi"] = arguments.komi;
  return overrides;
}

/// The first checkpoint says what is played; without one, Go by the arguments.
Result<std::unique_ptr<const env::Environment>> ChooseEnvironment(const ArenaArguments& arguments,
                                                                  const env::Registry& registry) {
  for (const auto& player : arguments.players) {
    if (!IsCheckpoint(player)) continue;
    auto loaded = campaign::LoadCheckpoint(player, registry, Overrides(arguments));
    if (!loaded) return tl::unexpected(loaded.error());
    return std::move(loaded->environment);
  }
  Json parameters = Overrides(arguments);
  if (arguments.environment == "go") parameters["size"] = arguments.board;
  return registry.Make(arguments.environment, parameters);
}

Result<arena::Contestant> MakeContestant(const std::string& player, const ArenaArguments& arguments,
                                         const Table& table) {
  const env::Environment& environment = *table.environment;
  if (player == "random") return arena::RandomContestant();
  arena::SearchPlayerOptions options;
  options.search.simulations = arguments.visits;
  options.hooks = table.hooks;
  if (player == "uniform") {
    return UniformContestant(player, environment, options, 0, arguments.seed);
  }
  if (player.starts_with(kRolloutsPrefix)) {
    const auto rollouts = NumberAfter(player, kRolloutsPrefix, 10000, "a number of playouts");
    if (!rollouts) return tl::unexpected(rollouts.error());
    return UniformContestant(player, environment, options, *rollouts, arguments.seed);
  }
  if (player.starts_with(kAlphaBetaPrefix)) {
    if (environment.spec().player_count != 2) {
      return Fail("alphabeta plays games of two players only");
    }
    const auto depth = NumberAfter(player, kAlphaBetaPrefix, 60, "a depth in plies");
    if (!depth) return tl::unexpected(depth.error());
    return arena::AlphaBetaContestant(player, *depth);
  }
  if (player.starts_with(kEnginePrefix)) {
    const std::string command = player.substr(std::string_view(kEnginePrefix).size());
    return table.hooks->EngineContestant({.name = player, .command = command});
  }
  auto source = campaign::FindCheckpoint(player);
  if (!source) return tl::unexpected(source.error());
  auto network = learner::Network::Load(source->weights, environment.spec());
  if (!network) return Fail(fmt::format("{}: {}", source->name, network.error().message));
  options.search =
      campaign::InEarnest(campaign::SearchSettings(source->campaign), arguments.visits);
  return campaign::NetworkContestant(source->name, environment, *network, options,
                                     arguments.symmetries);
}

Result<Table> SetUp(const ArenaArguments& arguments, const env::Registry& registry) {
  Table table;
  auto environment = ChooseEnvironment(arguments, registry);
  if (!environment) return tl::unexpected(environment.error());
  table.environment = std::move(*environment);
  table.hooks = GameHooksOf(*table.environment);
  const env::Spec& spec = table.environment->spec();
  if (spec.player_count == 2 && spec.has_chance) {
    return Fail(
        fmt::format("arena: {} has two players and chance; of such games none is played", spec.id));
  }
  if (spec.player_count == 2 && arguments.players.size() < 2) {
    return Fail("arena: give at least two --player");
  }
  for (const auto& player : arguments.players) {
    auto contestant = MakeContestant(player, arguments, table);
    if (!contestant) return tl::unexpected(contestant.error());
    table.contestants.push_back(std::move(*contestant));
  }
  return table;
}

void PrintRatings(const std::vector<arena::Rating>& ratings, bool json) {
  if (!json) {
    std::cout << fmt::format("{:<44} {:>6} {:>6} {:>6} {:>6} {:>14}\n", "player", "games", "won",
                             "drawn", "lost", "Elo");
  }
  Json players = Json::array();
  for (const auto& rating : ratings) {
    const Json error = std::isfinite(rating.error) ? Json(rating.error) : Json();
    players.push_back({{"name", rating.player},
                       {"games", rating.games},
                       {"wins", rating.wins},
                       {"draws", rating.draws},
                       {"losses", rating.losses},
                       {"elo", rating.elo},
                       {"elo_error", error}});
    if (json) continue;
    std::cout << fmt::format("{:<44} {:>6} {:>6} {:>6} {:>6} {:>7.0f} ± {:.0f}\n", rating.player,
                             rating.games, rating.wins, rating.draws, rating.losses, rating.elo,
                             rating.error);
  }
  if (json) PrintJson({{"players", players}});
}

void PrintScores(const std::vector<arena::SoloReport>& reports, bool json) {
  if (!json) {
    std::cout << fmt::format("{:<44} {:>8} {:>20} {:>10} {:>8}\n", "player", "episodes",
                             "mean score", "best", "value");
  }
  Json players = Json::array();
  for (const auto& report : reports) {
    const double error = report.mean_score_error();
    players.push_back({{"name", report.name},
                       {"episodes", report.episodes.size()},
                       {"mean_score", report.mean_score()},
                       {"mean_score_error", std::isfinite(error) ? Json(error) : Json()},
                       {"best_score", report.best_score()},
                       {"mean_value", report.mean_value()}});
    if (json) continue;
    std::cout << fmt::format("{:<44} {:>8} {:>11.1f} ± {:<6.1f} {:>10.1f} {:>8.3f}\n", report.name,
                             report.episodes.size(), report.mean_score(), error,
                             report.best_score(), report.mean_value());
  }
  if (json) PrintJson({{"players", players}});
}

/// Each player alone, on the same chance streams.
int Solo(const ArenaArguments& arguments, const Table& table) {
  std::vector<arena::SoloReport> reports;
  {
    campaign::ProgressLine progress;
    for (const auto& contestant : table.contestants) {
      if (StopRequested()) break;
      arena::SoloOptions options;
      options.episodes = arguments.games;
      options.threads = arguments.threads;
      options.seed = arguments.seed;
      options.stop = [] { return StopRequested().load(); };
      options.progress = [&](const arena::SoloEpisode& episode, int finished) {
        progress.Show(fmt::format("{}: {} of {} episodes, the last scored {:.0f} in {} moves",
                                  contestant.name, finished, options.episodes, episode.score,
                                  episode.actions));
      };
      auto report = arena::PlaySolo(*table.environment, contestant, options);
      if (!report) return Complain(report.error().message, kMachine);
      reports.push_back(std::move(*report));
    }
  }
  PrintScores(reports, arguments.json);
  return kDone;
}

int Arena(const ArenaArguments& arguments, const env::Registry& registry) {
  auto table = SetUp(arguments, registry);
  if (!table) return Complain(table.error().message);
  InstallStopHandler();
  if (table->environment->spec().player_count == 1) return Solo(arguments, *table);
  std::vector<arena::PairResult> results;
  bool failed = false;
  {
    campaign::ProgressLine progress;
    for (std::size_t a = 0; a < table->contestants.size(); ++a) {
      for (std::size_t b = a + 1; b < table->contestants.size() && !StopRequested(); ++b) {
        const auto& first = table->contestants[a];
        const auto& second = table->contestants[b];
        arena::MatchOptions options;
        options.games = arguments.games;
        options.threads = arguments.threads;
        options.hooks = table->hooks;
        options.seed = arguments.seed + 1000 * a + b;
        options.swap_colours = !arguments.no_swap;
        if (arguments.opening >= 0) options.opening.actions = arguments.opening;
        options.stop = [] { return StopRequested().load(); };
        options.progress = [&](const arena::MatchGame& game, int finished) {
          if (!arguments.sgf.empty()) std::ofstream(arguments.sgf, std::ios::app) << game.record;
          progress.Show(fmt::format("{} against {}: {} of {} games", first.name, second.name,
                                    finished, options.games));
        };
        auto report = arena::PlayMatch(*table->environment, first, second, options);
        if (!report) return Complain(report.error().message, kMachine);
        results.push_back(report->result(first.name, second.name));
        if (report->forfeits[0] + report->forfeits[1] + report->voids > 0) {
          progress.Announce(fmt::format("{} forfeited {}, {} forfeited {}, {} void", first.name,
                                        report->forfeits[0], second.name, report->forfeits[1],
                                        report->voids));
        }
        if (!report->broken_off.empty()) {
          progress.Announce(report->broken_off);
          failed = true;
        }
      }
    }
  }
  auto ratings = arena::EstimateElo(results);
  if (!ratings) return Complain(ratings.error().message, kMachine);
  PrintRatings(*ratings, arguments.json);
  return failed ? kFailed : kDone;
}

}  // namespace

void AddArenaCommand(Command app, Context* context) {
  auto arguments = std::make_shared<ArenaArguments>();
  auto command = AddCommand(
      app, context, "arena",
      "Matches between checkpoints and GTP engines, with Elo; mean scores of lone agents.",
      [=] { return Arena(*arguments, context->registry); });
  command
      .Add("-p,--player", arguments->players,
           "STORE, STORE:ID (they search as the campaign did), FILE.safetensors, random, "
           "uniform (search that knows nothing), "
           "rollouts:N (the same, leaves valued by N random playouts), alphabeta:PLIES, or "
           "\"gtp:COMMAND\"; twice or more.")
      .Required();
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
  command.Add("--threads", arguments->threads, "Threads.").ShowDefault().Between(1, 256);
  command.Add("--board", arguments->board, "Board size when no checkpoint tells.").ShowDefault();
  command.Add("--env", arguments->environment, "Environment when no checkpoint tells.")
      .ShowDefault();
  command.Add("--opening", arguments->opening,
              "Moves sampled before each pair of games, so that they differ; default 4.");
  command.AddFlag("--no-swap", arguments->no_swap,
                  "The first --player is the first player of every game.");
  command.Add("--komi", arguments->komi, "Komi; the checkpoint's own when not given.");
  command.Add("--seed", arguments->seed, "Decides openings.").ShowDefault();
  command.Add("--sgf", arguments->sgf, "Append every game to this file.");
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer(
      "Example: tesuji arena -p runs/go9.db -p \"gtp:gnugo --mode gtp --level 1 --chinese-rules "
      "--capture-all-dead\" --games 100");
}

}  // namespace tesuji::cli
