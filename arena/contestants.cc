// The usual contestants of a match, and the referee that asks an engine.
#include <fmt/format.h>

#include <utility>

#include "arena/match.h"
#include "env/go/go_state.h"
#include "env/go/gtp/scoring.h"

namespace tesuji::arena {
namespace {

class EngineReferee final : public Referee {
 public:
  EngineReferee(std::string command, const gtp::EngineProcessOptions& options)
      : command_(std::move(command)), options_(options) {}

  Result<float> Score(const env::State& finished) override {
    const auto* go = dynamic_cast<const env::go::GoState*>(&finished);
    if (go == nullptr) return Fail("a GTP engine referees Go only");
    if (process_ == nullptr || !process_->alive()) {
      process_ = std::make_unique<gtp::EngineProcess>(command_, options_);
    }
    if (const Status status = SetUp(*go); !status) return tl::unexpected(status.error());
    const Result<std::string> list = Ask("final_status_list dead");
    if (!list) return tl::unexpected(list.error());
    std::vector<env::Action> dead;
    std::size_t at = 0;
    while ((at = list->find_first_not_of(" \n\t", at)) != std::string::npos) {
      const std::string word = list->substr(at, list->find_first_of(" \n\t", at) - at);
      at += word.size();
      const Result<env::Action> cell = ParseAction(go->rules(), word);
      if (!cell || *cell == go->rules().pass()) {
        return Fail(fmt::format("\"{}\" called \"{}\" dead", command_, word.substr(0, 20)));
      }
      dead.push_back(*cell);
    }
    return gtp::ScoreWithout(*go, dead);
  }

 private:
  // The position itself, stone by stone: its history does not matter any more.
  Status SetUp(const env::go::GoState& state) {
    std::vector<std::string> lines{fmt::format("boardsize {}", state.rules().width), "clear_board",
                                   fmt::format("komi {:g}", state.komi())};
    for (int cell = 0; cell < state.rules().cells(); ++cell) {
      if (state.at(cell) == env::go::Color::kEmpty) continue;
      lines.push_back(fmt::format("play {} {}", gtp::ColorLetter(state.at(cell)),
                                  ActionText(state.rules(), cell)));
    }
    for (const std::string& line : lines) {
      const Result<std::string> answer = Ask(line);
      if (!answer) return tl::unexpected(answer.error());
    }
    return {};
  }

  Result<std::string> Ask(const std::string& line) {
    const Result<gtp::Response> answer = process_->Request(line);
    if (!answer) return tl::unexpected(answer.error());
    if (!answer->success) {
      return Fail(fmt::format("\"{}\" refused \"{}\": {}", command_, line, answer->text));
    }
    return answer->text;
  }

  std::string command_;
  gtp::EngineProcessOptions options_;
  std::unique_ptr<gtp::EngineProcess> process_;
};

}  // namespace

Contestant SearchContestant(
    std::string name, const env::Environment& environment,
    std::function<Result<std::unique_ptr<search::Evaluator>>()> make_evaluator,
    const SearchPlayerOptions& options) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_evaluator = std::move(make_evaluator);
  contestant.make_player =
      [&environment, options](search::Evaluator* evaluator) -> Result<std::unique_ptr<Player>> {
    return MakeSearchPlayer(environment, evaluator, options);
  };
  return contestant;
}

Contestant RandomContestant(std::string name, bool avoid_own_eyes) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_player = [avoid_own_eyes](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return MakeRandomPlayer(avoid_own_eyes);
  };
  return contestant;
}

Contestant EngineContestant(std::string name, const EnginePlayerOptions& options) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_player = [options](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return MakeEnginePlayer(options);
  };
  contestant.check = [options]() -> Status {
    gtp::EngineProcess process(options.command, options.process);
    const Result<gtp::Response> answer = process.Request("name");
    if (!answer) return tl::unexpected(answer.error());
    process.Quit();
    return {};
  };
  return contestant;
}

std::string GnuGoCommand(const env::go::Rules& rules, int level) {
  std::string ko = " --positional-superko";
  if (rules.ko == env::go::KoRule::kSituational) ko = " --situational-superko";
  if (rules.ko == env::go::KoRule::kSimple) ko = " --simple-ko";
  return fmt::format("gnugo --mode gtp --level {} --chinese-rules --capture-all-dead{}{}", level,
                     ko, rules.suicide ? " --allow-all-suicide" : " --forbid-suicide");
}

std::unique_ptr<Referee> MakeEngineReferee(std::string command,
                                           const gtp::EngineProcessOptions& options) {
  return std::make_unique<EngineReferee>(std::move(command), options);
}

}  // namespace tesuji::arena
