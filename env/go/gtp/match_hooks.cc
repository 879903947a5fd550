#include "env/go/gtp/match_hooks.h"

#include <algorithm>
#include <utility>

#include "env/go/go_state.h"
#include "env/go/gtp/engine_player.h"
#include "env/go/gtp/referee.h"
#include "env/go/gtp/scoring.h"
#include "env/go/gtp/sensible.h"
#include "env/go/sgf_game.h"

namespace tesuji::gtp {
namespace {

using env::go::GoState;

class GoHooks final : public arena::GameHooks {
 public:
  void DropFromOpenings(const env::State& state, std::vector<env::Action>* legal) const override {
    if (legal->size() > 1) std::erase(*legal, Go(state).rules().pass());
  }

  std::optional<env::Action> WinningEnd(const env::State& state) const override {
    const GoState& go = Go(state);
    if (!PassWins(go, go.color_to_play())) return std::nullopt;
    return go.rules().pass();
  }

  /// As genmove chooses: a lost player passes only when nothing sensible is left.
  void DropSenseless(const env::State& state, double expected,
                     std::vector<env::Action>* ranked) const override {
    const GoState& go = Go(state);
    const env::Action pass = go.rules().pass();
    const bool lost = expected < kLostBelow;
    const auto sensible = SensibleCells(go, go.color_to_play(), lost);
    std::erase_if(*ranked,
                  [&](env::Action action) { return action == pass ? lost : !sensible[action]; });
    if (ranked->empty()) ranked->push_back(pass);
  }

  Result<env::Action> ParseAction(const env::State& state, std::string_view word) const override {
    return env::go::ParseAction(Go(state).rules(), word);
  }

  std::string WhyIllegal(const env::State& state, env::Action action) const override {
    const GoState& go = Go(state);
    return "illegal move " + go.ActionToText(action) + " (" +
           std::string(env::go::LegalityName(go.Check(action))) + ")";
  }

  std::string Record(const env::State& state, const arena::MatchGame& game,
                     const std::array<std::string, 2>& names) const override {
    env::go::SgfTree tree = GameTree(Go(state));
    env::go::SgfNode& root = tree.nodes[0];
    std::erase_if(root.properties, [](const auto& property) { return property.name == "RE"; });
    std::string result = game.winner == game.first ? "B+" : "W+";
    switch (game.end) {
      case arena::GameEnd::kScored:
        result = env::go::ScoreText(game.score);
        break;
      case arena::GameEnd::kResigned:
        result += "R";
        break;
      case arena::GameEnd::kTime:
        result += "T";
        break;
      case arena::GameEnd::kForfeit:
        result += "F";
        break;
      case arena::GameEnd::kVoid:
        result = "Void";
        break;
    }
    root.Add("RE", result);
    root.Add("PB", env::go::SgfEscape(names[game.first]));
    root.Add("PW", env::go::SgfEscape(names[1 - game.first]));
    root.Add("GC", env::go::SgfEscape(game.reason));
    return WriteSgf(tree);
  }

  Result<arena::Contestant> EngineContestant(const arena::EngineRequest& request) const override {
    EnginePlayerOptions options;
    options.command = request.command;
    options.move_timeout = request.silence;
    options.process.timeout = std::max(options.process.timeout, request.silence);
    options.time = request.time;
    return gtp::EngineContestant(request.name, options);
  }

  Result<std::function<std::unique_ptr<arena::Referee>()>> EngineReferee(
      const std::string& command) const override {
    return [command] { return MakeEngineReferee(command); };
  }

 private:
  // REQUIRES: a state of a GoEnvironment.
  static const GoState& Go(const env::State& state) { return static_cast<const GoState&>(state); }
};

}  // namespace

std::shared_ptr<const arena::GameHooks> GoMatchHooks() { return std::make_shared<GoHooks>(); }

}  // namespace tesuji::gtp
