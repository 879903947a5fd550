// An episode is bytes between any two batches: those of an interrupted one, and hostile ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "search/episode_codec.h"
#include "tests/search/episode_fixture.h"
#include "tests/search/hash_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::HasSubstr;

// Stopped and resumed after every single batch, the episode is the one that never stopped; also
// when the tree is reused, which a search from scratch could not repeat.
TEST(Episode, ResumingAtAnyMomentEqualsAnUninterruptedRun) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    for (int proofs : {0, 1, 2}) {  // None, of what simulations reach, of what lies ahead too.
      EpisodeOptions options = Everything(root);
      options.full.prove = proofs > 0;
      options.full.look_ahead = proofs > 1;
      options.full.max_pending = 3;
      options.opening_policy_moves = 2;
      options.opening_one_sided = 0.5;
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        const auto whole = StartEpisode(game, options, seed);
        const env::Trajectory expected = Finish(whole.get(), &evaluator);
        for (int stop = 0;; ++stop) {
          auto episode = StartEpisode(game, options, seed);
          for (int i = 0; i < stop && episode->phase() == EpisodePhase::kSearching; ++i) {
            Step(episode.get(), &evaluator);
          }
          const bool over = episode->phase() != EpisodePhase::kSearching;
          // Also with requests out: they are asked again.
          std::vector<EvaluationRequest> requests;
          if (!over && stop % 2 == 0) episode->CollectRequests(&requests);
          auto resumed =
              Episode::Resume(game, EpisodePlan::Make(options).value(), episode->Serialise());
          ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
          EXPECT_EQ((*resumed)->number(), seed);
          ExpectEqual(Finish(resumed->get(), &evaluator), expected);
          if (over) break;
        }
      }
    }
  }
}

// The same with dice: chance nodes inside the inherited tree and between the moves.
TEST(Episode, ResumingAcrossChanceNodesEqualsAnUninterruptedRun) {
  GameTable table{{"win", End(1)}, {"half", End(0.4F)}, {"lose", End(-1)}};
  table["root"] = First(0.1F, {{"dice1", 0.5}, {"dice2", 0.5}});
  table["dice1"] = Chance({{"x", 0.3}, {"y", 0.7}});
  table["dice2"] = Chance({{"y", 0.5}, {"x", 0.5}});
  table["x"] = First(-0.2F, {{"dice3", 0.6}, {"half", 0.4}});
  table["y"] = First(0.3F, {{"dice3", 0.4}, {"x2", 0.6}});
  table["dice3"] = Chance({{"x2", 0.2}, {"win", 0.3}, {"lose", 0.5}});
  table["x2"] = First(0, {{"half", 0.3}, {"dice4", 0.7}});
  table["dice4"] = Chance({{"win", 0.6}, {"lose", 0.4}});
  const TableEnvironment game(table, 1);
  TableEvaluator evaluator;
  for (Backup backup : {Backup::kMean, Backup::kMax}) {
    for (bool prove : {false, true}) {
      EpisodeOptions options = Everything("puct");
      options.full.backup = backup;
      options.full.prove = prove;
      options.opening_policy_moves = 0;
      for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const auto whole = StartEpisode(game, options, seed);
        const env::Trajectory expected = Finish(whole.get(), &evaluator);
        ExpectSound(game, expected);
        for (int stop = 0; stop < 60; ++stop) {
          auto episode = StartEpisode(game, options, seed);
          for (int i = 0; i < stop && episode->phase() == EpisodePhase::kSearching; ++i) {
            Step(episode.get(), &evaluator);
          }
          auto resumed =
              Episode::Resume(game, EpisodePlan::Make(options).value(), episode->Serialise());
          ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
          ExpectEqual(Finish(resumed->get(), &evaluator), expected);
        }
      }
    }
  }
}

TEST(Episode, ResumeCarriesTheTreeThatTheMoveInherited) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  EpisodeOptions options = Everything("puct");
  options.cheap_simulations = 0;
  options.opening_policy_moves = 0;
  const auto episode = StartEpisode(game, options, 3);
  while (episode->step_count() < 2) Step(episode.get(), &evaluator);
  auto resumed = Episode::Resume(game, EpisodePlan::Make(options).value(), episode->Serialise());
  ASSERT_TRUE(resumed.has_value());
  const env::Trajectory trajectory = Finish(resumed->get(), &evaluator);
  EXPECT_GT(trajectory.steps[2].visits, 24U);  // 24 new ones on top of those inherited.
}

TEST(Episode, HostileBytesAreRefusedOrHarmless) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  const EpisodeOptions options = Everything("puct");
  const auto episode = StartEpisode(game, options, 3);
  while (episode->step_count() < 3) Step(episode.get(), &evaluator);
  const std::string good = episode->Serialise();
  ASSERT_TRUE(Episode::Resume(game, EpisodePlan::Make(options).value(), good).has_value());
  const auto survive = [&](const std::string& bytes) {
    auto resumed = Episode::Resume(game, EpisodePlan::Make(options).value(), bytes);
    if (!resumed) {
      EXPECT_FALSE(resumed.error().message.empty());
      return false;
    }
    for (int i = 0; i < 2000 && (*resumed)->phase() == EpisodePhase::kSearching; ++i) {
      Step(resumed->get(), &evaluator);
    }
    return true;
  };
  EXPECT_FALSE(survive(""));
  for (std::size_t length = 0; length < good.size(); length += 7) {
    EXPECT_FALSE(survive(good.substr(0, length)));
  }
  EXPECT_FALSE(survive(good + "x"));
  RandomStream random(5);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good;
    for (std::uint64_t flips = 1 + random.Below(3); flips > 0; --flips) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random());
    }
    accepted += survive(bytes) ? 1 : 0;
  }
  EXPECT_LT(accepted, 3000);  // Some flips only change a prior or a weight.
}

TEST(Episode, BytesThatNestTooDeepAreRefusedBeforeTheyAreParsed) {
  const NoughtsEnvironment game;
  const std::string deep(2'000'000, '[');
  char lengths[33];
  std::snprintf(lengths, sizeof lengths, "%016zx%016x", deep.size(), 0U);
  const auto resumed = Episode::Resume(game, EpisodePlan::Make(Everything("puct")).value(),
                                       "tesuji-episode-2\n" + std::string(lengths) + deep);
  ASSERT_FALSE(resumed.has_value());
  EXPECT_THAT(resumed.error().message, HasSubstr("damaged"));
}

TEST(Episode, ResumeRefusesAnOpeningOfOneSideThatCannotBe) {
  const NoughtsEnvironment game;
  EpisodeOptions options = Everything("puct");
  options.opening_policy_moves = 1e6;
  options.opening_one_sided = 1;
  const std::string good = StartEpisode(game, options, 3)->Serialise();
  ASSERT_TRUE(Episode::Resume(game, EpisodePlan::Make(options).value(), good).has_value());
  const std::size_t value = good.find("\"opening_player\":") + 17;
  ASSERT_THAT(good.substr(value - 1, 2), testing::AnyOf(":0", ":1"));
  for (const char bad : {'2', '9', '-', '"'}) {
    std::string bytes = good;
    bytes[value] = bad;
    const auto resumed = Episode::Resume(game, EpisodePlan::Make(options).value(), bytes);
    ASSERT_FALSE(resumed.has_value()) << bad;
    EXPECT_THAT(resumed.error().message, HasSubstr("damaged"));
  }
  // Well-formed, but of settings that know no such opening.
  options.opening_one_sided = 0;
  auto record = DecodeEpisode(StartEpisode(game, options, 3)->Serialise());
  ASSERT_TRUE(record.has_value());
  record->opening_player = env::Player::kSecond;
  const auto foreign =
      Episode::Resume(game, EpisodePlan::Make(options).value(), EncodeEpisode(*record));
  ASSERT_FALSE(foreign.has_value());
  EXPECT_THAT(foreign.error().message, HasSubstr("opening of one side"));
}

TEST(Episode, ResumeRefusesOtherSettingsAndEnvironments) {
  const NoughtsEnvironment game;
  EpisodeOptions options = Everything("puct");
  const std::string bytes = StartEpisode(game, options, 3)->Serialise();
  options.full.cpuct = 2;
  const auto other_settings = Episode::Resume(game, EpisodePlan::Make(options).value(), bytes);
  ASSERT_FALSE(other_settings.has_value());
  EXPECT_THAT(other_settings.error().message, HasSubstr("other search settings"));
  const TableEnvironment table({{"root", End(0)}});
  const auto other_game =
      Episode::Resume(table, EpisodePlan::Make(Everything("puct")).value(), bytes);
  ASSERT_FALSE(other_game.has_value());
  EXPECT_THAT(other_game.error().message, HasSubstr("belongs to environment noughts"));
}

}  // namespace
}  // namespace tesuji::search
