#include "learner/replay_window.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <deque>
#include <mutex>
#include <utility>

#include "learner/compact_episode.h"

namespace tesuji::learner {
namespace {

/// Rows that the window should hold when `made` were made: all at first, then a power law whose
/// slope at `minimum_rows` is `scale` (KataGo, arXiv 1902.10565, appendix C).
double WindowRows(const WindowOptions& options, double made) {
  const auto minimum = static_cast<double>(options.minimum_rows);
  const auto maximum = static_cast<double>(options.maximum_rows);
  if (made <= minimum) return std::min(made, maximum);
  const double grown = std::pow(made / minimum, options.exponent) - 1;
  return std::min(maximum, minimum * (1 + options.scale * grown / options.exponent));
}

/// Shared, so that Sample() can work on an episode that falls out of the window meanwhile.
struct Item {
  std::shared_ptr<const CompactEpisode> episode;
  double weight_before = 0;  ///< Sum of all weights ever added before it.
};

struct Pick {
  std::shared_ptr<const CompactEpisode> episode;
  std::size_t row = 0;
};

/// Where one row's values go in a batch.
struct RowWriter {
  const env::Spec& spec;
  const env::Symmetry& symmetry;
  std::size_t index;
  env::TrainingBatch* out;

  std::size_t Cell(std::size_t cell) const {
    return static_cast<std::size_t>(symmetry.cells[cell]);
  }
  std::size_t Action(env::Action action) const {
    return index * static_cast<std::size_t>(spec.action_count) +
           static_cast<std::size_t>(symmetry.actions[static_cast<std::size_t>(action)]);
  }
  void WriteObservation(const env::State& state) const;
  void WriteTargets(const env::State& state, const Pick& pick) const;
};

void RowWriter::WriteObservation(const env::State& state) const {
  const auto cells = static_cast<std::size_t>(spec.observation.cells());
  const auto size = static_cast<std::size_t>(spec.observation.size());
  std::vector<float> plain(size);
  state.Encode(plain);
  float* observation = out->observations.data() + index * size;
  for (std::size_t plane = 0; plane < size; plane += cells) {
    for (std::size_t cell = 0; cell < cells; ++cell) {
      observation[plane + Cell(cell)] = plain[plane + cell];
    }
  }
}

void RowWriter::WriteTargets(const env::State& state, const Pick& pick) const {
  const CompactEpisode& episode = *pick.episode;
  std::vector<env::Action> legal;
  state.LegalActions(&legal);
  for (const env::Action action : legal) out->legal[Action(action)] = 1;
  // Recorded probabilities are rounded; the batch promises rows that sum to 1.
  double sum = 0;
  for (const env::PolicyEntry& entry : episode.PolicyOf(pick.row)) sum += entry.probability;
  for (const env::PolicyEntry& entry : episode.PolicyOf(pick.row)) {
    out->policy[Action(entry.action)] = static_cast<float>(entry.probability / sum);
  }
  const float view = state.to_play() == env::Player::kSecond ? -1.0F : 1.0F;
  out->value[index] = view * episode.rows[pick.row].value;
  out->score[index] = view * episode.score;
  out->score_known[index] = episode.score_known ? 1.0F : 0.0F;
  out->weight[index] = 1;  // Rows are drawn in proportion to their weight already.
  if (episode.ownership.empty()) return;
  const std::size_t cells = episode.ownership.size();
  out->ownership_known[index] = 1;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    out->ownership[index * cells + Cell(cell)] = view * episode.ownership[cell];
  }
}

}  // namespace

struct ReplayWindow::Impl {
  const env::Environment& environment;
  const WindowOptions options;
  mutable std::mutex mutex;
  std::deque<Item> items;
  double total_weight = 0;  ///< Ever added.
  std::int64_t rows = 0;
  std::int64_t rows_made = 0;
  std::int64_t rejected = 0;

  void Shrink();
  std::vector<Pick> Draw(int count, RandomStream* random) const;
  void WriteRow(const Pick& pick, const env::Symmetry& symmetry, std::size_t index,
                env::TrainingBatch* out) const;
};

ReplayWindow::ReplayWindow(const env::Environment& environment, const WindowOptions& options)
    : impl_(new Impl{environment, options, {}, {}, 0, 0, 0, 0}) {}

ReplayWindow::~ReplayWindow() = default;

Status ReplayWindow::Add(const env::Trajectory& trajectory) {
  Result<CompactEpisode> episode =
      MakeCompactEpisode(impl_->environment, trajectory, impl_->options.value_horizon);
  const std::lock_guard lock(impl_->mutex);
  if (!episode) {
    ++impl_->rejected;
    return tl::unexpected(episode.error());
  }
  if (episode->rows.empty()) return {};
  const auto rows = static_cast<std::int64_t>(episode->rows.size());
  const double weight = episode->weight();
  impl_->items.push_back(
      {std::make_shared<const CompactEpisode>(std::move(*episode)), impl_->total_weight});
  impl_->total_weight += weight;
  impl_->rows += rows;
  impl_->rows_made += rows;
  impl_->Shrink();
  return {};
}

void ReplayWindow::Impl::Shrink() {
  const double wanted = WindowRows(options, static_cast<double>(rows_made));
  while (items.size() > 1) {
    const auto oldest = static_cast<std::int64_t>(items.front().episode->rows.size());
    if (static_cast<double>(rows - oldest) < wanted) return;
    rows -= oldest;
    items.pop_front();
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

std::int64_t ReplayWindow::rejected() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->rejected;
}

std::int64_t ReplayWindow::episodes() const {
  const std::lock_guard lock(impl_->mutex);
  return static_cast<std::int64_t>(impl_->items.size());
}

std::vector<Pick> ReplayWindow::Impl::Draw(int count, RandomStream* random) const {
  const std::lock_guard lock(mutex);
  assert(!items.empty());
  std::vector<Pick> picks;
  const double from = items.front().weight_before;
  for (int i = 0; i < count; ++i) {
    const double at = from + random->Uniform() * (total_weight - from);
    const auto next = std::upper_bound(
        items.begin(), items.end(), at,
        [](double value, const Item& candidate) { return value < candidate.weight_before; });
    const Item& item = *std::prev(next);
    const std::vector<EpisodeRow>& candidates = item.episode->rows;
    const auto row = std::upper_bound(
        candidates.begin(), candidates.end(), at - item.weight_before,
        [](double value, const EpisodeRow& candidate) { return value < candidate.weight_end; });
    // Rounding may put `at` a hair behind the last row.
    const std::size_t index =
        std::min(static_cast<std::size_t>(row - candidates.begin()), candidates.size() - 1);
    picks.push_back({item.episode, index});
  }
  return picks;
}

void ReplayWindow::Impl::WriteRow(const Pick& pick, const env::Symmetry& symmetry,
                                  std::size_t index, env::TrainingBatch* out) const {
  const CompactEpisode& episode = *pick.episode;
  const auto state =
      episode.StateBefore(environment, static_cast<std::size_t>(episode.rows[pick.row].step));
  const RowWriter writer{environment.spec(), symmetry, index, out};
  writer.WriteObservation(*state);
  writer.WriteTargets(*state, pick);
}

void ReplayWindow::Sample(int rows, RandomStream* random, env::TrainingBatch* out) const {
  const env::Spec& spec = impl_->environment.spec();
  const std::vector<Pick> picks = impl_->Draw(rows, random);
  const auto n = static_cast<std::size_t>(rows);
  const auto actions = static_cast<std::size_t>(spec.action_count);
  const auto cells = static_cast<std::size_t>(spec.observation.cells());
  out->rows = rows;
  out->observations.assign(n * static_cast<std::size_t>(spec.observation.size()), 0);
  out->policy.assign(n * actions, 0);
  out->legal.assign(n * actions, 0);
  out->value.assign(n, 0);
  out->score.assign(n, 0);
  out->score_known.assign(n, 0);
  out->weight.assign(n, 0);
  out->ownership.assign(spec.has_ownership ? n * cells : 0, 0);
  out->ownership_known.assign(spec.has_ownership ? n : 0, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const env::Symmetry& symmetry = spec.symmetries[random->Below(spec.symmetries.size())];
    impl_->WriteRow(picks[i], symmetry, i, out);
  }
}

}  // namespace tesuji::learner
