// Choosing moves: genmove and its variants, passing, resigning, time.
#include <algorithm>

#include "env/go/gtp/engine_session.h"
#include "env/go/gtp/sensible.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Legality;

enum class Variant : std::uint8_t {
  kPlay,
  kRegression,  ///< Chooses, does not play, never resigns.
  kCleanup,     ///< Takes the opponent's dead stones, and passes when there are none.
};

struct Choice {
  bool resigned = false;
  env::Action action = 0;
};

// Passing ends the game, and it is won however it is counted: as it stands, and without the stones
// that both sides would call dead.
bool PassIsEnough(Session& session, Color color) {
  if (!session.options.friendly_pass || !PassWins(session.game.state(), color)) return false;
  const float score = session.FinalScore();
  return color == Color::kBlack ? score > 0 : score < 0;
}

// The opponent's dead stones.
std::vector<env::Action> DeadEnemies(Session& session, Color color) {
  std::vector<env::Action> dead = DeadStones(session.Statuses());
  std::erase_if(dead,
                [&](env::Action cell) { return session.game.state().at(cell) != Opponent(color); });
  return dead;
}

ThinkLimits Limits(const Session& session, Color color) {
  ThinkLimits limits{.simulations = session.options.search.simulations};
  const int moves = static_cast<int>(session.game.moves().size());
  limits.time = session.clock.Budget(
      color,
      ExpectedMovesLeft(session.rules().cells(), moves, session.rules().effective_move_limit()));
  if (limits.time) {
    const int most = session.options.simulations_with_clock;
    limits.simulations = most > 0 ? most : std::numeric_limits<int>::max();
    limits.stop_when_decided = true;
  }
  return limits;
}

// What a search result may be turned into.
struct Restriction {
  const AnalysisRequest* request = nullptr;  // Of the caller; null: everything.
  bool may_pass = true;
  bool lost = false;  // Passing is then the last resort: it would end what can still be played.
};

// The best move that makes sense, that the game allows (it may know earlier positions that the
// search does not) and that the caller does not forbid; a pass when there is none.
env::Action BestAllowed(const Session& session, const search::SearchResult& result, Color color,
                        const Restriction& only) {
  const env::Action pass = session.rules().pass();
  const auto sensible = SensibleCells(session.game.state(), color, only.lost);
  bool only_senseless = false;
  for (const search::ActionStats& stats : RankedMoves(result, color)) {
    if (only.request != nullptr && !only.request->Allows(stats.action)) continue;
    if (stats.action == pass) {
      if (only.may_pass && !only.lost) return pass;
      continue;
    }
    if (session.game.Check(stats.action, color) != Legality::kLegal) continue;
    if (sensible[stats.action]) return stats.action;
    only_senseless = true;
  }
  // Cleanup goes on as long as anything is legal.
  if (only_senseless && !only.may_pass) {
    for (const search::ActionStats& stats : RankedMoves(result, color)) {
      if (stats.action == pass || session.game.state().board().IsEyeOf(stats.action, color))
        continue;
      if (session.game.Check(stats.action, color) == Legality::kLegal) return stats.action;
    }
  }
  return pass;
}

double WinRate(const search::SearchResult& result, Color color) {
  return ((color == Color::kBlack ? result.root_value : -result.root_value) + 1) / 2;
}

bool Hopeless(Session& session, const search::SearchResult& result, Color color) {
  if (session.options.resign_below <= 0) return false;
  int& count = session.hopeless[color == Color::kWhite];
  count = WinRate(result, color) < session.options.resign_below ? count + 1 : 0;
  return count >= session.options.resign_after;
}

// The move of a cleanup that needs no search: one that helps to take a dead stone.
std::optional<env::Action> CleanupMove(const Session& session, Color color,
                                       const std::vector<env::Action>& dead) {
  const auto state = session.game.StateFor(color);
  for (const env::Action move : CapturingMoves(*state, color, dead)) {
    if (session.game.Check(move, color) == Legality::kLegal) return move;
  }
  return std::nullopt;
}

// Searches and picks.
Choice Think(Session& session, Color color, Variant variant, Restriction only,
             const std::function<bool()>& watch) {
  session.player->SetPosition(session.game, color);
  const search::SearchResult result =
      session.player->Think(Limits(session, color), &session.random, watch);
  only.lost = WinRate(result, color) < kLostBelow;
  Choice choice{.action = BestAllowed(session, result, color, only)};
  choice.resigned = variant == Variant::kPlay && Hopeless(session, result, color);
  return choice;
}

Choice Choose(Session& session, Color color, Variant variant, const AnalysisRequest* request,
              const std::function<bool()>& watch) {
  const auto begin = session.options.now();
  Choice choice{.action = session.rules().pass()};
  Restriction only{.request = request};
  if (variant == Variant::kCleanup) {
    const std::vector<env::Action> dead = DeadEnemies(session, color);
    if (const auto move = CleanupMove(session, color, dead)) {
      choice.action = *move;
    } else if (!dead.empty()) {
      only.may_pass = false;
      choice = Think(session, color, variant, only, watch);
    }
  } else if (!PassIsEnough(session, color)) {
    choice = Think(session, color, variant, only, watch);
  }
  if (variant == Variant::kRegression) return choice;
  session.clock.Spend(color, Duration(session.options.now() - begin));
  if (!choice.resigned) session.game.Play(choice.action, color);
  return choice;
}

std::string ChoiceText(const Session& session, const Choice& choice) {
  return choice.resigned ? "resign" : ActionText(session.rules(), choice.action);
}

Result<Answer> Generate(Session& session, const Call& call, Variant variant) {
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  return ChoiceText(session, Choose(session, *color, variant, nullptr, {}));
}

Result<Answer> GenMove(Session& session, const Call& call) {
  return Generate(session, call, Variant::kPlay);
}
Result<Answer> RegGenMove(Session& session, const Call& call) {
  return Generate(session, call, Variant::kRegression);
}
Result<Answer> KgsGenMoveCleanup(Session& session, const Call& call) {
  return Generate(session, call, Variant::kCleanup);
}

// Streams reports while it thinks, then the move: "play D4".
Result<Answer> GenMoveAnalyze(Session& session, const Call& call, AnalysisFormat format) {
  const Result<AnalysisRequest> request =
      ParseAnalysis(session.rules(), session.game.state().color_to_play(), call.arguments());
  if (!request) return tl::unexpected(request.error());
  call.write(StreamedResponseHead(call.command.id));
  Reporter::Options options{.format = format, .source = [&session] {
                              return session.player->Result(/*with_variations=*/true);
                            }};
  if (request->ownership) options.ownership = session.Ownership(request->color);
  Reporter reporter(&session, call, *request, std::move(options));
  bool thought = false;
  const Choice choice =
      Choose(session, request->color, Variant::kPlay, &*request, [&reporter, &thought] {
        thought = true;
        reporter.Tick();
        return false;
      });
  if (thought) reporter.Report();
  std::string last = "play ";
  last += ChoiceText(session, choice);
  call.write(last + "\n\n");
  return std::nullopt;
}

Result<Answer> LeelaGenMoveAnalyze(Session& session, const Call& call) {
  return GenMoveAnalyze(session, call, AnalysisFormat::kLeela);
}
Result<Answer> KataGenMoveAnalyze(Session& session, const Call& call) {
  return GenMoveAnalyze(session, call, AnalysisFormat::kKata);
}

}  // namespace

std::span<const CommandEntry> ThinkingCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"genmove", GenMove, 1, 1, "COLOR"},
      {"reg_genmove", RegGenMove, 1, 1, "COLOR"},
      {"kgs-genmove_cleanup", KgsGenMoveCleanup, 1, 1, "COLOR"},
      {"lz-genmove_analyze", LeelaGenMoveAnalyze, 0, kAnyNumber, "[COLOR] [INTERVAL] SWITCHES"},
      {"kata-genmove_analyze", KataGenMoveAnalyze, 0, kAnyNumber, "[COLOR] [INTERVAL] SWITCHES"},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
