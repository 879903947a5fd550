#include <fmt/format.h>

#include <deque>
#include <utility>

#include "arena/player.h"
#include "env/go/go_state.h"

namespace tesuji::arena {
namespace {

using env::go::Color;
using env::go::GoState;
using env::go::Rules;

std::string PlayCommand(const Rules& rules, Color color, env::Action action) {
  return fmt::format("play {} {}", gtp::ColorLetter(color), env::go::ActionText(rules, action));
}

// Commands are sent ahead and their answers read in order, so that nothing here ever waits.
class EnginePlayer final : public Player {
 public:
  explicit EnginePlayer(const EnginePlayerOptions& options) : options_(options) {}

  Status NewGame(const env::State& start, RandomStream /*random*/) override {
    const auto* go = dynamic_cast<const GoState*>(&start);
    if (go == nullptr) return Fail("GTP engines play Go only");
    // After a failure the program is in an unknown state even if it still lives.
    if (failed_ || process_ == nullptr || !process_->alive()) {
      process_ = std::make_unique<gtp::EngineProcess>(options_.command, options_.process);
      expected_.clear();
      failed_ = false;
    }
    // Answers that are still out belong to the last game and matter no more.
    for (Expected& expected : expected_) expected.need = Need::kNothing;
    rules_ = go->rules();
    deciding_ = false;
    own_move_ = -1;
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
    Send(fmt::format("genmove {}", gtp::ColorLetter(color)), Need::kMove, options_.move_timeout);
    deciding_ = true;
  }

  std::optional<Result<Decision>> Poll() override {
    while (deciding_) {
      std::optional<Result<gtp::Response>> answer = process_->Poll();
      if (!answer) return std::nullopt;
      if (!*answer) return GiveUp((*answer).error().message);
      const Expected expected = expected_.front();
      expected_.pop_front();
      if (!(*answer)->success && expected.need != Need::kNothing) {
        return GiveUp(fmt::format("engine \"{}\": \"{}\" was refused: {}", options_.command,
                                  expected.line, (*answer)->text.substr(0, 200)));
      }
      if (expected.need == Need::kMove) return ReadMove((*answer)->text);
    }
    return std::nullopt;
  }

  gtp::EngineProcess* process() const override { return process_.get(); }

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
    if (rules_.width == rules_.height) {
      Send(fmt::format("boardsize {}", rules_.width), Need::kSuccess);
    } else {
      Send(fmt::format("rectangular_boardsize {} {}", rules_.width, rules_.height), Need::kSuccess);
    }
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
    for (const std::string& line : options_.setup) Send(line, Need::kNothing);
  }

  Result<Decision> ReadMove(const std::string& text) {
    deciding_ = false;
    const std::string answer = gtp::LowerCase(text.substr(0, text.find_first_of(" \t\n")));
    if (answer == "resign") return Decision{.resigned = true};
    const Result<env::Action> action = ParseAction(rules_, answer);
    if (!action) {
      return GiveUp(fmt::format("engine \"{}\": genmove gave no move but \"{}\"", options_.command,
                                answer.substr(0, 60)));
    }
    own_move_ = *action;
    return Decision{.action = *action};
  }

  tl::unexpected<Failure> GiveUp(std::string message) {
    deciding_ = false;
    failed_ = true;
    return Fail(std::move(message));
  }

  EnginePlayerOptions options_;
  std::unique_ptr<gtp::EngineProcess> process_;
  std::deque<Expected> expected_;  // One for each answer that is out.
  Rules rules_;
  bool deciding_ = false;
  bool failed_ = false;
  env::Action own_move_ = -1;  // Decided, and not observed yet.
};

}  // namespace

std::unique_ptr<Player> MakeEnginePlayer(const EnginePlayerOptions& options) {
  return std::make_unique<EnginePlayer>(options);
}

}  // namespace tesuji::arena
