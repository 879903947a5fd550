// The table of languages: how sources are compiled and run. Data, not code: languages.toml is
// built in, and users extend or replace its entries with a file of the same form.
//
// Placeholders in commands: {files} all sources of the language, {main} the one that is started,
// {class} the class that is started (entry.h), {binary} the program to be made, {home} the folder
// of the toolchain, {pch} where precompiled headers are, {linker} a fast linker if there is one; in
// `run` and `environment` also {memory_mib}, {stack_mib} and {stack_kib}, the stack less 1 MiB.
// docs/languages.md has all keys.
// Thread-safety: immutable values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "verifier/sandbox/run.h"
#include "verifier/sandbox/sandbox.h"

namespace tesuji::verifier {

/// When a language's commands see /proc, which then shows their own processes and nothing of the
/// machine.
enum class Proc { kNever, kCompile, kAlways };

struct Language {
  std::string id;    ///< "cpp20"
  std::string name;  ///< For people.
  std::vector<std::string> aliases;
  std::vector<std::string> extensions;
  std::vector<std::string> shebangs;  ///< Interpreters named in "#!" that mean this language.
  std::vector<std::string> marks;     ///< A line that begins or ends with one tells it from others.
  std::vector<std::string> compile;   ///< Empty: nothing to compile.
  std::vector<std::string> run;
  std::vector<std::string> version;         ///< Command whose output identifies the compiler.
  std::vector<std::string> needs;           ///< Files that must exist, besides the commands.
  std::vector<std::string> mounts;          ///< Of this machine, seen read-only; "*" matches.
  std::vector<std::string> compile_mounts;  ///< The same for compilers and validators alone.
  std::string home_of;  ///< A command; {home} is the folder above the one where it really lies.
  std::vector<std::string> precompile;           ///< Command for one header, {header} and {binary}.
  std::vector<std::string> precompiled_headers;  ///< As written between < and >.
  /// Texts, lightest first, that stand in for the first of these where nobody can tell
  /// (precompiled.h).
  std::vector<std::string> light_headers;
  std::string package_code;  ///< Its name in problem packages ("cpp").
  std::string package;       ///< Debian packages that bring it, for messages.
  std::string canary;        ///< A source that any working compiler accepts.
  std::string canary_file;   ///< Its name; empty: "canary" and the first extension.
  std::vector<std::string> environment;
  std::vector<std::string> compile_environment;
  std::vector<std::string> out_of_memory;  ///< Words on standard error of a program that failed.
  bool file_named_by_class = false;        ///< Renames files as javac demands.
  /// `run` opens {main} (or {binary}, which it is given) first of all files of the box: it may be
  /// started ahead of a run.
  bool starts_ahead = false;
  bool sanitizers = false;     ///< `compile` takes the flags of ASan and UBSan.
  bool makes_binary = true;    ///< False: the sources themselves are run.
  Proc proc = Proc::kCompile;  ///< Compilers find themselves there; C's can copy it into programs.
  Limits compile_limits;
  /// What the run-time itself may use besides the problem's memory limit.
  std::int64_t extra_memory_bytes = 0;
  int processes = 0;  ///< Least limit of processes and threads; 0: no own one.

  /// By its extension; without any in the table everything but headers is.
  bool IsSource(const std::string& file) const;
  bool IsCalled(std::string_view word) const;  ///< By id or alias.
  std::string CanaryFile() const;
  /// "/usr/lib/jvm/java-17" for the link /usr/bin/java; empty without `home_of`.
  std::string Home() const;
  /// Commands and needed files that this machine lacks.
  std::vector<std::string> Missing() const;
  /// A line that names these and the packages that bring them; empty when nothing is missing.
  std::string WhyMissing() const;
};

/// "main.py": the name of a source that was given without one.
std::string SourceName(const Language& language);

/// What of `mounts` is there and can be seen by containers.
std::vector<Mount> LanguageMounts(const Language& language);

class LanguageTable {
 public:
  static LanguageTable BuiltIn();
  /// Adds or replaces entries; `origin` names the file in messages.
  Status Extend(std::string_view toml, const std::string& origin);

  /// By id, else by alias.
  const Language* Find(std::string_view id) const;
  /// By file name, and for scripts by the first line; fails naming what is supported.
  Result<const Language*> ForFile(const std::string& name, std::string_view text) const;
  const std::vector<Language>& all() const { return languages_; }

 private:
  std::vector<Language> languages_;
};

}  // namespace tesuji::verifier
