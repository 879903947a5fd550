#include "verifier/problem/package_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace tesuji::verifier {
namespace {

const std::set<std::string>& KnownKeys() {
  static const std::set<std::string> keys = {"problem_format_version",
                                             "type",
                                             "name",
                                             "uuid",
                                             "version",
                                             "credits",
                                             "author",
                                             "source",
                                             "source_url",
                                             "license",
                                             "rights_owner",
                                             "embargo_until",
                                             "limits",
                                             "keywords",
                                             "languages",
                                             "allow_file_writing",
                                             "constants",
                                             "validation",
                                             "validator_flags",
                                             "grading",
                                             "validator",
                                             "output_validator_args",
                                             "libraries",
                                             "attachments"};
  return keys;
}

/// Limits in whole MiB or KiB, and in seconds of which milliseconds count: less would be none.
const std::set<std::string> kWhole = {
    "memory", "output", "code", "compilation_memory", "validation_memory", "validation_output"};
const std::set<std::string> kSeconds = {"time_limit", "compilation_time", "validation_time",
                                        "time_resolution"};

/// Reads problem.yaml; remembers the file for messages.
class Settings {
 public:
  Settings(std::string origin, Problem* problem, ValidatorFlagWords* flags)
      : origin_(std::move(origin)), problem_(problem), flags_(flags) {}

  Status Read(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::kMap) return Bad(root, "must be a map of keys");
    if (Status read = Version(root.Find("problem_format_version")); !read) return read;
    for (const auto& [key, value] : root.map) {
      if (!KnownKeys().contains(key.scalar)) {
        return Bad(key, fmt::format("unknown key '{}'", key.scalar));
      }
      Status read;
      if (key.scalar == "name") read = Name(value);
      if (key.scalar == "limits") read = AllLimits(value);
      if (key.scalar == "validation") read = ValidationWord(value);
      if (key.scalar == "type") read = Type(value);
      if (key.scalar == "grading") read = Grading(value);
      if (key.scalar == "validator_flags") {
        *flags_ = {YamlWords(value), fmt::format("{}:{}", origin_, value.line)};
      }
      if (key.scalar == "languages") Languages(value);
      if (key.scalar == "constants") read = Constants(value);
      if (!read) return read;
    }
    if (!problem_->scoring && problem_->validator_scores && legacy()) {
      return Bad(*root.Find("validation"), "validation 'score' needs 'type: scoring'");
    }
    // In 2025-09 every output validator of a scoring problem may give scores.
    if (!legacy()) problem_->validator_scores = problem_->scoring;
    if (multi_pass_) problem_->passes = problem_->limits.validation_passes;
    return {};
  }

  Status Bad(const YamlNode& node, const std::string& what) const {
    return Fail(fmt::format("{}:{}: {}", origin_, node.line, what));
  }

 private:
  Status Name(const YamlNode& node) {
    problem_->name = node.scalar;
    if (node.kind == YamlNode::Kind::kMap && !node.map.empty()) {
      const YamlNode* english = node.Find("en");
      problem_->name = (english != nullptr ? *english : node.map.front().second).scalar;
    }
    return {};
  }
  bool legacy() const { return problem_->format == "legacy"; }
  Status Version(const YamlNode* node) {
    const std::string version = node == nullptr ? "legacy" : node->scalar;
    problem_->format = version == "legacy" || version == "legacy-icpc" ? "legacy" : "2025-09";
    static const std::set<std::string> kKnown = {"legacy",        "legacy-icpc",   "2025-09",
                                                 "2025-09-draft",  // And its predecessors:
                                                 "2023-07",       "2023-07-draft", "draft"};
    if (!kKnown.contains(version)) {
      return Bad(*node, fmt::format("problem_format_version '{}' is not supported (these are: {})",
                                    version, fmt::join(kKnown, ", ")));
    }
    if (!legacy()) problem_->limits.accepted_multiplier = 2;
    return {};
  }
  Status ValidationWord(const YamlNode& node) {
    for (const std::string& word : YamlWords(node)) {
      if (word == "custom") {
        problem_->validation = std::max(problem_->validation, Validation::kCustom);
      } else if (word == "interactive") {
        problem_->validation = Validation::kInteractive;
      } else if (word == "score") {
        problem_->validator_scores = true;
      } else if (word != "default") {
        return Bad(node, fmt::format("validation '{}' is not supported (default, custom, score and "
                                     "interactive are)",
                                     word));
      }
    }
    return {};
  }
  Status Type(const YamlNode& node) {
    const std::vector<std::string> words = YamlWords(node);
    const auto has = [&](const char* word) {
      return std::ranges::find(words, word) != words.end();
    };
    for (const std::string& word : words) {
      if (word == "interactive") {
        problem_->validation = Validation::kInteractive;
      } else if (word == "scoring") {
        problem_->scoring = true;
      } else if (word == "multi-pass") {
        multi_pass_ = true;
      } else if (word == "submit-answer") {
        problem_->answers_only = true;
      } else if (word != "pass-fail") {
        return Bad(node, fmt::format("type '{}' is not supported (pass-fail, scoring, interactive, "
                                     "multi-pass and submit-answer are)",
                                     word));
      }
    }
    if (has("submit-answer") && (has("interactive") || has("multi-pass"))) {
      return Bad(node, "type 'submit-answer' excludes 'interactive' and 'multi-pass'");
    }
    if (has("scoring") && has("pass-fail")) {
      return Bad(node, "type must not be both 'pass-fail' and 'scoring'");
    }
    return {};
  }
  Status Grading(const YamlNode& node) {
    for (const auto& [key, value] : node.map) {
      static const std::set<std::string> kOfGroups = {"accept_score", "reject_score", "range",
                                                      "on_reject"};
      if (kOfGroups.contains(key.scalar)) {
        return Bad(key, fmt::format("grading.{} belongs into data/testdata.yaml", key.scalar));
      }
      if (key.scalar != "objective" && key.scalar != "show_test_data_groups") {
        return Bad(key, fmt::format("unknown key 'grading.{}'", key.scalar));
      }
    }
    const YamlNode* objective = node.Find("objective");
    if (objective == nullptr) return {};
    if (objective->scalar != "max" && objective->scalar != "min") {
      return Bad(*objective, fmt::format("grading.objective must be 'max' or 'min', not '{}'",
                                         objective->scalar));
    }
    problem_->minimises = objective->scalar == "min";
    return {};
  }
  void Languages(const YamlNode& node) {
    problem_->languages = YamlWords(node);
    if (problem_->languages == std::vector<std::string>{"all"}) problem_->languages.clear();
  }
  Status Constants(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) return Bad(node, "constants must be a map");
    for (const auto& [key, value] : node.map) {
      if (value.kind == YamlNode::Kind::kScalar) {
        problem_->constants[key.scalar] = problem_->constants[key.scalar + ".value"] = value.scalar;
        continue;
      }
      if (Status read = Variants(key.scalar, value); !read) return read;
    }
    return {};
  }
  /// A constant with other ways to write it: {{name}} is {{name.value}}, {{name.tex}} another.
  Status Variants(const std::string& name, const YamlNode& node) {
    const YamlNode* plain = node.Find("value");
    if (node.kind != YamlNode::Kind::kMap || plain == nullptr) {
      return Bad(node, fmt::format("constants.{} must be a number, a string, or a map with the key "
                                   "'value'",
                                   name));
    }
    for (const auto& [variant, value] : node.map) {
      if (value.kind != YamlNode::Kind::kScalar) {
        return Bad(value, fmt::format("constants.{}.{} must be a number or a string", name,
                                      variant.scalar));
      }
      problem_->constants[name + "." + variant.scalar] = value.scalar;
    }
    problem_->constants[name] = plain->scalar;
    return {};
  }
  Status Number(const YamlNode& node, const std::string& key, double* out) const {
    char* end = nullptr;
    const double value = std::strtod(node.scalar.c_str(), &end);
    if (node.scalar.empty() || *end != 0 || !(value > 0) || value > 1e9) {
      return Bad(node,
                 fmt::format("limits.{} must be a positive number, not '{}'", key, node.scalar));
    }
    *out = value;
    return {};
  }
  Status AllLimits(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) {
      if (node.scalar.empty()) return {};
      return Bad(node, "limits must be a map");
    }
    ProblemLimits& limits = problem_->limits;
    for (const auto& [key, value] : node.map) {
      const std::string& name = key.scalar;
      double number = 0;
      if (name == "time_multipliers") {
        if (value.kind != YamlNode::Kind::kMap) {
          return Bad(value, "limits.time_multipliers must be a map");
        }
        for (const auto& [which, factor] : value.map) {
          if (which.scalar != "ac_to_time_limit" && which.scalar != "time_limit_to_tle") {
            return Bad(which,
                       fmt::format("unknown key 'limits.time_multipliers.{}'", which.scalar));
          }
          if (Status read = Number(factor, "time_multipliers." + which.scalar, &number); !read) {
            return read;
          }
          const bool accepted = which.scalar == "ac_to_time_limit";
          (accepted ? limits.accepted_multiplier : limits.rejected_multiplier) = number;
        }
        continue;
      }
      if (Status read = Number(value, name, &number); !read) return read;
      const auto whole = static_cast<std::int64_t>(number);
      if (whole < 1 && kWhole.contains(name)) {
        return Bad(value,
                   fmt::format("limits.{} must be at least 1, not '{}'", name, value.scalar));
      }
      if (number < 0.001 && kSeconds.contains(name)) {
        return Bad(value,
                   fmt::format("limits.{} must be at least 0.001, not '{}'", name, value.scalar));
      }
      if (name == "time_limit")
        limits.time_seconds = number;
      else if (name == "time_multiplier")
        limits.accepted_multiplier = number;
      else if (name == "memory")
        limits.memory_mib = whole;
      else if (name == "output")
        limits.output_mib = whole;
      else if (name == "code")
        limits.code_kib = whole;
      else if (name == "compilation_time")
        limits.compilation_seconds = number;
      else if (name == "compilation_memory")
        limits.compilation_memory_mib = whole;
      else if (name == "validation_time")
        limits.validation_seconds = number;
      else if (name == "validation_memory")
        limits.validation_memory_mib = whole;
      else if (name == "validation_output")
        limits.validation_output_mib = whole;
      else if (name == "time_resolution")
        limits.time_resolution = number;
      else if (name == "validation_passes") {
        if (whole < 2 || number != static_cast<double>(whole) || whole > 1000) {
          return Bad(value, fmt::format("limits.validation_passes must be a whole number from 2 to "
                                        "1000, not '{}'",
                                        value.scalar));
        }
        limits.validation_passes = static_cast<int>(whole);
      } else if (name != "time_safety_margin") {
        return Bad(key, fmt::format("unknown key 'limits.{}'", name));
      }
    }
    return {};
  }

  std::string origin_;
  bool multi_pass_ = false;
  Problem* problem_;
  ValidatorFlagWords* flags_;
};

}  // namespace

Status ReadPackageSettings(const YamlNode& root, const std::string& origin, Problem* problem,
                           ValidatorFlagWords* flags) {
  return Settings(origin, problem, flags).Read(root);
}

std::string WithConstants(std::string_view text,
                          const std::map<std::string, std::string>& constants) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open + 2);
    if (close == std::string_view::npos) break;
    const auto found = constants.find(std::string(text.substr(open + 2, close - open - 2)));
    if (found == constants.end()) {  // "{{{a}}" may hold one a character later.
      out += text.substr(0, open + 1);
      text.remove_prefix(open + 1);
      continue;
    }
    out += text.substr(0, open);
    out += found->second;
    text.remove_prefix(close + 2);
  }
  return out.append(text);
}

}  // namespace tesuji::verifier
