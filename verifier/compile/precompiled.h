// Precompiled headers for tool containers, made on first use and kept beside the compile cache.
//
// Most of what a compiler does for `#include <bits/stdc++.h>` is spent, even when precompiled, on
// templates that inline functions of rarely used headers ask for (future, filesystem, regex, …).
// So there are, besides the whole header, light ones without those. A light one is taken only for
// sources in which no word occurs that the whole header knows and the light one does not (found by
// preprocessing both): such a source cannot tell them apart. A rejection under a light one is never
// believed; the compiler is asked again with the whole one.
// Thread-safety: all methods may be called from any thread, each with its own Workplace.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "verifier/compile/language.h"
#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

struct SourceFile {
  std::string name;  ///< Relative, may contain folders.
  std::string text;
};

/// Tools are several processes, of which all but the first may wait for a processor unseen. They
/// are held to their processor time; a crowded machine must not make a compile error.
std::chrono::milliseconds ToolWall(std::chrono::milliseconds cpu);

/// A command for the tool container, with the environment that compilers get.
RunSpec ToolSpec(const std::vector<std::string>& argv, const Limits& limits);

class PrecompiledHeaders {
 public:
  /// `folder`: where they are kept; empty: there are none.
  explicit PrecompiledHeaders(std::filesystem::path folder);

  /// What tool containers must see; empty when they could not.
  std::vector<Mount> mounts() const;

  struct Choice {
    std::string include;  ///< Folder in the tool container to put first; "" for none.
    bool light = false;   ///< Ask again with `whole` before believing a rejection.
  };
  /// `sources`: all files of a program. Failures of any kind mean a slower compilation.
  Choice For(Workplace& workplace, const Language& language, const std::string& compiler,
             const std::vector<SourceFile>& sources, bool whole);

 private:
  using Words = std::unordered_set<std::string>;
  struct Recipe {
    std::string header;  ///< As written between < and >.
    std::string text;    ///< What is compiled in its place.
    std::string key;
  };
  static Recipe MakeRecipe(const Language& language, const std::string& compiler,
                           const std::string& header, const std::string& text);
  /// Makes it unless it is there.
  bool Prepare(Workplace& workplace, const Language& language, const Recipe& recipe);
  /// Words that only the whole header has; null when there is no light one to be had.
  std::shared_ptr<const Words> OnlyInWhole(Workplace& workplace, const Language& language,
                                           const Recipe& light, const Recipe& whole);

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, bool> ready_;                          ///< By key.
  std::map<std::string, std::shared_ptr<const Words>> words_;  ///< By the light one's key.
};

/// Calls visit(word) for everything in `text` that looks like a name, in strings and comments too,
/// and "0" + suffix for a number with one; stops when it returns false.
void ForEachWord(std::string_view text, const std::function<bool(std::string_view)>& visit);

}  // namespace tesuji::verifier
