#include "search/episode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/sha256.h"
#include "tests/search/hash_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Self-play as a campaign would set it, with everything turned on.
EpisodeOptions Everything(RootPolicy root) {
  EpisodeOptions options;
  options.full.root = root;
  options.full.simulations = 24;
  options.full.root_noise = true;
  options.full.forced_playouts = 2;
  options.full.root_policy_temperature = 1.1;
  options.full.gumbel_considered = 6;
  options.cheap_simulations = 6;
  options.full_search_probability = 0.5;
  options.opening_policy_moves = 0.5;
  options.full.prove = false;  // Longer games with fewer proofs show more.
  return options;
}

std::unique_ptr<Episode> StartEpisode(const env::Environment& environment,
                                      const EpisodeOptions& options, std::uint64_t seed) {
  env::Provenance provenance;
  provenance.environment_id = environment.spec().id;
  provenance.environment_version = environment.spec().version;
  provenance.environment_parameters = environment.parameters();
  provenance.campaign_seed = 1;
  provenance.episode = seed;
  auto episode = Episode::Start(environment, options, env::Task{.id = "start"}, provenance,
                                RandomStream({1, seed}));
  EXPECT_TRUE(episode.has_value());
  return std::move(*episode);
}

/// One round of the protocol.
void Step(Episode* episode, Evaluator* evaluator) {
  std::vector<EvaluationRequest> requests;
  episode->CollectRequests(&requests);
  if (requests.empty()) {
    ASSERT_NE(episode->phase(), EpisodePhase::kSearching);
    return;
  }
  std::vector<Evaluation> evaluations(requests.size());
  evaluator->Evaluate(requests, evaluations);
  episode->Provide(evaluations, evaluator->checkpoint_hash());
}

env::Trajectory Finish(Episode* episode, Evaluator* evaluator) {
  while (episode->phase() == EpisodePhase::kSearching) Step(episode, evaluator);
  EXPECT_EQ(episode->phase(), EpisodePhase::kFinished);
  return episode->TakeTrajectory();
}

void ExpectEqual(const env::Trajectory& a, const env::Trajectory& b) {
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.provenance, b.provenance);
  EXPECT_EQ(a.artifact, b.artifact);
  EXPECT_EQ(a.final_fingerprint, b.final_fingerprint);
}

/// Every promise of env/trajectory.h that can be checked by replaying.
void ExpectSound(const env::Environment& environment, const env::Trajectory& trajectory) {
  auto state = std::move(*environment.NewState(trajectory.task));
  double weights = 0;
  int targets = 0;
  for (const env::Step& step : trajectory.steps) {
    ASSERT_EQ(state->phase(), env::Phase::kOngoing);
    std::vector<env::Action> legal;
    if (state->to_play() != env::Player::kChance) {
      state->LegalActions(&legal);
      ASSERT_TRUE(std::binary_search(legal.begin(), legal.end(), step.action));
    }
    ASSERT_LT(step.checkpoint, trajectory.provenance.checkpoints.size());
    EXPECT_EQ(step.is_target, !step.policy.empty());
    double sum = 0;
    env::Action last = -1;
    for (const env::PolicyEntry& entry : step.policy) {
      EXPECT_TRUE(std::binary_search(legal.begin(), legal.end(), entry.action));
      EXPECT_GT(entry.action, last);
      EXPECT_GT(entry.probability, 0);
      last = entry.action;
      sum += entry.probability;
    }
    if (step.is_target) {
      EXPECT_NEAR(sum, 1, 1e-5);
      EXPECT_GE(step.surprise, 0);
      EXPECT_GE(step.weight, 0);
      weights += step.weight;
      ++targets;
    }
    EXPECT_LE(std::abs(step.root_value), 1);
    state->Apply(step.action);
  }
  EXPECT_NE(state->phase(), env::Phase::kOngoing);
  EXPECT_EQ(state->Fingerprint(), trajectory.final_fingerprint);
  EXPECT_NEAR(weights, targets, 1e-3);  // Surprise moves weight about, it makes none.
}

TEST(Episode, TrajectoriesAreSoundUnderEverySetting) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  for (RootPolicy root : {RootPolicy::kPuct, RootPolicy::kGumbel}) {
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

// Stopped and resumed after every single batch, the episode is the one that never stopped; also
// when the tree is reused, which a search from scratch could not repeat.
TEST(Episode, ResumingAtAnyMomentEqualsAnUninterruptedRun) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  for (RootPolicy root : {RootPolicy::kPuct, RootPolicy::kGumbel}) {
    for (bool prove : {false, true}) {
      EpisodeOptions options = Everything(root);
      options.full.prove = prove;
      options.full.max_pending = 3;
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
          auto resumed = Episode::Resume(game, options, episode->Serialise());
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
      EpisodeOptions options = Everything(RootPolicy::kPuct);
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
          auto resumed = Episode::Resume(game, options, episode->Serialise());
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
  EpisodeOptions options = Everything(RootPolicy::kPuct);
  options.cheap_simulations = 0;
  options.opening_policy_moves = 0;
  const auto episode = StartEpisode(game, options, 3);
  while (episode->step_count() < 2) Step(episode.get(), &evaluator);
  auto resumed = Episode::Resume(game, options, episode->Serialise());
  ASSERT_TRUE(resumed.has_value());
  const env::Trajectory trajectory = Finish(resumed->get(), &evaluator);
  EXPECT_GT(trajectory.steps[2].visits, 24U);  // 24 new ones on top of those inherited.
}

TEST(Episode, HostileBytesAreRefusedOrHarmless) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  const EpisodeOptions options = Everything(RootPolicy::kPuct);
  const auto episode = StartEpisode(game, options, 3);
  while (episode->step_count() < 3) Step(episode.get(), &evaluator);
  const std::string good = episode->Serialise();
  ASSERT_TRUE(Episode::Resume(game, options, good).has_value());
  const auto survive = [&](const std::string& bytes) {
    auto resumed = Episode::Resume(game, options, bytes);
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
  const auto resumed = Episode::Resume(game, Everything(RootPolicy::kPuct),
                                       "tesuji-episode-2\n" + std::string(lengths) + deep);
  ASSERT_FALSE(resumed.has_value());
  EXPECT_THAT(resumed.error().message, HasSubstr("damaged"));
}

TEST(Episode, ResumeRefusesOtherSettingsAndEnvironments) {
  const NoughtsEnvironment game;
  EpisodeOptions options = Everything(RootPolicy::kPuct);
  const std::string bytes = StartEpisode(game, options, 3)->Serialise();
  options.full.cpuct = 2;
  const auto other_settings = Episode::Resume(game, options, bytes);
  ASSERT_FALSE(other_settings.has_value());
  EXPECT_THAT(other_settings.error().message, HasSubstr("other search settings"));
  const TableEnvironment table({{"root", End(0)}});
  const auto other_game = Episode::Resume(table, Everything(RootPolicy::kPuct), bytes);
  ASSERT_FALSE(other_game.has_value());
  EXPECT_THAT(other_game.error().message, HasSubstr("belongs to environment noughts"));
}

TEST(Episode, StartRefusesSettingsThatMakeNoSense) {
  const NoughtsEnvironment game;
  EpisodeOptions options;
  options.full.simulations = 0;
  const auto episode = Episode::Start(game, options, {}, {}, RandomStream(1));
  ASSERT_FALSE(episode.has_value());
  EXPECT_THAT(episode.error().message, HasSubstr("simulations = 0: expected at least 1"));
}

TEST(Episode, EqualSeedsGiveEqualTrajectoriesAndOthersDiffer) {
  const NoughtsEnvironment game;
  HashEvaluator evaluator;
  const EpisodeOptions options = Everything(RootPolicy::kPuct);
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
  for (RootPolicy root : {RootPolicy::kPuct, RootPolicy::kGumbel}) {
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
  EpisodeOptions options = Everything(RootPolicy::kPuct);
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
  EpisodeOptions options = Everything(RootPolicy::kPuct);
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
  EpisodeOptions options = Everything(RootPolicy::kGumbel);
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
  auto resumed = Episode::Resume(game, options, episode->Serialise());
  ASSERT_TRUE(resumed.has_value());
  ASSERT_EQ((*resumed)->phase(), EpisodePhase::kAwaitsJudge);
  env::Judgement judgement;
  judgement.verdict = env::Verdict::kWrongAnswer;
  judgement.value = -0.5F;
  judgement.evidence = {{"test", 3}};
  (*resumed)->SetJudgement(judgement);
  const env::Trajectory trajectory = (*resumed)->TakeTrajectory();
  EXPECT_EQ(trajectory.outcome.value, -0.5F);
  EXPECT_EQ(trajectory.outcome.termination, "judged:WA");
  EXPECT_EQ(trajectory.evidence, judgement.evidence);
}

// The network changes during the third move's search and back again later: each hash is listed
// once, in order of first use, and every step names the network that finished it.
TEST(Episode, EachStepNamesTheCheckpointThatChoseIt) {
  const NoughtsEnvironment game;
  HashEvaluator old_network("old");
  HashEvaluator new_network("new");
  EpisodeOptions options = Everything(RootPolicy::kPuct);
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
  EpisodeOptions options = Everything(RootPolicy::kGumbel);
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
  const auto episode = StartEpisode(game, Everything(RootPolicy::kPuct), 1);
  while (episode->phase() == EpisodePhase::kSearching) Step(episode.get(), &evaluator);
  EXPECT_EQ(episode->evaluations(), evaluator.count);
  EXPECT_EQ(episode->TakeTrajectory().timing.evaluations, evaluator.count);
}

}  // namespace
}  // namespace tesuji::search
