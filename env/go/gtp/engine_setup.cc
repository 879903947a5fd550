// Setting up: board, komi, handicap, moves.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "env/go/gtp/engine_session.h"
#include "env/go/komi.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Legality;
using env::go::Rules;
using env::go::Start;

Result<Answer> SetSize(Session& session, int width, int height) {
  Rules rules = session.rules();
  if (width == rules.width && height == rules.height) {
    const Status status = session.NewGame({.komi = session.game.start().komi});
    if (!status) return tl::unexpected(status.error());
    return "";
  }
  rules.width = width;
  rules.height = height;
  rules.move_limit = 0;  // A limit in moves means something else on another board.
  Result<PlayingTable> table = session.TableFor(rules);
  if (!table) return Fail("unacceptable size: " + session.WhySizeRefused(table.error()));
  session.Sit(std::move(*table));
  return "";
}

Result<Answer> BoardSize(Session& session, const Call& call) {
  const auto width = ParseInt(call.arguments()[0]);
  const auto height = ParseInt(call.arguments().back());
  if (!width || !height) return SyntaxError("a board size is a whole number");
  return SetSize(session, *width, *height);
}

Result<Answer> ClearBoard(Session& session, const Call&) {
  const Status status = session.NewGame({.komi = session.game.start().komi});
  if (!status) return tl::unexpected(status.error());
  return "";
}

Result<Answer> Komi(Session& session, const Call& call) {
  const auto komi = env::go::ParseKomi(call.arguments()[0], session.rules().cells());
  if (!komi) return SyntaxError(komi.error().message);
  session.game.SetKomi(komi->points);
  return "";
}

Result<Answer> GetKomi(Session& session, const Call&) {
  return fmt::format("{:g}", session.game.start().komi);
}

std::string VertexList(const Rules& rules, const std::vector<env::Action>& cells) {
  std::string text;
  for (const env::Action cell : cells) {
    if (!text.empty()) text += ' ';
    text += ActionText(rules, cell);
  }
  return text;
}

Result<Answer> PlaceHandicap(Session& session, std::vector<env::Action> stones) {
  std::sort(stones.begin(), stones.end());
  const Start start{.komi = session.game.start().komi,
                    .handicap = static_cast<int>(stones.size()),
                    .black = stones,
                    .to_play = Color::kWhite};
  const Status status = session.NewGame(start);
  if (!status) return Fail("invalid number of stones");
  return VertexList(session.rules(), stones);
}

Result<int> HandicapNumber(Session& session, const Call& call) {
  const auto stones = ParseInt(call.arguments()[0]);
  if (!stones) return SyntaxError("the number of stones is a whole number");
  if (!session.game.empty()) return Fail("board not empty");
  return *stones;
}

Result<Answer> FixedHandicapCommand(Session& session, const Call& call) {
  const Result<int> number = HandicapNumber(session, call);
  if (!number) return tl::unexpected(number.error());
  if (*number < 2) return Fail("invalid number of stones");
  auto stones = FixedHandicap(session.rules(), *number);
  if (!stones) return Fail("invalid number of stones");
  return PlaceHandicap(session, std::move(*stones));
}

// The customary points as long as there are any; then, as the standard allows, fewer stones than
// asked for. On boards without customary points: the cells farthest from edge and each other.
Result<Answer> PlaceFreeHandicap(Session& session, const Call& call) {
  const Result<int> number = HandicapNumber(session, call);
  if (!number) return tl::unexpected(number.error());
  const Rules& rules = session.rules();
  if (*number < 2 || *number >= rules.cells()) return Fail("invalid number of stones");
  for (int stones = std::min(*number, 9); stones >= 2; --stones) {
    if (auto fixed = FixedHandicap(rules, stones)) return PlaceHandicap(session, std::move(*fixed));
  }
  std::vector<env::Action> placed;
  const auto room = [&](int cell) {
    const int row = cell / rules.width;
    const int column = cell % rules.width;
    int least = 2 * std::min({row + 1, column + 1, rules.height - row, rules.width - column});
    for (const env::Action other : placed) {
      least = std::min(
          least, std::abs(row - other / rules.width) + std::abs(column - other % rules.width));
    }
    return least;
  };
  const int most = std::min({*number, 9, rules.cells() / 3});
  while (static_cast<int>(placed.size()) < std::max(2, most)) {
    int best = 0;
    for (int cell = 1; cell < rules.cells(); ++cell) {
      if (room(cell) > room(best)) best = cell;
    }
    placed.push_back(best);
  }
  return PlaceHandicap(session, std::move(placed));
}

Result<Answer> SetFreeHandicap(Session& session, const Call& call) {
  const Rules& rules = session.rules();
  std::set<env::Action> stones;
  for (const std::string& word : call.arguments()) {
    const Result<env::Action> cell = ParseAction(rules, word);
    if (!cell || *cell == rules.pass() || !stones.insert(*cell).second) {
      return Fail("bad vertex list");
    }
  }
  if (!session.game.empty()) return Fail("board not empty");
  if (stones.size() < 2 || static_cast<int>(stones.size()) >= rules.cells()) {
    return Fail("bad vertex list");
  }
  const Result<Answer> answer = PlaceHandicap(session, {stones.begin(), stones.end()});
  if (!answer) return Fail("bad vertex list");
  return "";
}

Result<Answer> Play(Session& session, const Call& call) {
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  const Result<env::Action> action = ParseAction(session.rules(), call.arguments()[1]);
  if (!action) return SyntaxError(action.error().message);
  const Legality legality = session.game.Check(*action, *color);
  if (legality != Legality::kLegal) {
    return Fail(fmt::format("illegal move: {}", LegalityName(legality)));
  }
  session.game.Play(*action, *color);
  return "";
}

Result<Answer> Undo(Session& session, const Call&) {
  if (!session.game.Undo()) return Fail("cannot undo");
  return "";
}

}  // namespace

std::span<const CommandEntry> SetupCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"boardsize", BoardSize, 1, 2, "SIZE, or WIDTH HEIGHT"},
      {"rectangular_boardsize", BoardSize, 2, 2, "WIDTH HEIGHT"},
      {"clear_board", ClearBoard},
      {"komi", Komi, 1, 1, "POINTS"},
      {"get_komi", GetKomi},
      {"fixed_handicap", FixedHandicapCommand, 1, 1, "STONES"},
      {"place_free_handicap", PlaceFreeHandicap, 1, 1, "STONES"},
      {"set_free_handicap", SetFreeHandicap, 2, kAnyNumber, "VERTEX..."},
      {"play", Play, 2, 2, "COLOR VERTEX"},
      {"undo", Undo},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
