#include "dataset/curate/decider.h"

#include <algorithm>
#include <unordered_map>

#include "dataset/curate/minhash.h"
#include "dataset/curate/position_table.h"

namespace tesuji::dataset {

Candidate MakeCandidate(std::int64_t row, RowFacts facts, const Key128& group, std::string filter) {
  Candidate candidate;
  candidate.row = row;
  candidate.episode = facts.episode;
  candidate.task = facts.task;
  candidate.group = group;
  candidate.behaviour = facts.behaviour;
  candidate.value = facts.value;
  candidate.two_players = facts.two_players;
  candidate.shape = facts.shape;
  candidate.filter = std::move(filter);
  if (!facts.contamination.empty()) {
    candidate.contamination = "contaminated:" + facts.contamination;
    candidate.detail = std::move(facts.contamination_detail);
  }
  candidate.bands = std::move(facts.bands);
  return candidate;
}

void Drops::Begin(const char* step) {
  counts_.clear();
  const std::int64_t in = decisions_->funnel.empty() ? 0 : decisions_->funnel.back().out;
  FunnelStep& opened = decisions_->funnel.emplace_back();
  opened.name = step;
  opened.in = in;
}

void Drops::End(std::size_t left) {
  FunnelStep& step = decisions_->funnel.back();
  if (decisions_->funnel.size() == 1) step.in = static_cast<std::int64_t>(decisions_->rows.size());
  step.out = static_cast<std::int64_t>(left);
  step.dropped.assign(counts_.begin(), counts_.end());
}

void Drops::Drop(std::int64_t row, const std::string& reason, std::string detail) {
  const auto [it, is_new] =
      numbers_.emplace(reason, static_cast<std::uint16_t>(decisions_->reasons.size()));
  if (is_new) decisions_->reasons.push_back(reason);
  decisions_->rows[static_cast<std::size_t>(row)].reason = it->second;
  decisions_->details[static_cast<std::size_t>(row)] = std::move(detail);
  ++counts_[reason];
}

void DropNearDuplicates(const DedupSection& options, const ShingleSource& shingles,
                        std::vector<Candidate>* rows, Drops* drops) {
  // (band and its key, row): equal neighbours after sorting are candidates.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> bands;
  for (std::uint32_t i = 0; i < rows->size(); ++i) {
    for (const std::uint64_t key : (*rows)[i].bands) bands.emplace_back(key, i);
  }
  std::ranges::sort(bands);
  // Within a crowd of look-alikes, the first and the nearest few stand for all of them.
  constexpr std::size_t kNearest = 15;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // (later, earlier)
  for (std::size_t begin = 0; begin < bands.size();) {
    std::size_t end = begin;
    while (end < bands.size() && bands[end].first == bands[begin].first) ++end;
    for (std::size_t i = begin + 1; i < end; ++i) {
      pairs.emplace_back(bands[i].second, bands[begin].second);
      for (std::size_t j = std::max(begin + 1, i - std::min(i, kNearest)); j < i; ++j) {
        pairs.emplace_back(bands[i].second, bands[j].second);
      }
    }
    begin = end;
  }
  bands = {};
  std::ranges::sort(pairs);
  const auto rest = std::ranges::unique(pairs);
  pairs.erase(rest.begin(), rest.end());

  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> remembered;
  const auto shingles_of = [&](std::uint32_t i) -> const std::vector<std::uint64_t>& {
    if (const auto it = remembered.find(i); it != remembered.end()) return it->second;
    if (remembered.size() > 20000) remembered.clear();
    return remembered[i] = shingles((*rows)[i].row);
  };
  std::vector<bool> dropped(rows->size());
  for (const auto& [later, earlier] : pairs) {
    if (dropped[later] || dropped[earlier]) continue;
    const std::vector<std::uint64_t> mine =
        shingles_of(later);  // A copy: the memory may be cleared.
    const double similarity = Jaccard(mine, shingles_of(earlier));
    if (similarity < options.threshold) continue;
    dropped[later] = true;
    (*rows)[later].detail = "like row " + std::to_string((*rows)[earlier].row);
  }
  drops->Keep(rows, [&](std::size_t i) { return dropped[i] ? "duplicate:near" : nullptr; });
}

void PairEpisodes(const Recipe& recipe, const std::vector<Candidate>& rows, Decisions* result) {
  const auto wants = [&](const char* view) {
    return std::ranges::find(recipe.exports.views, view) != recipe.exports.views.end();
  };
  if (!wants("preferences") && !wants("traces")) return;
  struct Sides {
    std::vector<std::int64_t> better;
    std::vector<std::int64_t> worse;
  };
  std::unordered_map<Key128, Sides> tasks;
  std::vector<Key128> order;
  for (const Candidate& row : rows) {
    if (row.two_players) continue;
    const auto [it, is_new] = tasks.try_emplace(row.task);
    if (is_new) order.push_back(row.task);
    const bool passed = row.value >= recipe.filter.success_value;
    (passed ? it->second.better : it->second.worse).push_back(row.row);
  }
  for (const Key128& task : order) {
    const Sides& sides = tasks[task];
    const std::size_t count = std::min({sides.better.size(), sides.worse.size(),
                                        static_cast<std::size_t>(recipe.view.pairs_per_task)});
    for (std::size_t i = 0; i < count; ++i) {
      const auto& better = result->rows[static_cast<std::size_t>(sides.better[i])];
      const auto& worse = result->rows[static_cast<std::size_t>(sides.worse[i])];
      // One task may lie in two splits when splits are by episode: no pair may.
      if (better.split == worse.split) result->pairs.emplace_back(sides.better[i], sides.worse[i]);
    }
  }
  std::ranges::sort(result->pairs);
}

const char* PositionFateName(char fate) {
  switch (fate) {
    case kPositionStays:
      return "kept";
    case kNoTarget:
      return "position:no-target";
    case kFewVisits:
      return "position:visits";
    case kDuplicatePosition:
      return "duplicate:position";
    default:
      return "duplicate:other-split";
  }
}

void DecidePositions(const Recipe& recipe, const FactStream& facts, Decisions* result) {
  FunnelStep& funnel = result->positions;
  funnel.name = "positions";
  bool wanted = false;
  for (const auto& view : recipe.exports.views) wanted = wanted || IsOfPositions(view);
  if (!wanted) return;
  std::map<char, std::int64_t> counts;
  PositionTable seen;
  facts([&](std::int64_t row, RowFacts& one) {
    RowDecision& decision = result->rows[static_cast<std::size_t>(row)];
    if (decision.split == kDropped) return;
    decision.first_position = static_cast<std::int64_t>(result->position.size());
    for (const PositionFact& position : one.positions) {
      char fate = kPositionStays;
      if (recipe.view.targets_only && position.visits == 0) {
        fate = kNoTarget;
      } else if (position.visits < recipe.view.min_target_visits) {
        fate = kFewVisits;
      } else {
        const int first_split = seen.Insert(position.key, decision.split);
        if (first_split >= 0 && first_split != decision.split) {
          fate = kOtherSplit;
        } else if (first_split >= 0 && recipe.dedup.positions) {
          fate = kDuplicatePosition;
        }
      }
      ++counts[fate];
      result->position.push_back(fate);
    }
  });
  for (const auto& [fate, rows] : counts) {
    funnel.in += rows;
    if (fate == kPositionStays) {
      funnel.out = rows;
    } else {
      funnel.dropped.emplace_back(PositionFateName(fate), rows);
    }
  }
}

}  // namespace tesuji::dataset
