#include "learner/replay_window.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <deque>
#include <mutex>

namespace tesuji::learner {
namespace {

/// Rows that the window should hold when `made` were made: linear at first, then a power law whose
/// slope at `minimum` is `scale` (KataGo, arXiv 1902.10565, appendix C).
double WindowRows(const WindowOptions& options, double made) {
  const auto minimum = static_cast<double>(options.minimum_rows);
  if (made <= minimum) return made;
  const double grown = std::pow(made / minimum, options.exponent) - 1;
  return std::min(static_cast<double>(options.maximum_rows),
                  minimum * (1 + options.scale * grown / options.exponent));
}

/// Shared, so that Sample() can work on a trajectory that falls out of the window meanwhile.
struct Item {
  std::shared_ptr<const env::Trajectory> trajectory;
  std::vector<std::int32_t> targets;      ///< Step indices.
  std::vector<double> cumulative_weight;  ///< Of targets, within this trajectory.
  double weight_before = 0;               ///< Sum of all weights ever added before it.
};

float ViewOf(env::Player player) { return player == env::Player::kSecond ? -1.0F : 1.0F; }

}  // namespace

struct ReplayWindow::Impl {
  const env::Environment& environment;
  WindowOptions options;
  mutable std::mutex mutex;
  std::deque<Item> items;
  double total_weight = 0;  ///< Ever added.
  std::int64_t rows = 0;
  std::int64_t rows_made = 0;

  struct Pick {
    std::shared_ptr<const env::Trajectory> trajectory;
    std::size_t step = 0;
  };
  std::vector<Pick> Draw(int count, RandomStream* random) const;
  void WriteRow(const Pick& pick, const env::Symmetry& symmetry, int row, Batch* out) const;
};

ReplayWindow::ReplayWindow(const env::Environment& environment, const WindowOptions& options)
    : impl_(new Impl{environment, options, {}, {}, 0, 0, 0}) {}

ReplayWindow::~ReplayWindow() = default;

void ReplayWindow::Add(env::Trajectory trajectory) {
  Item item;
  double weight = 0;
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const auto& step = trajectory.steps[i];
    if (!step.is_target || step.policy.empty() || !(step.weight > 0)) continue;
    weight += step.weight;
    item.targets.push_back(static_cast<std::int32_t>(i));
    item.cumulative_weight.push_back(weight);
  }
  if (item.targets.empty()) return;
  trajectory.artifact.clear();
  trajectory.artifact.shrink_to_fit();
  item.trajectory = std::make_shared<const env::Trajectory>(std::move(trajectory));

  const std::lock_guard lock(impl_->mutex);
  item.weight_before = impl_->total_weight;
  impl_->total_weight += weight;
  impl_->rows += static_cast<std::int64_t>(item.targets.size());
  impl_->rows_made += static_cast<std::int64_t>(item.targets.size());
  impl_->items.push_back(std::move(item));
  const double wanted = WindowRows(impl_->options, static_cast<double>(impl_->rows_made));
  while (impl_->items.size() > 1 &&
         static_cast<double>(impl_->rows) -
                 static_cast<double>(impl_->items.front().targets.size()) >=
             wanted) {
    impl_->rows -= static_cast<std::int64_t>(impl_->items.front().targets.size());
    impl_->items.pop_front();
  }
}

std::int64_t ReplayWindow::rows() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->rows;
}
std::int64_t ReplayWindow::rows_made() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->rows_made;
}
std::int64_t ReplayWindow::episodes() const {
  const std::lock_guard lock(impl_->mutex);
  return static_cast<std::int64_t>(impl_->items.size());
}

std::vector<ReplayWindow::Impl::Pick> ReplayWindow::Impl::Draw(int count,
                                                               RandomStream* random) const {
  const std::lock_guard lock(mutex);
  assert(!items.empty());
  std::vector<Pick> picks;
  const double from = items.front().weight_before;
  for (int i = 0; i < count; ++i) {
    const double at = from + random->Uniform() * (total_weight - from);
    auto item = std::upper_bound(
        items.begin(), items.end(), at,
        [](double value, const Item& candidate) { return value < candidate.weight_before; });
    --item;
    const auto within = std::upper_bound(item->cumulative_weight.begin(),
                                         item->cumulative_weight.end(), at - item->weight_before);
    const auto index =
        std::min<std::ptrdiff_t>(within - item->cumulative_weight.begin(),
                                 static_cast<std::ptrdiff_t>(item->targets.size()) - 1);
    picks.push_back({item->trajectory,
                     static_cast<std::size_t>(item->targets[static_cast<std::size_t>(index)])});
  }
  return picks;
}

void ReplayWindow::Impl::WriteRow(const Pick& pick, const env::Symmetry& symmetry, int row,
                                  Batch* out) const {
  const auto& spec = environment.spec();
  const auto& trajectory = *pick.trajectory;
  // Only trajectories that passed the replay check come here, so neither step can fail.
  auto start = environment.NewState(trajectory.task);
  assert(start.has_value());
  env::State& state = **start;
  for (std::size_t i = 0; i < pick.step; ++i) state.Apply(trajectory.steps[i].action);

  const auto index = static_cast<std::size_t>(row);
  const auto cells = static_cast<std::size_t>(spec.observation.cells());
  const auto size = static_cast<std::size_t>(spec.observation.size());
  const auto actions = static_cast<std::size_t>(spec.action_count);
  std::vector<float> plain(size);
  state.Encode(plain);
  float* observation = out->observations.data() + index * size;
  for (std::size_t plane = 0; plane < size; plane += cells) {
    for (std::size_t cell = 0; cell < cells; ++cell) {
      observation[plane + static_cast<std::size_t>(symmetry.cells[cell])] = plain[plane + cell];
    }
  }
  std::vector<env::Action> legal;
  state.LegalActions(&legal);
  for (const env::Action action : legal) {
    const auto a = static_cast<std::size_t>(symmetry.actions[static_cast<std::size_t>(action)]);
    out->legal[index * actions + a] = 1;
  }
  for (const auto& entry : trajectory.steps[pick.step].policy) {
    const auto a =
        static_cast<std::size_t>(symmetry.actions[static_cast<std::size_t>(entry.action)]);
    out->policy[index * actions + a] = entry.probability;
  }
  const float view = ViewOf(state.to_play());
  out->value[index] = view * trajectory.outcome.value;
  out->score[index] = view * trajectory.outcome.score;
  out->weight[index] = 1;  // Rows are drawn in proportion to their weight already.
  if (!spec.has_ownership) return;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    out->ownership[index * cells + static_cast<std::size_t>(symmetry.cells[cell])] =
        view * static_cast<float>(trajectory.outcome.ownership[cell]);
  }
}

void ReplayWindow::Sample(int rows, RandomStream* random, Batch* out) const {
  const auto& spec = impl_->environment.spec();
  const auto picks = impl_->Draw(rows, random);
  const auto n = static_cast<std::size_t>(rows);
  out->rows = rows;
  out->observations.assign(n * static_cast<std::size_t>(spec.observation.size()), 0);
  out->policy.assign(n * static_cast<std::size_t>(spec.action_count), 0);
  out->legal.assign(n * static_cast<std::size_t>(spec.action_count), 0);
  out->value.assign(n, 0);
  out->score.assign(n, 0);
  out->weight.assign(n, 0);
  out->ownership.assign(
      spec.has_ownership ? n * static_cast<std::size_t>(spec.observation.cells()) : 0, 0);
  for (int row = 0; row < rows; ++row) {
    const auto& symmetry = spec.symmetries[random->Below(spec.symmetries.size())];
    impl_->WriteRow(picks[static_cast<std::size_t>(row)], symmetry, row, out);
  }
}

}  // namespace tesuji::learner
