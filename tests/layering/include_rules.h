// Which folder may include which: the arrows between the rooms of the house, and a reader of
// #include lines that holds a source tree against them.
//
// A folder may always include itself. Included paths start at the root ("search/tree.h").
// Some third-party headers belong to one folder: they may be included there alone, and no file
// elsewhere may reach them through the project's own headers.
// Thread-safety: values and free functions, no shared state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tesuji::layering {

/// Third-party headers that stay inside some folders (build time, or a seam we want to keep).
struct Confined {
  std::string name;                   ///< For messages: "LibTorch".
  std::vector<std::string> prefixes;  ///< Of included paths: "torch/".
  std::vector<std::string> homes;  ///< Prefixes of files that may include them: "learner/torch/".
};

struct Rules {
  /// Folder -> what it may include besides itself: folders, or single headers ("search/x.h").
  std::map<std::string, std::set<std::string>> arrows;
  std::vector<Confined> confined;
};

/// The rules of this project.
Rules HouseRules();

/// Path from the root -> text.
using SourceTree = std::map<std::string, std::string>;

/// Every .h and .cc of the folders under `root` that hold sources; skips build*, runs and hidden
/// folders.
SourceTree ReadSourceTree(const std::string& root);

struct Include {
  int line = 0;
  std::string path;
  bool quoted = false;  ///< "…" rather than <…>.
};

/// The #include lines of a source text, those in comments left out.
std::vector<Include> FindIncludes(std::string_view text);

/// One line for each broken rule: "search/mcts.cc:12: …", files and lines ascending.
std::vector<std::string> FindViolations(const Rules& rules, const SourceTree& tree);

}  // namespace tesuji::layering
