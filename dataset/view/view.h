// Views: what a row of the dataset is. Each turns one kept episode into rows of its schema.
// Thread-safety: MakeRows() from any thread; a View is immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "api/trajectory.h"
#include "dataset/curate/decide.h"
#include "dataset/recipe.h"
#include "dataset/view/row.h"
#include "storage/store.h"

namespace tesuji::dataset {

/// One kept episode and what curation decided about it. Borrowed.
struct Episode {
  const storage::StoredTrajectory* stored = nullptr;
  const env::Environment* environment = nullptr;
  std::string group;           ///< Hash of the split group.
  int split = 0;               ///< As Split.
  std::string_view positions;  ///< A letter a step, kPositionStays where it stays; may be empty.
  bool first_of_task = false;  ///< The dataset's first episode of its task.
  /// A worse episode of the same task in the same split; null when there is none.
  const storage::StoredTrajectory* worse = nullptr;

  const env::Trajectory& trajectory() const { return stored->trajectory; }
  bool Keeps(std::size_t step) const {
    return step < positions.size() && positions[step] == kPositionStays;
  }
};

/// The rows of one episode in one view, with what formats that look behind rows need.
struct EpisodeRows {
  const Episode* episode = nullptr;
  std::vector<Row> rows;
  std::vector<std::int32_t> steps;  ///< Of each row; -1: the whole episode.
};

class View {
 public:
  virtual ~View() = default;
  virtual const Schema& schema() const = 0;
  virtual EpisodeRows MakeRows(const Episode& episode) const = 0;
};

/// REQUIRES: a name of ViewNames(). Environments differ in shapes: `environment` is one of those
/// that the rows come from; views that carry planes hold rows of equal shapes only.
std::unique_ptr<View> MakeView(const std::string& name, const Recipe& recipe,
                               const env::Environment& environment);

/// Columns that every view begins with: id, source, group.
std::vector<Column> CommonColumns();
/// A view's columns: the common ones, then its own.
Schema MakeSchema(std::string view, const std::vector<Column>& own);
/// Values of the common columns. `suffix` tells rows of one episode apart.
Row CommonValues(const Episode& episode, const std::string& suffix);

/// Sign that turns the first player's view into the view of the one to move.
float SignOf(env::Player player);
/// No minus zero.
inline float Plain(float value) { return value == 0 ? 0.0F : value; }

/// Calls visit(step number, state before it) along a trajectory. REQUIRES: it was verified.
template <class Visit>
void ForEachPosition(const Episode& episode, Visit visit) {
  auto state = episode.environment->NewState(episode.trajectory().task);
  if (!state) return;
  const auto& steps = episode.trajectory().steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    visit(i, static_cast<const env::State&>(**state));
    (*state)->Apply(steps[i].action);
  }
}

}  // namespace tesuji::dataset
