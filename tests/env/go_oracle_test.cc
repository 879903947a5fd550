// The fast rules against the slow ones of naive_go.h, position by position, over random games.
#include <gtest/gtest.h>

#include "core/random.h"
#include "env/go/go_environment.h"
#include "tests/env/go_testing.h"
#include "tests/env/naive_go.h"

namespace tesuji::env::go {
namespace {

struct OracleCase {
  std::string name;
  int width;
  int height;
  KoRule ko;
  bool suicide;
  int games;
};

class GoOracle : public testing::TestWithParam<OracleCase> {};

// Which paths the games of one case went through; a test that never met them proves nothing.
struct Met {
  long positions = 0;
  long captures = 0;
  long ko = 0;       ///< Moves forbidden by ko or superko.
  long suicide = 0;  ///< Suicides forbidden or played.
};

void ComparePosition(const GoState& state, const NaiveGo& naive, Met* met) {
  const int cells = state.board().cells();
  std::vector<Action> legal;
  state.LegalActions(&legal);
  std::vector<Action> expected;
  for (int action = 0; action <= cells; ++action) {
    if (naive.IsLegal(action)) expected.push_back(action);
    const Legality legality = state.Check(action);
    EXPECT_EQ(legality == Legality::kLegal, naive.IsLegal(action));
    met->ko += IsKo(legality) ? 1 : 0;
    met->suicide += legality == Legality::kSuicide ? 1 : 0;
  }
  EXPECT_EQ(legal, expected);
  for (int cell = 0; cell < cells; ++cell) {
    ASSERT_EQ(".XO"[static_cast<int>(state.at(cell))], naive.at(cell));
    if (naive.at(cell) == '.') continue;
    EXPECT_EQ(state.board().Liberties(cell, 8), std::min(8, naive.Liberties(cell)));
  }
  EXPECT_EQ(state.captures(Color::kBlack), naive.taken_by('X'));
  EXPECT_EQ(state.captures(Color::kWhite), naive.taken_by('O'));
  EXPECT_EQ(state.color_to_play() == Color::kBlack, naive.to_play() == 'X');
  EXPECT_EQ(state.Score(), naive.Score());
  ++met->positions;
}

// What KeyAfter() promises must be what Play() does.
void CompareKeys(const GoState& state, const std::vector<Action>& legal) {
  for (const Action action : legal) {
    if (action == state.rules().pass()) continue;
    const Key128 promised = state.board().KeyAfter(action, state.color_to_play());
    GoState next = state;
    next.Apply(action);
    ASSERT_EQ(next.board().key(), promised);
  }
}

TEST_P(GoOracle, AgreesOnEveryPositionOfRandomGames) {
  const OracleCase& c = GetParam();
  Rules rules;
  rules.width = c.width;
  rules.height = c.height;
  rules.ko = c.ko;
  rules.suicide = c.suicide;
  rules.move_limit = 6 * rules.cells();
  const Context context(rules);
  Start start;
  start.komi = 0.5F;
  Met met;
  for (int game = 0; game < c.games; ++game) {
    RandomStream random({42, static_cast<std::uint64_t>(game)});
    GoState state(&context, std::make_shared<const Start>(start));
    NaiveGo naive(rules, 0.5F);
    std::vector<Action> legal;
    while (state.phase() == Phase::kOngoing) {
      ASSERT_NO_FATAL_FAILURE(ComparePosition(state, naive, &met));
      if (HasFailure()) FAIL() << state.ToText();
      state.LegalActions(&legal);
      if (state.moves().size() % 8 == 0) {
        ASSERT_NO_FATAL_FAILURE(CompareKeys(state, legal));
      }
      // Passes are rare, or no position would ever get crowded.
      const bool pass = legal.size() == 1 || random.Below(40) == 0;
      const Action action = pass ? legal.back() : legal[random.Below(legal.size() - 1)];
      const int stones_before = rules.cells() - state.board().empty_count();
      state.Apply(action);
      naive.Play(action);
      const int stones = rules.cells() - state.board().empty_count();
      met.captures += action != rules.pass() && stones <= stones_before ? 1 : 0;
    }
    EXPECT_TRUE(naive.over());
    const std::string owners = naive.Owners();
    const auto ownership = state.Targets().ownership;
    for (int cell = 0; cell < rules.cells(); ++cell) {
      EXPECT_EQ("O.X"[ownership[cell] + 1], owners[cell]);
    }
  }
  EXPECT_GT(met.captures, c.games);
  EXPECT_GT(met.ko, c.games / 2);
  RecordProperty("positions", std::to_string(met.positions));
  RecordProperty("forbidden_by_ko", std::to_string(met.ko));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, GoOracle,
    testing::Values(OracleCase{"Positional2x2", 2, 2, KoRule::kPositional, false, 300},
                    OracleCase{"Positional3x3", 3, 3, KoRule::kPositional, false, 300},
                    OracleCase{"Positional5x4", 5, 4, KoRule::kPositional, false, 100},
                    OracleCase{"PositionalSuicide3x4", 3, 4, KoRule::kPositional, true, 200},
                    OracleCase{"Situational3x3", 3, 3, KoRule::kSituational, false, 300},
                    OracleCase{"SituationalSuicide4x3", 4, 3, KoRule::kSituational, true, 200},
                    OracleCase{"Simple4x4", 4, 4, KoRule::kSimple, false, 100},
                    OracleCase{"SimpleSuicide4x4", 4, 4, KoRule::kSimple, true, 100},
                    OracleCase{"Positional9x9", 9, 9, KoRule::kPositional, false, 6},
                    OracleCase{"Positional13x5", 13, 5, KoRule::kPositional, false, 6}),
    [](const auto& parameters) { return parameters.param.name; });

}  // namespace
}  // namespace tesuji::env::go
