#include "cli/game_hooks.h"

#include "env/go/go_environment.h"
#include "env/go/gtp/match_hooks.h"

namespace tesuji::cli {

std::shared_ptr<const arena::GameHooks> GameHooksOf(const env::Environment& environment) {
  if (dynamic_cast<const env::go::GoEnvironment*>(&environment) != nullptr) {
    return gtp::GoMatchHooks();
  }
  return std::make_shared<arena::GameHooks>();
}

}  // namespace tesuji::cli
