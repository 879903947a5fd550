#include "env/go/sgf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tesuji::env::go {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// Walks over the text once; the open variations are a stack of node numbers, not of calls.
class Parser {
 public:
  Parser(std::string_view text, const SgfLimits& limits) : text_(text), limits_(limits) {}

  Result<std::vector<SgfTree>> Run() {
    if (text_.size() > limits_.max_bytes) {
      return Fail(
          fmt::format("SGF: {} bytes, more than the limit of {}", text_.size(), limits_.max_bytes));
    }
    if (!SkipToGame()) return Error("no game found, expected \"(;\"");
    std::vector<SgfTree> games;
    do {
      auto game = ParseGame();
      if (!game) return tl::unexpected(game.error());
      games.push_back(std::move(*game));
    } while (SkipToGame());
    return games;
  }

  std::vector<SgfPiece> RunPieces() {
    std::vector<SgfPiece> pieces;
    starts_ = SgfGameStarts(text_);
    // Broken games may make the same text be read again and again.
    std::size_t budget = 16 * text_.size() + 4096;
    while (SkipToGame()) {
      const std::size_t begin = position_;
      const auto next = std::ranges::upper_bound(starts_, begin);
      auto game = ParsePiece(next == starts_.end() ? text_.size() : *next);
      const std::size_t read = position_ - begin;
      if (game) {
        pieces.push_back({begin, std::move(*game), {}});
        continue;
      }
      pieces.push_back({begin, {}, game.error().message});
      if (next == starts_.end() || nodes_ > limits_.max_nodes) break;
      if (read > budget) {
        pieces.push_back({*next, {}, "SGF: too much is broken; the rest is not read"});
        break;
      }
      budget -= read;
      position_ = *next;
    }
    return pieces;
  }

 private:
  // To the next "(" that opens a game: the first thing after it is ";". False at the end.
  bool SkipToGame() {
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] != '(') continue;
      std::size_t next = position_ + 1;
      while (next < text_.size() && IsSpace(text_[next])) ++next;
      if (next < text_.size() && text_[next] == ';') return true;
    }
    return false;
  }

  void SkipSpace() {
    while (position_ < text_.size() && IsSpace(text_[position_])) ++position_;
  }

  // One game, which must not reach beyond `next`, where another one begins for certain.
  Result<SgfTree> ParsePiece(std::size_t next) {
    auto game = ParseGame();
    if (game && next < position_ && SwallowsAnother(*game)) {
      position_ = next;
      return Error("a game begins inside another one, which must be cut off");
    }
    return game;
  }

  // From "(" to the matching ")".
  Result<SgfTree> ParseGame() {
    SgfTree tree;
    const std::size_t begin = position_;
    std::vector<int> branches;  // For every open "(": the node it hangs below.
    int current = -1;
    do {
      SkipSpace();
      if (position_ == text_.size()) {
        return Error(fmt::format("the file ends inside a game, {} \")\" missing", branches.size()));
      }
      const char c = text_[position_];
      if (c == '(') {
        if (current < 0 && !branches.empty()) return Error("a variation before the first node");
        if (position_ != begin && std::ranges::binary_search(starts_, position_)) {
          return Error("a game begins here, but the one before has not ended");
        }
        branches.push_back(current);
        ++position_;
      } else if (c == ')') {
        current = branches.back();
        branches.pop_back();
        ++position_;
      } else if (c == ';') {
        ++position_;
        if (nodes_++ >= limits_.max_nodes) {
          return Error(fmt::format("more than {} nodes", limits_.max_nodes));
        }
        current = tree.AddNode(current);
        if (auto status = ParseProperties(&tree.nodes[current]); !status) {
          return tl::unexpected(status.error());
        }
      } else {
        return Error(fmt::format("expected \";\", \"(\" or \")\", found {}", Show(c)));
      }
    } while (!branches.empty());
    return tree;
  }

  // A value that was cut off ends somewhere in the next game, whose root is then one of our nodes.
  static bool SwallowsAnother(const SgfTree& tree) {
    return std::any_of(tree.nodes.begin() + 1, tree.nodes.end(), [](const SgfNode& node) {
      return node.Find("GM") != nullptr || node.Find("FF") != nullptr || node.Find("SZ") != nullptr;
    });
  }

  Status ParseProperties(SgfNode* node) {
    for (SkipSpace(); position_ < text_.size(); SkipSpace()) {
      if (!IsUpper(text_[position_]) && !IsLower(text_[position_])) return {};
      // FF[3] and older write "GaMe" for "GM".
      std::string name;
      const std::size_t begin = position_;
      while (position_ < text_.size() && (IsUpper(text_[position_]) || IsLower(text_[position_]))) {
        if (IsUpper(text_[position_])) name += text_[position_];
        ++position_;
      }
      if (name.empty() || name.size() > 64) {
        position_ = begin;
        return Error("a property name needs 1 to 64 capital letters");
      }
      SkipSpace();
      if (position_ == text_.size() || text_[position_] != '[') {
        return Error(fmt::format("property {} has no value, expected \"[\"", name));
      }
      for (; position_ < text_.size() && text_[position_] == '['; SkipSpace()) {
        auto value = ParseValue(name);
        if (!value) return tl::unexpected(value.error());
        node->Add(name, std::move(*value));
      }
    }
    return {};
  }

  Result<std::string> ParseValue(std::string_view name) {
    const std::size_t begin = ++position_;
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] == ']') {
        return std::string(text_.substr(begin, position_++ - begin));
      }
      if (text_[position_] == '\\') ++position_;
    }
    position_ = begin;
    return Error(fmt::format("the value of {} does not end, expected \"]\"", name));
  }

  static std::string Show(char c) {
    if (c > ' ' && c < 0x7f) return fmt::format("\"{}\"", c);
    return fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
  }

  tl::unexpected<Failure> Error(std::string_view what) const {
    const std::string_view before = text_.substr(0, position_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_begin = before.rfind('\n');
    const std::size_t column =
        line_begin == std::string_view::npos ? position_ + 1 : position_ - line_begin;
    return Fail(
        fmt::format("SGF, line {}, column {} (byte {}): {}", line, column, position_, what));
  }

  std::string_view text_;
  SgfLimits limits_;
  std::size_t position_ = 0;
  std::size_t nodes_ = 0;
  std::vector<std::size_t> starts_;  // Where a game must not contain another; may be empty.
};

void WriteNode(const SgfNode& node, std::string* out) {
  *out += ';';
  for (const SgfProperty& property : node.properties) {
    *out += property.name;
    for (const std::string& value : property.values) {
      *out += '[';
      *out += value;
      *out += ']';
    }
  }
}

}  // namespace

const SgfProperty* SgfNode::Find(std::string_view name) const {
  for (const SgfProperty& property : properties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

std::string_view SgfNode::Value(std::string_view name) const {
  const SgfProperty* property = Find(name);
  return property == nullptr ? std::string_view() : std::string_view(property->values.front());
}

void SgfNode::Add(std::string_view name, std::string value) {
  // From the end: a value mostly belongs to the property before it.
  for (auto property = properties.rbegin(); property != properties.rend(); ++property) {
    if (property->name == name) {
      property->values.push_back(std::move(value));
      return;
    }
  }
  properties.push_back({.name = std::string(name), .values = {std::move(value)}});
}

int SgfTree::AddNode(int parent) {
  const int number = static_cast<int>(nodes.size());
  nodes.emplace_back().parent = parent;
  if (parent >= 0) nodes[parent].children.push_back(number);
  return number;
}

std::vector<int> SgfTree::MainLine() const {
  std::vector<int> line;
  if (nodes.empty()) return line;
  line.push_back(0);
  while (!nodes[line.back()].children.empty()) {
    line.push_back(nodes[line.back()].children.front());
  }
  return line;
}

Result<std::vector<SgfTree>> ParseSgf(std::string_view text, const SgfLimits& limits) {
  return Parser(text, limits).Run();
}

std::vector<SgfPiece> ParseSgfPieces(std::string_view text, const SgfLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return {{.begin = 0,
             .game = {},
             .problem = fmt::format("SGF: {} bytes, more than the limit of {}", text.size(),
                                    limits.max_bytes)}};
  }
  return Parser(text, limits).RunPieces();
}

std::vector<std::size_t> SgfGameStarts(std::string_view text) {
  constexpr std::array<std::string_view, 5> kOfTheFile = {"FF", "GM", "SZ", "CA", "AP"};
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; (at = text.find('(', at)) != std::string_view::npos; ++at) {
    std::size_t next = at + 1;
    const auto skip_space = [&] {
      while (next < text.size() && IsSpace(text[next])) ++next;
    };
    skip_space();
    if (next == text.size() || text[next] != ';') continue;
    ++next;
    skip_space();
    std::string name;  // Old files write "GaMe" for "GM".
    for (; next < text.size() && (IsUpper(text[next]) || IsLower(text[next])); ++next) {
      if (IsUpper(text[next]) && name.size() < 3) name += text[next];
    }
    skip_space();
    if (next < text.size() && text[next] == '[' && std::ranges::count(kOfTheFile, name) > 0) {
      starts.push_back(at);
    }
  }
  return starts;
}

std::string WriteSgf(const SgfTree& game) {
  if (game.nodes.empty()) return "(;)\n";
  // What is still to be written: a node, or (negative) a closing bracket.
  constexpr int kClose = -1;
  std::string out = "(";
  std::vector<int> todo = {kClose, 0};
  while (!todo.empty()) {
    const int number = todo.back();
    todo.pop_back();
    if (number == kClose) {
      out += ')';
      continue;
    }
    const SgfNode& node = game.nodes[number];
    const bool branch = node.parent >= 0 && game.nodes[node.parent].children.size() > 1;
    if (number > 0) out += '\n';
    if (branch) {
      out += '(';
      todo.push_back(kClose);
    }
    WriteNode(node, &out);
    todo.insert(todo.end(), node.children.rbegin(), node.children.rend());
  }
  return out + '\n';
}

std::string WriteSgf(const std::vector<SgfTree>& games) {
  std::string out;
  for (const SgfTree& game : games) out += WriteSgf(game);
  return out;
}

std::string SgfSimpleText(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    const bool escaped = c == '\\';
    if (escaped) {
      if (++i == value.size()) break;
      c = value[i];
    }
    if (c == '\n' || c == '\r') {
      // "\r\n" and "\n\r" are one line break.
      if (i + 1 < value.size() && (value[i + 1] == '\n' || value[i + 1] == '\r') &&
          value[i + 1] != c) {
        ++i;
      }
      if (!escaped) text += ' ';
    } else {
      text += IsSpace(c) ? ' ' : c;
    }
  }
  return text;
}

std::string SgfEscape(std::string_view text, bool escape_colons) {
  std::string value;
  for (const char c : text) {
    if (c == '\\' || c == ']' || (c == ':' && escape_colons)) value += '\\';
    value += c;
  }
  return value;
}

std::pair<std::string_view, std::string_view> SgfCompose(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\') {
      ++i;
    } else if (value[i] == ':') {
      return {value.substr(0, i), value.substr(i + 1)};
    }
  }
  return {value, {}};
}

}  // namespace tesuji::env::go
