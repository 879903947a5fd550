// The views "solutions" (supervised fine-tuning) and "preferences" (better against worse).
#include <fmt/format.h>

#include <algorithm>

#include "api/dataset_hooks.h"
#include "dataset/view/language.h"
#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

/// For two players: a question for every kept position whose mover went on to win. For a lone
/// agent: the task and the artifact that passed.
class SolutionsView final : public View {
 public:
  explicit SolutionsView(const Recipe& recipe)
      : success_(static_cast<float>(recipe.filter.success_value)),
        system_(recipe.view.system_prompt) {
    schema_ = MakeSchema(
        "solutions", {{"prompt", ColumnType::kText, "The question."},
                      {"completion", ColumnType::kText, "The verified answer."},
                      {"messages", ColumnType::kMessages, "The same as a chat."},
                      {"value", ColumnType::kFloat32, "Outcome of the episode, answerer's view."},
                      {"confidence", ColumnType::kFloat32,
                       "Search policy of the answer; 1 where none is known."},
                      {"visits", ColumnType::kInt64, "Simulations behind the answer."},
                      {"surprise", ColumnType::kFloat32, "KL(search || prior) in nats."}});
  }
  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    EpisodeRows result;
    result.episode = &episode;
    const env::Trajectory& trajectory = episode.trajectory();
    if (!AsksForMoves(*episode.environment)) {
      if (trajectory.outcome.value < success_ || trajectory.artifact.empty()) return result;
      std::int64_t visits = 0;
      for (const auto& step : trajectory.steps) visits += step.visits;
      Add(episode, "", TaskPrompt(*episode.environment, trajectory.task),
          env::AnswerText(*episode.environment, trajectory.artifact),
          {trajectory.outcome.value, 1, visits, 0}, -1, &result);
      return result;
    }
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      const env::Step& step = trajectory.steps[i];
      const env::PolicyEntry* best = BestEntry(step);
      if (!episode.Keeps(i) || best == nullptr) return;
      const float value = SignOf(state.to_play()) * trajectory.outcome.value;
      if (value < success_) return;
      Add(episode, fmt::format(":{}", i), MovePrompt(*episode.environment, state),
          state.ActionToText(best->action),
          {value, best->probability, std::int64_t{step.visits}, step.surprise},
          static_cast<std::int32_t>(i), &result);
    });
    return result;
  }

 private:
  struct Figures {
    float value;
    float confidence;
    std::int64_t visits;
    float surprise;
  };
  void Add(const Episode& episode, const std::string& suffix, std::string prompt,
           std::string completion, const Figures& figures, std::int32_t step,
           EpisodeRows* result) const {
    Row row = CommonValues(episode, suffix);
    auto messages = Chat(system_, prompt, &completion);
    row.emplace_back(std::move(prompt));
    row.emplace_back(std::move(completion));
    row.emplace_back(std::move(messages));
    row.emplace_back(Plain(figures.value));
    row.emplace_back(Plain(figures.confidence));
    row.emplace_back(figures.visits);
    row.emplace_back(Plain(figures.surprise));
    result->rows.push_back(std::move(row));
    result->steps.push_back(step);
  }

  float success_;
  std::string system_;
  Schema schema_;
};

/// For two players: the search's best move against one it looked at and found much worse. For a
/// lone agent: an episode that passed against one of the same task that did not, else against a
/// near miss where the environment knows one.
class PreferencesView final : public View {
 public:
  explicit PreferencesView(const Recipe& recipe)
      : margin_(static_cast<float>(recipe.view.preference_margin)),
        success_(static_cast<float>(recipe.filter.success_value)),
        near_misses_(recipe.view.near_misses) {
    schema_ = MakeSchema("preferences",
                         {{"prompt", ColumnType::kText, "The question."},
                          {"chosen", ColumnType::kText, "The better answer."},
                          {"rejected", ColumnType::kText, "The worse answer."},
                          {"evidence", ColumnType::kText, "Why it is worse."},
                          {"visits", ColumnType::kInt64, "Simulations behind the comparison."}});
  }
  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    EpisodeRows result;
    result.episode = &episode;
    const env::Trajectory& trajectory = episode.trajectory();
    if (!AsksForMoves(*episode.environment)) {
      if (episode.worse == nullptr) {
        AddNearMiss(episode, &result);
        return result;
      }
      const env::Trajectory& worse = episode.worse->trajectory;
      Add(episode, "", TaskPrompt(*episode.environment, trajectory.task),
          {env::AnswerText(*episode.environment, trajectory.artifact),
           env::AnswerText(*episode.environment, worse.artifact),
           fmt::format("value {:.3f} ({}) against {:.3f} ({})", trajectory.outcome.value,
                       trajectory.outcome.termination, worse.outcome.value,
                       worse.outcome.termination)},
          0, -1, &result);
      return result;
    }
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      const env::Step& step = trajectory.steps[i];
      if (!episode.Keeps(i) || step.policy.size() < 2) return;
      const env::PolicyEntry* best = BestEntry(step);
      const auto worst = std::ranges::min_element(step.policy, {}, &env::PolicyEntry::probability);
      if (best->probability < margin_ * worst->probability || best->action == worst->action) {
        return;
      }
      Add(episode, fmt::format(":{}", i), MovePrompt(*episode.environment, state),
          {state.ActionToText(best->action), state.ActionToText(worst->action),
           fmt::format("search policy {:.4f} against {:.4f}", best->probability,
                       worst->probability)},
          step.visits, static_cast<std::int32_t>(i), &result);
    });
    return result;
  }

 private:
  struct Pair {
    std::string chosen;
    std::string rejected;
    std::string evidence;
  };
  void AddNearMiss(const Episode& episode, EpisodeRows* result) const {
    const env::Trajectory& trajectory = episode.trajectory();
    if (!near_misses_ || trajectory.outcome.value < success_) return;
    auto miss = env::NearMiss(*episode.environment, trajectory.task, trajectory.artifact);
    if (miss.text.empty()) return;
    Add(episode, "", TaskPrompt(*episode.environment, trajectory.task),
        {env::AnswerText(*episode.environment, trajectory.artifact), std::move(miss.text),
         std::move(miss.evidence)},
        0, -1, result);
  }
  void Add(const Episode& episode, const std::string& suffix, std::string prompt, Pair pair,
           std::int64_t visits, std::int32_t step, EpisodeRows* result) const {
    Row row = CommonValues(episode, suffix);
    row.emplace_back(std::move(prompt));
    row.emplace_back(std::move(pair.chosen));
    row.emplace_back(std::move(pair.rejected));
    row.emplace_back(std::move(pair.evidence));
    row.emplace_back(visits);
    result->rows.push_back(std::move(row));
    result->steps.push_back(step);
  }

  float margin_;
  float success_;
  bool near_misses_;
  Schema schema_;
};

}  // namespace

std::unique_ptr<View> MakeSolutionsView(const Recipe& recipe,
                                        const env::Environment& /*environment*/) {
  return std::make_unique<SolutionsView>(recipe);
}

std::unique_ptr<View> MakePreferencesView(const Recipe& recipe,
                                          const env::Environment& /*environment*/) {
  return std::make_unique<PreferencesView>(recipe);
}

}  // namespace tesuji::dataset
