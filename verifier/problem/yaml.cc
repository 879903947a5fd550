#include "verifier/problem/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <cmath>
#include <cstdlib>
#include <memory>

namespace tesuji::verifier {
namespace {

/// Aliases multiply: a file of a kilobyte may stand for gigabytes.
constexpr int kMostNodes = 1 << 20;

YamlNode Build(yaml_document_t* document, yaml_node_t* node, int depth, int* left) {
  YamlNode out;
  out.line = static_cast<int>(node->start_mark.line) + 1;
  if (--*left < 0 || depth > 64) return out;  // Aliases may make a cycle.
  const auto child = [&](int index) {
    return Build(document, yaml_document_get_node(document, index), depth + 1, left);
  };
  switch (node->type) {
    case YAML_SEQUENCE_NODE:
      out.kind = YamlNode::Kind::kList;
      for (auto* item = node->data.sequence.items.start; item < node->data.sequence.items.top;
           ++item) {
        out.list.push_back(child(*item));
      }
      break;
    case YAML_MAPPING_NODE:
      out.kind = YamlNode::Kind::kMap;
      for (auto* pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
           ++pair) {
        out.map.push_back({child(pair->key), child(pair->value)});
      }
      break;
    case YAML_SCALAR_NODE:
      out.scalar.assign(reinterpret_cast<const char*>(node->data.scalar.value),
                        node->data.scalar.length);
      break;
    case YAML_NO_NODE:
      break;
  }
  return out;
}

/// The first key that its map has already.
const YamlNode* RepeatedKey(const YamlNode& node) {
  for (std::size_t i = 0; i < node.map.size(); ++i) {
    const YamlNode& key = node.map[i].first;
    if (key.kind == YamlNode::Kind::kScalar && &node.map[i].second != node.Find(key.scalar)) {
      return &key;
    }
    if (const YamlNode* inside = RepeatedKey(node.map[i].second)) return inside;
  }
  for (const YamlNode& item : node.list) {
    if (const YamlNode* inside = RepeatedKey(item)) return inside;
  }
  return nullptr;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::optional<double> YamlNumber(std::string_view text) {
  const bool infinite = text == "inf" || text == "+inf" || text == "-inf";
  if (text.empty() || (!infinite && text.find_first_not_of("+-.eE0123456789") != text.npos)) {
    return std::nullopt;
  }
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (*end != 0 || std::isnan(value) || (std::isinf(value) && !infinite)) return std::nullopt;
  return value;
}

std::vector<std::string> YamlWords(const YamlNode& node) {
  std::vector<std::string> words;
  if (node.kind == YamlNode::Kind::kList) {
    for (const YamlNode& word : node.list) words.push_back(word.scalar);
    return words;
  }
  std::string word;
  for (const char c : node.scalar + " ") {
    if (c != ' ' && c != '\t' && c != '\n') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

Result<YamlNode> ParseYaml(std::string_view text, const std::string& origin) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return Fail(origin + ": no memory for a YAML parser");
  const std::unique_ptr<yaml_parser_t, void (*)(yaml_parser_t*)> free_parser(&parser,
                                                                             yaml_parser_delete);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  yaml_document_t document;
  if (yaml_parser_load(&parser, &document) == 0) {
    return Fail(fmt::format("{}:{}: not YAML: {}", origin, parser.problem_mark.line + 1,
                            parser.problem == nullptr ? "unreadable" : parser.problem));
  }
  const std::unique_ptr<yaml_document_t, void (*)(yaml_document_t*)> free_document(
      &document, yaml_document_delete);
  yaml_node_t* root = yaml_document_get_root_node(&document);
  if (root == nullptr) {
    YamlNode empty;
    empty.kind = YamlNode::Kind::kMap;
    return empty;
  }
  int left = kMostNodes;
  YamlNode built = Build(&document, root, 0, &left);
  if (left < 0) return Fail(fmt::format("{}: more than {} nodes", origin, kMostNodes));
  if (const YamlNode* key = RepeatedKey(built)) {
    return Fail(fmt::format("{}:{}: the key '{}' is there twice", origin, key->line, key->scalar));
  }
  return built;
}

}  // namespace tesuji::verifier
