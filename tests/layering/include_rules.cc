#include "tests/layering/include_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace tesuji::layering {
namespace {

bool StartsWithAny(std::string_view text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

/// The room of a path: the longest that it lies in; empty: none.
std::string RoomOf(const Rules& rules, std::string_view path) {
  for (auto end = path.rfind('/'); end != std::string_view::npos; end = path.rfind('/', end - 1)) {
    std::string room(path.substr(0, end));
    if (rules.arrows.contains(room) || rules.top.contains(room)) return room;
    if (end == 0) break;
  }
  return {};
}

/// Replaces comments by blanks, keeping lines; strings and characters are passed over.
std::string WithoutComments(std::string_view text) {
  std::string out(text);
  enum { kCode, kLine, kBlock, kString } where = kCode;
  char quote = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char next = i + 1 < out.size() ? out[i + 1] : '\0';
    if (out[i] == '\n') {
      if (where != kBlock) where = kCode;
    } else if (where == kLine) {
      out[i] = ' ';
    } else if (where == kBlock) {
      if (out[i] == '*' && next == '/') {
        out[i + 1] = ' ';
        where = kCode;
      }
      out[i] = ' ';
    } else if (where == kString) {
      if (out[i] == '\\') {
        ++i;
      } else if (out[i] == quote) {
        where = kCode;
      }
    } else if (out[i] == '/' && (next == '/' || next == '*')) {
      where = next == '/' ? kLine : kBlock;
      out[i] = out[i + 1] = ' ';
    } else if (out[i] == '"' || (out[i] == '\'' && (i == 0 || !std::isalnum(out[i - 1])))) {
      where = kString;  // A ' after a digit separates digits.
      quote = out[i];
    }
  }
  return out;
}

std::optional<Include> ParseLine(std::string_view line, int number) {
  const auto skip_blanks = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(std::string_view("include").size());
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::nullopt;
  const bool quoted = line[0] == '"';
  const auto end = line.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{number, std::string(line.substr(1, end - 1)), quoted};
}

/// Holds one tree against the rules; made for one FindViolations().
class Checker {
 public:
  Checker(const Rules& rules, const SourceTree& tree) : rules_(rules), tree_(tree) {
    for (const auto& [path, text] : tree) includes_[path] = FindIncludes(text);
  }

  std::vector<std::string> Run() {
    for (const auto& [path, includes] : includes_) {
      const std::string room = RoomOf(rules_, path);
      if (room.empty()) {
        violations_.push_back(fmt::format(
            "{}: lies in no room: say in tests/layering/include_rules.cc whom {}/ may include",
            path, path.substr(0, path.find('/'))));
        continue;
      }
      for (const auto& include : includes) CheckInclude(path, room, include);
    }
    return std::move(violations_);
  }

 private:
  void CheckInclude(const std::string& path, const std::string& room, const Include& include) {
    const auto complain = [&](const std::string& what) {
      violations_.push_back(fmt::format("{}:{}: {}", path, include.line, what));
    };
    for (const auto& confined : rules_.confined) {
      if (StartsWithAny(path, confined.homes)) continue;
      const std::string homes = fmt::format("{}", fmt::join(confined.homes, ", "));
      if (StartsWithAny(include.path, confined.prefixes)) {
        complain(fmt::format("{} belongs to {} alone; {} may not include <{}>", confined.name,
                             homes, room, include.path));
      } else if (std::set<std::string> seen; Reaches(include.path, confined, &seen)) {
        complain(fmt::format("\"{}\" brings in {}, which belongs to {} alone", include.path,
                             confined.name, homes));
      }
    }
    const std::string target = RoomOf(rules_, include.path);
    if (target.empty()) {
      if (include.quoted) {
        complain(
            fmt::format("\"{}\": quotes are for our own headers, written from the root "
                        "(\"search/mcts.h\")",
                        include.path));
      }
      return;
    }
    if (target == room) return;
    static const std::set<std::string> kNothing;
    const auto arrows = rules_.arrows.find(room);
    const auto& allowed = arrows == rules_.arrows.end() ? kNothing : arrows->second;
    if (!MayInclude(room, target) && !allowed.contains(target) && !allowed.contains(include.path)) {
      complain(
          fmt::format("{}/ may not include \"{}\"; its arrows: {}", room, include.path,
                      allowed.empty() ? "(nothing)" : fmt::format("{}", fmt::join(allowed, " "))));
    }
  }

  bool MayInclude(const std::string& room, const std::string& target) const {
    return rules_.top.contains(room) && (!rules_.top.contains(target) || room == "tests");
  }

  /// Whether our header `path` includes what `confined` names, itself or through others.
  bool Reaches(const std::string& path, const Confined& confined, std::set<std::string>* seen) {
    const auto it = includes_.find(path);
    if (it == includes_.end() || !seen->insert(path).second) return false;
    return std::any_of(it->second.begin(), it->second.end(), [&](const Include& include) {
      return StartsWithAny(include.path, confined.prefixes) ||
             Reaches(include.path, confined, seen);
    });
  }

  const Rules& rules_;
  const SourceTree& tree_;
  std::map<std::string, std::vector<Include>> includes_;
  std::vector<std::string> violations_;
};

}  // namespace

Rules HouseRules() {
  Rules rules;
  rules.arrows = {
      {"core", {}},
      {"api", {"core"}},
      {"search", {"api", "core"}},
      {"verifier", {"api", "core"}},
      {"storage", {"api", "core", "storage/sqlite/sqlite_store.h"}},
      {"storage/sqlite", {"core", "storage"}},
      {"learner", {"api", "core", "search/evaluator.h"}},
      {"learner/torch", {"api", "core", "learner"}},
      {"dataset", {"api", "core", "storage"}},
      {"arena", {"api", "core", "search"}},
      {"campaign", {"api", "core", "search", "verifier", "storage", "learner", "arena"}},
      {"env/go", {"api", "core"}},
      {"env/go/gtp", {"core", "search", "arena", "env/go"}},
      {"env/matmul", {"api", "core", "campaign"}},
      {"env/mnk", {"api", "core"}},
      {"env/program", {"api", "core", "search", "storage", "learner", "verifier", "campaign"}},
      {"service", {"api", "core", "verifier"}},
      {"bench",
       {"api", "core", "search", "storage", "verifier", "learner", "dataset", "campaign", "service",
        "env/go", "env/matmul", "env/program"}},
  };
  rules.top = {"cli", "tests"};
  rules.confined = {
      {"LibTorch", {"torch/", "ATen/", "c10/", "caffe2/"}, {"learner/torch/", "tests/learner/"}},
      {"SQLite",
       {"sqlite3", "SQLiteCpp/"},
       {"storage/sqlite/", "tests/storage/", "tests/dataset/"}},
      {"Arrow", {"arrow/", "parquet/"}, {"dataset/export/parquet.cc"}},
      {"CLI11", {"CLI/"}, {"cli/options.cc"}},
      {"Boost.Beast", {"boost/beast"}, {"service/", "tests/service/"}},
  };
  return rules;
}

SourceTree ReadSourceTree(const std::string& root) {
  namespace fs = std::filesystem;
  SourceTree tree;
  for (const auto& folder : fs::directory_iterator(root)) {
    const std::string name = folder.path().filename();
    if (!folder.is_directory() || name.starts_with('.') || name.starts_with("build") ||
        name == "runs") {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cc")) continue;
      if (entry.path().string().starts_with(root + "/experiments/problems/")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      tree[fs::relative(entry.path(), root)] = {std::istreambuf_iterator<char>(file), {}};
    }
  }
  return tree;
}

std::vector<Include> FindIncludes(std::string_view text) {
  const std::string code = WithoutComments(text);
  std::vector<Include> includes;
  std::string_view rest = code;
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (auto include = ParseLine(rest.substr(0, end), number)) includes.push_back(*include);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return includes;
}

namespace {

/// A folder of env/ without a line of its own is a game, which includes api/ alone.
Rules WithGames(Rules rules, const SourceTree& tree) {
  for (const auto& [path, text] : tree) {
    const auto end = path.starts_with("env/") ? path.find('/', 4) : std::string::npos;
    if (end != std::string::npos) rules.arrows.try_emplace(path.substr(0, end), Arrows{"api"});
  }
  return rules;
}

}  // namespace

std::vector<std::string> FindViolations(const Rules& rules, const SourceTree& tree) {
  const Rules all = WithGames(rules, tree);
  return Checker(all, tree).Run();
}

std::vector<std::string> FindUnusedArrows(const Rules& rules, const SourceTree& tree) {
  const Rules all = WithGames(rules, tree);
  std::map<std::string, Arrows> unused = all.arrows;
  for (const auto& [path, text] : tree) {
    const auto arrows = unused.find(RoomOf(all, path));
    if (arrows == unused.end()) continue;
    for (const auto& include : FindIncludes(text)) {
      arrows->second.erase(include.path);
      arrows->second.erase(RoomOf(all, include.path));
    }
  }
  std::vector<std::string> lines;
  for (const auto& [room, targets] : unused) {
    for (const auto& target : targets) {
      lines.push_back(fmt::format(
          "{} -> {}: granted in tests/layering/include_rules.cc, used by no file", room, target));
    }
  }
  return lines;
}

}  // namespace tesuji::layering
