#include "env/go/gtp/engine_player.h"

#include <fmt/format.h>

#include <cmath>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "env/go/go_environment.h"
#include "env/go/go_state.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::GoState;
using env::go::Rules;

std::string BoardSizeCommand(const Rules& rules) {
  if (rules.width == rules.height) return fmt::format("boardsize {}", rules.width);
  return fmt::format("rectangular_boardsize {} {}", rules.width, rules.height);
}

std::string PlayCommand(const Rules& rules, Color color, env::Action action) {
  return fmt::format("play {} {}", ColorLetter(color), env::go::ActionText(rules, action));
}

// The commands that tell an engine its clock; one that is understood is enough.
std::vector<std::string> TimeCommands(const arena::TimeLimits& time) {
  std::vector<std::string> lines;
  if (!time.limited()) return lines;
  const double main = time.main.count();
  const double period = time.period.count();
  const bool whole = main == std::floor(main) && period == std::floor(period);
  switch (time.overtime) {
    case arena::Overtime::kNone:
      if (whole) return {fmt::format("time_settings {} 0 0", main)};
      return {fmt::format("kata-time_settings absolute {}", main)};
    case arena::Overtime::kCanadian:
      if (whole) return {fmt::format("time_settings {} {} {}", main, period, time.stones)};
      return {fmt::format("kata-time_settings canadian {} {} {}", main, period, time.stones)};
    case arena::Overtime::kByoYomi:
      if (whole) {
        lines.push_back(
            fmt::format("kgs-time_settings byoyomi {} {} {}", main, period, time.stones));
      }
      lines.push_back(
          fmt::format("kata-time_settings byoyomi {} {} {}", main, period, time.stones));
      return lines;
    case arena::Overtime::kFischer:
      return {fmt::format("kata-time_settings fischer {} {}", main, period)};
  }
  return lines;
}

// Commands are sent ahead and their answers read in order, so that nothing here ever waits.
class EnginePlayer final : public arena::Player {
 public:
  explicit EnginePlayer(const EnginePlayerOptions& options) : options_(options) {
    if (options.time.limited()) clock_.emplace(options.time);
  }

  Status NewGame(const env::State& start, RandomStream /*random*/) override {
    const auto* go = dynamic_cast<const GoState*>(&start);
    if (go == nullptr) return Fail("GTP engines play Go only");
    // After a failure the program is in an unknown state even if it still lives.
    if (failed_ || process_ == nullptr || !process_->alive()) {
      process_ = std::make_unique<EngineProcess>(options_.command, options_.process);
      expected_.clear();
      failed_ = false;
    }
    // Answers that are still out belong to the last game and matter no more.
    for (Expected& expected : expected_) expected.need = Need::kNothing;
    rules_ = go->rules();
    deciding_ = false;
    own_move_ = -1;
    if (clock_) clock_->Restart();
    SendStart(*go);
    return {};
  }

  void Observe(const env::State& before, env::Action action) override {
    if (std::exchange(own_move_, -1) == action) return;  // The engine has played it itself.
    const auto& go = static_cast<const GoState&>(before);
    Send(PlayCommand(rules_, go.color_to_play(), action), Need::kSuccess);
  }

  void BeginMove(const env::State& state) override {
    const Color color = static_cast<const GoState&>(state).color_to_play();
    std::chrono::milliseconds most = options_.move_timeout;
    if (clock_) {
      Send(fmt::format("time_left {} {} {}", ColorLetter(color),
                       static_cast<int>(clock_->left().count()), clock_->stones()),
           Need::kNothing);
      most =
          std::chrono::ceil<std::chrono::milliseconds>(clock_->available() + options_.time.margin);
    }
    Send(fmt::format("genmove {}", ColorLetter(color)), Need::kMove, most);
    deciding_ = true;
  }

  std::optional<Result<arena::Decision>> Poll() override {
    while (deciding_) {
      std::optional<Result<Response>> answer = process_->Poll();
      if (!answer) return std::nullopt;
      if (!*answer) {
        const bool late = process_->timed_out() && expected_.front().need == Need::kMove;
        if (late && clock_) return LoseOnTime(clock_->available());
        return GiveUp((*answer).error().message);
      }
      const Expected expected = expected_.front();
      expected_.pop_front();
      if (!(*answer)->success && expected.need != Need::kNothing) {
        return GiveUp(fmt::format("engine \"{}\": \"{}\" was refused: {}", options_.command,
                                  expected.line, (*answer)->text.substr(0, 200)));
      }
      if (expected.need != Need::kMove) continue;
      const arena::Seconds available = clock_ ? clock_->available() : arena::Seconds(0);
      if (clock_ && !clock_->Spend(process_->answer_time())) return LoseOnTime(available);
      return ReadMove((*answer)->text);
    }
    return std::nullopt;
  }

  bool external() const override { return true; }
  void AddToPoll(std::vector<pollfd>* descriptors,
                 std::chrono::milliseconds* patience) const override {
    process_->AddToPoll(descriptors, patience);
  }

 private:
  enum class Need { kNothing, kSuccess, kMove };
  struct Expected {
    std::string line;
    Need need;
  };

  void Send(std::string line, Need need, std::chrono::milliseconds timeout = {}) {
    process_->Send(line, timeout);
    expected_.push_back({std::move(line), need});
  }

  void SendStart(const GoState& state) {
    Send(BoardSizeCommand(rules_), Need::kSuccess);
    Send("clear_board", Need::kSuccess);
    Send(fmt::format("komi {:g}", state.komi()), Need::kSuccess);
    const env::go::Start& start = state.start();
    if (start.handicap >= 2 && start.white.empty()) {
      std::string line = "set_free_handicap";
      for (const env::Action cell : start.black) line.append(" ").append(ActionText(rules_, cell));
      Send(std::move(line), Need::kSuccess);
    } else {
      for (const env::Action cell : start.black) {
        Send(PlayCommand(rules_, Color::kBlack, cell), Need::kSuccess);
      }
      for (const env::Action cell : start.white) {
        Send(PlayCommand(rules_, Color::kWhite, cell), Need::kSuccess);
      }
    }
    for (const std::string& line : TimeCommands(options_.time)) Send(line, Need::kNothing);
  }

  Result<arena::Decision> ReadMove(const std::string& text) {
    deciding_ = false;
    const std::string word = text.substr(0, text.find_first_of(" \t\n"));
    const std::string answer = LowerCase(word);
    if (answer == "resign") return arena::Decision{.resigned = true};
    const Result<env::Action> action = ParseAction(rules_, answer);
    if (!action) {
      return GiveUp(fmt::format("engine \"{}\": genmove gave no move but \"{}\"", options_.command,
                                word.substr(0, 60)));
    }
    own_move_ = *action;
    return arena::Decision{.action = *action};
  }

  arena::Decision LoseOnTime(arena::Seconds available) {
    deciding_ = false;
    failed_ = true;  // It may still be thinking.
    return {
        .out_of_time = true,
        .remark = fmt::format("engine \"{}\": out of time: no move in the {:.1f} s left and the "
                              "margin of {:.1f} s",
                              options_.command, available.count(), options_.time.margin.count())};
  }

  tl::unexpected<Failure> GiveUp(std::string message) {
    deciding_ = false;
    failed_ = true;
    return Fail(std::move(message));
  }

  EnginePlayerOptions options_;
  std::optional<arena::PlayerClock> clock_;
  std::unique_ptr<EngineProcess> process_;
  std::deque<Expected> expected_;  // One for each answer that is out.
  Rules rules_;
  bool deciding_ = false;
  bool failed_ = false;
  env::Action own_move_ = -1;  // Decided, and not observed yet.
};

// Starts the program once: is it there, does it answer, does it play on this board?
Status CheckEngine(const EnginePlayerOptions& options, const env::Environment& environment) {
  const auto* go = dynamic_cast<const env::go::GoEnvironment*>(&environment);
  if (go == nullptr) return Fail("GTP engines play Go only");
  EngineProcess process(options.command, options.process);
  const auto ask = [&](const std::string& line) -> Result<std::string> {
    const Result<Response> answer = process.Request(line);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->success) return answer->text;
    return Fail(fmt::format("engine \"{}\": \"{}\" was refused: {}", options.command, line,
                            answer->text.substr(0, 200)));
  };
  for (const std::string& line : {std::string("name"), BoardSizeCommand(go->rules())}) {
    if (const auto answer = ask(line); !answer) return tl::unexpected(answer.error());
  }
  std::optional<Failure> untold;
  for (const std::string& line : TimeCommands(options.time)) {
    const auto answer = ask(line);
    if (!answer && !process.alive()) return tl::unexpected(answer.error());
    untold.reset();
    if (answer) break;
    untold = Failure{answer.error().message + "; it cannot be told its clock"};
  }
  if (untold) return tl::unexpected(*untold);
  process.Quit();
  return {};
}

}  // namespace

std::unique_ptr<arena::Player> MakeEnginePlayer(const EnginePlayerOptions& options) {
  return std::make_unique<EnginePlayer>(options);
}

arena::Contestant EngineContestant(std::string name, const EnginePlayerOptions& options) {
  arena::Contestant contestant;
  contestant.name = std::move(name);
  contestant.external = true;
  contestant.make_player = [options](search::Evaluator*) -> Result<std::unique_ptr<arena::Player>> {
    return MakeEnginePlayer(options);
  };
  contestant.check = [options](const env::Environment& environment) {
    return CheckEngine(options, environment);
  };
  return contestant;
}

}  // namespace tesuji::gtp
