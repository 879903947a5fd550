// A TOML file of sections and keys, and assignments from the command line that overrule it.
//
// Remembers where every value came from, so that messages name file, line and key, or the option.
// Thread-safety: none; used at start-up.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace tesuji {

/// A parsed TOML file plus overrides, remembering where every value came from.
class ConfigFile {
 public:
  ConfigFile();
  ~ConfigFile();
  ConfigFile(ConfigFile&&) noexcept;
  ConfigFile& operator=(ConfigFile&&) noexcept;

  static Result<ConfigFile> Load(const std::filesystem::path& path);
  static Result<ConfigFile> Parse(std::string_view text, std::string source_name);
  /// `assignment` is "section.key=value" with a TOML value; a bare word is taken as text. Messages
  /// about the key name the assignment.
  Status Override(const std::string& assignment);
  /// The same with a value that needs no reading; `source` is how messages name it: "--minutes -1".
  void Override(const std::string& section, const std::string& key, Json value,
                const std::string& source);

  /// {section: {key: value}}; what stands outside of sections is there too. Numbers may be nan.
  const Json& values() const;
  /// What an assignment said after its equals sign; empty: the key has none.
  std::optional<std::string> OverrideText(const std::string& section, const std::string& key) const;
  /// "file:line: section.name" of a key, or the assignment that set it; for messages about it.
  std::string Where(const std::string& section, const std::string& name) const;
  /// The line of a key; after all lines for an assignment, for messages in the file's order.
  int Line(const std::string& section, const std::string& name) const;
  int Line(const std::string& section) const;
  /// "file:line: [section]".
  std::string Where(const std::string& section) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji
