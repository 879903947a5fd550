// The view "trajectories": whole episodes.
#include <algorithm>
#include <cmath>

#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

class TrajectoriesView final : public View {
 public:
  TrajectoriesView() {
    schema_ = MakeSchema(
        "trajectories",
        {{"text", ColumnType::kText, "What the episode made: SGF, source code, a record."},
         {"environment", ColumnType::kText, "Its id and parameters, as JSON."},
         {"task", ColumnType::kText, "Its start, as JSON."},
         {"actions", ColumnType::kInt32List, "Action indices in order."},
         {"moves", ColumnType::kText, "The same in the field's notation, separated by spaces."},
         {"length", ColumnType::kInt64, "Actions."},
         {"value", ColumnType::kFloat32, "Outcome in [-1, 1], first player's view."},
         {"score", ColumnType::kFloat32, "First player's points minus the second's; 0: none."},
         {"termination", ColumnType::kText, "How it ended."},
         {"root_values", ColumnType::kFloat32List,
          "Search value at each step, first player's view."},
         {"visits", ColumnType::kInt32List, "Simulations of each step's search."},
         {"surprise", ColumnType::kFloat32, "Mean KL(search || prior) of its full searches, nats."},
         {"difficulty", ColumnType::kFloat32, "Mean |search value - outcome|."},
         {"checkpoints", ColumnType::kTextList, "Hashes of the networks that played, in order."},
         {"campaign_seed", ColumnType::kText, "Seed and number of the episode that made it."},
         {"hash", ColumnType::kText, "Content hash in the store."}});
  }

  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    const env::Trajectory& trajectory = episode.trajectory();
    std::vector<std::int32_t> actions;
    std::vector<std::int32_t> visits;
    std::vector<float> values;
    std::string moves;
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      const env::Step& step = trajectory.steps[i];
      actions.push_back(step.action);
      visits.push_back(static_cast<std::int32_t>(step.visits));
      values.push_back(Plain(step.root_value));
      if (i > 0) moves += ' ';
      moves += state.ActionToText(step.action);
    });
    float surprise = 0;
    float difficulty = 0;
    float targets = 0;
    for (const env::Step& step : trajectory.steps) {
      if (!step.is_target) continue;
      ++targets;
      surprise += step.surprise;
      difficulty += std::abs(step.root_value - trajectory.outcome.value);
    }
    const float count = std::max(1.0F, targets);
    const auto& made_by = trajectory.provenance;
    Row row = CommonValues(episode, "");
    row.emplace_back(trajectory.artifact);
    row.emplace_back(Json{{"id", made_by.environment_id},
                          {"version", made_by.environment_version},
                          {"parameters", made_by.environment_parameters}}
                         .dump());
    row.emplace_back(trajectory.task.parameters.dump());
    row.emplace_back(std::move(actions));
    row.emplace_back(std::move(moves));
    row.emplace_back(static_cast<std::int64_t>(trajectory.steps.size()));
    row.emplace_back(Plain(trajectory.outcome.value));
    row.emplace_back(Plain(trajectory.outcome.score));
    row.emplace_back(trajectory.outcome.termination);
    row.emplace_back(std::move(values));
    row.emplace_back(std::move(visits));
    row.emplace_back(Plain(surprise / count));
    row.emplace_back(Plain(difficulty / count));
    row.emplace_back(made_by.checkpoints);
    row.emplace_back(std::to_string(made_by.campaign_seed) + ":" + std::to_string(made_by.episode));
    row.emplace_back(episode.stored->hash);
    EpisodeRows result;
    result.episode = &episode;
    result.rows.push_back(std::move(row));
    result.steps.push_back(-1);
    return result;
  }

 private:
  Schema schema_;
};

}  // namespace

std::unique_ptr<View> MakeTrajectoriesView(const Recipe& /*recipe*/,
                                           const env::Environment& /*environment*/) {
  return std::make_unique<TrajectoriesView>();
}

}  // namespace tesuji::dataset
