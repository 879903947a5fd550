// Choosing moves: genmove and its variants, passing, resigning, time.
#include <algorithm>

#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Legality;

enum class Variant : std::uint8_t {
  kPlay,
  kRegression,  ///< Chooses, does not play, never resigns.
  kCleanup,     ///< Does not pass while dead stones of the opponent are on the board.
};

struct Choice {
  bool resigned = false;
  env::Action action = 0;
};

// Passing ends the game, and it is won however it is counted: as it stands, and without the stones
// that both sides would call dead.
bool PassIsEnough(Session& session, Color color) {
  if (!session.options.friendly_pass || !PassWins(session.game.state(), color)) return false;
  const std::vector<float> ownership = session.Ownership(color);
  const auto dead = DeadStones(StoneStatuses(session.game.state(), ownership));
  const float score = ScoreWithout(session.game.state(), dead);
  return color == Color::kBlack ? score > 0 : score < 0;
}

bool DeadEnemiesLeft(Session& session, Color color) {
  const std::vector<StoneStatus> statuses =
      StoneStatuses(session.game.state(), session.Ownership(color));
  for (const env::Action cell : DeadStones(statuses)) {
    if (session.game.state().at(cell) == Opponent(color)) return true;
  }
  return false;
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

// The best move that the game allows (it may know earlier positions that the search does not) and
// the caller does not forbid; a pass when there is none.
env::Action BestAllowed(const Session& session, const search::SearchResult& result, Color color,
                        const AnalysisRequest* request, bool may_pass) {
  for (const search::ActionStats& stats : RankedMoves(result, color)) {
    if (request != nullptr && !request->Allows(stats.action)) continue;
    if (!may_pass && stats.action == session.rules().pass()) continue;
    if (session.game.Check(stats.action, color) == Legality::kLegal) return stats.action;
  }
  return session.rules().pass();
}

bool Hopeless(Session& session, const search::SearchResult& result, Color color) {
  if (session.options.resign_below <= 0) return false;
  const float value = color == Color::kBlack ? result.root_value : -result.root_value;
  int& count = session.hopeless[color == Color::kWhite];
  count = (value + 1) / 2 < session.options.resign_below ? count + 1 : 0;
  return count >= session.options.resign_after;
}

Choice Choose(Session& session, Color color, Variant variant, const AnalysisRequest* request,
              const std::function<bool()>& watch) {
  const auto begin = session.options.now();
  Choice choice{.action = session.rules().pass()};
  const bool may_pass = variant != Variant::kCleanup || !DeadEnemiesLeft(session, color);
  session.player->SetPosition(session.game, color);
  if (!may_pass || !PassIsEnough(session, color)) {
    const search::SearchResult result =
        session.player->Think(Limits(session, color), &session.random, watch);
    choice.action = BestAllowed(session, result, color, request, may_pass);
    choice.resigned = variant == Variant::kPlay && Hopeless(session, result, color);
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
  if (const Status status = Expect(call, 1, 1); !status) return tl::unexpected(status.error());
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
  Reporter reporter(&session, session.player.get(), call, format, *request);
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
      {"genmove", GenMove},
      {"reg_genmove", RegGenMove},
      {"kgs-genmove_cleanup", KgsGenMoveCleanup},
      {"lz-genmove_analyze", LeelaGenMoveAnalyze},
      {"kata-genmove_analyze", KataGenMoveAnalyze},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
