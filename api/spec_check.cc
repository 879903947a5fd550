#include "api/spec_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace tesuji::env {
namespace {

bool IsPermutation(const std::vector<std::int32_t>& map, std::size_t size) {
  if (map.size() != size) return false;
  std::vector<bool> hit(size, false);
  for (const std::int32_t to : map) {
    if (to < 0 || static_cast<std::size_t>(to) >= size || hit[to]) return false;
    hit[to] = true;
  }
  return true;
}

class Problems {
 public:
  void Expect(bool holds, std::string_view rule, std::string detail) {
    if (!holds) list_.push_back({std::string(rule), std::move(detail)});
  }
  std::vector<SpecProblem> Take() { return std::move(list_); }

 private:
  std::vector<SpecProblem> list_;
};

void CheckSymmetries(const Spec& spec, Problems* problems) {
  problems->Expect(!spec.symmetries.empty(), "spec: symmetries hold at least the identity", "none");
  for (std::size_t i = 0; i < spec.symmetries.size(); ++i) {
    const Symmetry& symmetry = spec.symmetries[i];
    problems->Expect(IsPermutation(symmetry.cells, spec.observation.cells()) &&
                         IsPermutation(symmetry.actions, spec.action_count),
                     "spec: symmetries are permutations of cells and actions",
                     fmt::format("number {}", i));
    for (std::size_t j = 0; j < i; ++j) {
      const Symmetry& other = spec.symmetries[j];
      problems->Expect(symmetry.cells != other.cells || symmetry.actions != other.actions,
                       "spec: symmetries are all different",
                       fmt::format("numbers {} and {}", j, i));
    }
  }
  if (spec.symmetries.empty()) return;
  problems->Expect(std::ranges::is_sorted(spec.symmetries[0].cells) &&
                       std::ranges::is_sorted(spec.symmetries[0].actions),
                   "spec: the first symmetry is the identity", "it moves something");
}

}  // namespace

std::vector<SpecProblem> CheckSpec(const Spec& spec) {
  Problems problems;
  const auto named = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  problems.Expect(!spec.id.empty() && std::ranges::all_of(spec.id, named),
                  "spec: id is a lower-case word", fmt::format("\"{}\"", spec.id));
  problems.Expect(spec.version >= 1, "spec: version counts from 1",
                  fmt::format("{}", spec.version));
  problems.Expect(spec.action_count > 0 && spec.max_steps > 0, "spec: there are actions and steps",
                  fmt::format("action_count {}, max_steps {}", spec.action_count, spec.max_steps));
  problems.Expect(spec.player_count == 1 || spec.player_count == 2, "spec: one or two players",
                  fmt::format("{}", spec.player_count));
  const ObservationShape& shape = spec.observation;
  problems.Expect(shape.planes > 0 && shape.height > 0 && shape.width > 0,
                  "spec: observation has a shape",
                  fmt::format("{} x {} x {}", shape.planes, shape.height, shape.width));
  const auto [planes, others] = spec.actions;
  problems.Expect(
      (planes == 0 && others == 0) || planes * shape.cells() + others == spec.action_count,
      "spec: the action layout adds up to action_count",
      fmt::format("{} * {} + {} against {}", planes, shape.cells(), others, spec.action_count));
  problems.Expect(!spec.has_score || spec.score_scale > 0, "spec: score_scale is positive",
                  fmt::format("{}", spec.score_scale));
  problems.Expect(spec.value_anchor_plane >= -1 && spec.value_anchor_plane < shape.planes,
                  "spec: value_anchor_plane is a plane of the observation, or -1",
                  fmt::format("{} of {}", spec.value_anchor_plane, shape.planes));
  problems.Expect(spec.value_anchor_plane == -1 || spec.player_count == 1,
                  "spec: a value_anchor_plane is for one player",
                  fmt::format("{} players", spec.player_count));
  if (shape.cells() > 0 && spec.action_count > 0) CheckSymmetries(spec, &problems);
  return problems.Take();
}

}  // namespace tesuji::env
