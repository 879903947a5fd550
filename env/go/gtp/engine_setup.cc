// Setting up: board, komi, handicap, moves, rules, clocks.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/json.h"
#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::KoRule;
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
  if (!table) return Fail("unacceptable size");
  session.Sit(std::move(*table));
  return "";
}

Result<Answer> BoardSize(Session& session, const Call& call) {
  if (const Status status = Expect(call, 1, 2); !status) return tl::unexpected(status.error());
  const auto width = ParseInt(call.arguments()[0]);
  const auto height = ParseInt(call.arguments().back());
  if (!width || !height) return Fail("syntax error");
  return SetSize(session, *width, *height);
}

Result<Answer> ClearBoard(Session& session, const Call&) {
  const Status status = session.NewGame({.komi = session.game.start().komi});
  if (!status) return tl::unexpected(status.error());
  return "";
}

Result<Answer> Komi(Session& session, const Call& call) {
  if (const Status status = Expect(call, 1, 1); !status) return tl::unexpected(status.error());
  const auto komi = ParseNumber(call.arguments()[0]);
  if (!komi) return Fail("syntax error");
  session.game.SetKomi(*komi);
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
  if (const Status status = Expect(call, 1, 1); !status) return tl::unexpected(status.error());
  const auto stones = ParseInt(call.arguments()[0]);
  if (!stones) return Fail("syntax error");
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
  if (const Status status = Expect(call, 2, 2); !status) return tl::unexpected(status.error());
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  const Result<env::Action> action = ParseAction(session.rules(), call.arguments()[1]);
  if (!action) return Fail("syntax error");
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

Result<Answer> TimeSettingsCommand(Session& session, const Call& call) {
  if (const Status status = Expect(call, 3, 3); !status) return tl::unexpected(status.error());
  const auto main = ParseNumber(call.arguments()[0]);
  const auto period = ParseNumber(call.arguments()[1]);
  const auto stones = ParseInt(call.arguments()[2]);
  if (!main || !period || !stones || *main < 0 || *period < 0 || *stones < 0) {
    return Fail("syntax error");
  }
  // "If byo yomi time > 0 and byo yomi stones = 0, there is no time limit"; nor is no time at all
  // meant as one.
  if ((*period > 0 && *stones == 0) || (*main == 0 && *period == 0)) {
    session.clock.SetUnlimited();
  } else {
    const Overtime overtime = *period > 0 ? Overtime::kCanadian : Overtime::kNone;
    session.clock.Set({.main = Duration(*main),
                       .overtime = overtime,
                       .period = Duration(*period),
                       .stones = *stones});
  }
  return "";
}

Result<Answer> KgsTimeSettings(Session& session, const Call& call) {
  if (const Status status = Expect(call, 1, 4); !status) return tl::unexpected(status.error());
  const std::string kind = LowerCase(call.arguments()[0]);
  std::vector<double> numbers;
  for (const std::string& word : call.arguments().subspan(1)) {
    const auto number = ParseNumber(word);
    if (!number || *number < 0 || *number > 1e9) return Fail("syntax error");
    numbers.push_back(*number);
  }
  if (kind == "none" && numbers.empty()) {
    session.clock.SetUnlimited();
  } else if (kind == "absolute" && numbers.size() == 1) {
    session.clock.Set({.main = Duration(numbers[0])});
  } else if ((kind == "canadian" || kind == "byoyomi") && numbers.size() == 3 && numbers[2] >= 1) {
    session.clock.Set({.main = Duration(numbers[0]),
                       .overtime = kind == "canadian" ? Overtime::kCanadian : Overtime::kByoYomi,
                       .period = Duration(numbers[1]),
                       .stones = static_cast<int>(numbers[2])});
  } else {
    return Fail("syntax error");
  }
  return "";
}

Result<Answer> TimeLeft(Session& session, const Call& call) {
  if (const Status status = Expect(call, 3, 3); !status) return tl::unexpected(status.error());
  const Result<Color> color = ColorArgument(call, 0);
  const auto time = ParseNumber(call.arguments()[1]);
  const auto stones = ParseInt(call.arguments()[2]);
  if (!color || !time || !stones) return Fail("syntax error");
  session.clock.SetLeft(*color, Duration(*time), *stones);
  return "";
}

std::string KataKo(KoRule rule) {
  std::string name(KoRuleName(rule));
  for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  return name;
}

Result<Answer> KataGetRules(Session& session, const Call&) {
  const Json rules = {{"ko", KataKo(session.rules().ko)},
                      {"suicide", session.rules().suicide},
                      {"scoring", "AREA"},
                      {"tax", "NONE"},
                      {"hasButton", false},
                      {"whiteHandicapBonus", "0"},
                      {"friendlyPassOk", session.options.friendly_pass}};
  return rules.dump();
}

// Ko and suicide of a rule set by its usual name; only area scoring is known here.
std::optional<std::pair<KoRule, bool>> NamedRules(std::string_view name) {
  if (name == "tromp-taylor") return {{KoRule::kPositional, true}};
  if (name == "chinese") return {{KoRule::kSimple, false}};
  if (name == "chinese-ogs" || name == "chinese-kgs") return {{KoRule::kPositional, false}};
  if (name == "aga" || name == "bga" || name == "french") return {{KoRule::kSituational, false}};
  if (name == "new-zealand" || name == "nz") return {{KoRule::kSituational, true}};
  return std::nullopt;
}

Status ReadRulesJson(std::string_view text, Rules* rules) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Fail("unknown rules");
  for (const auto& [key, value] : json.items()) {
    if (key == "ko" && value.is_string()) {
      const Result<KoRule> ko = env::go::ParseKoRule(LowerCase(value.get<std::string>()));
      if (!ko) return tl::unexpected(ko.error());
      rules->ko = *ko;
    } else if (key == "suicide" && value.is_boolean()) {
      rules->suicide = value.get<bool>();
    } else if ((key == "scoring" && value != "AREA") || (key == "tax" && value != "NONE") ||
               (key == "hasButton" && value != false)) {
      return Fail("only area scoring without tax or button is supported");
    }
  }
  return {};
}

Result<Answer> KataSetRules(Session& session, const Call& call) {
  std::string text;
  for (const std::string& word : call.arguments()) text += word;
  if (text.empty()) return Fail("syntax error");
  Rules rules = session.rules();
  if (const auto named = NamedRules(LowerCase(text))) {
    rules.ko = named->first;
    rules.suicide = named->second;
  } else if (const Status status = ReadRulesJson(text, &rules); !status) {
    return tl::unexpected(status.error());
  }
  if (rules == session.rules()) return "";
  if (!session.game.empty()) return Fail("rules can change on an empty board only");
  Result<PlayingTable> table = session.TableFor(rules);
  if (!table) return Fail("rules not supported: " + table.error().message);
  session.Sit(std::move(*table));
  return "";
}

}  // namespace

std::span<const CommandEntry> SetupCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"boardsize", BoardSize},
      {"rectangular_boardsize", BoardSize},
      {"clear_board", ClearBoard},
      {"komi", Komi},
      {"get_komi", GetKomi},
      {"fixed_handicap", FixedHandicapCommand},
      {"place_free_handicap", PlaceFreeHandicap},
      {"set_free_handicap", SetFreeHandicap},
      {"play", Play},
      {"undo", Undo},
      {"time_settings", TimeSettingsCommand},
      {"kgs-time_settings", KgsTimeSettings},
      {"time_left", TimeLeft},
      {"kata-get-rules", KataGetRules},
      {"kata-set-rules", KataSetRules},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
