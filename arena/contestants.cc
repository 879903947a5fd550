#include <utility>

#include "arena/contestant.h"

namespace tesuji::arena {

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

Contestant RandomContestant(std::string name) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_player = [](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return MakeRandomPlayer();
  };
  return contestant;
}

}  // namespace tesuji::arena
