#include "arena/match.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <set>

#include "env/go/sgf_game.h"
#include "env/tictactoe/tictactoe.h"
#include "tests/arena/match_support.h"
#include "tests/env/gtp/fakes.h"

namespace tesuji::arena {
namespace {

using testing::HasSubstr;

TEST(Match, PlaysPairsWithColorsSwapped) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 5;  // The third opening is played once only.
  options.opening.actions = 3;
  const MatchReport report = Play(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_EQ(report.games.size(), 5U);
  EXPECT_EQ(report.wins + report.draws + report.losses, 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(report.games[i].number, i);
    EXPECT_EQ(report.games[i].first, i % 2);
  }
  std::set<std::string> openings;
  for (int pair = 0; pair < 3; ++pair) {
    std::string beginnings[2];
    for (int game = 0; game < (pair < 2 ? 2 : 1); ++game) {
      const auto trees = env::go::ParseSgf(report.games[2 * pair + game].record);
      ASSERT_TRUE(trees);
      const auto record = ReadGame(trees->front());
      ASSERT_TRUE(record);
      EXPECT_EQ(record->black_name, game == 0 ? "a" : "b");
      EXPECT_EQ(record->white_name, game == 0 ? "b" : "a");
      for (int move = 0; move < 3; ++move) {
        beginnings[game] += fmt::format("{} ", record->moves[move].action);
      }
    }
    if (pair == 2) beginnings[1] = beginnings[0];
    EXPECT_EQ(beginnings[0], beginnings[1]);
    openings.insert(beginnings[0]);
  }
  EXPECT_EQ(openings.size(), 3U);
}

TEST(Match, RecordsAgreeWithResults) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 20;
  const MatchReport report = Play(*go, CarefulContestant("a"), RandomContestant("b"), options);
  int wins = 0;
  for (const MatchGame& game : report.games) {
    ASSERT_EQ(game.end, GameEnd::kScored);
    auto state = go->FromArtifact(game.record);
    ASSERT_TRUE(state) << state.error().message;
    ASSERT_EQ((*state)->phase(), env::Phase::kScored);
    EXPECT_EQ((*state)->Targets().score, game.score);
    EXPECT_EQ((*state)->Termination(), game.reason);
    const int winner = (*state)->Value() > 0 ? game.first : 1 - game.first;
    EXPECT_EQ(game.winner, winner);
    wins += winner == 0;
  }
  EXPECT_EQ(report.wins, wins);
  EXPECT_GT(report.wins, 15);  // Not filling one's eyes is a great advantage.
}

TEST(Match, SearchBeatsRandomMoves) {
  const auto go = MakeGo(5, 0.5F);
  MatchOptions options;
  options.games = 10;
  options.games_at_once = 4;
  const MatchReport report = Play(*go, Searcher(*go, 100), RandomContestant(), options);
  EXPECT_GE(report.wins, 9);
}

TEST(Match, IsTheSameWhateverTheThreadsAndTheInterleaving) {
  const auto go = MakeGo(5);
  std::vector<std::string> records[2];
  for (int run = 0; run < 2; ++run) {
    MatchOptions options;
    options.games = 8;
    options.seed = 3;
    options.threads = run == 0 ? 1 : 2;
    options.games_at_once = run == 0 ? 1 : 3;
    const MatchReport report = Play(*go, Searcher(*go, 20), CarefulContestant("r"), options);
    for (const MatchGame& game : report.games) records[run].push_back(game.record);
  }
  EXPECT_EQ(records[0], records[1]);
}

TEST(Match, DifferentSeedsGiveDifferentOpenings) {
  const auto go = MakeGo(7);
  std::string records[2];
  for (int run = 0; run < 2; ++run) {
    MatchOptions options;
    options.seed = run;
    records[run] = Play(*go, Searcher(*go, 2), Searcher(*go, 2), options).games[0].record;
  }
  EXPECT_NE(records[0], records[1]);
}

TEST(Match, BatchesTheLeavesOfGamesThatRunTogether) {
  const auto go = MakeGo(5);
  const auto counting =
      std::make_shared<gtp::ScriptedEvaluator>([](const env::go::GoState&) { return 0.0F; });
  // Hands out the one evaluator, so that it can be asked afterwards.
  class Shared final : public search::Evaluator {
   public:
    explicit Shared(search::Evaluator* inner) : inner_(inner) {}
    void Evaluate(std::span<const search::EvaluationRequest> requests,
                  std::span<search::Evaluation> out) override {
      inner_->Evaluate(requests, out);
    }
    std::string checkpoint_hash() const override { return inner_->checkpoint_hash(); }

   private:
    search::Evaluator* inner_;
  };
  SearchPlayerOptions player;
  player.search.simulations = 16;
  const Contestant a = SearchContestant(
      "a", *go,
      [&counting]() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<Shared>(counting.get());
      },
      player);
  MatchOptions options;
  options.games = 32;
  options.games_at_once = 32;
  options.opening_by_policy = false;
  Play(*go, a, CarefulContestant("r"), options);
  EXPECT_GT(counting->positions, 10 * counting->batches);
}

TEST(Match, PlaysOtherGamesThanGo) {
  const auto tictactoe = env::MakeTicTacToe();
  MatchOptions options;
  options.games = 20;
  options.opening.actions = 1;
  const MatchReport report =
      Play(*tictactoe, Searcher(*tictactoe, 400), RandomContestant(), options);
  EXPECT_EQ(report.games.size(), 20U);
  EXPECT_EQ(report.losses, 0);
  EXPECT_GT(report.wins, 10);
  EXPECT_EQ(report.forfeits[0] + report.forfeits[1], 0);
}

TEST(Match, PlaysListedOpenings) {
  const auto go = MakeGo(5);
  MatchOptions options;
  options.games = 6;
  options.opening_list = *ParseOpenings(*gtp::GoMatchHooks(), **go->NewGame({}),
                                        "C3 B2\n# a comment\nD4 D2 # and another\n");
  const MatchReport report = Play(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_EQ(report.games.size(), 6U);
  for (const int game : {0, 1, 4, 5}) {
    EXPECT_THAT(report.games[game].record, HasSubstr(";B[cc]\n;W[bd]"));
  }
  EXPECT_THAT(report.games[2].record, HasSubstr(";B[db]\n;W[dd]"));
  options.opening_list = {{12, 12}};
  options.hooks = gtp::GoMatchHooks();
  const auto bad = PlayMatch(*go, RandomContestant("a"), RandomContestant("b"), options);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("illegal move C3 (occupied)"));
}

TEST(Match, SamplesOpeningsFromPolicies) {
  // An evaluator that knows one move only: the highest action but the pass.
  class Stubborn final : public search::Evaluator {
   public:
    void Evaluate(std::span<const search::EvaluationRequest> requests,
                  std::span<search::Evaluation> out) override {
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::size_t n = requests[i].legal.size();
        out[i].priors.assign(n, 0.0F);
        out[i].priors[n >= 2 ? n - 2 : 0] = 1.0F;
      }
    }
    std::string checkpoint_hash() const override { return "stubborn"; }
  };
  const auto go = MakeGo(5);
  Stubborn stubborn;
  OpeningOptions options;
  options.actions = 3;
  options.evaluators = {&stubborn};
  const auto openings = MakeOpenings(*go, *gtp::GoMatchHooks(), options);
  ASSERT_TRUE(openings);
  EXPECT_THAT((*openings)[0].actions, testing::ElementsAre(24, 23, 22));
}

TEST(Match, StopsWhenAsked) {
  const auto go = MakeGo(9);
  std::atomic<int> finished{0};
  MatchOptions options;
  options.games = 1000;
  options.games_at_once = 4;
  options.progress = [&](const MatchGame&, int done) { finished = done; };
  options.stop = [&] { return finished >= 3; };
  const MatchReport report = Play(*go, CarefulContestant("a"), CarefulContestant("b"), options);
  EXPECT_TRUE(report.stopped);
  EXPECT_GE(report.games.size(), 3U);
  EXPECT_LT(report.games.size(), 20U);
}

}  // namespace
}  // namespace tesuji::arena
