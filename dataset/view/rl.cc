// The view "rl": tasks with a checkable answer, in verl's columns.
#include <fmt/format.h>

#include "api/dataset_hooks.h"
#include "dataset/curate/hash.h"
#include "dataset/view/language.h"
#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

class RlView final : public View {
 public:
  explicit RlView(const Recipe& recipe) : system_(recipe.view.system_prompt) {
    schema_.view = "rl";
    schema_.columns = CommonColumns();
    auto& columns = schema_.columns;
    columns.push_back({"data_source", ColumnType::kText, "Which reward function checks it."});
    columns.push_back({"prompt", ColumnType::kMessages, "The question as a chat."});
    columns.push_back({"ability", ColumnType::kText, "Kind of task."});
    columns.push_back({"reward_model",
                       ColumnType::kRecord,
                       "How the answer is checked.",
                       {},
                       {{"style", false}, {"ground_truth", false}}});
    columns.push_back({"extra_info",
                       ColumnType::kRecord,
                       "Split and number.",
                       {},
                       {{"split", false}, {"index", true}}});
  }
  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    EpisodeRows result;
    result.episode = &episode;
    const env::Trajectory& trajectory = episode.trajectory();
    const env::Environment& environment = *episode.environment;
    const env::TaskText task = env::DescribeTask(environment, trajectory.task, trajectory.evidence);
    if (!AsksForMoves(environment)) {
      if (!episode.first_of_task) return result;
      Add(episode, "", TaskPrompt(environment, trajectory.task),
          task.ground_truth.empty() ? trajectory.task.parameters.dump() : task.ground_truth, task,
          -1, &result);
      return result;
    }
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      const env::PolicyEntry* best = BestEntry(trajectory.steps[i]);
      if (!episode.Keeps(i) || best == nullptr) return;
      Add(episode, fmt::format(":{}", i), MovePrompt(environment, state),
          state.ActionToText(best->action), task, static_cast<std::int32_t>(i), &result);
    });
    return result;
  }

 private:
  void Add(const Episode& episode, const std::string& suffix, const std::string& question,
           std::string answer, const env::TaskText& task, std::int32_t step,
           EpisodeRows* result) const {
    const std::string& id = episode.environment->spec().id;
    Row row = CommonValues(episode, suffix);
    // A number that two rows share only by accident of 62 bits.
    const auto index = static_cast<std::int64_t>(HashText(std::get<std::string>(row[0])) >> 2);
    row.emplace_back(task.data_source.empty() ? "tesuji/" + id : task.data_source);
    row.emplace_back(Chat(system_, question, nullptr));
    row.emplace_back(task.ability.empty() ? id : task.ability);
    row.emplace_back(Record{std::string("rule"), std::move(answer)});
    row.emplace_back(Record{std::string(SplitName(episode.split)), index});
    result->rows.push_back(std::move(row));
    result->steps.push_back(step);
  }

  std::string system_;
  Schema schema_;
};

}  // namespace

std::unique_ptr<View> MakeRlView(const Recipe& recipe, const env::Environment& /*environment*/) {
  return std::make_unique<RlView>(recipe);
}

}  // namespace tesuji::dataset
