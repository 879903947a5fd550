#include "env/go/sgf_game.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "env/go/game_result.h"
#include "env/go/komi.h"
#include "env/go/number.h"

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

// A whole number; empty when `text` is anything else.
std::optional<int> ParseWhole(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "19" or "7:9" (columns, then rows).
Status ReadSize(std::string_view value, GameRecord* record) {
  if (value.empty()) return {};  // The format's default is 19x19.
  const auto [first, second] = SgfCompose(value);
  const auto width = ParseWhole(first);
  const auto height = second.empty() ? width : ParseWhole(second);
  if (!width || !height || std::min(*width, *height) < kMinSide ||
      std::max(*width, *height) > kMaxSide) {
    return Fail(fmt::format("SGF: SZ is {}, expected sides from {} to {}", Quote(value), kMinSide,
                            kMaxSide));
  }
  record->width = *width;
  record->height = *height;
  return {};
}

Status ReadKomi(const SgfNode& root, int largest, GameRecord* record) {
  record->start.komi = 0;
  const std::string_view value = Trim(root.Value("KM"));
  if (value.empty()) return {};
  const auto komi = ParseKomi(value, std::max(largest, record->width * record->height));
  if (!komi) return Fail(fmt::format("SGF: KM is {}: {}", Quote(value), komi.error().message));
  record->start.komi = komi->points;
  record->counts_stones = komi->counts_stones;
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
    return Fail(fmt::format("{}[{}] is no point of a {}x{} board", property,
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
        return Fail(fmt::format("{} names too many points", property.name));
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
  auto& numbers = record->numbers;
  numbers.erase(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(lead));
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

Status ReadHeader(const SgfNode& root, const ReadGameOptions& options, GameRecord* record) {
  const std::string_view game = Trim(root.Value("GM"));
  if (!game.empty() && game != "1") {
    return Fail(fmt::format("SGF: GM is {}, expected 1 (Go)", Quote(game)));
  }
  if (auto status = ReadSize(root.Value("SZ"), record); !status) return status;
  if (auto status = ReadKomi(root, options.largest_komi, record); !status) return status;
  record->start.handicap = std::clamp(ParseWhole(root.Value("HA")).value_or(0), 0, kMaxCells);
  record->result = SgfSimpleText(Trim(root.Value("RE")));
  record->rules = SgfSimpleText(Trim(root.Value("RU")));
  record->black_name = SgfSimpleText(Trim(root.Value("PB")));
  record->white_name = SgfSimpleText(Trim(root.Value("PW")));
  return {};
}

// Reads the nodes of the main line into a record, one after the other.
class LineReader {
 public:
  LineReader(GameRecord* record, const ReadGameOptions& options)
      : record_(*record),
        options_(options),
        points_(*record),
        grid_(record->width * record->height, Color::kEmpty) {}

  /// False: the line ends before this node.
  Result<bool> ReadNode(const SgfNode& node) {
    const bool moves = node.Find("B") != nullptr || node.Find("W") != nullptr;
    if (const auto number = ParseWhole(node.Value("MN")); number && moves) next_ = *number;
    if (moves && next_ >= options_.before_move) return false;
    if (HasSetup(node)) {
      // Set-up after the last move that is wanted belongs to what comes after it.
      if (!record_.moves.empty() && next_ >= options_.before_move) return false;
      if (auto status = SetUp(node); !status) return tl::unexpected(status.error());
    }
    if (node.Find("PL") != nullptr && record_.moves.empty()) player_ = Trim(node.Value("PL"));
    // A node with both colours is against the format; Black's move is then the first.
    for (const auto& [name, color] :
         {std::pair("B", Color::kBlack), std::pair("W", Color::kWhite)}) {
      if (node.Find(name) == nullptr) continue;
      const auto action = points_.ReadMove(node.Value(name), name);
      if (!action) return Fail(fmt::format("SGF: move {}: {}", next_, action.error().message));
      record_.moves.push_back({.action = static_cast<std::int16_t>(*action), .color = color});
      record_.numbers.push_back(next_++);
    }
    return true;
  }

  void Finish() {
    for (int cell = 0; cell < std::ssize(grid_); ++cell) {
      if (grid_[cell] == Color::kBlack) record_.start.black.push_back(cell);
      if (grid_[cell] == Color::kWhite) record_.start.white.push_back(cell);
    }
    if (player_.empty()) TurnLeadingMovesIntoHandicap(&record_);
    ReadToPlay(player_, &record_);
  }

 private:
  Status SetUp(const SgfNode& node) {
    if (!record_.moves.empty()) {
      return Fail(
          fmt::format("SGF: stones are set up after move {}; only set-up before the first move is "
                      "understood",
                      record_.numbers.back()));
    }
    if (auto status = ReadSetup(node, points_, &grid_); !status) {
      return Fail("SGF: " + status.error().message);
    }
    return {};
  }

  GameRecord& record_;
  const ReadGameOptions& options_;
  PointReader points_;
  std::vector<Color> grid_;
  std::string_view player_;
  int next_ = 1;  // Number of the next move.
};

}  // namespace

Result<GameRecord> ReadGame(const SgfTree& tree, const ReadGameOptions& options) {
  GameRecord record;
  if (tree.nodes.empty()) return Fail("SGF: a game without nodes");
  if (auto status = ReadHeader(tree.nodes[0], options, &record); !status) {
    return tl::unexpected(status.error());
  }
  LineReader line(&record, options);
  for (const int number : tree.MainLine()) {
    const auto more = line.ReadNode(tree.nodes[number]);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  line.Finish();
  return record;
}

std::string IllegalMoveText(const GameRecord& record, std::size_t move, const Rules& rules,
                            Legality legality) {
  const Move& played = record.moves[move];
  std::string text =
      fmt::format("move {} ({} {}) is illegal: {}", record.numbers[move],
                  played.color == Color::kBlack ? "B" : "W", ActionText(rules, played.action),
                  legality == Legality::kGameOver ? "the game is over after two passes"
                                                  : std::string(LegalityName(legality)));
  const std::string why = WhyAllowedThere(record.rules, rules, legality);
  return why.empty() ? text : text + "; " + why;
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
      return Fail("SGF: " + IllegalMoveText(record, i, rules, legality));
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
