// One table an options struct: every key once, with its default, range, help and rule on resuming.
//
// A function `void Describe(SettingsTable*, Options*)` adds a row for each member. From the rows
// come reading a file (failures name file, line and key), the effective values as JSON, the way
// back from stored JSON, the check of ranges, and the reference page (core/settings_page.h).
// Rows point into the struct, which must outlive the table. Defaults are the struct's own.
// Thread-safety: one thread; for start-up, never for a hot path.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/config_file.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji {

/// What happens where a store was made with another value of a key.
enum class OnResume : std::uint8_t {
  kRecorded,  ///< The new value holds from now on; the store keeps both, and when it changed.
  kFree,      ///< The new value holds; nothing that is stored depends on it.
  kRefused,   ///< The run does not start.
};

/// Where a row appears. Ranges are checked everywhere.
enum class SettingScope : std::uint8_t {
  kKey,     ///< In files, in stored values and in the reference.
  kStored,  ///< In stored values alone: the program sets it, or an earlier version had a key for
            ///< it.
  kInner,   ///< In neither: the result does not depend on it.
};

/// What a row says besides name, place and help. Both bounds are included.
struct SettingRules {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  OnResume on_resume = OnResume::kRecorded;
  SettingScope scope = SettingScope::kKey;
  /// Stored only where it differs from the default: for rows that are younger than stores.
  bool stored_if_set = false;
  bool may_be_empty = true;  ///< Of text.
};

/// One of some names; `get` and `set` speak of their positions.
struct SettingChoice {
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
  std::vector<std::string> names;
};

/// Text of a certain form; `set` says what was expected.
struct SettingText {
  std::function<std::string()> get;
  std::function<Status(const std::string&)> set;
};

/// A row: what is known about one key.
struct Setting {
  using Place = std::variant<bool*, int*, std::int64_t*, std::uint64_t*, double*, std::string*,
                             std::vector<std::string>*, SettingChoice, SettingText>;
  std::string section;
  std::string name;
  Place place;
  std::string help;  ///< One line, with the unit.
  SettingRules rules;

  Json Value() const;
  /// Takes the value, or says what was expected and leaves the old one.
  Status Set(const Json& value) const;
  /// "integer", "number", "text", "true/false", "list of text".
  std::string type() const;
  /// "1 to 64", "at least 0", "puct or gumbel"; empty: anything of its type.
  std::string allowed() const;
};

class SettingsTable {
 public:
  /// Rows added from here on belong to `[section]`.
  void Section(const std::string& section);
  void Add(std::string name, Setting::Place place, std::string help, SettingRules rules = {});
  /// An enumeration whose values 0, 1, … are `names`.
  template <class Enum>
  requires std::is_enum_v<Enum> || std::same_as<Enum, int>
  void AddChoice(std::string name, Enum* value, std::vector<std::string> names, std::string help,
                 SettingRules rules = {});
  /// A key that files may no longer set; `instead` says what to do. Stored values may hold it.
  void AddRemoved(const std::string& name, const std::string& instead);
  /// A key of earlier versions whose member is still there: files may not set it, stored values
  /// hold it. `scope` of the rules is set here.
  void AddFormer(const std::string& name, Setting::Place place, std::string help,
                 SettingRules rules);
  /// Everything else in the current section, for somebody else to check. Numbers are finite.
  void AddRest(Json* values);

  /// Reads a file. The first thing that is wrong is returned: unknown sections and keys, wrong
  /// types, values out of range.
  Status Read(const ConfigFile& file) const { return ReadAll(file, true); }
  /// The same without setting anything.
  Status FindUnknown(const ConfigFile& file) const { return ReadAll(file, false); }
  /// {section: {key: value}} of a program of any version. A value that is unknown here or makes no
  /// sense is passed over, and its "section.key" returned.
  std::vector<std::string> ReadStored(const Json& values) const;
  /// The ranges, for values that no file was read into: "simulations = 0: expected at least 1".
  Status Check() const;
  /// {section: {key: value}}. `defaults` is the same table of a fresh struct; it decides
  /// `stored_if_set`. Null: every row is there.
  Json Values(const SettingsTable* defaults = nullptr) const;

  const std::vector<Setting>& rows() const { return rows_; }
  /// In the order in which they were begun.
  const std::vector<std::string>& sections() const { return sections_; }
  bool IsFormer(const Setting& row) const {
    return removed_.contains(row.section + "." + row.name);
  }
  const Setting* Find(const std::string& section, const std::string& name) const;

 private:
  Status ReadKey(const ConfigFile& file, const std::string& section, const std::string& name,
                 const Json& value, bool set) const;
  Status ReadAll(const ConfigFile& file, bool set) const;
  std::vector<std::string> KeysOf(const std::string& section) const;

  std::string section_;
  std::vector<std::string> sections_;
  std::vector<Setting> rows_;
  std::map<std::string, std::string> removed_;  ///< "section.key" and what to do.
  std::map<std::string, Json*> rest_;           ///< By section.
};

/// The values of one options struct with a Describe(), sections left out.
template <class Options>
Json SettingValues(const Options& options) {
  Options copy = options;
  Options fresh;
  SettingsTable table;
  SettingsTable defaults;
  Describe(&table, &copy);
  Describe(&defaults, &fresh);
  Json flat = Json::object();
  const Json sections = table.Values(&defaults);
  for (const auto& [section, values] : sections.items()) flat.update(values);
  return flat;
}

template <class Enum>
requires std::is_enum_v<Enum> || std::same_as<Enum, int>
void SettingsTable::AddChoice(std::string name, Enum* value, std::vector<std::string> names,
                              std::string help, SettingRules rules) {
  Add(std::move(name),
      SettingChoice{[value] { return static_cast<std::size_t>(*value); },
                    [value](std::size_t position) { *value = static_cast<Enum>(position); },
                    std::move(names)},
      std::move(help), rules);
}

}  // namespace tesuji
