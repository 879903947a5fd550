#include "verifier/problem/group_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/files.h"
#include "verifier/problem/package_files.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

const std::set<std::string> kGraderKeys = {"on_reject", "grader_flags", "accept_score",
                                           "reject_score", "range"};
const std::set<std::string> kOtherLegacyKeys = {"grading", "input_validator_flags",
                                                "output_validator_flags", "scoring", "objective"};
const std::set<std::string> kTestKeys = {"args",
                                         "input_validator_args",
                                         "output_validator_args",
                                         "input_visualizer_args",
                                         "output_visualizer_args",
                                         "full_feedback",
                                         "hint",
                                         "description"};
const std::set<std::string> kGroupKeys = {"max_score", "score_aggregation",
                                          "static_validation_score", "static_validator_args",
                                          "require_pass"};

class SettingsReader {
 public:
  SettingsReader(const fs::path& file, SettingsKind kind, const Problem& problem,
                 DataSettings* settings, GroupKeys* keys)
      : file_(file.string()), kind_(kind), problem_(problem), settings_(settings), keys_(keys) {}

  Status Read(const YamlNode& root) {
    for (const auto& [key, value] : root.map) {
      if (!Knows(key.scalar)) {
        return Fail(fmt::format("{}:{}: unknown key '{}'", file_, key.line, key.scalar));
      }
      keys_->lines[key.scalar] = key.line;
      if (Status read = Key(key.scalar, value); !read) return read;
    }
    return {};
  }

 private:
  bool Knows(const std::string& key) const {
    const bool draft = fs::path(file_).filename() == "testdata.yaml";
    const bool old = kGraderKeys.contains(key) || kOtherLegacyKeys.contains(key);
    if (problem_.format == "legacy") return old;
    if (kTestKeys.contains(key)) return true;
    return kind_ == SettingsKind::kGroup && (kGroupKeys.contains(key) || (draft && old));
  }
  Status Bad(const YamlNode& node, const std::string& what) const {
    return Fail(fmt::format("{}:{}: {}", file_, node.line, what));
  }

  Status Key(const std::string& key, const YamlNode& value) {
    if (key == "args") return Strings(key, value, &settings_->args);
    if (key == "output_validator_args") return Strings(key, value, Output(value));
    if (key == "output_validator_flags") {
      const YamlNode* flags = value.kind == YamlNode::Kind::kMap ? value.Find("flags") : &value;
      *Output(value) = flags == nullptr ? std::vector<std::string>() : YamlWords(*flags);
      return {};
    }
    if (key == "input_validator_flags" || key == "input_validator_args") return Input(value);
    if (kGraderKeys.contains(key) || key == "grading") return Grader(key, value);
    if (key == "scoring") return Draft(value);
    return Bound(key, value);
  }
  std::vector<std::string>* Output(const YamlNode& value) {
    settings_->output.origin = fmt::format("{}:{}", file_, value.line);
    return &settings_->output.words;
  }
  Status Strings(const std::string& key, const YamlNode& value, std::vector<std::string>* out) {
    if (value.kind != YamlNode::Kind::kList && !value.scalar.empty()) {
      return Bad(value, fmt::format("{} must be a list of strings", key));
    }
    *out = YamlWords(value);
    return {};
  }
  /// For all validators, or a map from validators to their own; legacy also names one.
  Status Input(const YamlNode& value) {
    settings_->input.clear();
    if (value.kind != YamlNode::Kind::kMap) {
      settings_->input[""] = YamlWords(value);
      return {};
    }
    const YamlNode* name = value.Find("name");
    const YamlNode* flags = value.Find("flags");
    if (name != nullptr || flags != nullptr) {
      settings_->input[name == nullptr ? "" : name->scalar] =
          flags == nullptr ? std::vector<std::string>() : YamlWords(*flags);
      return {};
    }
    for (const auto& [validator, words] : value.map) {
      settings_->input[validator.scalar] = YamlWords(words);
    }
    return {};
  }

  Status Number(const std::string& key, const YamlNode& value, double* out) {
    const auto number = YamlNumber(value.scalar);
    if (!number || std::isinf(*number)) {
      return Bad(value, fmt::format("{} must be a number, not '{}'", key, value.scalar));
    }
    *out = *number;
    return {};
  }
  Status Grader(const std::string& key, const YamlNode& value) {
    GraderRules& rules = settings_->grader;
    if (key == "accept_score") return Number(key, value, &rules.accept_score);
    if (key == "reject_score") return Number(key, value, &rules.reject_score);
    if (key == "grader_flags") return Flags(value);
    if (key == "range") return Range(value);
    if (key == "on_reject") {
      // "first_error" and "worst_error" are what older packages write for the two.
      rules.stops = value.scalar == "break" || value.scalar == "first_error";
      if (rules.stops || value.scalar == "continue" || value.scalar == "worst_error") return {};
      return Bad(value,
                 fmt::format("on_reject must be 'break' or 'continue', not '{}'", value.scalar));
    }
    if (value.kind == YamlNode::Kind::kMap) return Draft(value);  // "grading" of a draft.
    rules.custom = value.scalar == "custom";
    if (rules.custom || value.scalar == "default") return {};
    return Bad(value, fmt::format("grading must be 'default' or 'custom', not '{}'", value.scalar));
  }
  Status Range(const YamlNode& value) {
    const std::vector<std::string> words = YamlWords(value);
    const auto number = [&](std::size_t i) {
      return YamlNumber(words.size() == 2 ? words[i] : "").value_or(std::nan(""));
    };
    settings_->grader.lowest = number(0);
    settings_->grader.highest = number(1);
    if (settings_->grader.lowest <= settings_->grader.highest) return {};
    return Bad(value, fmt::format("range must be two numbers, the lower one first, not '{}'",
                                  value.scalar));
  }
  Status Flags(const YamlNode& value) {
    GraderRules& rules = settings_->grader;
    rules.flags = YamlWords(value);
    rules.verdict = VerdictRule::kWorstError;
    rules.score = ScoreRule::kSum;
    rules.ignore_sample = rules.accept_if_any_accepted = false;
    for (const std::string& flag : rules.flags) {
      if (flag == "worst_error" || flag == "no_errors") {
        rules.verdict = VerdictRule::kWorstError;
      } else if (flag == "first_error") {
        rules.verdict = VerdictRule::kFirstError;
      } else if (flag == "always_accept") {
        rules.verdict = VerdictRule::kAlwaysAccept;
      } else if (flag == "sum") {
        rules.score = ScoreRule::kSum;
      } else if (flag == "avg") {
        rules.score = ScoreRule::kAverage;
      } else if (flag == "min") {
        rules.score = ScoreRule::kMin;
      } else if (flag == "max") {
        rules.score = ScoreRule::kMax;
      } else if (flag == "ignore_sample") {
        rules.ignore_sample = true;
      } else if (flag == "accept_if_any_accepted") {
        rules.accept_if_any_accepted = true;
      } else {
        unknown_flag_ =
            fmt::format("{}:{}: '{}' is not a flag of the default grader", file_, value.line, flag);
      }
    }
    return {};
  }

  Status Bound(const std::string& key, const YamlNode& value) {
    BoundRules& rules = keys_->bound;
    if (key == "max_score") {
      rules.max_score.reset();
      return value.scalar == "unbounded" ? Status() : Score(key, value, &rules.max_score);
    }
    if (key == "score_aggregation") return Aggregation(key, value);
    if (key == "require_pass") {
      rules.require_pass = value.kind == YamlNode::Kind::kList
                               ? YamlWords(value)
                               : std::vector<std::string>{value.scalar};
      return {};
    }
    if (key == "static_validation_score") {
      if (!rules.static_test) rules.static_test.emplace();
      return value.scalar == "pass-fail" ? Status()
                                         : Score(key, value, &rules.static_test->max_score);
    }
    if (key == "static_validator_args") {
      if (!rules.static_test) rules.static_test.emplace();
      return Strings(key, value, &rules.static_test->args);
    }
    return {};
  }
  Status Score(const std::string& key, const YamlNode& value, std::optional<double>* out) {
    double number = 0;
    if (Status read = Number(key, value, &number); !read || number < 0) {
      return Bad(value, fmt::format("{} must be a number that is not negative{}, not '{}'", key,
                                    key == "max_score" ? ", or 'unbounded'" : ", or 'pass-fail'",
                                    value.scalar));
    }
    *out = number;
    return {};
  }
  Status Aggregation(const std::string& key, const YamlNode& value) {
    static const std::map<std::string, ScoreRule> kRules = {
        {"sum", ScoreRule::kSum}, {"min", ScoreRule::kMin}, {"pass-fail", ScoreRule::kPassFail}};
    const auto found = kRules.find(value.scalar);
    if (found == kRules.end()) {
      return Bad(value, fmt::format("{} must be 'pass-fail', 'sum' or 'min', not '{}'", key,
                                    value.scalar));
    }
    keys_->bound.score = found->second;
    keys_->lines.try_emplace("score_aggregation", value.line);
    return {};
  }
  /// The map "scoring" or "grading": score, max_score, aggregation.
  Status Draft(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) return {};
    for (const auto& [key, value] : node.map) {
      Status read;
      if (key.scalar == "score") {
        read = Score("scoring.score", value, &keys_->draft_score);
      } else if (key.scalar == "max_score") {
        keys_->lines["max_score"] = value.line;
        read = Score("max_score", value, &keys_->bound.max_score);
      } else if (key.scalar == "aggregation") {
        read = Aggregation("scoring.aggregation", value);
      } else {
        read = Bad(key, fmt::format("unknown key 'scoring.{}'", key.scalar));
      }
      if (!read) return read;
    }
    return {};
  }

 public:
  /// Of the last "grader_flags", when the group has no custom grader.
  const std::string& unknown_flag() const { return unknown_flag_; }

 private:
  const std::string file_;
  const SettingsKind kind_;
  const Problem& problem_;
  DataSettings* settings_;
  GroupKeys* keys_;
  std::string unknown_flag_;
};

Result<YamlNode> ReadMap(const fs::path& file,
                         const std::map<std::string, std::string>& constants) {
  auto text = ReadFile(file, 1U << 20);
  if (!text) return tl::unexpected(text.error());
  auto root = ParseYaml(WithConstants(*text, constants), file.string());
  if (!root || root->kind == YamlNode::Kind::kMap) return root;
  if (root->kind == YamlNode::Kind::kScalar && root->scalar.empty()) return YamlNode();
  return Fail(fmt::format("{}:{}: must be a map of keys", file.string(), root->line));
}

}  // namespace

std::string GroupKeys::At(const std::string& key) const {
  const auto found = lines.find(key);
  return found == lines.end() ? file : fmt::format("{}:{}", file, found->second);
}

Status ReadDataSettings(const fs::path& file, SettingsKind kind, const Problem& problem,
                        DataSettings* settings, GroupKeys* keys) {
  if (!fs::exists(file)) return {};
  auto root = ReadMap(file, problem.constants);
  if (!root) return tl::unexpected(root.error());
  keys->file = file.string();
  SettingsReader reader(file, kind, problem, settings, keys);
  if (Status read = reader.Read(*root); !read) return read;
  if (!settings->grader.custom && !reader.unknown_flag().empty()) {
    return Fail(reader.unknown_flag());
  }
  return {};
}

Result<bool> HasGraderKeys(const fs::path& data) {
  if (!fs::is_directory(data)) return false;
  auto files = FilesBelow(data);
  if (!files) return tl::unexpected(files.error());
  for (const fs::path& file : *files) {
    if (file.filename() != "testdata.yaml") continue;
    auto root = ReadMap(file, {});
    if (!root) return tl::unexpected(root.error());
    for (const auto& [key, value] : root->map) {
      const bool grading = key.scalar == "grading" && value.kind == YamlNode::Kind::kScalar;
      if (grading || kGraderKeys.contains(key.scalar)) return true;
    }
  }
  return false;
}

}  // namespace tesuji::verifier
