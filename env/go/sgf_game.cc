#include "env/go/sgf_game.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace tesuji::env::go {
namespace {

constexpr std::string_view kGenerator = "tesuji";

std::string Quote(std::string_view value) {
  std::string text = SgfSimpleText(value.substr(0, 40));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  }
  return fmt::format("\"{}\"", text);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "19" or "7:9" (columns, then rows).
Status ReadSize(std::string_view value, GameRecord* record) {
  if (value.empty()) return {};  // The format's default is 19x19.
  const auto [first, second] = SgfCompose(value);
  const auto width = ParseNumber<int>(first);
  const auto height = second.empty() ? width : ParseNumber<int>(second);
  if (!width || !height || std::min(*width, *height) < kMinSide ||
      std::max(*width, *height) > kMaxSide) {
    return Fail(fmt::format("SGF: SZ is {}, expected sides from {} to {}", Quote(value), kMinSide,
                            kMaxSide));
  }
  record->width = *width;
  record->height = *height;
  return {};
}

Status ReadKomi(const SgfNode& root, GameRecord* record) {
  record->start.komi = 0;
  const std::string_view value = Trim(root.Value("KM"));
  if (value.empty()) return {};
  const auto komi = ParseNumber<double>(value);
  if (!komi || !std::isfinite(*komi) || std::abs(*komi) > 2 * kMaxCells) {
    return Fail(fmt::format("SGF: KM is {}, expected a number", Quote(value)));
  }
  // Some servers write 3.75 for 7.5 or 6.4999; area points come in halves.
  record->start.komi = static_cast<float>(std::round(*komi * 2) / 2);
  record->has_komi = true;
  return {};
}

class PointReader {
 public:
  explicit PointReader(const GameRecord& record) {
    rules_.width = record.width;
    rules_.height = record.height;
  }

  /// One move: a point, "" or (boards up to 19x19) "tt" for the pass.
  Result<Action> ReadMove(std::string_view value, std::string_view property) const {
    value = Trim(value);
    if (value.empty() || value == "tt") return rules_.pass();
    return ReadPoint(value, property);
  }

  Result<Action> ReadPoint(std::string_view value, std::string_view property) const {
    value = Trim(value);
    if (value.size() == 2) {
      const int column = value[0] - 'a';
      const int row = value[1] - 'a';
      if (column >= 0 && column < rules_.width && row >= 0 && row < rules_.height) {
        return row * rules_.width + column;
      }
    }
    return Fail(fmt::format("SGF: {}[{}] is no point of a {}x{} board", property,
                            SgfSimpleText(value.substr(0, 20)), rules_.width, rules_.height));
  }

  /// A list of points; FF[4] may write a rectangle as "aa:cc".
  Result<std::vector<Action>> ReadPoints(const SgfProperty& property) const {
    std::vector<Action> points;
    for (const std::string& value : property.values) {
      if (Trim(value).empty() && property.values.size() == 1) break;
      const auto [first, second] = SgfCompose(value);
      const auto from = ReadPoint(first, property.name);
      if (!from) return tl::unexpected(from.error());
      const auto to = second.empty() ? from : ReadPoint(second, property.name);
      if (!to) return tl::unexpected(to.error());
      const int top = std::min(*from / rules_.width, *to / rules_.width);
      const int bottom = std::max(*from / rules_.width, *to / rules_.width);
      const int left = std::min(*from % rules_.width, *to % rules_.width);
      const int right = std::max(*from % rules_.width, *to % rules_.width);
      for (int row = top; row <= bottom; ++row) {
        for (int column = left; column <= right; ++column) {
          points.push_back(row * rules_.width + column);
        }
      }
      // A rectangle costs five bytes and makes up to 361 points.
      if (points.size() > static_cast<std::size_t>(4 * kMaxCells)) {
        return Fail(fmt::format("SGF: {} names too many points", property.name));
      }
    }
    return points;
  }

 private:
  Rules rules_;
};

// Set-up stones of one node, over what nodes before it set up.
Status ReadSetup(const SgfNode& node, const PointReader& points, std::vector<Color>* grid) {
  for (const auto& [name, color] : {std::pair("AE", Color::kEmpty), std::pair("AB", Color::kBlack),
                                    std::pair("AW", Color::kWhite)}) {
    const SgfProperty* property = node.Find(name);
    if (property == nullptr) continue;
    const auto cells = points.ReadPoints(*property);
    if (!cells) return tl::unexpected(cells.error());
    for (const Action cell : *cells) (*grid)[cell] = color;
  }
  return {};
}

bool HasSetup(const SgfNode& node) {
  return node.Find("AB") != nullptr || node.Find("AW") != nullptr || node.Find("AE") != nullptr;
}

// Old records write handicap stones as Black's first moves, and say nothing of who is to play.
void TurnLeadingMovesIntoHandicap(GameRecord* record) {
  auto& moves = record->moves;
  const Action pass = record->width * record->height;
  std::size_t lead = 0;
  while (lead < moves.size() && moves[lead].color == Color::kBlack && moves[lead].action != pass) {
    ++lead;
  }
  if (lead < 2 || record->start.handicap != static_cast<int>(lead) ||
      !record->start.black.empty()) {
    return;
  }
  for (std::size_t i = 0; i < lead; ++i) {
    const Action cell = moves[i].action;
    if (std::ranges::count(record->start.black, cell) != 0) return record->start.black.clear();
    record->start.black.push_back(cell);
  }
  moves.erase(moves.begin(), moves.begin() + static_cast<std::ptrdiff_t>(lead));
  record->start.to_play = Color::kWhite;
}

void ReadToPlay(std::string_view player, GameRecord* record) {
  Start& start = record->start;
  if (!player.empty()) {
    start.to_play =
        player[0] == 'W' || player[0] == 'w' || player[0] == '2' ? Color::kWhite : Color::kBlack;
  } else if (!record->moves.empty()) {
    start.to_play = record->moves.front().color;
  } else if (start.handicap >= 2) {
    start.to_play = Color::kWhite;
  }
}

Status ReadHeader(const SgfNode& root, GameRecord* record) {
  const std::string_view game = Trim(root.Value("GM"));
  if (!game.empty() && game != "1") {
    return Fail(fmt::format("SGF: GM is {}, expected 1 (Go)", Quote(game)));
  }
  if (auto status = ReadSize(root.Value("SZ"), record); !status) return status;
  if (auto status = ReadKomi(root, record); !status) return status;
  record->start.handicap = std::clamp(ParseNumber<int>(root.Value("HA")).value_or(0), 0, kMaxCells);
  record->result = SgfSimpleText(Trim(root.Value("RE")));
  record->rules = SgfSimpleText(Trim(root.Value("RU")));
  record->black_name = SgfSimpleText(Trim(root.Value("PB")));
  record->white_name = SgfSimpleText(Trim(root.Value("PW")));
  return {};
}

}  // namespace

Result<GameRecord> ReadGame(const SgfTree& tree) {
  GameRecord record;
  if (tree.nodes.empty()) return Fail("SGF: a game without nodes");
  if (auto status = ReadHeader(tree.nodes[0], &record); !status) {
    return tl::unexpected(status.error());
  }
  const PointReader points(record);
  std::vector<Color> grid(record.width * record.height, Color::kEmpty);
  std::string_view player;
  for (const int number : tree.MainLine()) {
    const SgfNode& node = tree.nodes[number];
    if (HasSetup(node)) {
      if (!record.moves.empty()) {
        return Fail(
            fmt::format("SGF: stones are set up after move {}; only set-up before the "
                        "first move is understood",
                        record.moves.size()));
      }
      if (auto status = ReadSetup(node, points, &grid); !status) {
        return tl::unexpected(status.error());
      }
    }
    if (node.Find("PL") != nullptr && record.moves.empty()) player = Trim(node.Value("PL"));
    // A node with both colours is against the format; Black's move is then the first.
    for (const auto& [name, color] :
         {std::pair("B", Color::kBlack), std::pair("W", Color::kWhite)}) {
      if (node.Find(name) == nullptr) continue;
      const auto action = points.ReadMove(node.Value(name), name);
      if (!action) return tl::unexpected(action.error());
      record.moves.push_back({.action = static_cast<std::int16_t>(*action), .color = color});
    }
  }
  for (int cell = 0; cell < record.width * record.height; ++cell) {
    if (grid[cell] == Color::kBlack) record.start.black.push_back(cell);
    if (grid[cell] == Color::kWhite) record.start.white.push_back(cell);
  }
  if (player.empty()) TurnLeadingMovesIntoHandicap(&record);
  ReadToPlay(player, &record);
  return record;
}

Result<std::unique_ptr<GoState>> ReplayGame(const GoEnvironment& environment,
                                            const GameRecord& record) {
  const Rules& rules = environment.rules();
  if (record.width != rules.width || record.height != rules.height) {
    return Fail(fmt::format("SGF: the record's board is {}x{}, this environment's is {}x{}",
                            record.width, record.height, rules.width, rules.height));
  }
  Start start = record.start;
  // Fixed placement is kept in its customary order, so that equal starts are equal tasks.
  if (auto usual = MakeStart(rules, start.komi, start.handicap);
      usual && start.white.empty() && start.to_play == usual->to_play &&
      std::ranges::is_permutation(start.black, usual->black)) {
    start = std::move(*usual);
  }
  if (!record.has_komi) start.komi = environment.default_start().komi;
  auto state = environment.NewGame(start);
  if (!state) return Fail("SGF: " + state.error().message);
  for (std::size_t i = 0; i < record.moves.size(); ++i) {
    const Move& move = record.moves[i];
    if ((*state)->phase() != Phase::kOngoing && move.action == rules.pass()) continue;
    const Legality legality = (*state)->Check(move.action, move.color);
    if (legality != Legality::kLegal) {
      return Fail(fmt::format("SGF: move {} ({} {}) is illegal: {}", i + 1,
                              move.color == Color::kBlack ? "B" : "W",
                              ActionText(rules, move.action), LegalityName(legality)));
    }
    (*state)->Play(move.action, move.color);
  }
  return state;
}

std::string SgfPoint(const Rules& rules, Action action) {
  if (action == rules.pass()) return "";
  return {static_cast<char>('a' + action % rules.width),
          static_cast<char>('a' + action / rules.width)};
}

SgfTree GameTree(const GoState& state) {
  const Rules& rules = state.rules();
  const Start& start = state.start();
  SgfTree tree;
  int node = tree.AddNode(-1);
  const auto add = [&](std::string_view name, std::string value) {
    tree.nodes[node].Add(name, std::move(value));
  };
  add("FF", "4");
  add("GM", "1");
  add("CA", "UTF-8");
  add("AP", std::string(kGenerator));
  add("SZ", rules.width == rules.height ? fmt::format("{}", rules.width)
                                        : fmt::format("{}:{}", rules.width, rules.height));
  add("KM", fmt::format("{:g}", start.komi));
  // KataGo's spelling, which other programs read too.
  std::string ko(KoRuleName(rules.ko));
  for (char& c : ko) c = static_cast<char>(c - 'a' + 'A');
  add("RU", fmt::format("ko{}scoreAREAtaxNONEsui{}", ko, rules.suicide ? 1 : 0));
  if (start.handicap > 0) add("HA", fmt::format("{}", start.handicap));
  for (const Action cell : start.black) add("AB", SgfPoint(rules, cell));
  for (const Action cell : start.white) add("AW", SgfPoint(rules, cell));
  // Wherever a reader could guess otherwise.
  if (start.to_play == Color::kWhite || start.handicap > 0 || !start.black.empty() ||
      !start.white.empty()) {
    add("PL", start.to_play == Color::kBlack ? "B" : "W");
  }
  if (state.phase() == Phase::kScored) add("RE", ScoreText(state.Score()));
  for (const Move& move : state.moves()) {
    node = tree.AddNode(node);
    add(move.color == Color::kBlack ? "B" : "W", SgfPoint(rules, move.action));
  }
  return tree;
}

}  // namespace tesuji::env::go
