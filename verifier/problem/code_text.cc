#include "verifier/problem/code_text.h"

#include <algorithm>
#include <cctype>

namespace tesuji::verifier {

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string Blanked(const std::string& text, bool all) {
  std::string out = text;
  const auto blank = [&out](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && i < out.size(); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  bool line_start = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (text.compare(at, 2, "//") == 0) {
      end = std::min(text.find('\n', at), text.size());
      blank(at, end);
    } else if (text.compare(at, 2, "/*") == 0) {
      end = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
      blank(at, end);
    } else if (c == '"' || (c == '\'' && (at == 0 || !std::isdigit(text[at - 1]))) || c == '`') {
      while (end < text.size() && text[end] != c && (text[end] != '\n' || c == '`'))
        end += text[end] == '\\' ? 2 : 1;
      ++end;
      if (all) blank(at, end);
    } else if (c == '#' && line_start) {
      end = std::min(text.find('\n', at), text.size());
      if (all) {
        blank(at, end);
        if (end < text.size()) out[end] = ';';
      }
    }
    for (std::size_t i = at; i < end && i < text.size(); ++i) {
      if (text[i] == '\n')
        line_start = true;
      else if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
        line_start = false;
    }
    at = end;
  }
  return out;
}

std::size_t FindName(std::string_view text, std::string_view word, std::size_t from) {
  if (word.empty()) return text.npos;
  for (std::size_t at = text.find(word, from); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !IsNameCharacter(text[at - 1]);
    if (begins && (end == text.size() || !IsNameCharacter(text[end]))) return at;
  }
  return text.npos;
}

std::size_t ClosingBracket(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(' || code[i] == '[' || code[i] == '{') ++depth;
    if (code[i] == ')' || code[i] == ']' || code[i] == '}') --depth;
    if (depth == 0) return i;
  }
  return code.npos;
}

std::vector<std::string> SplitParameters(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (std::string_view("<([{").find(c) != std::string_view::npos) ++depth;
    if (std::string_view(">)]}").find(c) != std::string_view::npos) --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() == 1 && parts[0].find_first_not_of(" \t\r\n") == std::string::npos) {
    parts.clear();
  }
  return parts;
}

std::string LastName(const std::string& text) {
  std::size_t end = text.size();
  while (end > 0 && !IsNameCharacter(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && IsNameCharacter(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

std::size_t FindDefinition(const std::string& code, const std::string& name) {
  for (std::size_t at = FindName(code, name); at != code.npos; at = FindName(code, name, at + 1)) {
    const std::size_t open = code.find_first_not_of(" \t\r\n", at + name.size());
    if (open == code.npos || code[open] != '(') continue;
    const std::size_t close = ClosingBracket(code, open);
    if (close == code.npos) continue;
    std::size_t next = code.find_first_not_of(" \t\r\n", close + 1);
    for (const std::string_view word : {"const", "noexcept"}) {
      if (next != code.npos && code.compare(next, word.size(), word) == 0) {
        next = code.find_first_not_of(" \t\r\n", next + word.size());
      }
    }
    if (next != code.npos && code[next] == '{' &&
        OpenBlocks(std::string_view(code).substr(0, at)) == 0) {
      return at;
    }
  }
  return code.npos;
}

int OpenBlocks(std::string_view code) {
  return static_cast<int>(std::count(code.begin(), code.end(), '{') -
                          std::count(code.begin(), code.end(), '}'));
}

bool ClosesBlock(std::string_view code) {
  int depth = 1;
  for (const char c : code) {
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return true;
  }
  return false;
}

}  // namespace tesuji::verifier
