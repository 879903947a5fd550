#include "env/program/enumerate/bodies.h"

#include <algorithm>
#include <map>
#include <span>

#include "env/program/language/value.h"

namespace tesuji::env::program::enumerate {
namespace {

constexpr std::size_t kMostWanted = 48;   // Lists; the cheapest come first.
constexpr std::size_t kFewestPoints = 5;  // Fewer say too little about a body.

constexpr std::array<Op, 4> kLambdas = {kMap, kFilter, kMapIndex, kFilterIndex};

using List = std::span<const std::int32_t>;

/// (point, value) pairs; false once a point would need two values.
class Demands {
 public:
  void Add(int point, std::int32_t value) {
    if (point < 0) return;  // Not a known point: the whole program is checked in the end.
    const auto [at, fresh] = values_.try_emplace(point, value);
    good_ = good_ && (fresh || at->second == value);
  }
  /// Empty when they contradict each other, are few, or are all the same.
  std::vector<std::pair<std::int32_t, std::int32_t>> Take() const {
    if (!good_ || values_.size() < kFewestPoints) return {};
    const bool same = std::ranges::all_of(
        values_, [&](const auto& pair) { return pair.second == values_.begin()->second; });
    if (same) return {};
    return {values_.begin(), values_.end()};
  }

 private:
  std::map<std::int32_t, std::int32_t> values_;
  bool good_ = true;
};

}  // namespace

int Bodies::KindOf(const Term& body) {
  const bool truth = body.type == Type::kBool;
  if (!truth && body.type != Type::kInt) return -1;
  if (body.scope == Scope::kOne) return truth ? kFilters : kMaps;
  if (body.scope == Scope::kTwo) return truth ? kFiltersIndex : kMapsIndex;
  return -1;
}

bool Bodies::Has(TermId body, const Wanted& wanted) const {
  const std::int32_t* values = bank_[body].values;
  return std::ranges::all_of(wanted.values,
                             [&](const auto& pair) { return values[pair.first] == pair.second; });
}

void Bodies::Want(Kind kind, Wanted wanted, std::vector<Assembly>* out) {
  if (wanted.values.empty() || wanted_[kind].size() >= kMostWanted) return;
  for (const TermId body : bodies_[kind]) {
    if (!Has(body, wanted)) continue;
    out->push_back({kLambdas[kind], {body, wanted.list, -1}});
    return;
  }
  wanted_[kind].push_back(std::move(wanted));
}

void Bodies::NoteBody(TermId id, std::vector<Assembly>* out) {
  const int kind = KindOf(bank_[id]);
  if (kind < 0) return;
  auto& wanted = wanted_[static_cast<std::size_t>(kind)];
  for (auto at = wanted.begin(); at != wanted.end();) {
    if (Has(id, *at)) {
      out->push_back({kLambdas[static_cast<std::size_t>(kind)], {id, at->list, -1}});
      at = wanted.erase(at);
    } else {
      ++at;
    }
  }
  bodies_[static_cast<std::size_t>(kind)].push_back(id);
}

void Bodies::NoteList(TermId id, std::vector<Assembly>* out) {
  Demands maps, filters, maps_index, filters_index;
  bool same_length = true;
  bool filtered = true;
  bool part = true;
  const std::int32_t* mine = bank_[id].values + points_.examples();
  const std::int32_t* theirs = target_.data().data();
  const auto& two = points_.Of(Scope::kTwo);
  std::size_t next = 0;  // Points of two variables are in the order of examples.
  for (int p = 0; p < points_.examples(); ++p) {
    const List list(mine, static_cast<std::size_t>(bank_[id].values[p]));
    const List wanted(theirs,
                      static_cast<std::size_t>(target_.header()[static_cast<std::size_t>(p)]));
    mine += list.size();
    theirs += wanted.size();
    same_length = same_length && list.size() == wanted.size();
    part = part && IsSubsequence(wanted, list);
    if (!same_length && !part) return;
    const auto kept = [&](std::int32_t x) { return std::ranges::find(wanted, x) != wanted.end(); };
    if (filtered) {
      std::vector<std::int32_t> left;
      std::ranges::copy_if(list, std::back_inserter(left), kept);
      filtered = std::ranges::equal(left, wanted);
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const int point = points_.PointOf(p, list[i]);
      if (same_length) maps.Add(point, wanted[i]);
      filters.Add(point, kept(list[i]) ? 1 : 0);
    }
    for (; next < two.size() && two[next].example <= p; ++next) {
      const Point& point = two[next];
      const auto i = static_cast<std::size_t>(point.x - 1);
      if (point.example < p || point.x < 1 || i >= list.size() || list[i] != point.y) continue;
      if (same_length) maps_index.Add(static_cast<int>(next), wanted[i]);
      // Where an element occurs twice it is not clear which one was kept.
      if (std::ranges::count(list, point.y) == 1) {
        filters_index.Add(static_cast<int>(next), kept(point.y) ? 1 : 0);
      }
    }
  }
  if (same_length) {
    Want(kMaps, {id, maps.Take()}, out);
    Want(kMapsIndex, {id, maps_index.Take()}, out);
  }
  if (part && filtered) Want(kFilters, {id, filters.Take()}, out);
  if (part) Want(kFiltersIndex, {id, filters_index.Take()}, out);
}

}  // namespace tesuji::env::program::enumerate
