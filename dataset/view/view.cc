#include "dataset/view/view.h"

#include <utility>

#include "dataset/recipe.h"
#include "dataset/view/views.h"

namespace tesuji::dataset {
namespace {

using MakeAnyView = std::unique_ptr<View> (*)(const Recipe&, const env::Environment&);

/// Every view, in the order in which messages name them.
const std::pair<const char*, MakeAnyView> kViews[] = {
    {"positions", MakePositionsView},
    {"trajectories", [](const Recipe&, const env::Environment&) { return MakeTrajectoriesView(); }},
    {"solutions", [](const Recipe& r, const env::Environment&) { return MakeSolutionsView(r); }},
    {"preferences",
     [](const Recipe& r, const env::Environment&) { return MakePreferencesView(r); }},
    {"steps", [](const Recipe& r, const env::Environment&) { return MakeStepsView(r); }},
    {"traces", [](const Recipe& r, const env::Environment&) { return MakeTracesView(r); }},
    {"rl", [](const Recipe& r, const env::Environment&) { return MakeRlView(r); }},
};

}  // namespace

const std::vector<std::string>& ViewNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, make] : kViews) all.emplace_back(name);
    return all;
  }();
  return names;
}

std::unique_ptr<View> MakeView(const std::string& name, const Recipe& recipe,
                               const env::Environment& environment) {
  for (const auto& [known, make] : kViews) {
    if (name == known) return make(recipe, environment);
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
