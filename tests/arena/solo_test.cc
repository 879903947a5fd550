// Episodes of lone agents: scores are the environment's own, luck is shared, threads do not matter.
#include "arena/solo.h"

#include <gtest/gtest.h>

#include <sstream>

#include "env/game2048/game2048.h"
#include "search/uniform_evaluator.h"

namespace tesuji::arena {
namespace {

std::unique_ptr<const env::Environment> Game() {
  return env::Game2048Factory().make(Json{{"move_limit", 60}, {"half_score", 8000}}).value();
}

Contestant Search(const env::Environment& environment, int rollouts) {
  SearchPlayerOptions options;
  options.search.simulations = 16;
  return SearchContestant(
      "search", environment,
      [rollouts]() -> Result<std::unique_ptr<search::Evaluator>> {
        return std::make_unique<search::UniformEvaluator>(rollouts, 1);
      },
      options);
}

SoloReport PlayAlone(const env::Environment& environment, const Contestant& player,
                     int threads = 1) {
  SoloOptions options;
  options.episodes = 12;
  options.threads = threads;
  options.episodes_at_once = 5;
  options.seed = 3;
  auto report = PlaySolo(environment, player, options);
  EXPECT_TRUE(report) << report.error().message;
  return *report;
}

TEST(Solo, ScoresAreThoseOfTheFinalPositions) {
  const auto game = Game();
  const auto report = PlayAlone(*game, RandomContestant());
  ASSERT_EQ(report.episodes.size(), 12U);
  double sum = 0;
  for (const auto& episode : report.episodes) {
    // The record: sixteen tiles, the score, the moves, tiles due.
    std::istringstream text(episode.record);
    int number = 0;
    for (int i = 0; i < 16; ++i) text >> number;
    text >> number;
    EXPECT_EQ(episode.score, number);
    sum += number;
    text >> number;
    EXPECT_EQ(episode.actions, number);
    EXPECT_LE(episode.actions, 60);
  }
  EXPECT_DOUBLE_EQ(report.mean_score(), sum / 12);
  EXPECT_GT(report.mean_score_error(), 0);
  EXPECT_GE(report.best_score(), report.mean_score());
}

TEST(Solo, ThreadsDoNotChangeResults) {
  const auto game = Game();
  const auto one = PlayAlone(*game, Search(*game, 1));
  const auto three = PlayAlone(*game, Search(*game, 1), 3);
  ASSERT_EQ(one.episodes.size(), three.episodes.size());
  for (std::size_t i = 0; i < one.episodes.size(); ++i) {
    EXPECT_EQ(one.episodes[i].number, static_cast<int>(i));
    EXPECT_EQ(one.episodes[i].record, three.episodes[i].record);
  }
}

TEST(Solo, SearchWithPlayoutsScoresMoreThanRandomMoves) {
  const auto game =
      env::Game2048Factory().make(Json{{"move_limit", 150}, {"half_score", 8000}}).value();
  EXPECT_GT(PlayAlone(*game, Search(*game, 2)).mean_score(),
            1.2 * PlayAlone(*game, RandomContestant()).mean_score());
}

TEST(Solo, StopDropsWhatIsUnfinished) {
  const auto game = Game();
  SoloOptions options;
  options.episodes = 50;
  options.episodes_at_once = 1;
  int finished = 0;
  options.progress = [&](const SoloEpisode&, int count) { finished = count; };
  options.stop = [&] { return finished >= 3; };
  const auto report = PlaySolo(*game, RandomContestant(), options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->episodes.size(), 3U);
}

class Offender final : public Player {
 public:
  Status NewGame(const env::State&, RandomStream) override { return {}; }
  void Observe(const env::State&, env::Action) override {}
  void BeginMove(const env::State&) override {}
  std::optional<Result<Decision>> Poll() override { return Decision{.action = 0}; }
};

TEST(Solo, IllegalActionsAreNamed) {
  const auto game = Game();
  Contestant offender;
  offender.name = "offender";
  offender.make_player = [](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return std::make_unique<Offender>();
  };
  const auto report = PlaySolo(*game, offender, {});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("illegal action 0"), std::string::npos);
}

}  // namespace
}  // namespace tesuji::arena
