// Which room may include which: the arrows of the house, and a reader of #include lines that holds
// a source tree against them.
//
// A file belongs to the room with the longest path that it starts with: env/go/gtp/engine.cc to
// "env/go/gtp", not to "env/go". A room may always include itself, and nothing else that is not
// granted: not its parent, not the rooms within it. A granted arrow that no file uses is a
// violation too, so the table says what is, not what might be. Included paths start at the root
// ("search/tree.h"). Some third-party headers belong to one room: they may be included there alone,
// and no file elsewhere may reach them through the project's own headers. Thread-safety: values and
// free functions, no shared state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tesuji::layering {

/// Third-party headers that stay inside some rooms (build time, or a seam we want to keep).
struct Confined {
  std::string name;                   ///< For messages: "LibTorch".
  std::vector<std::string> prefixes;  ///< Of included paths: "torch/".
  std::vector<std::string> homes;  ///< Prefixes of files that may include them: "learner/torch/".
};

/// What a room may include besides itself: rooms, or single headers ("search/x.h").
using Arrows = std::set<std::string>;

struct Rules {
  /// By room. A folder of env/ that is not here is a game, which may include api/ alone.
  std::map<std::string, Arrows> arrows;
  /// Rooms that may include every other, but no room of `top` does another's: the program and its
  /// tests.
  std::set<std::string> top;
  std::vector<Confined> confined;
};

/// The rules of this project.
Rules HouseRules();

/// Path from the root -> text.
using SourceTree = std::map<std::string, std::string>;

/// Every .h and .cc of the folders under `root` that hold sources; skips build*, runs, hidden
/// folders and experiments/problems, whose programs are data.
SourceTree ReadSourceTree(const std::string& root);

struct Include {
  int line = 0;
  std::string path;
  bool quoted = false;  ///< "…" rather than <…>.
};

/// The #include lines of a source text, those in comments left out.
std::vector<Include> FindIncludes(std::string_view text);

/// One line for each forbidden include: "search/mcts.cc:12: …", files and lines ascending.
std::vector<std::string> FindViolations(const Rules& rules, const SourceTree& tree);

/// One line for each arrow of `rules` that no file of the tree uses: "arena -> env/go: …".
std::vector<std::string> FindUnusedArrows(const Rules& rules, const SourceTree& tree);

}  // namespace tesuji::layering
