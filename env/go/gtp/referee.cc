#include "env/go/gtp/referee.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "env/go/go_state.h"
#include "env/go/gtp/scoring.h"

namespace tesuji::gtp {
namespace {

class EngineReferee final : public arena::Referee {
 public:
  EngineReferee(std::string command, const EngineProcessOptions& options)
      : command_(std::move(command)), options_(options) {}

  Result<float> Score(const env::State& finished) override {
    const auto* go = dynamic_cast<const env::go::GoState*>(&finished);
    if (go == nullptr) return Fail("a GTP engine referees Go only");
    if (process_ == nullptr || !process_->alive()) {
      process_ = std::make_unique<EngineProcess>(command_, options_);
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
    return ScoreWithout(*go, dead);
  }

 private:
  // The position itself, stone by stone: its history does not matter any more.
  Status SetUp(const env::go::GoState& state) {
    std::vector<std::string> lines{fmt::format("boardsize {}", state.rules().width), "clear_board",
                                   fmt::format("komi {:g}", state.komi())};
    for (int cell = 0; cell < state.rules().cells(); ++cell) {
      if (state.at(cell) == env::go::Color::kEmpty) continue;
      lines.push_back(
          fmt::format("play {} {}", ColorLetter(state.at(cell)), ActionText(state.rules(), cell)));
    }
    for (const std::string& line : lines) {
      const Result<std::string> answer = Ask(line);
      if (!answer) return tl::unexpected(answer.error());
    }
    return {};
  }

  Result<std::string> Ask(const std::string& line) {
    const Result<Response> answer = process_->Request(line);
    if (!answer) return tl::unexpected(answer.error());
    if (!answer->success) {
      return Fail(fmt::format("\"{}\" refused \"{}\": {}", command_, line, answer->text));
    }
    return answer->text;
  }

  std::string command_;
  EngineProcessOptions options_;
  std::unique_ptr<EngineProcess> process_;
};

}  // namespace

std::unique_ptr<arena::Referee> MakeEngineReferee(std::string command,
                                                  const EngineProcessOptions& options) {
  return std::make_unique<EngineReferee>(std::move(command), options);
}

}  // namespace tesuji::gtp
