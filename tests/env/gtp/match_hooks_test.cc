// Matches choose as genmove does where a search sees no difference between moves.
#include "env/go/gtp/match_hooks.h"

#include <gmock/gmock.h>

#include "tests/env/go_testing.h"

namespace tesuji::gtp {
namespace {

using env::go::Game;
using testing::ElementsAre;

/// Black lives on the left with the eyes A4 and A2; White has the rest.
constexpr const char* kTwoEyes = R"(
    X X O . .
    . X O . .
    X X O O .
    . X O . .
    X X O . .)";

std::vector<env::Action> Kept(const env::State& state, double expected,
                              std::vector<env::Action> ranked) {
  GoMatchHooks()->DropSenseless(state, expected, &ranked);
  return ranked;
}

TEST(GoMatchHooks, ALostPlayerPassesInsteadOfFillingItsEyes) {
  Game game(kTwoEyes);
  const env::Action pass = game->rules().pass();
  EXPECT_THAT(Kept(*game, 0.01, {game.At("A4"), game.At("A2"), pass}), ElementsAre(pass));
  EXPECT_THAT(Kept(*game, 0.5, {game.At("A4"), pass, game.At("A2")}), ElementsAre(pass));
}

TEST(GoMatchHooks, WhoIsNotLostKeepsTheOrderOfTheSearch) {
  Game game(R"(
      . . . . .
      . X . O .
      . X . O .
      . X . O .
      . . . . .)");
  const env::Action pass = game->rules().pass();
  EXPECT_THAT(Kept(*game, 0.5, {game.At("C1"), pass, game.At("C5")}),
              ElementsAre(game.At("C1"), pass, game.At("C5")));
}

}  // namespace
}  // namespace tesuji::gtp
