#include "dataset/curate/decide.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "dataset/curate/decider.h"
#include "dataset/curate/groups.h"
#include "dataset/curate/hash.h"

namespace tesuji::dataset {
namespace {

/// For lone agents, whose rows have no openings.
bool GroupsAreTasks(const Recipe& recipe) { return recipe.split.by == 0 || recipe.split.by == 2; }

double Uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

Key128 GroupKey(const Recipe& recipe, const RowFacts& facts) {
  switch (recipe.split.by) {
    case 1:
      return facts.opening;
    case 2:
      return facts.task;
    case 3:
      return facts.episode;
    default:
      return facts.two_players ? facts.opening : facts.task;
  }
}

Split SplitOf(const SplitSection& split, const Key128& group, std::uint64_t seed) {
  const double draw = Uniform(Combine64(Mix64(seed), Fold(group)));
  if (draw < split.test) return kTest;
  return draw < split.test + split.validation ? kValidation : kTrain;
}

std::string FilterReason(const FilterSection& f, const RowFacts& facts) {
  const auto listed = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, facts.termination) != list.end();
  };
  if (facts.length < f.min_length || (f.max_length > 0 && facts.length > f.max_length)) {
    return "filter:length";
  }
  if (facts.value < f.min_value || facts.value > f.max_value) return "filter:value";
  if ((!f.terminations.empty() && !listed(f.terminations)) || listed(f.exclude_terminations)) {
    return "filter:termination";
  }
  if (facts.mean_visits < f.min_mean_visits) return "filter:visits";
  if (facts.mean_surprise < f.min_surprise ||
      (f.max_surprise > 0 && facts.mean_surprise > f.max_surprise)) {
    return "filter:surprise";
  }
  if (facts.difficulty < f.min_difficulty || facts.difficulty > f.max_difficulty) {
    return "filter:difficulty";
  }
  return {};
}

/// Keeps a bounded number of rows of each class, those with the smallest hash first, so that the
/// choice depends on content and seed alone.
template <class ClassOf>
void Cap(std::vector<Candidate>* rows, std::int64_t most, const char* reason, std::uint64_t seed,
         ClassOf class_of, Drops* drops) {
  if (most <= 0) return;
  std::vector<std::size_t> order(rows->size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto rank = [&](std::size_t i) { return Combine64(seed, Fold((*rows)[i].episode)); };
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  std::unordered_map<Key128, std::int64_t> taken;
  std::vector<bool> keep(rows->size());
  for (const std::size_t i : order) keep[i] = ++taken[class_of((*rows)[i])] <= most;
  drops->Keep(rows, [&](std::size_t i) { return keep[i] ? nullptr : reason; });
}

void BalanceOutcomes(std::vector<Candidate>* rows, std::uint64_t seed, Drops* drops) {
  std::map<int, std::int64_t> count;
  const auto outcome = [](const Candidate& row) {
    return row.value > 0 ? 1 : row.value < 0 ? -1 : 0;
  };
  for (const Candidate& row : *rows) ++count[outcome(row)];
  if (count.size() < 2) return;
  std::int64_t least = INT64_MAX;
  for (const auto& [value, rows_of_it] : count) least = std::min(least, rows_of_it);
  Cap(
      rows, least, "balance:outcome", seed,
      [&](const Candidate& row) {
        return Key128{0, static_cast<std::uint64_t>(outcome(row) + 1)};
      },
      drops);
}

void DropByPassRate(const FilterSection& filter, std::vector<Candidate>* rows, Drops* drops) {
  std::unordered_map<Key128, std::pair<std::int64_t, std::int64_t>> tasks;  // (passed, all)
  for (const Candidate& row : *rows) {
    auto& [passed, all] = tasks[row.task];
    passed += row.value >= filter.success_value ? 1 : 0;
    ++all;
  }
  drops->Keep(rows, [&](std::size_t i) -> const char* {
    const auto& [passed, all] = tasks[(*rows)[i].task];
    const double rate = static_cast<double>(passed) / static_cast<double>(all);
    return rate < filter.min_pass_rate || rate > filter.max_pass_rate ? "filter:pass_rate"
                                                                      : nullptr;
  });
}

/// The first row with each key; later ones are told which.
class FirstRows {
 public:
  bool IsFirst(const Key128& key, Candidate* row) {
    const auto [first, is_new] = rows_.try_emplace(key, row->row);
    if (!is_new) row->detail = "like row " + std::to_string(first->second);
    return is_new;
  }

 private:
  std::unordered_map<Key128, std::int64_t> rows_;
};

}  // namespace

const char* SplitName(int split) {
  static constexpr const char* kNames[] = {"train", "validation", "test"};
  return kNames[split];
}

Decisions Decide(const Recipe& recipe, const FactStream& facts, const ShingleSource& shingles) {
  Decisions result;
  Drops drops(&result);
  std::vector<Candidate> rows;
  const std::uint64_t seed = recipe.dataset.seed;

  // Rows that cannot or need not be looked at, and one candidate for each of the others.
  drops.Begin("select and verify");
  facts([&](std::int64_t row, RowFacts& one) {
    drops.AddRow();
    result.reverified += one.reverified ? 1 : 0;
    if (!one.problem.empty()) {
      drops.Drop(row, one.problem, one.detail);
      return;
    }
    const Key128 group = GroupKey(recipe, one);
    std::string filter = FilterReason(recipe.filter, one);
    rows.push_back(MakeCandidate(row, std::move(one), group, std::move(filter)));
  });
  drops.End(rows.size());
  if (GroupsAreTasks(recipe)) JoinTasksThatBehaveAlike(recipe.filter.success_value, &rows);

  drops.Begin("duplicates");
  if (recipe.dedup.exact) {
    FirstRows seen;
    drops.Keep(&rows, [&](std::size_t i) {
      return seen.IsFirst(rows[i].episode, &rows[i]) ? nullptr : "duplicate:exact";
    });
  }
  if (recipe.dedup.behaviour) {
    // A right answer is one wherever it was found; wrong ones are alike on one task only.
    FirstRows seen;
    drops.Keep(&rows, [&](std::size_t i) {
      Candidate& row = rows[i];
      Key128 key = row.behaviour;
      if (row.value < recipe.filter.success_value) {
        key = {Combine64(Fold(row.task), key.high), Combine64(Fold(row.task), key.low)};
      }
      const bool is_known = row.behaviour != Key128{};
      return is_known && !seen.IsFirst(key, &row) ? "duplicate:behaviour" : nullptr;
    });
  }
  if (recipe.dedup.near) DropNearDuplicates(recipe.dedup, shingles, &rows, &drops);
  drops.End(rows.size());

  drops.Begin("decontaminate");
  drops.Keep(&rows, [&](std::size_t i) {
    const std::string& hit = rows[i].contamination;
    return hit.empty() ? nullptr : hit.c_str();
  });
  drops.End(rows.size());

  drops.Begin("filters");
  drops.Keep(&rows, [&](std::size_t i) {
    return rows[i].filter.empty() ? nullptr : rows[i].filter.c_str();
  });
  DropByPassRate(recipe.filter, &rows, &drops);
  drops.End(rows.size());

  drops.Begin("caps and balance");
  Cap(
      &rows, recipe.balance.per_task, "cap:task", seed,
      [](const Candidate& row) { return row.task; }, &drops);
  Cap(
      &rows, recipe.balance.per_group, "cap:group", seed,
      [](const Candidate& row) { return row.group; }, &drops);
  if (recipe.balance.outcomes) BalanceOutcomes(&rows, seed, &drops);
  Cap(
      &rows, recipe.balance.total, "cap:total", seed, [](const Candidate&) { return Key128{}; },
      &drops);
  drops.End(rows.size());

  std::unordered_map<Key128, std::uint32_t> group_numbers;
  std::unordered_set<Key128> tasks;
  for (const Candidate& row : rows) {
    result.mixed_shapes = result.mixed_shapes || row.shape != rows.front().shape;
    const auto [it, is_new] =
        group_numbers.emplace(row.group, static_cast<std::uint32_t>(result.groups.size()));
    if (is_new) result.groups.push_back(row.group);
    RowDecision& decision = result.rows[static_cast<std::size_t>(row.row)];
    decision.split = SplitOf(recipe.split, row.group, seed);
    decision.group = it->second;
    decision.first_of_task = tasks.insert(row.task).second;
  }
  result.kept = static_cast<std::int64_t>(rows.size());
  PairEpisodes(recipe, rows, &result);
  DecidePositions(recipe, facts, &result);
  return result;
}

}  // namespace tesuji::dataset
