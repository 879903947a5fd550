// The table of languages: how sources are compiled and run. Data, not code: users extend or
// replace entries with a TOML file of the same form as the built-in one (docs/verifier.md).
//
// Placeholders in commands: {files} all sources of the language, {main} the first one, {binary}
// the program to be made, {pch} where precompiled headers are, {linker} a fast linker if there is.
// Thread-safety: immutable values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "verifier/sandbox/run.h"

namespace tesuji::verifier {

struct Language {
  std::string id;    ///< "cpp20"
  std::string name;  ///< For people.
  std::vector<std::string> extensions;
  std::vector<std::string> shebangs;  ///< Interpreters named in "#!" that mean this language.
  std::vector<std::string> compile;   ///< Empty: nothing to compile.
  std::vector<std::string> run;
  std::vector<std::string> version;              ///< Command whose output identifies the compiler.
  std::vector<std::string> precompile;           ///< Command for one header, {header} and {binary}.
  std::vector<std::string> precompiled_headers;  ///< As written between < and >.
  /// Texts, lightest first, that stand in for the first of these where nobody can tell
  /// (precompiled.h).
  std::vector<std::string> light_headers;
  std::string package_code;  ///< Its name in problem packages ("cpp").
  std::string canary;        ///< A source that any working compiler accepts.
  std::vector<std::string> environment;
  bool makes_binary = true;  ///< False: the sources themselves are run.
  Limits compile_limits;

  /// By its extension; without any in the table everything but headers is.
  bool IsSource(const std::string& file) const;
};

class LanguageTable {
 public:
  static LanguageTable BuiltIn();
  /// Adds or replaces entries; `origin` names the file in messages.
  Status Extend(std::string_view toml, const std::string& origin);

  const Language* Find(std::string_view id) const;
  /// By file name, and for scripts by the first line; fails naming what is supported.
  Result<const Language*> ForFile(const std::string& name, std::string_view text) const;
  const std::vector<Language>& all() const { return languages_; }

 private:
  std::vector<Language> languages_;
};

}  // namespace tesuji::verifier
