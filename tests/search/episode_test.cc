#include "search/episode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "core/sha256.h"
#include "tests/search/episode_fixture.h"
#include "tests/search/hash_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Episode, TrajectoriesAreSoundUnderEverySetting) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  for (const std::string root : {"puct", "gumbel"}) {
    for (bool prove : {false, true}) {
      for (bool reuse : {false, true}) {
        for (int pending : {1, 4}) {
          EpisodeOptions options = Everything(root);
          options.full.prove = prove;
          options.full.reuse_tree = reuse;
          options.full.max_pending = pending;
          for (std::uint64_t seed = 0; seed < 15; ++seed) {
            const auto episode = StartEpisode(game, options, seed);
            const env::Trajectory trajectory = Finish(episode.get(), &evaluator);
            ExpectSound(game, trajectory);
            EXPECT_THAT(trajectory.provenance.checkpoints, ElementsAre("hash"));
          }
        }
      }
    }
  }
}

TEST(EpisodePlan, RefusesSettingsThatMakeNoSense) {
  EpisodeOptions options;
  options.full.simulations = 0;
  const auto plan = EpisodePlan::Make(options);
  ASSERT_FALSE(plan.has_value());
  EXPECT_THAT(plan.error().message, HasSubstr("simulations = 0: expected 1 to 10000000"));
}

TEST(Episode, EqualSeedsGiveEqualTrajectoriesAndOthersDiffer) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  const EpisodeOptions options = Everything("puct");
  const auto play = [&](std::uint64_t seed) {
    return Finish(StartEpisode(game, options, seed).get(), &evaluator);
  };
  ExpectEqual(play(1), play(1));
  EXPECT_NE(play(1).steps, play(2).steps);
}

/// What a trajectory taught and played, as text.
std::string Signature(const env::Trajectory& trajectory) {
  std::string text;
  for (const env::Step& step : trajectory.steps) {
    text += std::to_string(step.action) + (step.is_target ? "!" : "?");
    text += std::to_string(step.visits);
    for (const env::PolicyEntry& entry : step.policy) {
      // Six digits: the last bits of a float may differ between mathematical libraries.
      text += ' ' + std::to_string(entry.action) + ':' +
              std::to_string(std::lround(static_cast<double>(entry.probability) * 1e6));
    }
    text += '\n';
  }
  return text;
}

// One number that pins the whole of search: any change of what is searched, drawn or taught shows
// here. When the change is wanted, put the new number in and say why in the commit.
TEST(Episode, SignatureOfOneSeedIsPinned) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  std::string text;
  for (const std::string root : {"puct", "gumbel"}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      EpisodeOptions options = Everything(root);
      options.full.prove = seed % 2 == 0;
      options.full.max_pending = seed <= 2 ? 1 : 3;
      text += Signature(Finish(StartEpisode(game, options, seed).get(), &evaluator));
    }
  }
  EXPECT_EQ(Sha256Hex(text).substr(0, 16), "036ff96b43af12b4") << text;
}

TEST(Episode, CheapSearchesAreSmallerAndNotTaught) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  EpisodeOptions options = Everything("puct");
  options.full.reuse_tree = false;
  options.opening_policy_moves = 0;
  options.full_search_probability = 0.25;
  int full = 0;
  int cheap = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const env::Step& step :
         Finish(StartEpisode(game, options, seed).get(), &evaluator).steps) {
      if (step.visits == 0) continue;  // The last empty cell: forced.
      EXPECT_EQ(step.visits, step.is_target ? 24U : 6U);
      ++(step.is_target ? full : cheap);
    }
  }
  EXPECT_NEAR(full / double(full + cheap), 0.25, 0.04);
}

// A geometric number of moves of mean 2: P(none) = 1/3. Sampled from the priors, not taught.
TEST(Episode, ADecidedEpisodeIsPlayedOnCheaplyAndMostlyNotTaught) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  EpisodeOptions options = Everything("puct");
  options.full.reuse_tree = false;
  options.opening_policy_moves = 0;
  options.cheap_simulations = 0;
  options.decided_value = 0.02;
  options.decided_simulations = 3;
  options.decided_full_probability = 0.25;
  int full = 0;
  int cheap = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto steps = Finish(StartEpisode(game, options, seed).get(), &evaluator).steps;
    int in_a_row = 0;
    for (const env::Step& step : steps) {
      if (step.visits != 0 && in_a_row < 4) {
        EXPECT_EQ(step.visits, 24U);
      }
      if (step.visits != 0 && in_a_row >= 4) {
        EXPECT_EQ(step.visits, step.is_target ? 24U : 3U);
        ++(step.is_target ? full : cheap);
      }
      in_a_row = std::abs(step.root_value) >= options.decided_value ? in_a_row + 1 : 0;
    }
  }
  EXPECT_GT(full + cheap, 100);
  EXPECT_NEAR(full / double(full + cheap), 0.25, 0.08);
}

TEST(Episode, OpeningsAreSampledFromTheRawPolicyAndNotTaught) {
  const TableEnvironment game({{"root", First(0, {{"a", 0.7}, {"b", 0.3}})},
                               {"a", First(0, {{"end", 0.5}, {"end", 0.5}})},
                               {"b", First(0, {{"end", 0.5}, {"end", 0.5}})},
                               {"end", End(0)}},
                              1);
  TableEvaluator evaluator;
  EpisodeOptions options;
  options.full.simulations = 4;
  options.opening_policy_moves = 2;
  int opened = 0;
  int chose_a = 0;
  const int episodes = 3000;
  for (std::uint64_t seed = 0; seed < episodes; ++seed) {
    const auto trajectory = Finish(StartEpisode(game, options, seed).get(), &evaluator);
    const env::Step& first = trajectory.steps[0];
    if (first.is_target) continue;
    ++opened;
    chose_a += first.action == 0 ? 1 : 0;
    EXPECT_EQ(first.visits, 0U);
  }
  EXPECT_NEAR(opened / double{episodes}, 2.0 / 3, 0.03);
  EXPECT_NEAR(chose_a / double(opened), 0.7, 0.04);
}

// 0.9 : 0.1 at temperature 2 is 3 : 1.
TEST(Episode, OpeningsSpreadByTheirTemperature) {
  const TableEnvironment game({{"root", First(0, {{"end", 0.9}, {"end", 0.1}})}, {"end", End(0)}},
                              1);
  TableEvaluator evaluator;
  EpisodeOptions options;
  options.opening_policy_moves = 1000;
  options.opening_temperature = 2;
  int likelier = 0;
  const int episodes = 3000;
  for (std::uint64_t seed = 0; seed < episodes; ++seed) {
    const auto trajectory = Finish(StartEpisode(game, options, seed).get(), &evaluator);
    likelier += trajectory.steps[0].action == 0 ? 1 : 0;
  }
  EXPECT_NEAR(likelier / double{episodes}, 0.75, 0.04);
}

TEST(Episode, OpeningsOfOneSideLeaveTheOtherItsSearch) {
  const TableEnvironment game({{"root", First(0, {{"2", 0.5}, {"2", 0.5}})},
                               {"2", Second(0, {{"3", 0.5}, {"3", 0.5}})},
                               {"3", First(0, {{"4", 0.5}, {"4", 0.5}})},
                               {"4", Second(0, {{"end", 0.5}, {"end", 0.5}})},
                               {"end", End(0)}});
  TableEvaluator evaluator;
  EpisodeOptions options;
  options.full.simulations = 4;
  options.full.prove = false;
  options.opening_policy_moves = 1e6;
  options.opening_one_sided = 0.5;
  std::map<std::string, int> seen;
  const int episodes = 2000;
  for (std::uint64_t seed = 0; seed < episodes; ++seed) {
    const auto trajectory = Finish(StartEpisode(game, options, seed).get(), &evaluator);
    ASSERT_EQ(trajectory.steps.size(), 4U);
    std::string sampled;
    for (const env::Step& step : trajectory.steps) {
      EXPECT_FALSE(step.is_target);
      sampled += step.visits == 0 ? 's' : '-';
    }
    ASSERT_THAT(sampled, testing::AnyOf("s-s-", "-s-s", "ssss"));
    ++seen[sampled];
  }
  EXPECT_NEAR(seen["s-s-"] / double{episodes}, 0.25, 0.04);
  EXPECT_NEAR(seen["-s-s"] / double{episodes}, 0.25, 0.04);
}

TEST(Episode, OpeningsOfALoneAgentHaveOneSideAnyway) {
  TableEnvironment game({{"root", First(0, {{"2", 0.5}, {"2", 0.5}})},
                         {"2", First(0, {{"end", 0.5}, {"end", 0.5}})},
                         {"end", End(0)}},
                        1);
  TableEvaluator evaluator;
  EpisodeOptions options;
  options.opening_policy_moves = 1e6;
  options.opening_one_sided = 1;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const env::Step& step :
         Finish(StartEpisode(game, options, seed).get(), &evaluator).steps) {
      EXPECT_EQ(step.visits, 0U);
    }
  }
}

// Visits 2 : 1 at temperature 1 give 2/3; after one halflife from 1 to 0, T = 1/2 gives 4/5.
TEST(Episode, TemperatureDecaysByItsHalflife) {
  const TableEnvironment game({{"root", First(0, {{"two", 0.6}, {"two", 0.4}})},
                               {"two", First(0, {{"end", 0.6}, {"end", 0.4}})},
                               {"end", End(0)}},
                              1);
  TableEvaluator evaluator;
  EpisodeOptions options;
  options.full = PlainPuct();
  options.full.reuse_tree = false;
  options.full.simulations = 3;
  options.final_temperature = 0;
  options.temperature_halflife = 1;
  int first = 0;
  int second = 0;
  const int episodes = 4000;
  for (std::uint64_t seed = 0; seed < episodes; ++seed) {
    const auto steps = Finish(StartEpisode(game, options, seed).get(), &evaluator).steps;
    ASSERT_NEAR(steps[0].policy[0].probability, 2.0 / 3, 1e-6);
    ASSERT_NEAR(steps[1].policy[0].probability, 2.0 / 3, 1e-6);
    first += steps[0].action == 0 ? 1 : 0;
    second += steps[1].action == 0 ? 1 : 0;
  }
  EXPECT_NEAR(first / double{episodes}, 2.0 / 3, 0.03);
  EXPECT_NEAR(second / double{episodes}, 4.0 / 5, 0.03);
}

TEST(Episode, SurpriseMovesItsShareOfTheWeight) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  EpisodeOptions options = Everything("gumbel");
  options.surprise_weight = 0.5;
  const auto steps = Finish(StartEpisode(game, options, 4).get(), &evaluator).steps;
  double total = 0;
  int targets = 0;
  for (const env::Step& step : steps) {
    total += step.surprise;
    targets += step.is_target ? 1 : 0;
  }
  ASSERT_GT(targets, 1);
  for (const env::Step& step : steps) {
    if (!step.is_target) continue;
    EXPECT_NEAR(step.weight, 0.5 + 0.5 * targets * step.surprise / total, 1e-4);
  }
}

TEST(Episode, ForcedAndChanceMovesArePlayedWithoutSearchAndNotTaught) {
  const TableEnvironment game({{"root", Chance({{"a", 0.25}, {"b", 0.75}})},
                               {"a", First(0, {{"choice", 1}})},
                               {"b", First(0, {{"choice", 1}})},
                               {"choice", First(0, {{"end", 0.5}, {"end", 0.5}})},
                               {"end", End(0.5F)}},
                              1);
  TableEvaluator evaluator;
  EpisodeOptions options;
  int chose_a = 0;
  const int episodes = 2000;
  for (std::uint64_t seed = 0; seed < episodes; ++seed) {
    const auto trajectory = Finish(StartEpisode(game, options, seed).get(), &evaluator);
    ASSERT_EQ(trajectory.steps.size(), 3U);
    EXPECT_FALSE(trajectory.steps[0].is_target);
    EXPECT_FALSE(trajectory.steps[1].is_target);
    EXPECT_TRUE(trajectory.steps[2].is_target);
    EXPECT_EQ(trajectory.outcome.value, 0.5F);
    EXPECT_EQ(trajectory.outcome.termination, "end of table");
    EXPECT_EQ(trajectory.artifact, "end");
    chose_a += trajectory.steps[0].action == 0 ? 1 : 0;
  }
  EXPECT_NEAR(chose_a / double{episodes}, 0.25, 0.03);
  EXPECT_EQ(std::count(evaluator.asked.begin(), evaluator.asked.end(), "a"), 0);
}

TEST(Episode, AJudgedEpisodeWaitsForItsJudgement) {
  const TableEnvironment game(
      {{"root", First(0, {{"a", 0.5}, {"b", 0.5}})}, {"a", Unjudged()}, {"b", Unjudged()}}, 1);
  TableEvaluator evaluator;
  const EpisodeOptions options;
  auto episode = StartEpisode(game, options, 1);
  while (episode->phase() == EpisodePhase::kSearching) Step(episode.get(), &evaluator);
  ASSERT_EQ(episode->phase(), EpisodePhase::kAwaitsJudge);
  EXPECT_EQ(episode->finished_state().phase(), env::Phase::kAwaitsJudge);
  auto resumed = Episode::Resume(game, EpisodePlan::Make(options).value(), episode->Serialise());
  ASSERT_TRUE(resumed.has_value());
  ASSERT_EQ((*resumed)->phase(), EpisodePhase::kAwaitsJudge);
  EXPECT_EQ((*resumed)->finished_state().Fingerprint(), episode->finished_state().Fingerprint());
  const env::Trajectory trajectory = (*resumed)->TakeTrajectory();
  EXPECT_EQ(trajectory.steps.size(), 1U);
  EXPECT_EQ(trajectory.outcome.termination, "") << "the judge's to say";
}

// The network changes during the third move's search and back again later: each hash is listed
// once, in order of first use, and every step names the network that finished it.
TEST(Episode, EachStepNamesTheCheckpointThatChoseIt) {
  const NoughtsEnvironment game;
  HashEvaluator old_network("old");
  HashEvaluator new_network("new");
  EpisodeOptions options = Everything("puct");
  options.cheap_simulations = 0;
  options.opening_policy_moves = 0;
  const auto episode = StartEpisode(game, options, 3);
  while (episode->phase() == EpisodePhase::kSearching) {
    const std::size_t steps = episode->step_count();
    Step(episode.get(), steps >= 2 && steps < 4 ? &new_network : &old_network);
  }
  const env::Trajectory trajectory = episode->TakeTrajectory();
  EXPECT_THAT(trajectory.provenance.checkpoints, ElementsAre("old", "new"));
  ASSERT_GE(trajectory.steps.size(), 5U);
  std::vector<int> used;
  for (std::size_t i = 0; i < 5; ++i) used.push_back(trajectory.steps[i].checkpoint);
  EXPECT_THAT(used, ElementsAre(0, 0, 1, 1, 0));
}

TEST(Episode, AGumbelRootPlaysItsWinnerWhenNoisy) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  EpisodeOptions options = Everything("gumbel");
  options.cheap_simulations = 0;
  options.opening_policy_moves = 0;
  options.full.simulations = 1;  // The winner is then the one action that was visited...
  options.full.reuse_tree = false;
  options.temperature = options.final_temperature = 100;  // ...which a sample would often miss.
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random({1, seed});
    Mcts mcts(game, options.full);
    mcts.SetRoot(**game.NewState({}));
    const env::Action winner = RunSearch(&mcts, &evaluator, &random).best;
    const auto trajectory = Finish(StartEpisode(game, options, seed).get(), &evaluator);
    EXPECT_EQ(trajectory.steps[0].action, winner);
  }
}

TEST(Episode, CountsTheEvaluationsItWasGiven) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  const auto episode = StartEpisode(game, Everything("puct"), 1);
  while (episode->phase() == EpisodePhase::kSearching) Step(episode.get(), &evaluator);
  EXPECT_EQ(episode->evaluations(), evaluator.count);
  EXPECT_EQ(episode->TakeTrajectory().timing.evaluations, evaluator.count);
}

}  // namespace
}  // namespace tesuji::search
