// One row of a file of tasks while a format reads it, and the task that comes out.
// Messages name the file, the line and the key.
// Thread-safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "verifier/problem/function_task.h"
#include "verifier/problem/stdio_task.h"

namespace tesuji::verifier {

/// A task of any format.
struct JudgeTask {
  std::string id;
  std::string where;    ///< "tasks.jsonl:3"
  std::string format;   ///< A format's name.
  std::string refusal;  ///< Why it cannot be judged; empty: it can.
  std::string canonical;
  std::string canonical_language;  ///< Of the language table.
  std::variant<FunctionTask, StdioTask> work = StdioTask();
};

class TaskRow {
 public:
  /// `number`: the row's id where it has none.
  TaskRow(const Json& json, std::string where, int number)
      : json_(json), where_(std::move(where)), number_(number) {}

  const Json& json() const { return json_; }
  const std::string& where() const { return where_; }
  bool Has(const char* key) const;
  /// A string that must be there.
  Result<std::string> Text(const char* key) const;
  /// The string of the first of these keys that holds one; empty: none does.
  std::string TextOr(std::initializer_list<const char*> keys) const;
  /// The value of a key, parsed when it is a string that holds JSON.
  Result<Json> Inner(const char* key) const;
  /// A text or number by which answers name the task: the first of these keys, or the row's number.
  std::string Id(std::initializer_list<const char*> keys) const;
  /// "FILE:LINE: the key 'KEY' MESSAGE"
  tl::unexpected<Failure> Wrong(std::string_view key, std::string_view message) const;
  /// The most bytes that packed tests may unpack to.
  std::size_t most_unpacked() const { return most_unpacked_; }
  void set_most_unpacked(std::size_t bytes) { most_unpacked_ = bytes; }
  /// A task with its place filled in.
  JudgeTask Begin(const char* format, std::initializer_list<const char*> id_keys) const;

 private:
  const Json& json_;
  const std::string where_;
  const int number_;
  std::size_t most_unpacked_ = std::size_t{1} << 30;
};

/// Strings of a list; fails naming the key.
Result<std::vector<std::string>> Texts(const TaskRow& row, const char* key, const Json& list);

/// The first number in a value like 2, "2.0 seconds", {"seconds": 2, "nanos": 0}; 0: none.
double NumberIn(const Json& value);

/// "python3", "cpp17" or "javascript" for a function task's own code; empty: other languages.
/// `named`: what the row calls its language; empty: as the code looks.
std::string HarnessLanguage(const std::string& named, const std::string& code);

}  // namespace tesuji::verifier
