#include "core/untrusted_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/printable.h"

namespace tesuji {

int JsonDepth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      depth = std::max(depth - 1, 0);  // What was never opened hides nothing that follows.
    }
  }
  return deepest;
}

Result<Json> ParseUntrustedJson(std::string_view text, int deepest) {
  if (JsonDepth(text) > deepest) return Fail(fmt::format("nested deeper than {}", deepest));
  std::vector<std::set<std::string>> keys;
  std::string twice;
  bool has_twice = false;
  const auto watch = [&](int /*depth*/, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.empty()) {
      const auto& key = value.get_ref<const std::string&>();
      if (!keys.back().insert(key).second && !has_twice) {
        has_twice = true;
        twice = key;
      }
    }
    return true;
  };
  Json json = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Fail("no valid JSON");
  if (has_twice) return Fail(fmt::format("the key \"{}\" is there twice", Printable(twice)));
  return json;
}

}  // namespace tesuji
