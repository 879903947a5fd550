// A YAML document as a tree of values that know their line (libyaml underneath).
// Thread-safety: plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace tesuji::verifier {

struct YamlEntry;

struct YamlNode {
  enum class Kind { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  int line = 0;
  std::string scalar;
  std::vector<YamlNode> list;
  std::vector<YamlEntry> map;

  const YamlNode* Find(std::string_view key) const;
};

struct YamlEntry {
  YamlNode first;  ///< The key.
  YamlNode second;
};

/// A number written in decimal, or "inf" with a sign or none; nothing else.
std::optional<double> YamlNumber(std::string_view text);
/// A list as it is, a string split at white space.
std::vector<std::string> YamlWords(const YamlNode& node);

/// `origin` names the file in messages. An empty document is an empty map.
Result<YamlNode> ParseYaml(std::string_view text, const std::string& origin);

}  // namespace tesuji::verifier
