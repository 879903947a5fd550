#include "arena/game_hooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/record.h"

namespace tesuji::arena {

Result<env::Action> GameHooks::ParseAction(const env::State& state, std::string_view word) const {
  return env::FindAction(state, word);
}

std::string GameHooks::WhyIllegal(const env::State& /*state*/, env::Action action) const {
  // The name of an illegal action may not exist: an environment names those it allows.
  return fmt::format("illegal action {}", action);
}

std::string GameHooks::Record(const env::State& state, const MatchGame& /*game*/,
                              const std::array<std::string, 2>& /*names*/) const {
  return state.Artifact();
}

Result<Contestant> GameHooks::EngineContestant(const EngineRequest& request) const {
  return Fail(fmt::format("{}: no protocol for other programs is known in this game (GTP: Go only)",
                          request.name));
}

Result<std::function<std::unique_ptr<Referee>()>> GameHooks::EngineReferee(
    const std::string& command) const {
  return Fail(fmt::format(
      "referee \"{}\": no protocol for other programs is known in this game (GTP: Go only)",
      command));
}

}  // namespace tesuji::arena
