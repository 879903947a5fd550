// The views "steps" (process labels from search values) and "traces" (the search as text).
#include <fmt/format.h>

#include <algorithm>

#include "dataset/view/language.h"
#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

/// What search thought before each step, first player's view; the last known value where a step was
/// not searched. One entry more than steps: the outcome.
std::vector<float> SearchValues(const env::Trajectory& trajectory) {
  std::vector<float> values;
  float last = 0;
  for (const auto& step : trajectory.steps) {
    if (step.visits > 0) last = step.root_value;
    values.push_back(last);
  }
  values.push_back(trajectory.outcome.value);
  return values;
}

class StepsView final : public View {
 public:
  explicit StepsView(const Recipe& recipe)
      : tolerance_(static_cast<float>(recipe.view.step_tolerance)) {
    schema_ = MakeSchema(
        "steps",
        {{"prompt", ColumnType::kText, "The task."},
         {"completions", ColumnType::kTextList, "The steps, in order."},
         {"labels", ColumnType::kBoolList, "Did search think the step lost nothing?"},
         {"values", ColumnType::kFloat32List, "Search value after each step, its player's view."},
         {"value", ColumnType::kFloat32, "Outcome, first player's view."}});
  }
  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    const env::Trajectory& trajectory = episode.trajectory();
    const auto values = SearchValues(trajectory);
    std::vector<std::string> completions;
    BoolList labels;
    std::vector<float> after;
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      if (state.to_play() == env::Player::kChance) return;
      const float sign = SignOf(state.to_play());
      completions.push_back(state.ActionToText(trajectory.steps[i].action));
      after.push_back(Plain(sign * values[i + 1]));
      labels.values.push_back(sign * (values[i + 1] - values[i]) >= -tolerance_ ? 1 : 0);
    });
    EpisodeRows result;
    result.episode = &episode;
    if (completions.empty()) return result;
    Row row = CommonValues(episode, "");
    row.emplace_back(StepsPrompt(*episode.environment, trajectory.task));
    row.emplace_back(std::move(completions));
    row.emplace_back(std::move(labels));
    row.emplace_back(std::move(after));
    row.emplace_back(Plain(trajectory.outcome.value));
    result.rows.push_back(std::move(row));
    result.steps.push_back(-1);
    return result;
  }

 private:
  float tolerance_;
  Schema schema_;
};

/// After Gandhi et al., "Stream of Search" (2024): candidates, dead ends and the way back are all
/// written out, so that a model learns to search and not only to answer.
class TracesView final : public View {
 public:
  explicit TracesView(const Recipe& recipe)
      : candidates_(static_cast<std::size_t>(recipe.view.trace_moves)) {
    schema_ =
        MakeSchema("traces", {{"prompt", ColumnType::kText, "The task."},
                              {"text", ColumnType::kText, "The search, written out."},
                              {"steps", ColumnType::kInt64, "Steps of the episode that ends it."},
                              {"value", ColumnType::kFloat32, "Outcome, first player's view."}});
  }
  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    const env::Trajectory& trajectory = episode.trajectory();
    std::string text;
    if (episode.worse != nullptr) {
      Episode failed = episode;
      failed.stored = episode.worse;
      AppendAttempt(failed, &text);
      text += "This is a dead end. Go back to the start.\n";
    }
    AppendAttempt(episode, &text);
    EpisodeRows result;
    result.episode = &episode;
    Row row = CommonValues(episode, "");
    row.emplace_back(StepsPrompt(*episode.environment, trajectory.task));
    row.emplace_back(std::move(text));
    row.emplace_back(static_cast<std::int64_t>(trajectory.steps.size()));
    row.emplace_back(Plain(trajectory.outcome.value));
    result.rows.push_back(std::move(row));
    result.steps.push_back(-1);
    return result;
  }

 private:
  void AppendAttempt(const Episode& episode, std::string* text) const {
    const env::Trajectory& trajectory = episode.trajectory();
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      AppendStep(state, trajectory.steps[i], i, text);
    });
    *text += fmt::format(
        "End: {}, value {:+.2f}.\n",
        trajectory.outcome.termination.empty() ? "reached" : trajectory.outcome.termination,
        Plain(trajectory.outcome.value));
  }

  void AppendStep(const env::State& state, const env::Step& step, std::size_t number,
                  std::string* text) const {
    const std::string played = state.ActionToText(step.action);
    if (state.to_play() == env::Player::kChance) {
      *text += fmt::format("Chance: {}.\n", played);
      return;
    }
    const float sign = SignOf(state.to_play());
    *text += fmt::format("Step {}.", number + 1);
    std::vector<env::PolicyEntry> entries = step.policy;
    std::ranges::stable_sort(entries, {}, &env::PolicyEntry::probability);
    // The least promising of those named come first; each is tried and given up.
    const std::size_t first = entries.size() - std::min(entries.size(), candidates_);
    for (std::size_t i = first; i < entries.size(); ++i) {
      if (entries[i].action == step.action) continue;
      *text += fmt::format(" Try {}: {:.0f} %, back.", state.ActionToText(entries[i].action),
                           100 * entries[i].probability);
    }
    if (step.visits > 0) {
      *text += fmt::format(" Play {}: value {:+.2f} after {} simulations.\n", played,
                           Plain(sign * step.root_value), step.visits);
    } else {
      *text += fmt::format(" Play {}.\n", played);
    }
  }

  std::size_t candidates_;
  Schema schema_;
};

}  // namespace

std::unique_ptr<View> MakeStepsView(const Recipe& recipe, const env::Environment& /*environment*/) {
  return std::make_unique<StepsView>(recipe);
}

std::unique_ptr<View> MakeTracesView(const Recipe& recipe,
                                     const env::Environment& /*environment*/) {
  return std::make_unique<TracesView>(recipe);
}

}  // namespace tesuji::dataset
