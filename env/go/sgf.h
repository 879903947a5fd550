// SGF as a tree of nodes with properties (https://www.red-bean.com/sgf/): reader and writer.
//
// The reader takes FF[3] and FF[4], collections, variations, lower-case letters in property names
// (old files), a byte-order mark and text before the first game. It never recurses, so hostile
// nesting costs memory in proportion to the file and nothing else; errors are one line with line,
// column and byte.
// Values are kept as written, escapes included; SgfSimpleText() decodes them.
// Thread-safety: free functions on plain values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace tesuji::env::go {

struct SgfProperty {
  std::string name;                 ///< Upper case: "B", "AB", "SZ".
  std::vector<std::string> values;  ///< As written between brackets; at least one.
  friend bool operator==(const SgfProperty&, const SgfProperty&) = default;
};

struct SgfNode {
  int parent = -1;  ///< -1: the root.
  std::vector<int> children;
  std::vector<SgfProperty> properties;

  /// Null when absent.
  const SgfProperty* Find(std::string_view name) const;
  /// First value as written, "" when absent.
  std::string_view Value(std::string_view name) const;
  /// Adds a value, making the property when it is new. `value` must be escaped already.
  void Add(std::string_view name, std::string value);
  friend bool operator==(const SgfNode&, const SgfNode&) = default;
};

/// One game. nodes[0] is the root; children come after their parent. First children: main line.
struct SgfTree {
  std::vector<SgfNode> nodes;

  /// Adds a node below `parent` (-1 for the root) and returns its number.
  int AddNode(int parent);
  /// Node numbers from the root along first children.
  std::vector<int> MainLine() const;
  friend bool operator==(const SgfTree&, const SgfTree&) = default;
};

struct SgfLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_nodes = std::size_t{1} << 22;
};

/// All games of a text; at least one. Fails when one of them is broken.
Result<std::vector<SgfTree>> ParseSgf(std::string_view text, const SgfLimits& limits = {});

/// One game of a text, or why it can't be read.
struct SgfPiece {
  std::size_t begin = 0;  ///< Its first byte.
  SgfTree game;
  std::string problem;  ///< "" when the game is whole.
};

/// All games of a text; after a broken one reading goes on at the next of SgfGameStarts(). Empty
/// when there is none. The work is bounded by a multiple of the text's length.
std::vector<SgfPiece> ParseSgfPieces(std::string_view text, const SgfLimits& limits = {});

/// Where games begin beyond doubt: "(;" with a property of the whole file behind it (FF, GM, SZ,
/// CA or AP).
std::vector<std::size_t> SgfGameStarts(std::string_view text);

/// Writes what ParseSgf() reads back to an equal collection.
std::string WriteSgf(const std::vector<SgfTree>& games);
std::string WriteSgf(const SgfTree& game);

/// A value as its author meant it, on one line: escapes undone, soft line breaks removed, other
/// white space made spaces.
std::string SgfSimpleText(std::string_view value);
/// Escapes text for a value. Colons are escaped when asked (for parts of composed values).
std::string SgfEscape(std::string_view text, bool escape_colons = false);
/// Splits "a:b" at the first unescaped colon; second is "" without one.
std::pair<std::string_view, std::string_view> SgfCompose(std::string_view value);

}  // namespace tesuji::env::go
