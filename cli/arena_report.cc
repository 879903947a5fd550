#include "cli/arena_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string_view>
#include <utility>

#include "arena/elo.h"
#include "core/printable.h"

namespace tesuji::cli {
namespace {

/// How one player's games ended, beyond wins and losses.
struct Misses {
  int forfeits = 0;
  int time_losses = 0;
  std::map<std::string, int> reasons;  ///< Of both, with how often.
};

using MissesOfPlayers = std::map<std::string, Misses>;

arena::PairResult Count(const ArenaMatch& match) {
  arena::PairResult result{match.a, match.b};
  for (const auto& game : match.games) {
    if (game.end == arena::GameEnd::kVoid) continue;
    ++(game.winner == 0 ? result.wins : game.winner == 1 ? result.losses : result.draws);
  }
  return result;
}

MissesOfPlayers CountMisses(const ArenaResult& result) {
  MissesOfPlayers misses;
  for (const auto& match : result.matches) {
    for (const auto& game : match.games) {
      if (game.end != arena::GameEnd::kForfeit && game.end != arena::GameEnd::kTime) continue;
      Misses& loser = misses[game.winner == 0 ? match.b : match.a];
      ++(game.end == arena::GameEnd::kTime ? loser.time_losses : loser.forfeits);
      ++loser.reasons[game.reason];
    }
  }
  return misses;
}

Json GameJson(const ArenaMatch& match, const arena::MatchGame& game) {
  const auto name = [&](int side) { return side == 0 ? match.a : match.b; };
  return {{"number", game.number},
          {"first", name(game.first)},
          {"second", name(1 - game.first)},
          {"winner", game.winner < 0 ? Json() : Json(name(game.winner))},
          {"end", GameEndName(game.end)},
          {"reason", game.reason},
          {"score", game.end == arena::GameEnd::kScored ? Json(game.score) : Json()},
          {"actions", game.actions}};
}

/// What `--json` prints of matches and of lone agents alike. `incomplete`: why games are missing.
Json WholeJson(Json players, Json games, std::size_t asked, const std::string& incomplete) {
  const std::size_t played = games.size();
  return {{"players", std::move(players)},
          {"games", std::move(games)},
          {"asked", asked},
          {"played", played},
          {"complete", incomplete.empty()},
          {"incomplete", incomplete.empty() ? Json() : Json(incomplete)}};
}

ExitCode ComplainIncomplete(std::string_view what, std::size_t played, std::size_t asked,
                            const std::string& why) {
  Complain(fmt::format("incomplete: {} of {} {} were played: {}", played, asked, what, why));
  return kFailed;
}

Json MatchesJson(const ArenaResult& result, const std::vector<arena::Rating>& ratings,
                 MissesOfPlayers misses) {
  Json players = Json::array();
  for (const auto& rating : ratings) {
    players.push_back({{"name", rating.player},
                       {"games", static_cast<int>(rating.games)},
                       {"wins", static_cast<int>(rating.wins)},
                       {"draws", static_cast<int>(rating.draws)},
                       {"losses", static_cast<int>(rating.losses)},
                       {"forfeits", misses[rating.player].forfeits},
                       {"time_losses", misses[rating.player].time_losses},
                       {"elo", rating.elo},
                       {"elo_error", std::isfinite(rating.error) ? Json(rating.error) : Json()}});
  }
  Json games = Json::array();
  for (const auto& match : result.matches) {
    for (const auto& game : match.games) games.push_back(GameJson(match, game));
  }
  return WholeJson(players, games, result.asked, result.incomplete);
}

void PrintRatings(const std::vector<arena::Rating>& ratings, MissesOfPlayers misses) {
  std::cout << fmt::format("{:<44} {:>6} {:>6} {:>6} {:>6} {:>9} {:>8} {:>14}\n", "player", "games",
                           "won", "drawn", "lost", "forfeited", "on time", "Elo");
  for (const auto& rating : ratings) {
    const std::string error =
        std::isfinite(rating.error) ? fmt::format("{:.0f}", rating.error) : "-";
    std::cout << fmt::format("{:<44} {:>6} {:>6} {:>6} {:>6} {:>9} {:>8} {:>7.0f} ± {}\n",
                             Printable(rating.player), rating.games, rating.wins, rating.draws,
                             rating.losses, misses[rating.player].forfeits,
                             misses[rating.player].time_losses, rating.elo, error);
  }
  for (const auto& [player, missed] : misses) {
    for (const auto& [reason, times] : missed.reasons) {
      std::cout << fmt::format("lost by {}, {} x: {}\n", Printable(player), times,
                               Printable(reason));
    }
  }
}

/// Games that count for nobody, with their reasons.
std::map<std::string, int> Voids(const ArenaResult& result) {
  std::map<std::string, int> voids;
  for (const auto& match : result.matches) {
    for (const auto& game : match.games) {
      if (game.end == arena::GameEnd::kVoid) ++voids[game.reason];
    }
  }
  return voids;
}

}  // namespace

ExitCode PrintMatches(const ArenaResult& result, bool json) {
  std::vector<arena::PairResult> results;
  for (const auto& match : result.matches) results.push_back(Count(match));
  const auto ratings = arena::EstimateElo(results, {.anchor = result.players.front()});
  if (!ratings) return static_cast<ExitCode>(Complain(ratings.error().message, kMachine));
  const MissesOfPlayers misses = CountMisses(result);
  const auto voids = Voids(result);
  if (json) {
    PrintJson(MatchesJson(result, *ratings, misses));
  } else {
    PrintRatings(*ratings, misses);
    for (const auto& [reason, times] : voids) {
      std::cout << fmt::format("void, {} x: {}\n", times, Printable(reason));
    }
  }
  const bool forfeits =
      std::ranges::any_of(misses, [](const auto& player) { return player.second.forfeits > 0; });
  if (!result.incomplete.empty()) {
    std::size_t played = 0;
    for (const auto& match : result.matches) played += match.games.size();
    return ComplainIncomplete("games", played, result.asked, result.incomplete);
  }
  return forfeits || !voids.empty() ? kFailed : kDone;
}

ExitCode PrintScores(const SoloResult& result, bool json) {
  if (!json) {
    std::cout << fmt::format("{:<44} {:>8} {:>20} {:>10} {:>8}\n", "player", "episodes",
                             "mean score", "best", "value");
  }
  Json players = Json::array();
  Json games = Json::array();
  for (const auto& report : result.reports) {
    const double error = report.mean_score_error();
    players.push_back({{"name", report.name},
                       {"episodes", report.episodes.size()},
                       {"mean_score", report.mean_score()},
                       {"mean_score_error", std::isfinite(error) ? Json(error) : Json()},
                       {"best_score", report.best_score()},
                       {"mean_value", report.mean_value()}});
    for (const auto& episode : report.episodes) {
      games.push_back({{"player", report.name},
                       {"number", episode.number},
                       {"score", episode.score},
                       {"value", episode.value},
                       {"actions", episode.actions},
                       {"termination", episode.termination}});
    }
    if (json) continue;
    std::cout << fmt::format("{:<44} {:>8} {:>11.1f} ± {:<6.1f} {:>10.1f} {:>8.3f}\n",
                             Printable(report.name), report.episodes.size(), report.mean_score(),
                             error, report.best_score(), report.mean_value());
  }
  if (json) PrintJson(WholeJson(players, games, result.asked, result.incomplete));
  if (result.incomplete.empty()) return kDone;
  return ComplainIncomplete("episodes", games.size(), result.asked, result.incomplete);
}

}  // namespace tesuji::cli
