#include "verifier/problem/task_row.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/untrusted_json.h"
#include "verifier/problem/answer_text.h"

namespace tesuji::verifier {

namespace {

constexpr double kLargest = 1e15;  ///< A limit beyond it is none.

}  // namespace

bool TaskRow::Has(const char* key) const {
  const auto found = json_.find(key);
  return found != json_.end() && !found->is_null();
}

tl::unexpected<Failure> TaskRow::Wrong(std::string_view key, std::string_view message) const {
  return Fail(fmt::format("{}: the key '{}' {}", where_, key, message));
}

Result<std::string> TaskRow::Text(const char* key) const {
  if (!Has(key)) return Wrong(key, "is missing: a string is expected");
  if (!json_[key].is_string()) {
    return Wrong(key, fmt::format("must be a string, not {}", json_[key].type_name()));
  }
  return json_[key].get<std::string>();
}

std::string TaskRow::TextOr(std::initializer_list<const char*> keys) const {
  for (const char* key : keys) {
    const auto found = json_.find(key);
    if (found != json_.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

Result<Json> TaskRow::Inner(const char* key) const {
  if (!Has(key)) return Json();
  if (!json_[key].is_string()) return json_[key];
  const std::string text = json_[key].get<std::string>();
  if (text.find_first_not_of(" \t\r\n") == text.npos) return Json();
  auto value = ParseUntrustedJson(text);
  if (!value) return Wrong(key, "is a string that must hold JSON: " + value.error().message);
  return std::move(*value);
}

std::string TaskRow::Id(std::initializer_list<const char*> keys) const {
  for (const char* key : keys) {
    const auto found = json_.find(key);
    if (found == json_.end()) continue;
    if (found->is_string() && !found->get<std::string>().empty()) return *found;
    if (found->is_number_integer()) return found->dump();
  }
  return std::to_string(number_);
}

JudgeTask TaskRow::Begin(const char* format, std::initializer_list<const char*> id_keys) const {
  JudgeTask task;
  task.id = Id(id_keys);
  task.where = where_;
  task.format = format;
  return task;
}

Result<std::vector<std::string>> Texts(const TaskRow& row, const char* key, const Json& list) {
  if (!list.is_array()) {
    return row.Wrong(key, fmt::format("must be a list of strings, not {}", list.type_name()));
  }
  std::vector<std::string> texts;
  for (const Json& text : list) {
    if (!text.is_string()) {
      return row.Wrong(key, fmt::format("must be a list of strings; entry {} is {}",
                                        texts.size() + 1, text.type_name()));
    }
    texts.push_back(text);
  }
  return texts;
}

double NumberIn(const Json& value) {
  double number = 0;
  if (value.is_number()) number = value.get<double>();
  if (value.is_string()) number = std::strtod(value.get<std::string>().c_str(), nullptr);
  if (value.is_object()) {
    const Json seconds = value.value("seconds", Json());
    const Json nanos = value.value("nanos", Json());
    if (seconds.is_number()) number += seconds.get<double>();
    if (nanos.is_number()) number += 1e-9 * nanos.get<double>();
  }
  return number > 0 && number < kLargest ? number : 0;
}

namespace {

bool HasLineWith(const std::string& code, std::initializer_list<const char*> beginnings) {
  for (std::size_t at = 0; at < code.size();) {
    for (const char* beginning : beginnings) {
      if (code.compare(at, std::string_view(beginning).size(), beginning) == 0) return true;
    }
    at = std::min(code.find('\n', at), code.size() - 1) + 1;
  }
  return false;
}

}  // namespace

std::string HarnessLanguage(const std::string& named, const std::string& code) {
  if (!named.empty()) {
    const std::string id = LanguageIdOf(named);
    if (id == "cpp20" || id == "cpp17") return "cpp17";
    return id == "python3" || id == "javascript" ? id : "";
  }
  if (HasLineWith(code, {"def ", "async def ", "from ", "import ", "class Solution:"})) {
    return "python3";
  }
  if (HasLineWith(code, {"function ", "async function "}) || code.find("=> {") != code.npos) {
    return "javascript";
  }
  return "cpp17";
}

}  // namespace tesuji::verifier
