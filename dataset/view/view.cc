#include "dataset/view/view.h"

#include "dataset/view/views.h"

namespace tesuji::dataset {

std::unique_ptr<View> MakeView(const std::string& name, const Recipe& recipe,
                               const env::Environment& environment) {
  if (name == "positions") return MakePositionsView(recipe, environment);
  if (name == "trajectories") return MakeTrajectoriesView();
  if (name == "solutions") return MakeSolutionsView(recipe);
  if (name == "preferences") return MakePreferencesView(recipe);
  if (name == "steps") return MakeStepsView(recipe);
  if (name == "traces") return MakeTracesView(recipe);
  if (name == "rl") return MakeRlView(recipe);
  return nullptr;
}

std::vector<Column> CommonColumns() {
  return {{"id", ColumnType::kText, "Content hash of the episode, and the step."},
          {"source", ColumnType::kText, "Environment that made it."},
          {"group", ColumnType::kText, "What is never in two splits: opening or task."}};
}

Schema MakeSchema(std::string view, const std::vector<Column>& own) {
  Schema schema{std::move(view), CommonColumns()};
  schema.columns.insert(schema.columns.end(), own.begin(), own.end());
  return schema;
}

Row CommonValues(const Episode& episode, const std::string& suffix) {
  return {episode.stored->hash.substr(0, 32) + suffix, "tesuji:" + episode.environment->spec().id,
          episode.group};
}

float SignOf(env::Player player) { return player == env::Player::kSecond ? -1.0F : 1.0F; }

}  // namespace tesuji::dataset
