#include "verifier/problem/group_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tesuji::verifier {
namespace {

constexpr double kSecretScore = 100;  // Of "secret", when its file says nothing.

class Bounds {
 public:
  Bounds(const std::vector<GroupKeys>& keys, Problem* problem) : keys_(keys), problem_(problem) {}

  Status Set() {
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (Status set = SetOne(i); !set) return set;
    }
    if (!problem_->scoring) return {};
    SetDraftScores();
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (Status checked = Check(i); !checked) return checked;
    }
    return {};
  }

 private:
  TestGroup& group(std::size_t i) { return problem_->groups[i]; }
  bool secret(std::size_t i) { return group(i).name == "secret"; }
  Status Bad(std::size_t i, const std::string& key, const std::string& what) const {
    return Fail(fmt::format("{}: {}", keys_[i].At(key), what));
  }

  Status SetOne(std::size_t i) {
    BoundRules& rules = group(i).bound = keys_[i].bound;
    const bool sample = group(i).name == "sample";
    for (const char* key : {"max_score", "score_aggregation", "require_pass"}) {
      if (!keys_[i].Has(key)) continue;
      if (!problem_->scoring) {
        return Bad(i, key, fmt::format("{} needs 'type: scoring' in problem.yaml", key));
      }
      if (sample) return Bad(i, key, fmt::format("{} is not permitted in sample", key));
    }
    if (!keys_[i].Has("score_aggregation")) {
      rules.score = secret(i) && problem_->scoring ? ScoreRule::kSum : ScoreRule::kPassFail;
    }
    if (secret(i) && !keys_[i].Has("max_score")) rules.max_score = kSecretScore;
    if (rules.static_test && problem_->static_validator.empty()) {
      return Bad(i, "static_validation_score", "there is no static_validator/ for it");
    }
    if (rules.static_test && !keys_[i].Has("static_validation_score")) {
      return Bad(i, "static_validator_args", "needs static_validation_score beside it");
    }
    if (rules.static_test && rules.static_test->max_score &&
        (!problem_->scoring || rules.score == ScoreRule::kPassFail)) {
      return Bad(i, "static_validation_score",
                 "must be 'pass-fail' here: only groups with sum or min have scores");
    }
    return Requirements(i);
  }

  /// They name groups that come earlier and are passed or not.
  Status Requirements(std::size_t i) {
    for (const std::string& name : group(i).bound.require_pass) {
      const auto found = std::find_if(problem_->groups.begin(), problem_->groups.begin() + i,
                                      [&](const TestGroup& other) { return other.name == name; });
      const auto end = problem_->groups.begin() + static_cast<std::ptrdiff_t>(i);
      if (found == end || (name != "sample" && !name.starts_with("secret/"))) {
        return Bad(i, "require_pass",
                   fmt::format("require_pass must name 'sample' or a group before {}, not '{}'",
                               group(i).name, name));
      }
      if (found->bound.score != ScoreRule::kPassFail) {
        return Bad(i, "require_pass",
                   fmt::format("require_pass: {} must have pass-fail aggregation", name));
      }
    }
    return {};
  }

  /// In a draft of the format a group said the score of an accepted test.
  void SetDraftScores() {
    double sum = 0;
    bool any = false;
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (!keys_[i].draft_score || secret(i)) continue;
      BoundRules& rules = group(i).bound;
      const bool adds = rules.score == ScoreRule::kSum;
      const double count = adds ? static_cast<double>(CountTests(*problem_, group(i))) : 1;
      if (!rules.max_score) rules.max_score = *keys_[i].draft_score * count;
      sum += *rules.max_score;
      any = true;
    }
    for (std::size_t i = 1; any && i < keys_.size(); ++i) {
      if (secret(i) && !keys_[i].Has("max_score")) group(i).bound.max_score = sum;
    }
  }

  Status Check(std::size_t i) {
    TestGroup& checked = group(i);
    if (checked.name == "sample") return {};
    const auto& own = checked.bound;
    if (secret(i)) {
      const bool groups = std::ranges::any_of(checked.members, &GroupMember::is_group);
      const bool tests = !std::ranges::all_of(checked.members, &GroupMember::is_group);
      if (groups && tests) {
        return Fail(
            fmt::format("{}/data/secret: holds both tests and test groups; a scoring "
                        "problem has one or the other, and every group has a "
                        "test_group.yaml",
                        problem_->folder.string()));
      }
      secret_ = i;
    } else {
      if (checked.name.find('/') != checked.name.rfind('/') ||
          !checked.name.starts_with("secret/")) {
        return Bad(i, "", "test groups lie directly in data/secret and hold no groups");
      }
      const BoundRules& outer = group(secret_).bound;
      if (outer.max_score && !own.max_score) {
        return Bad(i, "max_score",
                   "max_score must be a number, because that of secret is (100, when secret's "
                   "test_group.yaml does not say it)");
      }
      if (outer.score == ScoreRule::kPassFail && own.score != ScoreRule::kPassFail) {
        return Bad(i, "score_aggregation", "must be pass-fail, because that of secret is");
      }
    }
    if (own.score == ScoreRule::kPassFail && !own.max_score) {
      return Bad(i, "max_score", "pass-fail aggregation needs a max_score that is a number");
    }
    return {};
  }

  const std::vector<GroupKeys>& keys_;
  Problem* problem_;
  std::size_t secret_ = 0;
};

double Combine(ScoreRule rule, const std::vector<double>& scores) {
  double sum = 0;
  for (const double score : scores) sum += score;
  if (scores.empty()) return 0;
  if (rule == ScoreRule::kMin) return *std::ranges::min_element(scores);
  if (rule == ScoreRule::kMax) return *std::ranges::max_element(scores);
  return rule == ScoreRule::kAverage ? sum / static_cast<double>(scores.size()) : sum;
}

/// What graders can make of a group at best (or at worst).
std::optional<double> Extreme(const Problem& problem, const TestGroup& group, bool best) {
  const GraderRules& rules = group.grader;
  const double said = best ? rules.highest : rules.lowest;
  if (std::isfinite(said)) return said;
  if (rules.custom) return std::nullopt;
  std::vector<double> scores;
  for (const GroupMember& member : group.members) {
    std::optional<double> one;
    if (member.is_group) {
      one = Extreme(problem, problem.groups[member.index], best);
    } else if (!problem.validator_scores) {
      one = best ? std::max(rules.accept_score, rules.reject_score)
                 : std::min(rules.accept_score, rules.reject_score);
    }
    if (!one) return std::nullopt;
    scores.push_back(*one);
  }
  if (rules.ignore_sample && scores.size() > 1) scores = {scores.back()};
  return Combine(rules.score, scores);
}

}  // namespace

Status SetGroupRules(const std::vector<GroupKeys>& keys, Problem* problem) {
  if (problem->graders || !problem->is_package()) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const bool custom = problem->groups[i].grader.custom;
      if (custom && problem->grader.empty()) {
        return Fail(
            fmt::format("{}: grading is custom, but graders/ has none", keys[i].At("grading")));
      }
    }
    return {};
  }
  return Bounds(keys, problem).Set();
}

ScoreBounds BoundsOf(const Problem& problem) {
  if (!problem.scoring || problem.groups.empty()) return {};
  if (problem.graders) {
    const TestGroup& root = problem.groups.front();
    return {Extreme(problem, root, false), Extreme(problem, root, true)};
  }
  for (const TestGroup& group : problem.groups) {
    if (group.name == "secret") return {0.0, group.bound.max_score};
  }
  return {};
}

std::optional<double> ShareOfBest(const Problem& problem, double score) {
  const ScoreBounds bounds = BoundsOf(problem);
  if (!bounds.lowest || !bounds.highest || *bounds.lowest >= *bounds.highest) return std::nullopt;
  const double share =
      std::clamp((score - *bounds.lowest) / (*bounds.highest - *bounds.lowest), 0.0, 1.0);
  return problem.minimises ? 1 - share : share;
}

std::size_t CountTests(const Problem& problem, const TestGroup& group) {
  std::size_t count = 0;
  for (const GroupMember& member : group.members) {
    count += member.is_group ? CountTests(problem, problem.groups[member.index]) : 1;
  }
  return count;
}

}  // namespace tesuji::verifier
