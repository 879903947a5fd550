// Reads the keys of a request's object; the first thing that is wrong with it stays as a message:
// key, value, what was expected.
// Thread-safety: one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace tesuji::service {

class JsonReader {
 public:
  /// `where` stands before every key in messages: "tests[3]."
  explicit JsonReader(const Json& object, std::string where = "");

  /// Null when the key is missing or null.
  const Json* Find(const char* key) const;
  std::string Text(const char* key, const std::string& otherwise = "");
  double Number(const char* key, double otherwise, double least, double most);
  bool Flag(const char* key);
  /// Null, with a message, when it is there and is none.
  const Json* List(const char* key);
  const Json* Object(const char* key);
  /// Complains about any other key.
  void AllowOnly(std::initializer_list<std::string_view> keys);

  void Say(const std::string& message);
  const std::string& error() const { return error_; }
  bool ok() const { return error_.empty(); }

 private:
  void Complain(const char* key, const char* expected, const Json& value);
  const Json& object_;
  std::string where_;
  std::string error_;
};

/// A request's body as an object; fails with what is wrong.
Result<Json> ParseBody(std::string_view body);

}  // namespace tesuji::service
