#include "verifier/problem/submission_rules.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "core/files.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

namespace {

constexpr std::size_t kMostPatterns = 1000;  // That one with braces may stand for.

/// "{a,b}c" stands for "ac" and "bc"; braces may lie within braces.
void Expand(const std::string& pattern, std::vector<std::string>* out) {
  const std::size_t open = pattern.find('{');
  int depth = 0;
  std::vector<std::size_t> cuts = {open};
  std::size_t close = std::string::npos;
  for (std::size_t i = open; i < pattern.size() && close == std::string::npos; ++i) {
    if (pattern[i] == '{') ++depth;
    if (pattern[i] == ',' && depth == 1) cuts.push_back(i);
    if (pattern[i] == '}' && --depth == 0) close = i;
  }
  if (open == std::string::npos || close == std::string::npos || out->size() > kMostPatterns) {
    out->push_back(pattern);
    return;
  }
  cuts.push_back(close);
  for (std::size_t i = 0; i + 1 < cuts.size() && out->size() <= kMostPatterns; ++i) {
    Expand(pattern.substr(0, open) + pattern.substr(cuts[i] + 1, cuts[i + 1] - cuts[i] - 1) +
               pattern.substr(close + 1),
           out);
  }
}

/// What the format says of its folders when the file does not.
const std::vector<std::pair<std::string, SubmissionRule>>& DefaultRules() {
  using Verdicts = std::vector<Verdict>;
  constexpr auto kAc = Verdict::kAccepted;
  constexpr auto kWa = Verdict::kWrongAnswer;
  constexpr auto kTle = Verdict::kTimeLimit;
  constexpr auto kRte = Verdict::kRuntimeError;
  static const std::vector<std::pair<std::string, SubmissionRule>> kRules = {
      {"accepted", {"", Verdicts{kAc}, {}, {}, "", false}},
      {"rejected", {"", {}, Verdicts{kRte, kTle, kWa}, {}, "", false}},
      {"wrong_answer", {"", Verdicts{kAc, kWa}, Verdicts{kWa}, {}, "", false}},
      {"time_limit_exceeded", {"", Verdicts{kAc, kTle}, Verdicts{kTle}, {}, "", false}},
      {"run_time_error", {"", Verdicts{kAc, kRte}, Verdicts{kRte}, {}, "", false}},
      {"brute_force", {"", Verdicts{kAc, kRte, kTle}, Verdicts{kRte, kTle}, {}, "", false}},
      {"partially_accepted", {"", {}, {}, {}, "", true}}};
  return kRules;
}

}  // namespace

class SubmissionRulesReader {
 public:
  explicit SubmissionRulesReader(std::string file) : file_(std::move(file)) {}

  Status Read(const YamlNode& root, SubmissionRules* rules) {
    for (const auto& [name, rule] : DefaultRules()) {
      SubmissionPlan plan;
      plan.rules = {rule};
      rules->entries_.push_back({name, plan});
    }
    if (root.kind != YamlNode::Kind::kMap) return Bad(root, "must be a map of patterns");
    for (const auto& [pattern, value] : root.map) {
      if (value.kind != YamlNode::Kind::kMap) {
        if (value.scalar.empty()) continue;
        return Bad(value, fmt::format("'{}' must be a map of keys", pattern.scalar));
      }
      auto& entries = rules->entries_;
      // A folder of the format by its name replaces what the format says of it, key by key.
      auto entry = std::ranges::find(entries, pattern.scalar, &SubmissionRules::Entry::pattern);
      if (entry == entries.end()) {
        SubmissionPlan plan;
        plan.rules.emplace_back();
        entry = entries.insert(entry, {pattern.scalar, plan});
      }
      if (Status read = Entry(value, &entry->plan); !read) return read;
    }
    return {};
  }

 private:
  Status Bad(const YamlNode& node, const std::string& what) const {
    return Fail(fmt::format("{}:{}: {}", file_, node.line, what));
  }

  Status Entry(const YamlNode& node, SubmissionPlan* plan) {
    static const std::set<std::string> kNotes = {"author", "authors", "model_solution"};
    SubmissionRule rule = plan->rules.front();  // Of all tests.
    for (const auto& [key, value] : node.map) {
      Status read;
      if (key.scalar == "language") {
        plan->language = value.scalar;
      } else if (key.scalar == "entrypoint") {
        plan->entrypoint = value.scalar;
      } else if (kNotes.contains(key.scalar)) {
        continue;
      } else if (value.kind == YamlNode::Kind::kMap) {  // Of some tests.
        SubmissionRule some;
        some.tests = key.scalar;
        for (const auto& [inner, setting] : value.map) {
          if (read = Key(inner, setting, plan, &some); !read) return read;
        }
        plan->rules.push_back(some);
        plan->own_rules = plan->own_rules || !some.empty();
      } else {
        read = Key(key, value, plan, &rule);
        plan->own_rules = plan->own_rules || key.scalar != "use_for_time_limit";
      }
      if (!read) return read;
    }
    plan->rules.front() = rule;
    return {};
  }

  Status Key(const YamlNode& key, const YamlNode& value, SubmissionPlan* plan,
             SubmissionRule* rule) {
    if (key.scalar == "permitted") return Verdicts(key, value, &rule->permitted);
    if (key.scalar == "required") return Verdicts(key, value, &rule->required);
    if (key.scalar == "score") return Score(value, rule);
    if (key.scalar == "message") {
      rule->message = value.scalar;
      return {};
    }
    if (key.scalar == "use_for_time_limit") {
      const std::string& word = value.scalar;
      if (word != "true" && word != "false" && word != "lower" && word != "upper") {
        return Bad(value, fmt::format("use_for_time_limit must be true, false, lower or upper, not "
                                      "'{}'",
                                      word));
      }
      if (word != "true") plan->sets_time_limit = word == "lower";
      plan->beyond_time_limit = word == "upper";
      return {};
    }
    return Bad(key, fmt::format("unknown key '{}'", key.scalar));
  }

  Status Verdicts(const YamlNode& key, const YamlNode& value,
                  std::optional<std::vector<Verdict>>* out) {
    out->emplace();
    for (const std::string& word : YamlWords(value)) {
      bool known = false;
      for (const Verdict one : {Verdict::kAccepted, Verdict::kWrongAnswer, Verdict::kTimeLimit,
                                Verdict::kRuntimeError}) {
        if (word != env::VerdictName(one)) continue;
        (*out)->push_back(one);
        known = true;
      }
      if (!known) {
        return Bad(value, fmt::format("{} must be a list of AC, WA, TLE and RTE, not '{}'",
                                      key.scalar, word));
      }
    }
    return {};
  }

  Status Score(const YamlNode& value, SubmissionRule* rule) {
    const std::vector<std::string> words = YamlWords(value);
    const auto low = YamlNumber(words.empty() ? "" : words.front());
    const auto high = YamlNumber(words.empty() || words.size() > 2 ? "" : words.back());
    if (!low.has_value() || !high.has_value()) {
      return Bad(value, "score must be a number, or a list of two: from, to");
    }
    rule->score = {low.value(), high.value()};
    return {};
  }

  const std::string file_;
};

bool MatchesPattern(const std::string& pattern, const std::string& path) {
  std::vector<std::string> patterns;
  Expand(pattern, &patterns);
  for (fs::path part = path; !part.empty(); part = part.parent_path()) {
    for (const std::string& one : patterns) {
      if (fnmatch(one.c_str(), part.c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0) return true;
    }
    if (!part.has_parent_path() || part == part.parent_path()) break;
  }
  return false;
}

Result<SubmissionRules> SubmissionRules::Load(const fs::path& package) {
  const fs::path file = package / "submissions" / "submissions.yaml";
  if (Status inside = CheckInside(package, file); !inside) return tl::unexpected(inside.error());
  YamlNode root;
  root.kind = YamlNode::Kind::kMap;
  if (fs::exists(file)) {
    auto text = ReadFile(file, 1U << 20);
    if (!text) return tl::unexpected(text.error());
    auto parsed = ParseYaml(*text, file.string());
    if (!parsed) return tl::unexpected(parsed.error());
    root = std::move(*parsed);
  }
  SubmissionRules rules;
  if (Status read = SubmissionRulesReader(file.string()).Read(root, &rules); !read) {
    return tl::unexpected(read.error());
  }
  return rules;
}

SubmissionPlan SubmissionRules::For(const fs::path& path) const {
  SubmissionPlan plan;
  for (const Entry& entry : entries_) {
    if (!MatchesPattern(entry.pattern, path.generic_string())) continue;
    const SubmissionPlan& one = entry.plan;
    if (!one.language.empty()) plan.language = one.language;
    if (!one.entrypoint.empty()) plan.entrypoint = one.entrypoint;
    if (one.sets_time_limit) {
      plan.sets_time_limit = one.sets_time_limit;
      plan.beyond_time_limit = one.beyond_time_limit;
    }
    plan.own_rules = plan.own_rules || one.own_rules;
    for (const SubmissionRule& rule : one.rules) {
      if (!rule.empty()) plan.rules.push_back(rule);
    }
  }
  return plan;
}

}  // namespace tesuji::verifier
