#include "dataset/view/view.h"

#include <algorithm>

#include "dataset/recipe.h"
#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

struct NamedView {
  const char* name;
  /// It has rows of single positions, if only of two players. Where no view has, positions are not
  /// looked at, and Episode::Keeps() is false for all.
  bool of_positions;
  std::unique_ptr<View> (*make)(const Recipe&, const env::Environment&);
};

/// Every view, in the order in which messages name them.
const NamedView kViews[] = {
    {"positions", true, MakePositionsView},
    {"trajectories", false, MakeTrajectoriesView},
    {"solutions", true, MakeSolutionsView},
    {"preferences", true, MakePreferencesView},
    {"steps", false, MakeStepsView},
    {"traces", false, MakeTracesView},
    {"rl", true, MakeRlView},
};

}  // namespace

const std::vector<std::string>& ViewNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const NamedView& view : kViews) all.emplace_back(view.name);
    return all;
  }();
  return names;
}

bool IsOfPositions(const std::string& name) {
  return std::ranges::any_of(
      kViews, [&](const NamedView& view) { return name == view.name && view.of_positions; });
}

std::unique_ptr<View> MakeView(const std::string& name, const Recipe& recipe,
                               const env::Environment& environment) {
  for (const NamedView& view : kViews) {
    if (name == view.name) return view.make(recipe, environment);
  }
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
