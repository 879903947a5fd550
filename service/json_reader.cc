#include "service/json_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/printable.h"
#include "core/untrusted_json.h"

namespace tesuji::service {
namespace {

const Json& Empty() {
  static const Json empty = Json::object();
  return empty;
}

/// " (byte 12)": where a text stops being JSON; empty when it does not.
std::string WhereBroken(std::string_view text) {
  if (JsonDepth(text) > kDeepestJson) return {};
  try {
    const Json unused = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fmt::format(" (byte {} of {})", error.byte, text.size());
  } catch (const Json::exception&) {
    return " (a number is too large)";
  }
  return {};
}

}  // namespace

JsonReader::JsonReader(const Json& object, std::string where)
    : object_(object.is_object() ? object : Empty()), where_(std::move(where)) {
  if (object.is_object()) return;
  const std::string name = where_.empty() ? "the body" : where_.substr(0, where_.size() - 1);
  error_ = fmt::format("{} must be an object, not {}", name, object.type_name());
}

void JsonReader::Say(const std::string& message) {
  if (error_.empty()) error_ = where_ + message;
}

void JsonReader::Complain(const char* key, const char* expected, const Json& value) {
  Say(fmt::format("{} must be {}, not {}", key, expected, value.type_name()));
}

const Json* JsonReader::Find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string JsonReader::Text(const char* key, const std::string& otherwise) {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  if (value->is_string()) return value->get<std::string>();
  Complain(key, "a string", *value);
  return otherwise;
}

double JsonReader::Number(const char* key, double otherwise, double least, double most) {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_number()) {
    Complain(key, "a number", *value);
    return otherwise;
  }
  const double number = value->get<double>();
  if (number >= least && number <= most) return number;
  Say(fmt::format("{} is {}, expected {} to {}", key, number, least, most));
  return otherwise;
}

bool JsonReader::Flag(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  Complain(key, "true or false", *value);
  return false;
}

const Json* JsonReader::List(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr || value->is_array()) return value;
  Complain(key, "a list", *value);
  return nullptr;
}

const Json* JsonReader::Object(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr || value->is_object()) return value;
  Complain(key, "an object", *value);
  return nullptr;
}

void JsonReader::AllowOnly(std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : object_.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    return Say(fmt::format("'{}' is no key here", Printable(key.substr(0, 60))));
  }
}

Result<Json> ParseBody(std::string_view body) {
  auto json = ParseUntrustedJson(body);
  if (!json) return Fail("the body is " + json.error().message + WhereBroken(body));
  if (!json->is_object()) {
    return Fail(fmt::format("the body must be an object, not {}", json->type_name()));
  }
  return json;
}

}  // namespace tesuji::service
