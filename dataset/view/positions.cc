// The view "positions": what a policy and value network learns from.
#include <fmt/format.h>

#include <cmath>

#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

class PositionsView final : public View {
 public:
  PositionsView(const Recipe& recipe, const env::Spec& spec)
      : features_(recipe.view.features), text_(recipe.view.text), spec_(spec) {
    schema_.view = "positions";
    auto& columns = schema_.columns;
    columns = CommonColumns();
    const auto add = [&](Column column) { columns.push_back(std::move(column)); };
    if (text_) add({"text", ColumnType::kText, "The position as text."});
    add({"step", ColumnType::kInt64, "Actions played before it."});
    add({"player", ColumnType::kInt64, "To move: 0 first, 1 second."});
    if (features_) {
      add({"features",
           ColumnType::kFloat32List,
           "Observation planes, from the mover's view.",
           {spec.observation.planes, spec.observation.height, spec.observation.width}});
    }
    add({"policy",
         ColumnType::kFloat32List,
         "Search policy over all actions.",
         {spec.action_count}});
    add({"action", ColumnType::kInt64, "The action that was played."});
    add({"value", ColumnType::kFloat32, "Outcome in [-1, 1], mover's view."});
    add({"root_value", ColumnType::kFloat32, "Search value in [-1, 1], mover's view."});
    if (spec.has_score) add({"score", ColumnType::kFloat32, "Final score, mover's view."});
    if (spec.has_ownership) {
      add({"ownership",
           ColumnType::kInt8List,
           "Final owner of each cell: +1 the mover.",
           {spec.observation.height, spec.observation.width}});
    }
    add({"visits", ColumnType::kInt64, "Simulations of the search."});
    add({"surprise", ColumnType::kFloat32, "KL(search || prior) in nats."});
    add({"weight", ColumnType::kFloat32, "Sample weight."});
    add({"difficulty", ColumnType::kFloat32, "|root value - outcome|."});
    add({"checkpoint", ColumnType::kText, "Hash of the network that searched."});
  }

  const Schema& schema() const override { return schema_; }

  EpisodeRows MakeRows(const Episode& episode) const override {
    EpisodeRows result;
    result.episode = &episode;
    ForEachPosition(episode, [&](std::size_t i, const env::State& state) {
      if (!episode.Keeps(i)) return;
      result.rows.push_back(MakeRow(episode, i, state));
      result.steps.push_back(static_cast<std::int32_t>(i));
    });
    return result;
  }

 private:
  Row MakeRow(const Episode& episode, std::size_t i, const env::State& state) const {
    const env::Trajectory& trajectory = episode.trajectory();
    const env::Step& step = trajectory.steps[i];
    const float sign = SignOf(state.to_play());
    Row row = CommonValues(episode, fmt::format(":{}", i));
    row.reserve(schema_.columns.size());
    if (text_) row.emplace_back(state.ToText());
    row.emplace_back(static_cast<std::int64_t>(i));
    row.emplace_back(static_cast<std::int64_t>(state.to_play()));
    if (features_) {
      std::vector<float> planes(static_cast<std::size_t>(spec_.observation.size()));
      state.Encode(planes);
      for (float& value : planes) value = Plain(value);
      row.emplace_back(std::move(planes));
    }
    std::vector<float> policy(static_cast<std::size_t>(spec_.action_count));
    for (const auto& entry : step.policy) {
      policy[static_cast<std::size_t>(entry.action)] = Plain(entry.probability);
    }
    row.emplace_back(std::move(policy));
    row.emplace_back(std::int64_t{step.action});
    row.emplace_back(Plain(sign * trajectory.outcome.value));
    row.emplace_back(Plain(sign * step.root_value));
    if (spec_.has_score) row.emplace_back(Plain(sign * trajectory.outcome.score));
    if (spec_.has_ownership) {
      std::vector<std::int8_t> ownership = trajectory.outcome.ownership;
      ownership.resize(static_cast<std::size_t>(spec_.observation.cells()));
      for (auto& owner : ownership) owner = static_cast<std::int8_t>(sign < 0 ? -owner : owner);
      row.emplace_back(std::move(ownership));
    }
    row.emplace_back(std::int64_t{step.visits});
    row.emplace_back(Plain(step.surprise));
    row.emplace_back(Plain(step.weight));
    row.emplace_back(Plain(std::abs(step.root_value - trajectory.outcome.value)));
    const auto& checkpoints = trajectory.provenance.checkpoints;
    row.emplace_back(step.checkpoint < checkpoints.size() ? checkpoints[step.checkpoint] : "");
    return row;
  }

  bool features_;
  bool text_;
  const env::Spec& spec_;
  Schema schema_;
};

}  // namespace

std::unique_ptr<View> MakePositionsView(const Recipe& recipe, const env::Environment& environment) {
  return std::make_unique<PositionsView>(recipe, environment.spec());
}

}  // namespace tesuji::dataset
