#include "campaign/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "arena/elo.h"
#include "campaign/evaluation.h"
#include "campaign/lone_agent.h"
#include "campaign/table_cell.h"
#include "core/printable.h"

namespace tesuji::campaign {
namespace {

/// Elo of every player that has games; checkpoint 0 is at 0 when it has played.
std::map<std::string, arena::Rating> Ratings(const std::vector<storage::MatchResult>& matches) {
  std::vector<arena::PairResult> results;
  arena::EloOptions options;
  for (const auto& match : matches) {
    results.push_back({match.player, match.opponent, static_cast<double>(match.wins),
                       static_cast<double>(match.draws), static_cast<double>(match.losses)});
    for (const auto& name : {match.player, match.opponent}) {
      if (name == CheckpointPlayer(0)) options.anchor = name;
    }
  }
  std::map<std::string, arena::Rating> ratings;
  if (auto estimated = arena::EstimateElo(results, options)) {
    for (auto& rating : *estimated) ratings[rating.player] = rating;
  }
  return ratings;
}

Json ErrorJson(const arena::Rating& rating) {
  return std::isfinite(rating.error) ? Json(rating.error) : Json();
}

/// One line of the table: an opponent, by the settings that results depend on.
struct MatchLine {
  std::int64_t wins = 0;
  std::int64_t draws = 0;
  std::int64_t losses = 0;
  std::int64_t forfeits = 0;
};

/// The newest checkpoint's matches; the others are in the JSON. Those against one opponent at equal
/// visits are one line: they measure the same.
std::string LastMatches(const Json& status) {
  if (status["checkpoints"].empty()) return {};
  const std::string last = CheckpointPlayer(status["checkpoints"].back()["id"].get<std::int64_t>());
  std::vector<std::pair<std::string, std::string>> order;  // Opponent, settings.
  std::map<std::pair<std::string, std::string>, MatchLine> lines;
  for (const auto& match : status["matches"]) {
    if (match["player"] != last) continue;
    const Json& settings = match["settings"];
    const bool told = settings.is_object() && settings.contains("visits");
    const std::pair key{
        match["opponent"].get<std::string>(),
        told ? settings["visits"].dump() + " visits" : std::string("visits unknown")};
    if (!lines.contains(key)) order.push_back(key);
    MatchLine& line = lines[key];
    line.wins += match["wins"].get<std::int64_t>();
    line.draws += match["draws"].get<std::int64_t>();
    line.losses += match["losses"].get<std::int64_t>();
    if (!settings.is_object() || !settings.contains("forfeits")) continue;
    for (const Json& forfeits : settings["forfeits"]) {
      if (forfeits.is_number_integer()) line.forfeits += forfeits.get<std::int64_t>();
    }
  }
  std::string text;
  for (const auto& key : order) {
    const MatchLine& line = lines[key];
    const auto games = static_cast<double>(line.wins + line.draws + line.losses);
    const double score = static_cast<double>(line.wins) + 0.5 * static_cast<double>(line.draws);
    text += fmt::format("  against {:<32} {:>14}: {:>4} won {:>3} drawn {:>4} lost  {:5.1f} %",
                        key.first, key.second, line.wins, line.draws, line.losses,
                        100 * score / std::max(1.0, games));
    if (line.forfeits > 0) text += fmt::format("  {} forfeited, not counted", line.forfeits);
    text += '\n';
  }
  return text.empty() ? text : fmt::format("\n{}\n{}", last, text);
}

/// What came of the judge in all runs.
std::string JudgeLine(const Json& judge) {
  const auto count = [&](const char* name) { return judge.value(name, std::int64_t{0}); };
  return fmt::format(
      "judge {}: {} judged ({} accepted), {} retried, {} answers refused, {} dropped\n",
      Printable(judge.value("identity", Json::object()).value("name", std::string("?"))),
      count("judged"), count("accepted"), count("retried"), count("refused"), count("dropped"));
}

}  // namespace

Json StatusJson(const storage::Store& store) {
  const auto counts = store.counts();
  Json status = {{"store", store.location()},
                 {"episodes", counts.episodes},
                 {"verified", counts.verified},
                 {"rejected", counts.rejected},
                 {"dropped", counts.dropped},
                 {"heldout", counts.heldout},
                 {"unfinished", store.GetUnfinished().size()},
                 {"actions", counts.actions},
                 {"checkpoints", Json::array()},
                 {"players", Json::array()},
                 {"matches", Json::array()}};
  if (const auto campaign = store.GetFact("campaign")) status["campaign"] = *campaign;
  if (const auto judge = store.GetFact("judge")) status["judge"] = *judge;
  if (const auto unplayed = store.GetFact("unplayed")) status["unplayed"] = *unplayed;
  if (const auto changes = store.GetFact("campaign_changes")) status["changes"] = *changes;
  const auto matches = store.GetMatches();
  const auto ratings = Ratings(matches);
  std::map<std::int64_t, Json> metrics;
  for (const auto& metric : store.GetMetrics()) {
    metrics[metric.checkpoint][metric.name] = metric.value;
  }
  for (const auto& checkpoint : store.ListCheckpoints()) {
    Json row = {{"id", checkpoint.id},
                {"hash", checkpoint.hash},
                {"episodes", checkpoint.episodes},
                {"training_steps", checkpoint.training_steps},
                {"bits_per_action", nullptr},
                {"uniform_bits_per_action", nullptr},
                {"previous_bits_per_action", nullptr},
                {"elo", nullptr},
                {"elo_error", nullptr}};
    if (const auto it = metrics.find(checkpoint.id); it != metrics.end()) row.update(it->second);
    if (const auto it = ratings.find(CheckpointPlayer(checkpoint.id)); it != ratings.end()) {
      row["elo"] = it->second.elo;
      row["elo_error"] = ErrorJson(it->second);
    }
    status["checkpoints"].push_back(std::move(row));
  }
  AddGenerationScores(store, &status["checkpoints"]);
  for (const auto& [name, rating] : ratings) {
    status["players"].push_back(
        {{"name", name}, {"elo", rating.elo}, {"elo_error", ErrorJson(rating)}});
  }
  for (const auto& match : matches) {
    status["matches"].push_back({{"player", match.player},
                                 {"opponent", match.opponent},
                                 {"wins", match.wins},
                                 {"draws", match.draws},
                                 {"losses", match.losses},
                                 {"settings", match.settings}});
  }
  return status;
}

std::string StatusTable(const Json& status) {
  std::string text = fmt::format(
      "{}: {} episodes ({} verified, {} rejected, {} dropped), {} held out, {} unfinished, {} "
      "actions\n",
      status["store"].get<std::string>(), status["episodes"].get<std::int64_t>(),
      status["verified"].get<std::int64_t>(), status["rejected"].get<std::int64_t>(),
      status["dropped"].get<std::int64_t>(), status["heldout"].get<std::int64_t>(),
      status["unfinished"].get<std::int64_t>(), status["actions"].get<std::int64_t>());
  if (status.contains("judge")) text += JudgeLine(status["judge"]);
  if (const auto unplayed = status.find("unplayed"); unplayed != status.end()) {
    text +=
        Printable(unplayed->is_string() ? unplayed->get<std::string>() : unplayed->dump()) + "\n";
  }
  // A campaign that does not learn has no generations.
  if (status["checkpoints"].empty()) return text;
  text += fmt::format("\n{:>10} {:>9} {:>8} {:>7} {:>10} {:>10} {:>10}   {:>14}\n", "generation",
                      "games", "steps", "loss", "bits/move", "previous", "uniform", "Elo");
  for (const auto& row : status["checkpoints"]) {
    std::string elo = TableCell(row, "elo", "{:.0f}");
    // Matches that one side won whole bound a rating on one side only: it has no error bar then.
    if (elo != "-") elo += " ± " + TableCell(row, "elo_error", "{:.0f}");
    text += fmt::format("{:>10} {:>9} {:>8} {:>7} {:>10} {:>10} {:>10}   {:>14}\n",
                        row["id"].get<std::int64_t>(), row["episodes"].get<std::int64_t>(),
                        row["training_steps"].get<std::int64_t>(), TableCell(row, "loss", "{:.3f}"),
                        TableCell(row, "bits_per_action", "{:.3f}"),
                        TableCell(row, "previous_bits_per_action", "{:.3f}"),
                        TableCell(row, "uniform_bits_per_action", "{:.3f}"), elo);
  }
  const bool programs = std::ranges::any_of(
      status["checkpoints"], [](const Json& row) { return row.contains("tasks_solved"); });
  if (programs) {
    text += fmt::format("\n{:>10} {:>8} {:>8} {:>8} {:>14} {:>20}\n", "generation", "solved",
                        "wrong", "tasks", "bits/program", "candidates/solution");
    for (const auto& row : status["checkpoints"]) {
      if (!row.contains("tasks_solved")) continue;
      text += fmt::format(
          "{:>10} {:>8} {:>8} {:>8} {:>14} {:>20}\n", row["id"].get<std::int64_t>(),
          TableCell(row, "tasks_solved", "{:.0f}"), TableCell(row, "tasks_wrong", "{:.0f}"),
          TableCell(row, "tasks", "{:.0f}"), TableCell(row, "bits_per_program", "{:.1f}"),
          TableCell(row, "candidates_per_solution", "{:.0f}"));
    }
  }
  text += LoneAgentTable(status["checkpoints"]);
  text += LastMatches(status);
  return text;
}

}  // namespace tesuji::campaign
