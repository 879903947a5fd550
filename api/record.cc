#include "api/record.h"

#include <fmt/format.h>

namespace tesuji::env {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

Result<Action> FindAction(const State& state, std::string_view name) {
  if (state.phase() != Phase::kOngoing) {
    return Fail(fmt::format("\"{}\" comes after the end", name));
  }
  std::vector<Action> actions;
  if (state.to_play() == Player::kChance) {
    std::vector<ChanceOutcome> outcomes;
    state.ChanceOutcomes(&outcomes);
    for (const ChanceOutcome& outcome : outcomes) actions.push_back(outcome.action);
  } else {
    state.LegalActions(&actions);
  }
  for (const Action action : actions) {
    if (state.ActionToText(action) == name) return action;
  }
  return Fail(fmt::format("\"{}\" is not legal here", name));
}

Result<std::vector<Action>> PlayActions(State* state, std::string_view record) {
  std::vector<Action> actions;
  while (true) {
    const std::size_t begin = record.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return actions;
    record.remove_prefix(begin);
    const std::string_view name = record.substr(0, record.find_first_of(kSpace));
    const auto action = FindAction(*state, name);
    if (!action)
      return Fail(fmt::format("move {}: {}", actions.size() + 1, action.error().message));
    state->Apply(*action);
    actions.push_back(*action);
    record.remove_prefix(name.size());
  }
}

Result<std::unique_ptr<State>> PlayRecord(std::unique_ptr<State> start, std::string_view record) {
  if (auto actions = PlayActions(start.get(), record); !actions) {
    return tl::unexpected(actions.error());
  }
  return start;
}

}  // namespace tesuji::env
