#include "campaign/lone_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "campaign/success.h"
#include "campaign/table_cell.h"

namespace tesuji::campaign {
namespace {

constexpr const char* kFact = "lone_agent";

// With so many digits, and never as a power of ten.
std::string Score(const Json& row, const char* key, int digits) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return "-";
  const double score = found->get<double>();
  return std::abs(score) >= std::pow(10, digits) ? fmt::format("{:.0f}", score)
                                                 : fmt::format("{:.{}g}", score, digits);
}

std::string Percent(const Json& row, const char* key) {
  if (!row.contains(key) || !row[key].is_number()) return "-";
  return fmt::format("{:.1f} %", 100 * row[key].get<double>());
}

}  // namespace

void PutLoneAgentFact(const env::Environment& environment, storage::Store* store) {
  if (environment.spec().player_count != 1) return;
  store->PutFact(kFact, {{"has_score", environment.spec().has_score}});
}

std::map<std::string, GenerationScore> ScoreGenerations(const storage::Store& store) {
  const auto fact = store.GetFact(kFact);
  if (!fact) return {};
  const bool has_score = fact->value("has_score", false);
  std::map<std::string, GenerationScore> scores;
  store.ForEachSummary(1,
                       [&](const storage::TrajectorySummary& row) {
                         if (row.status != storage::TrajectoryStatus::kVerified) return true;
                         GenerationScore& score = scores[row.first_checkpoint];
                         ++score.episodes;
                         score.mean_score += static_cast<double>(has_score ? row.score : row.value);
                         score.success_rate += IsSuccess(row.value) ? 1 : 0;
                         return true;
                       },
                       {});
  for (auto& [hash, score] : scores) {
    score.mean_score /= static_cast<double>(score.episodes);
    score.success_rate /= static_cast<double>(score.episodes);
  }
  return scores;
}

void AddGenerationScores(const storage::Store& store, Json* checkpoints) {
  const auto scores = ScoreGenerations(store);
  for (Json& row : *checkpoints) {
    const auto found = scores.find(row["hash"].get<std::string>());
    if (found == scores.end()) continue;
    row["selfplay_episodes"] = found->second.episodes;
    row["mean_score"] = found->second.mean_score;
    row["success_rate"] = found->second.success_rate;
  }
}

std::string LoneAgentTable(const Json& checkpoints) {
  const auto has_figures = [](const Json& row) {
    return row.contains("mean_score") || row.contains("evaluation_score");
  };
  if (!std::ranges::any_of(checkpoints, has_figures)) return {};
  std::string text =
      fmt::format("\n{:>10} {:>9} {:>12} {:>9}   {:>10} {:>18} {:>9}\n", "generation", "self-play",
                  "mean score", "success", "evaluation", "mean score", "success");
  for (const Json& row : checkpoints) {
    if (!has_figures(row)) continue;
    std::string score = Score(row, "evaluation_score", 4);
    if (score != "-") score += " ± " + Score(row, "evaluation_score_error", 2);
    text += fmt::format("{:>10} {:>9} {:>12} {:>9}   {:>10} {:>18} {:>9}\n",
                        row["id"].get<std::int64_t>(),
                        TableCell(row, "selfplay_episodes", "{:.0f}"), Score(row, "mean_score", 4),
                        Percent(row, "success_rate"), TableCell(row, "evaluation_games", "{:.0f}"),
                        score, Percent(row, "evaluation_success"));
  }
  return text;
}

}  // namespace tesuji::campaign
