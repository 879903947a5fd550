// The binder of earlier days, on top of core/settings.h. New code describes a SettingsTable.
// Thread-safety: none; used at start-up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config_file.h"
#include "core/json.h"
#include "core/nearest_word.h"
#include "core/result.h"
#include "core/settings.h"

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

/// Names every key once: section, name, where it goes, what it means, its range.
class ConfigBinder {
 public:
  /// Reads from `file` (borrowed). With nullptr it only collects keys() and values().
  explicit ConfigBinder(const ConfigFile* file) : file_(file) {}

  void Section(const std::string& section) {
    section_ = section;
    table_.Section(section);
  }
  template <class T>
  void Bind(const char* name, T* value, const char* help, ConfigRange range = {}) {
    SettingRules rules;
    if (range.minimum != range.maximum) {
      rules.minimum = range.minimum;
      rules.maximum = range.maximum;
    }
    table_.Add(name, value, help, rules);
    ReadLast();
  }
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
  void ReadLast();  ///< At once: callers bind locals.

  const ConfigFile* file_;
  std::string section_;
  SettingsTable table_;
  std::vector<ConfigKey> keys_;
  Json values_ = Json::object();
  std::string error_;
};

}  // namespace tesuji
