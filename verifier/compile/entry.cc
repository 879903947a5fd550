#include "verifier/compile/entry.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c < 0;
}

/// Words and single signs of a source, without comments and texts in quotes.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  /// The next one; empty at the end.
  std::string_view Next() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("//")) {
        Skip(rest, "\n", 2);
      } else if (rest.starts_with("/*")) {
        Skip(rest, "*/", 2);
      } else if (rest.starts_with("\"\"\"")) {
        Skip(rest, "\"\"\"", 3);
      } else if (rest[0] == '"' || IsCharacter(rest)) {
        SkipQuoted(rest[0]);
      } else if (IsLetter(rest[0])) {
        std::size_t size = 1;
        while (size < rest.size() && IsLetter(rest[size])) ++size;
        at_ += size;
        return rest.substr(0, size);
      } else {
        ++at_;
        if (rest[0] > ' ') return rest.substr(0, 1);
      }
    }
    return {};
  }

 private:
  /// Not the quote of a Scala symbol ('name).
  static bool IsCharacter(std::string_view rest) {
    return rest.size() > 2 && rest[0] == '\'' &&
           (rest[1] == '\\' || rest.substr(2, 5).find('\'') != std::string_view::npos);
  }
  void Skip(std::string_view rest, std::string_view end, std::size_t from) {
    const std::size_t found = rest.find(end, from);
    at_ = found == std::string_view::npos ? text_.size() : at_ + found + end.size();
  }
  void SkipQuoted(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool NamesAType(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords = {"class", "interface", "enum", "record",
                                                      "object"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

std::string Qualified(const SourceTypes& types) {
  return types.package.empty() ? types.main_class : types.package + "." + types.main_class;
}

}  // namespace

SourceTypes ReadTypes(std::string_view source) {
  SourceTypes types;
  Tokens tokens(source);
  int depth = 0;
  bool is_public = false;
  bool in_package = false;
  std::string current;
  std::string_view last;
  for (std::string_view word = tokens.Next(); !word.empty(); last = word, word = tokens.Next()) {
    if (word == "{") ++depth;
    if (word == "}") --depth;
    if (in_package && (IsLetter(word[0]) || word == ".") && !NamesAType(word) &&
        (types.package.empty() || word == "." || last == ".")) {
      types.package += word;
      continue;
    }
    in_package = depth == 0 && word == "package" && types.package.empty();
    if (depth == 0) {
      if (word == "public") is_public = true;
      if (word == "}" || word == ";") is_public = false;
      if (NamesAType(last) && IsLetter(word[0])) {
        current = word;
        if (is_public && types.public_class.empty()) types.public_class = current;
        is_public = false;
      }
      // object Main extends App
      if (last == "extends" && word == "App" && types.main_class.empty()) {
        types.main_class = current;
      }
    } else if (depth == 1 && word == "(" && last == "main" && types.main_class.empty()) {
      types.main_class = current;
    }
  }
  return types;
}

std::string MainClass(const std::vector<SourceFile>& sources) {
  std::string first;
  for (const SourceFile& file : sources) {
    const SourceTypes types = ReadTypes(file.text);
    if (types.main_class.empty()) continue;
    if (types.main_class == "Main" || fs::path(file.name).stem() == "Main") {
      return Qualified(types);
    }
    if (first.empty()) first = Qualified(types);
  }
  return first;
}

std::vector<SourceFile> NamedByClass(std::vector<SourceFile> sources) {
  for (SourceFile& file : sources) {
    const fs::path path(file.name);
    if (path.extension() != ".java") continue;
    const std::string wanted = ReadTypes(file.text).public_class;
    if (wanted.empty() || path.stem() == wanted || wanted.size() > 200) continue;
    const std::string name = (path.parent_path() / (wanted + ".java")).string();
    const bool taken = std::any_of(sources.begin(), sources.end(), [&](const SourceFile& other) {
      return &other != &file && other.name == name;
    });
    if (!taken) file.name = name;
  }
  return sources;
}

}  // namespace tesuji::verifier
