// Questions about the position: stones, legality, scores, what the network says.
#include <fmt/format.h>

#include <algorithm>

#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

using env::go::Color;
using env::go::Legality;

Result<Answer> ShowBoard(Session& session, const Call&) {
  return std::string("\n").append(session.game.state().ToText());
}

Result<Answer> ListStones(Session& session, const Call& call) {
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  std::string text;
  for (int cell = 0; cell < session.rules().cells(); ++cell) {
    if (session.game.state().at(cell) != *color) continue;
    if (!text.empty()) text += ' ';
    text += ActionText(session.rules(), cell);
  }
  return text;
}

Result<Answer> IsLegal(Session& session, const Call& call) {
  const Result<Color> color = ColorArgument(call, 0);
  const Result<env::Action> action = ParseAction(session.rules(), call.arguments()[1]);
  if (!color) return tl::unexpected(color.error());
  if (!action) return SyntaxError(action.error().message);
  return session.game.Check(*action, *color) == Legality::kLegal ? "1" : "0";
}

Result<Answer> AllLegal(Session& session, const Call& call) {
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  std::string text;
  for (int cell = 0; cell < session.rules().cells(); ++cell) {
    if (session.game.Check(cell, *color) != Legality::kLegal) continue;
    if (!text.empty()) text += ' ';
    text += ActionText(session.rules(), cell);
  }
  return text;
}

Result<Answer> Captures(Session& session, const Call& call) {
  const Result<Color> color = ColorArgument(call, 0);
  if (!color) return tl::unexpected(color.error());
  return std::to_string(session.game.captures(*color));
}

Result<Answer> FinalScore(Session& session, const Call&) {
  return env::go::ScoreText(session.FinalScore());
}

// One chain a line, as GNU Go does.
Result<Answer> FinalStatusList(Session& session, const Call& call) {
  const std::string wanted = LowerCase(call.arguments()[0]);
  env::go::StoneStatus status = env::go::StoneStatus::kAlive;
  if (wanted == "dead") {
    status = env::go::StoneStatus::kDead;
  } else if (wanted == "seki") {
    status = env::go::StoneStatus::kSeki;
  } else if (wanted != "alive") {
    return SyntaxError(fmt::format("status \"{}\", expected dead, alive or seki", wanted));
  }
  const env::go::Board& board = session.game.state().board();
  const std::vector<env::go::StoneStatus> statuses = session.Statuses();
  std::string text;
  for (int head = 0; head < board.cells(); ++head) {
    if (!board.IsHead(head) || statuses[head] != status) continue;
    std::vector<int> chain = board.Chain(head);
    std::sort(chain.begin(), chain.end());
    if (!text.empty()) text += '\n';
    for (const int cell : chain) {
      if (cell != chain.front()) text += ' ';
      text += ActionText(session.rules(), cell);
    }
  }
  return text;
}

// The network's word on the present position, without any search.
struct RawEvaluation {
  search::Evaluation evaluation;
  std::vector<env::Action> legal;
};

RawEvaluation Evaluate(Session& session) {
  RawEvaluation raw;
  const auto state = session.game.StateFor(session.game.state().color_to_play());
  state->LegalActions(&raw.legal);
  const search::EvaluationRequest request{.state = state.get(), .legal = raw.legal};
  session.table.evaluator->Evaluate({&request, 1}, {&raw.evaluation, 1});
  return raw;
}

Result<Answer> RawNetwork(Session& session, const Call&) {
  const RawEvaluation raw = Evaluate(session);
  std::string text = fmt::format("checkpoint {}\nblack_winrate {:.4f}\nblack_score {:.2f}\n",
                                 session.table.evaluator->checkpoint_hash(),
                                 (raw.evaluation.value + 1) / 2, raw.evaluation.score);
  std::vector<std::pair<float, env::Action>> policy;
  for (std::size_t i = 0; i < raw.legal.size(); ++i) {
    policy.emplace_back(-raw.evaluation.priors[i], raw.legal[i]);
  }
  std::sort(policy.begin(), policy.end());
  constexpr std::size_t kShown = 10;
  text += "policy";
  for (std::size_t i = 0; i < std::min(kShown, policy.size()); ++i) {
    text +=
        fmt::format(" {} {:.4f}", ActionText(session.rules(), policy[i].second), -policy[i].first);
  }
  return text;
}

// Rows from top to bottom, as gogui's "dboard" wants them.
template <class ValueOf>
std::string Rows(const env::go::Rules& rules, ValueOf value_of) {
  std::string text = "\n";
  for (int row = 0; row < rules.height; ++row) {
    for (int column = 0; column < rules.width; ++column) {
      if (column > 0) text += ' ';
      text += fmt::format("{:.3f}", value_of(row * rules.width + column));
    }
    text += '\n';
  }
  return text;
}

Result<Answer> Policy(Session& session, const Call&) {
  const RawEvaluation raw = Evaluate(session);
  std::vector<float> priors(session.rules().cells() + 1, 0);
  for (std::size_t i = 0; i < raw.legal.size(); ++i) {
    priors[raw.legal[i]] = raw.evaluation.priors[i];
  }
  return Rows(session.rules(), [&](int cell) { return priors[cell]; });
}

Result<Answer> OwnershipCommand(Session& session, const Call&) {
  const std::vector<float> ownership = session.Ownership(session.game.state().color_to_play());
  if (ownership.empty()) return Fail("this network tells no ownership");
  return Rows(session.rules(), [&](int cell) { return ownership[cell]; });
}

Result<Answer> GoGuiAnalyzeCommands(Session& session, const Call&) {
  std::string text =
      "dboard/Network policy/tesuji-policy\n"
      "string/Network evaluation/tesuji-raw_nn\n"
      "string/Final score/final_score\n"
      "plist/Final status dead/final_status_list dead\n"
      "plist/All legal moves/all_legal %c\n";
  if (session.table.ownership_evaluator != nullptr) {
    text += "dboard/Network ownership/tesuji-ownership\n";
  }
  return text;
}

}  // namespace

std::span<const CommandEntry> PositionCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"showboard", ShowBoard},
      {"list_stones", ListStones, 1, 1, "COLOR"},
      {"is_legal", IsLegal, 2, 2, "COLOR VERTEX"},
      {"all_legal", AllLegal, 1, 1, "COLOR"},
      {"captures", Captures, 1, 1, "COLOR"},
      {"final_score", FinalScore},
      {"final_status_list", FinalStatusList, 1, 1, "STATUS"},
      {"tesuji-raw_nn", RawNetwork},
      {"tesuji-policy", Policy},
      {"tesuji-ownership", OwnershipCommand},
      {"gogui-analyze_commands", GoGuiAnalyzeCommands},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
