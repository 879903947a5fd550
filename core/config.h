// Reading a TOML file into plain structs through one declarative list of keys.
//
// A function `void Bind(ConfigBinder&)` names every key once: section, name, where it goes, what it
// means, its range. The same list reads a file, reports unknown keys (with file, line and the
// nearest known name), fills in what the file leaves out, prints the reference documentation and
// dumps the effective values as JSON.
// Thread-safety: none; used at start-up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/nearest_word.h"
#include "core/result.h"

namespace tesuji {

/// What is known about one key, for documentation and `--help`.
struct ConfigKey {
  std::string section;
  std::string name;
  std::string type;           ///< "integer", "number", "text", "true/false", "list of text".
  std::string default_value;  ///< As TOML.
  std::string help;           ///< One line with the unit.
};

/// Inclusive bounds of a number; equal bounds mean unbounded.
struct ConfigRange {
  double minimum = 0;
  double maximum = 0;
};

/// A parsed TOML file plus overrides, remembering where every value came from.
class ConfigFile {
 public:
  ConfigFile();
  ~ConfigFile();
  ConfigFile(ConfigFile&&) noexcept;
  ConfigFile& operator=(ConfigFile&&) noexcept;

  static Result<ConfigFile> Load(const std::filesystem::path& path);
  static Result<ConfigFile> Parse(std::string_view text, std::string source_name);
  /// `assignment` is "section.key=value" with a TOML value; a bare word is taken as text.
  Status Override(const std::string& assignment);

 private:
  friend class ConfigBinder;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Walks the keys of a configuration; see the top of this file.
class ConfigBinder {
 public:
  /// Reads from `file` (borrowed). With nullptr it only collects keys() and values().
  explicit ConfigBinder(const ConfigFile* file) : file_(file) {}

  /// Keys bound from here on belong to `[section]`.
  void Section(const std::string& section);
  void Bind(const char* name, bool* value, const char* help);
  void Bind(const char* name, int* value, const char* help, ConfigRange range = {});
  void Bind(const char* name, std::int64_t* value, const char* help, ConfigRange range = {});
  void Bind(const char* name, std::uint64_t* value, const char* help);
  void Bind(const char* name, double* value, const char* help, ConfigRange range = {});
  void Bind(const char* name, std::string* value, const char* help);
  void Bind(const char* name, std::vector<std::string>* value, const char* help);
  /// One of `choices`; *index is the choice's position.
  void BindChoice(const char* name, int* index, const std::vector<std::string>& choices,
                  const char* help);
  /// Everything else in the current section, unchecked, as a JSON object (plug-in parameters).
  void BindRest(Json* values);
  /// "file:line: section.name" of a key, for messages about it.
  std::string Where(const std::string& section, const std::string& name) const;

  /// The first thing that was wrong, unknown sections and keys included.
  Status Finish() const;
  const std::vector<ConfigKey>& keys() const { return keys_; }
  /// Effective values: {section: {key: value}}.
  const Json& values() const { return values_; }

 private:
  struct Found;
  void Note(const char* name, const char* type, Json value, const char* help);
  Found Lookup(const char* name);
  void Complain(const std::string& name, const std::string& what);
  template <class T>
  void BindInteger(const char* name, T* value, const char* help, ConfigRange range);

  const ConfigFile* file_;
  std::string section_;
  std::vector<ConfigKey> keys_;
  std::map<std::string, std::vector<std::string>> known_;
  std::vector<std::string> open_sections_;  ///< Those with BindRest.
  Json values_ = Json::object();
  std::string error_;
};

}  // namespace tesuji
