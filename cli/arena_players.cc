#include "cli/arena_players.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "arena/clock.h"
#include "campaign/checkpoint_file.h"
#include "campaign/evaluation.h"
#include "cli/command.h"
#include "cli/game_hooks.h"
#include "core/random.h"
#include "search/uniform_evaluator.h"

namespace tesuji::cli {
namespace {

constexpr std::string_view kEnginePrefix = "gtp:";
constexpr std::string_view kAlphaBetaPrefix = "alphabeta:";
constexpr std::string_view kRolloutsPrefix = "rollouts:";

bool IsCheckpoint(const std::string& player) {
  return player != "random" && player != "uniform" && !player.starts_with(kEnginePrefix) &&
         !player.starts_with(kAlphaBetaPrefix) && !player.starts_with(kRolloutsPrefix);
}

template <typename T>
std::optional<T> WholeNumber(std::string_view text) {
  T number{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The number after a player's colon.
Result<int> NumberAfter(const std::string& player, std::string_view prefix, int most,
                        std::string_view what) {
  const auto number = WholeNumber<int>(std::string_view(player).substr(prefix.size()));
  if (!number || *number < 1 || *number > most) {
    return Fail(fmt::format("{}: expected {} of 1 to {} after the colon", player, what, most));
  }
  return *number;
}

/// "5x30" or "25/600": a count and seconds.
Status ReadCountAndSeconds(std::string_view option, const std::string& text, char separator,
                           arena::TimeLimits* limits) {
  const auto at = text.find(separator);
  const auto count = WholeNumber<int>(std::string_view(text).substr(0, at));
  const auto seconds = at == std::string::npos
                           ? std::optional<double>()
                           : WholeNumber<double>(std::string_view(text).substr(at + 1));
  if (!count || !seconds) {
    return Fail(fmt::format("{} {}: expected a count and seconds, such as {}", option, text,
                            separator == 'x' ? "5x30" : "25/600"));
  }
  limits->stones = *count;
  limits->period = arena::Seconds(*seconds);
  return {};
}

/// The clock of engines; without limits when no option sets one.
Result<arena::TimeLimits> ReadTimeLimits(const ArenaArguments& arguments) {
  const int overtimes = !arguments.byo_yomi.empty() + !arguments.canadian.empty() +
                        arguments.increment.has_value() + arguments.move_time.has_value();
  if (overtimes > 1 || (arguments.move_time && arguments.main_time)) {
    return Fail(
        "--move-time stands alone; --main-time takes one of --byo-yomi, --canadian and "
        "--increment");
  }
  arena::TimeLimits limits;
  limits.margin = arena::Seconds(arguments.time_margin);
  if (arguments.main_time) limits.main = arena::Seconds(*arguments.main_time);
  if (arguments.main_time && !(*arguments.main_time > 0)) {
    return Fail("--main-time: expected more than 0 seconds");
  }
  Status read;
  if (!arguments.byo_yomi.empty()) {
    limits.overtime = arena::Overtime::kByoYomi;
    read = ReadCountAndSeconds("--byo-yomi", arguments.byo_yomi, 'x', &limits);
  } else if (!arguments.canadian.empty()) {
    limits.overtime = arena::Overtime::kCanadian;
    read = ReadCountAndSeconds("--canadian", arguments.canadian, '/', &limits);
  } else if (arguments.increment) {
    limits.overtime = arena::Overtime::kFischer;
    limits.period = arena::Seconds(*arguments.increment);
  } else if (arguments.move_time) {
    limits.overtime = arena::Overtime::kCanadian;
    limits.period = arena::Seconds(*arguments.move_time);
    limits.stones = 1;
  }
  if (read) read = limits.Check();
  if (!read) return tl::unexpected(read.error());
  return limits;
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
  if (arguments.komi) overrides["komi"] = *arguments.komi;
  return overrides;
}

/// The first checkpoint says what is played; without one, the arguments do.
Result<std::unique_ptr<const env::Environment>> ChooseEnvironment(const ArenaArguments& arguments,
                                                                  const env::Registry& registry) {
  for (const auto& player : arguments.players) {
    if (!IsCheckpoint(player)) continue;
    auto loaded =
        campaign::LoadCheckpoint(player, registry, arguments.device, Overrides(arguments));
    if (!loaded) return tl::unexpected(loaded.error());
    const Json parameters = loaded->environment->parameters();
    if (arguments.board && parameters.value("size", Json()) != Json(*arguments.board)) {
      return Fail(fmt::format("--board {}: {} plays {} {}", *arguments.board, loaded->name,
                              loaded->environment->spec().id, parameters.dump()));
    }
    return std::move(loaded->environment);
  }
  return MakeOnBoard(registry, arguments.environment, arguments.board, Overrides(arguments));
}

Result<arena::Contestant> MakeEngine(const std::string& player, const ArenaArguments& arguments,
                                     const ArenaTable& table) {
  auto time = ReadTimeLimits(arguments);
  if (!time) return tl::unexpected(time.error());
  return table.hooks->EngineContestant(
      {.name = player,
       .command = player.substr(kEnginePrefix.size()),
       .silence = std::chrono::milliseconds(std::llround(1000 * arguments.engine_timeout)),
       .time = *time});
}

Result<arena::Contestant> MakeContestant(const std::string& player, const ArenaArguments& arguments,
                                         const ArenaTable& table) {
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
  if (player.starts_with(kEnginePrefix)) return MakeEngine(player, arguments, table);
  auto source = campaign::FindCheckpoint(player);
  if (!source) return tl::unexpected(source.error());
  auto network = learner::Network::Load(source->weights, environment.spec(), arguments.device);
  if (!network) return Fail(fmt::format("{}: {}", source->name, network.error().message));
  options.search =
      campaign::InEarnest(campaign::SearchSettings(source->campaign), arguments.visits);
  return campaign::NetworkContestant(source->name, environment, *network, options,
                                     arguments.symmetries);
}

tl::unexpected<Failure> GivenTwice(const std::string& player) {
  return Fail(fmt::format(
      "player \"{}\" is given twice; to compare a player with itself, give each a --name", player));
}

/// Display names, and nobody twice: results of two players under one name cannot be told apart.
Status NamePlayers(const ArenaArguments& arguments, std::vector<arena::Contestant>* contestants) {
  const auto& names = arguments.names;
  if (!names.empty() && names.size() != contestants->size()) {
    return Fail(fmt::format("--name was given {} times for {} players: give one for each --player",
                            names.size(), contestants->size()));
  }
  // One file has several paths.
  std::set<std::filesystem::path> files;
  for (const std::string& player : arguments.players) {
    if (!names.empty() || player.starts_with(kEnginePrefix)) continue;
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(player, error);
    if (!error && !files.insert(path).second) return GivenTwice(player);
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < contestants->size(); ++i) {
    auto& contestant = (*contestants)[i];
    if (!names.empty()) contestant.name = names[i];
    if (contestant.name.empty()) return Fail("--name: a player's name is empty");
    if (!seen.insert(contestant.name).second) {
      return GivenTwice(contestant.name);
    }
  }
  return {};
}

Status ReadOpenings(const ArenaArguments& arguments, ArenaTable* table) {
  if (arguments.openings.empty()) return {};
  if (arguments.opening) return Fail("--opening and --openings: give one of them");
  std::ifstream file(arguments.openings, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return Fail(fmt::format("--openings {}: the file cannot be read", arguments.openings));
  }
  RandomStream random({arguments.seed});
  auto start = table->environment->NewState(table->environment->SampleTask(random));
  if (!start) return tl::unexpected(start.error());
  auto openings = arena::ParseOpenings(*table->hooks, **start, text);
  if (!openings) {
    return Fail(fmt::format("{}, {}", arguments.openings, openings.error().message));
  }
  if (openings->empty()) return Fail(fmt::format("{}: holds no opening", arguments.openings));
  table->openings = std::move(*openings);
  return {};
}

/// Asks everybody, and the referee, whether they can play at all.
Status CheckEverybody(const ArenaArguments& arguments, ArenaTable* table) {
  if (!arguments.referee.empty()) {
    auto referee = table->hooks->EngineReferee(arguments.referee);
    if (!referee) return tl::unexpected(referee.error());
    auto program =
        table->hooks->EngineContestant({.name = "--referee", .command = arguments.referee});
    if (!program) return tl::unexpected(program.error());
    if (const Status status = program->check(*table->environment); !status) return status;
    table->make_referee = std::move(*referee);
  }
  for (auto& contestant : table->contestants) {
    // Taken away, so that a program is not started again before each of its matches.
    const auto check = std::exchange(contestant.check, {});
    if (!check) continue;
    if (const Status status = check(*table->environment); !status) return status;
  }
  return {};
}

Status CheckOptions(const ArenaArguments& arguments, const env::Spec& spec) {
  if (spec.player_count == 2 && spec.has_chance) {
    return Fail(
        fmt::format("arena: {} has two players and chance; arena plays no such games", spec.id));
  }
  if (spec.player_count == 2 && arguments.players.size() < 2) {
    return Fail("arena: give at least two --player");
  }
  const auto time = ReadTimeLimits(arguments);
  if (!time) return tl::unexpected(time.error());
  const bool engines = std::ranges::any_of(
      arguments.players, [](const auto& player) { return player.starts_with(kEnginePrefix); });
  if (time->limited() && !engines) {
    return Fail(
        "time limits are for engines (gtp:COMMAND), and no player is one; --visits limits the "
        "others");
  }
  return {};
}

}  // namespace

Result<ArenaTable> SetTable(const ArenaArguments& arguments, const env::Registry& registry) {
  ArenaTable table;
  auto environment = ChooseEnvironment(arguments, registry);
  if (!environment) return tl::unexpected(environment.error());
  table.environment = std::move(*environment);
  table.hooks = GameHooksOf(*table.environment);
  Status status = CheckOptions(arguments, table.environment->spec());
  if (!status) return tl::unexpected(status.error());
  for (const auto& player : arguments.players) {
    auto contestant = MakeContestant(player, arguments, table);
    if (!contestant) return tl::unexpected(contestant.error());
    table.contestants.push_back(std::move(*contestant));
  }
  status = NamePlayers(arguments, &table.contestants);
  if (status) status = ReadOpenings(arguments, &table);
  if (status) status = CheckEverybody(arguments, &table);
  if (!status) return tl::unexpected(status.error());
  return table;
}

}  // namespace tesuji::cli
