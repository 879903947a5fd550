#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "env/go/go_environment.h"
#include "experiments/checkpoint_file.h"
#include "experiments/evaluation.h"
#include "experiments/progress.h"
#include "gtp/elo.h"
#include "gtp/match.h"

namespace tesuji::cli {
namespace {

struct ArenaArguments {
  std::vector<std::string> players;
  int games = 20;
  int visits = 400;
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

/// Everything the contestants borrow.
struct Table {
  std::unique_ptr<const env::Environment> environment;
  std::vector<gtp::Contestant> contestants;
};

bool IsCheckpoint(const std::string& player) {
  return player != "random" && !player.starts_with(kEnginePrefix) &&
         !player.starts_with(kAlphaBetaPrefix);
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
    auto loaded = experiments::LoadCheckpoint(player, registry, Overrides(arguments));
    if (!loaded) return tl::unexpected(loaded.error());
    return std::move(loaded->environment);
  }
  Json parameters = Overrides(arguments);
  if (arguments.environment == "go") parameters["size"] = arguments.board;
  return registry.Make(arguments.environment, parameters);
}

Result<gtp::Contestant> MakeContestant(const std::string& player, const ArenaArguments& arguments,
                                       const env::Environment& environment) {
  if (player == "random") return gtp::RandomContestant();
  if (player.starts_with(kAlphaBetaPrefix)) {
    const std::string digits = player.substr(std::string_view(kAlphaBetaPrefix).size());
    int depth = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), depth);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || depth < 1 ||
        depth > 60) {
      return Fail(fmt::format("{}: expected a depth of 1 to 60 plies after the colon", player));
    }
    return gtp::AlphaBetaContestant(player, depth);
  }
  if (player.starts_with(kEnginePrefix)) {
    if (environment.spec().id != "go") return Fail("GTP engines play Go only");
    gtp::EnginePlayerOptions engine;
    engine.command = player.substr(4);
    return gtp::EngineContestant(player, engine);
  }
  auto source = experiments::FindCheckpoint(player);
  if (!source) return tl::unexpected(source.error());
  auto network = learner::Network::Load(source->weights, environment.spec());
  if (!network) return Fail(fmt::format("{}: {}", source->name, network.error().message));
  gtp::SearchPlayerOptions options;
  options.search.simulations = arguments.visits;
  return experiments::NetworkContestant(source->name, environment, *network, options);
}

Result<Table> SetUp(const ArenaArguments& arguments, const env::Registry& registry) {
  Table table;
  auto environment = ChooseEnvironment(arguments, registry);
  if (!environment) return tl::unexpected(environment.error());
  table.environment = std::move(*environment);
  if (table.environment->spec().player_count != 2 || table.environment->spec().has_chance) {
    return Fail(fmt::format("arena: {} is no game of two players without chance",
                            table.environment->spec().id));
  }
  for (const auto& player : arguments.players) {
    auto contestant = MakeContestant(player, arguments, *table.environment);
    if (!contestant) return tl::unexpected(contestant.error());
    table.contestants.push_back(std::move(*contestant));
  }
  return table;
}

void PrintRatings(const std::vector<gtp::Rating>& ratings, bool json) {
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

int Arena(const ArenaArguments& arguments, const env::Registry& registry) {
  if (arguments.players.size() < 2) return Complain("arena: give at least two --player");
  auto table = SetUp(arguments, registry);
  if (!table) return Complain(table.error().message);
  InstallStopHandler();
  std::vector<gtp::PairResult> results;
  bool failed = false;
  {
    experiments::ProgressLine progress;
    for (std::size_t a = 0; a < table->contestants.size(); ++a) {
      for (std::size_t b = a + 1; b < table->contestants.size() && !StopRequested(); ++b) {
        const auto& first = table->contestants[a];
        const auto& second = table->contestants[b];
        gtp::MatchOptions options;
        options.games = arguments.games;
        options.threads = arguments.threads;
        options.seed = arguments.seed + 1000 * a + b;
        options.swap_colours = !arguments.no_swap;
        if (arguments.opening >= 0) options.opening.actions = arguments.opening;
        options.stop = [] { return StopRequested().load(); };
        options.progress = [&](const gtp::MatchGame& game, int finished) {
          if (!arguments.sgf.empty()) std::ofstream(arguments.sgf, std::ios::app) << game.record;
          progress.Show(fmt::format("{} against {}: {} of {} games", first.name, second.name,
                                    finished, options.games));
        };
        auto report = gtp::PlayMatch(*table->environment, first, second, options);
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
  auto ratings = gtp::EstimateElo(results);
  if (!ratings) return Complain(ratings.error().message, kMachine);
  PrintRatings(*ratings, arguments.json);
  return failed ? kFailed : kDone;
}

}  // namespace

void AddArenaCommand(CLI::App* app, Context* context) {
  auto arguments = std::make_shared<ArenaArguments>();
  auto* command =
      AddCommand(app, context, "arena", "Matches between checkpoints and GTP engines, with Elo.",
                 [=] { return Arena(*arguments, context->registry); });
  command
      ->add_option(
          "-p,--player", arguments->players,
          "STORE, STORE:ID, FILE.safetensors, random, alphabeta:PLIES, or \"gtp:COMMAND\"; twice "
          "or more.")
      ->required();
  command->add_option("--games", arguments->games, "Games of each pair, colours swapped.")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command->add_option("--visits", arguments->visits, "Simulations a move of checkpoints.")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000000));
  command->add_option("--threads", arguments->threads, "Threads.")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("--board", arguments->board, "Board size when no checkpoint tells.")
      ->capture_default_str();
  command->add_option("--env", arguments->environment, "Environment when no checkpoint tells.")
      ->capture_default_str();
  command->add_option("--opening", arguments->opening,
                      "Moves sampled before each pair of games, so that they differ; default 4.");
  command->add_flag("--no-swap", arguments->no_swap,
                    "The first --player is the first player of every game.");
  command->add_option("--komi", arguments->komi, "Komi; the checkpoint's own when not given.");
  command->add_option("--seed", arguments->seed, "Decides openings.")->capture_default_str();
  command->add_option("--sgf", arguments->sgf, "Append every game to this file.");
  AddPluginOption(command, context);
  command->add_flag("--json", arguments->json, "One JSON object.");
  command->footer(
      "Example: tesuji arena -p runs/go9.db -p \"gtp:gnugo --mode gtp --level 1 --chinese-rules "
      "--capture-all-dead\" --games 100");
}

}  // namespace tesuji::cli
