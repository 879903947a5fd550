#include "verifier/problem/answer_text.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "verifier/problem/code_text.h"

namespace tesuji::verifier {
namespace {

struct Fence {
  std::size_t begin;  ///< Of its line.
  std::size_t end;    ///< Of the next line.
  std::string language;
};

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::vector<Fence> FindFences(const std::string& text) {
  std::vector<Fence> fences;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t first = std::min(text.find_first_not_of(" \t", at), end);
    for (const char* mark : {"```", "~~~"}) {
      if (text.compare(first, 3, mark) != 0) continue;
      const std::size_t word = std::min(text.find_first_not_of("`~ \t", first), end);
      const std::size_t stop = std::min(text.find_first_of(" \t\r{,", word), end);
      fences.push_back({at, std::min(end + 1, text.size()),
                        Lower(text.substr(word, stop > word ? stop - word : 0))});
    }
    at = end + 1;
  }
  return fences;
}

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

}  // namespace

AnswerCode CodeOf(const std::string& answer, const std::string& entry) {
  const std::size_t thought = answer.rfind("</think>");
  const std::string text = thought == answer.npos ? answer : answer.substr(thought + 8);
  const std::vector<Fence> fences = FindFences(text);
  if (fences.empty()) return {text, ""};
  if (fences.size() == 1) {
    // The prompt opened the block, or the answer was cut before its end.
    const std::string before = text.substr(0, fences[0].begin);
    if (fences[0].language.empty() && !Blank(before)) return {before, ""};
    return {text.substr(fences[0].end), fences[0].language};
  }
  AnswerCode best;
  bool best_has_entry = false;
  for (std::size_t i = 0; i < fences.size(); i += 2) {
    const std::size_t end = i + 1 < fences.size() ? fences[i + 1].begin : text.size();
    AnswerCode block = {text.substr(fences[i].end, end - fences[i].end), fences[i].language};
    const bool has_entry = FindName(block.text, entry) != std::string::npos;
    if (i > 0 && (best_has_entry > has_entry ||
                  (best_has_entry == has_entry && best.text.size() >= block.text.size()))) {
      continue;
    }
    best = std::move(block);
    best_has_entry = has_entry;
  }
  return best;
}

std::string LanguageIdOf(const std::string& name) {
  static const std::pair<const char*, const char*> kIds[] = {{"python", "python3"},
                                                             {"python3", "python3"},
                                                             {"py", "python3"},
                                                             {"cpp", "cpp20"},
                                                             {"c++", "cpp20"},
                                                             {"cc", "cpp20"},
                                                             {"cpp17", "cpp17"},
                                                             {"c++17", "cpp17"},
                                                             {"cpp20", "cpp20"},
                                                             {"c++20", "cpp20"},
                                                             {"c", "c"},
                                                             {"javascript", "javascript"},
                                                             {"js", "javascript"},
                                                             {"node", "javascript"},
                                                             {"nodejs", "javascript"},
                                                             {"node.js", "javascript"},
                                                             {"java", "java"},
                                                             {"rust", "rust"},
                                                             {"rs", "rust"},
                                                             {"go", "go"},
                                                             {"golang", "go"},
                                                             {"kotlin", "kotlin"},
                                                             {"ruby", "ruby"},
                                                             {"rb", "ruby"},
                                                             {"php", "php"},
                                                             {"perl", "perl"},
                                                             {"lua", "lua"},
                                                             {"haskell", "haskell"},
                                                             {"hs", "haskell"},
                                                             {"ocaml", "ocaml"},
                                                             {"pascal", "pascal"},
                                                             {"csharp", "csharp"},
                                                             {"c#", "csharp"},
                                                             {"cs", "csharp"},
                                                             {"pypy", "pypy3"},
                                                             {"pypy3", "pypy3"}};
  const std::string wanted = Lower(name);
  for (const auto& [used, id] : kIds) {
    if (wanted == used) return id;
  }
  return {};
}

}  // namespace tesuji::verifier
