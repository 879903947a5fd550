#include "env/go/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <memory>

#include "env/go/board.h"

namespace tesuji::env::go {
namespace {

constexpr std::string_view kColumns = "ABCDEFGHJKLMNOPQRST";

Result<std::vector<Action>> ReadCells(const Rules& rules, const Json& list, std::string_view key) {
  if (!list.is_array()) {
    return Fail(fmt::format("{}: expected a list of coordinates such as [\"D4\"], got {}", key,
                            list.dump()));
  }
  std::vector<Action> cells;
  for (const Json& entry : list) {
    if (!entry.is_string()) {
      return Fail(
          fmt::format("{}: expected a coordinate such as \"D4\", got {}", key, entry.dump()));
    }
    auto cell = ParseAction(rules, entry.get<std::string>());
    if (!cell) return Fail(fmt::format("{}: {}", key, cell.error().message));
    cells.push_back(*cell);
  }
  return cells;
}

Json WriteCells(const Rules& rules, const std::vector<Action>& cells) {
  Json list = Json::array();
  for (const Action cell : cells) list.push_back(ActionText(rules, cell));
  return list;
}

}  // namespace

std::string_view KoRuleName(KoRule rule) {
  switch (rule) {
    case KoRule::kPositional:
      return "positional";
    case KoRule::kSituational:
      return "situational";
    case KoRule::kSimple:
      return "simple";
  }
  return "positional";
}

Result<KoRule> ParseKoRule(std::string_view name) {
  for (const KoRule rule : {KoRule::kPositional, KoRule::kSituational, KoRule::kSimple}) {
    if (name == KoRuleName(rule)) return rule;
  }
  return Fail(
      fmt::format("unknown ko rule \"{}\"; expected positional, situational or simple", name));
}

Result<std::vector<Action>> FixedHandicap(const Rules& rules, int stones) {
  // GTP 2, section 4.1.1: corners need sides of 7 or more, the middle lines odd sides, and sides of
  // 7 stop at four stones.
  const int smaller = std::min(rules.width, rules.height);
  const bool odd = rules.width % 2 == 1 && rules.height % 2 == 1;
  const int most = smaller < 7 ? 0 : (odd && smaller > 7) ? 9 : 4;
  if (stones < 2 || stones > most) {
    return Fail(fmt::format("handicap {} has no fixed placement on a {}x{} board; {}", stones,
                            rules.width, rules.height,
                            most == 0 ? std::string("the board is too small for any")
                                      : fmt::format("expected 2 to {}", most)));
  }
  const auto line = [](int side) { return side < 13 ? 2 : 3; };
  const int left = line(rules.width);
  const int right = rules.width - 1 - left;
  const int top = line(rules.height);
  const int bottom = rules.height - 1 - top;
  const int middle_column = rules.width / 2;
  const int middle_row = rules.height / 2;
  const auto cell = [&](int row, int column) { return Action{row * rules.width + column}; };
  std::vector<Action> cells = {cell(bottom, left), cell(top, right), cell(top, left),
                               cell(bottom, right)};
  cells.resize(std::min(stones, 4));
  if (stones >= 6) {
    cells.push_back(cell(middle_row, left));
    cells.push_back(cell(middle_row, right));
  }
  if (stones >= 8) {
    cells.push_back(cell(bottom, middle_column));
    cells.push_back(cell(top, middle_column));
  }
  if (stones >= 5 && stones % 2 == 1) cells.push_back(cell(middle_row, middle_column));
  return cells;
}

Result<Start> MakeStart(const Rules& rules, float komi, int handicap) {
  Start start{.komi = komi, .handicap = handicap};
  if (handicap == 0) return start;
  auto stones = FixedHandicap(rules, handicap);
  if (!stones) return tl::unexpected(stones.error());
  start.black = std::move(*stones);
  start.to_play = Color::kWhite;
  return start;
}

Status CheckStart(const Rules& rules, const Start& start) {
  if (!std::isfinite(start.komi) || std::abs(start.komi) > 2 * kMaxCells ||
      start.komi * 2 != std::floor(start.komi * 2)) {
    return Fail(fmt::format("komi {}: expected a multiple of 0.5 between -{} and {}", start.komi,
                            2 * kMaxCells, 2 * kMaxCells));
  }
  if (start.to_play == Color::kEmpty) return Fail("to_play: expected black or white");
  const Geometry geometry(rules.width, rules.height);
  std::vector<Color> grid(rules.cells(), Color::kEmpty);
  for (const auto& [cells, color] :
       {std::pair(&start.black, Color::kBlack), std::pair(&start.white, Color::kWhite)}) {
    for (const Action cell : *cells) {
      if (cell < 0 || cell >= rules.cells()) return Fail("a set-up stone lies off the board");
      if (grid[cell] != Color::kEmpty) {
        return Fail(fmt::format("two set-up stones at {}", ActionText(rules, cell)));
      }
      grid[cell] = color;
    }
  }
  // Every stone must reach an empty cell through its own colour.
  std::vector<bool> free(rules.cells(), false);
  std::vector<int> open;
  for (int cell = 0; cell < rules.cells(); ++cell) {
    if (grid[cell] == Color::kEmpty) continue;
    for (const int neighbor : geometry.neighbors(cell)) {
      if (neighbor < rules.cells() && grid[neighbor] == Color::kEmpty) free[cell] = true;
    }
    if (free[cell]) open.push_back(cell);
  }
  while (!open.empty()) {
    const int cell = open.back();
    open.pop_back();
    for (const int neighbor : geometry.neighbors(cell)) {
      if (neighbor >= rules.cells() || free[neighbor] || grid[neighbor] != grid[cell]) continue;
      free[neighbor] = true;
      open.push_back(neighbor);
    }
  }
  for (int cell = 0; cell < rules.cells(); ++cell) {
    if (grid[cell] != Color::kEmpty && !free[cell]) {
      return Fail(fmt::format("the set-up stone at {} has no liberties", ActionText(rules, cell)));
    }
  }
  return {};
}

Json StartToJson(const Rules& rules, const Start& start) {
  Json json = {{"komi", start.komi}, {"handicap", start.handicap}};
  const auto usual = MakeStart(rules, start.komi, start.handicap);
  if (usual && *usual == start) return json;
  json["black"] = WriteCells(rules, start.black);
  json["white"] = WriteCells(rules, start.white);
  json["to_play"] = start.to_play == Color::kBlack ? "black" : "white";
  return json;
}

Result<Start> StartFromJson(const Rules& rules, const Json& parameters, const Start& defaults) {
  if (!parameters.is_object()) return Fail("a Go task's parameters must be an object");
  for (const auto& [key, value] : parameters.items()) {
    constexpr std::array kKnown = {"komi", "handicap", "black", "white", "to_play"};
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      return Fail(
          fmt::format("unknown key \"{}\" in a Go task; expected komi, handicap, black, "
                      "white or to_play",
                      key));
    }
  }
  const Json komi = parameters.value("komi", Json(defaults.komi));
  if (!komi.is_number()) return Fail(fmt::format("komi: expected a number, got {}", komi.dump()));
  const Json handicap = parameters.value("handicap", Json(defaults.handicap));
  if (!handicap.is_number_integer()) {
    return Fail(fmt::format("handicap: expected an integer, got {}", handicap.dump()));
  }
  if (std::abs(komi.get<double>()) > 2 * kMaxCells) {
    return Fail(
        fmt::format("komi: expected at most {} either way, got {}", 2 * kMaxCells, komi.dump()));
  }
  if (handicap < 0 || handicap > kMaxCells) {
    return Fail(fmt::format("handicap: expected 0 to {}, got {}", kMaxCells, handicap.dump()));
  }
  Start start = defaults;
  start.komi = komi.get<float>();
  if (parameters.contains("black") || parameters.contains("white") ||
      parameters.contains("to_play")) {
    start.handicap = handicap.get<int>();
    auto black = ReadCells(rules, parameters.value("black", Json::array()), "black");
    if (!black) return tl::unexpected(black.error());
    auto white = ReadCells(rules, parameters.value("white", Json::array()), "white");
    if (!white) return tl::unexpected(white.error());
    start.black = std::move(*black);
    start.white = std::move(*white);
    const Json to_play = parameters.value("to_play", Json("black"));
    if (to_play != "black" && to_play != "white") {
      return Fail(fmt::format("to_play: expected \"black\" or \"white\", got {}", to_play.dump()));
    }
    start.to_play = to_play == "black" ? Color::kBlack : Color::kWhite;
  } else if (handicap != defaults.handicap) {
    auto made = MakeStart(rules, start.komi, handicap.get<int>());
    if (!made) return made;
    start = std::move(*made);
  }
  if (auto status = CheckStart(rules, start); !status) return tl::unexpected(status.error());
  return start;
}

std::string ActionText(const Rules& rules, Action action) {
  if (action == rules.pass()) return "pass";
  return fmt::format("{}{}", kColumns[action % rules.width], rules.height - action / rules.width);
}

Result<Action> ParseAction(const Rules& rules, std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "PASS") return rules.pass();
  const auto failure = [&] {
    return Fail(
        fmt::format("\"{}\" is no coordinate of a {}x{} board; expected {}1 to {}{} or pass",
                    text.substr(0, 20), rules.width, rules.height, kColumns[0],
                    kColumns[rules.width - 1], rules.height));
  };
  if (upper.size() < 2 || upper.size() > 3) return failure();
  const std::size_t column = kColumns.find(upper[0]);
  int row = 0;
  for (const char c : upper.substr(1)) {
    if (c < '0' || c > '9') return failure();
    row = 10 * row + (c - '0');
  }
  if (column >= static_cast<std::size_t>(rules.width) || row < 1 || row > rules.height) {
    return failure();
  }
  return (rules.height - row) * rules.width + static_cast<Action>(column);
}

std::string ScoreText(float score) {
  if (score == 0) return "0";
  return fmt::format("{}+{:g}", score > 0 ? 'B' : 'W', std::abs(score));
}

}  // namespace tesuji::env::go
