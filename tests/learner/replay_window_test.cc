#include "learner/replay_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <map>
#include <thread>

#include "cli/families.h"
#include "env/tictactoe/tictactoe.h"
#include "learner/compact_episode.h"
#include "tests/learner/fixtures.h"

namespace tesuji::learner {
namespace {

using ::testing::HasSubstr;
using testing::MakeDigits;
using testing::MakeSmallGo;
using ::testing::Pair;
using testing::RandomGame;

/// A game of digits; every step a target with all its weight on the action played.
env::Trajectory DigitsGame(const std::vector<env::Action>& actions) {
  env::Trajectory game;
  for (const env::Action action : actions) {
    env::Step step;
    step.action = action;
    step.is_target = true;
    step.policy = {{action, 1.0F}};
    game.steps.push_back(step);
  }
  testing::CompleteGame(*MakeDigits(), &game);
  return game;
}

/// The step is played, but not taught.
void Forget(env::Step* step) {
  step->is_target = false;
  step->policy.clear();
}

std::string Complaint(const env::Environment& environment, const env::Trajectory& game) {
  ReplayWindow window(environment, {});
  const Status added = window.Add(game);
  EXPECT_EQ(window.rejected(), added ? 0 : 1);
  EXPECT_EQ(window.rows() > 0, added.has_value());
  return added ? "added" : added.error().message;
}

TEST(ReplayWindow, RefusesWhatDoesNotReplay) {
  const auto go = MakeSmallGo();
  const env::Trajectory good = RandomGame(*go, 1);
  EXPECT_EQ(Complaint(*go, good), "added");
  const auto bad = [&](const auto& change) {
    env::Trajectory game = good;
    change(&game);
    return Complaint(*go, game);
  };
  // What is sound is api/replay's to say; its own tests go through all of it.
  EXPECT_THAT(bad([](env::Trajectory* t) { t->steps[1].action = t->steps[0].action; }),
              HasSubstr("step 1: action"));
  EXPECT_THAT(bad([](env::Trajectory* t) { t->steps[3].policy.clear(); }), HasSubstr("sums to 0"));
  EXPECT_THAT(bad([](env::Trajectory* t) { t->outcome.value *= -1; }), HasSubstr("the rules give"));
  EXPECT_THAT(bad([](env::Trajectory* t) { t->outcome.ownership.pop_back(); }),
              HasSubstr("ownership differs"));
  EXPECT_THAT(bad([](env::Trajectory* t) { t->provenance.environment_version = 99; }),
              HasSubstr("version is 99"));
  EXPECT_THAT(bad([](env::Trajectory* t) { t->steps.resize(6); }), HasSubstr("steps end before"));
}

TEST(ReplayWindow, KeepsTheNewestByAPowerLaw) {
  const auto digits = MakeDigits();
  ReplayWindow window(*digits, {.minimum_rows = 40, .exponent = 0.5, .scale = 0.5});
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(window.Add(DigitsGame({0, 1, 2, 0})).has_value());
  }
  EXPECT_EQ(window.rows(), 40) << "nothing falls out below the minimum";
  for (int i = 0; i < 80; ++i) ASSERT_TRUE(window.Add(DigitsGame({1, 2, 0, 1})).has_value());
  EXPECT_EQ(window.rows_made(), 360);
  // 40 * (1 + 0.5 * (sqrt(360 / 40) - 1) / 0.5) = 120.
  EXPECT_EQ(window.rows(), 120);
  EXPECT_EQ(window.episodes(), 30);
  RandomStream random(1);
  env::TrainingBatch batch;
  window.Sample(200, &random, &batch);
  for (const float value : batch.value) EXPECT_EQ(value, -1) << "the old games are gone";
}

TEST(ReplayWindow, NeverGrowsPastItsMaximum) {
  const auto digits = MakeDigits();
  ReplayWindow window(*digits, {.minimum_rows = 1000, .maximum_rows = 8});
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(window.Add(DigitsGame({0, 1, 2, 0})).has_value());
  }
  EXPECT_EQ(window.rows(), 8);
}

// Computed by hand, from the end: 1, then half of the way to the value of each later search.
TEST(ReplayWindow, AveragesTheValuesOfLaterSearchesOverItsHorizon) {
  const auto digits = MakeDigits();
  env::Trajectory game = DigitsGame({0, 1, 2, 0});
  game.steps[1].visits = 10;
  game.steps[1].root_value = -1;
  game.steps[2].root_value = -0.5F;  // Of no search: it had no visits.
  game.steps[3].visits = 10;
  game.steps[3].root_value = 0;
  const auto values = [&](double horizon) {
    ReplayWindow window(*digits, {.value_horizon = horizon});
    EXPECT_TRUE(window.Add(game).has_value());
    std::map<int, float> by_digits;
    RandomStream random(1);
    env::TrainingBatch batch;
    window.Sample(100, &random, &batch);
    for (std::size_t row = 0; row < 100; ++row) {
      int there = 0;
      for (std::size_t i = 0; i < 12; ++i) there += batch.observations[row * 12 + i] > 0;
      by_digits[there] = batch.value[row];
    }
    return by_digits;
  };
  EXPECT_THAT(values(0), ::testing::ElementsAre(Pair(0, 1), Pair(1, 1), Pair(2, 1), Pair(3, 1)));
  EXPECT_THAT(values(2),
              ::testing::ElementsAre(Pair(0, -0.25F), Pair(1, 0.5F), Pair(2, 0.5F), Pair(3, 1)));
  EXPECT_THAT(values(0.1), values(1));

  game.steps[1].root_value = 1.5F;
  EXPECT_THAT(Complaint(*digits, game), HasSubstr("step 1: root value 1.5 is outside"));
}

TEST(ReplayWindow, SamplesInProportionToWeights) {
  const auto digits = MakeDigits();
  ReplayWindow window(*digits, {});
  env::Trajectory game = DigitsGame({0, 1, 2, 0});
  game.steps[0].weight = 1;
  game.steps[1].weight = 0;  // No row.
  game.steps[2].weight = 3;
  Forget(&game.steps[3]);
  ASSERT_TRUE(window.Add(game).has_value());
  env::Trajectory other = DigitsGame({1, 2, 0, 1});
  for (std::size_t i = 1; i < 4; ++i) Forget(&other.steps[i]);
  other.steps[0].weight = 4;
  ASSERT_TRUE(window.Add(other).has_value());
  EXPECT_EQ(window.rows(), 3);

  RandomStream random(1);
  env::TrainingBatch batch;
  constexpr int kRows = 8000;
  window.Sample(kRows, &random, &batch);
  std::map<std::pair<float, int>, int> counts;  // By value and digits on the board.
  for (std::size_t row = 0; row < kRows; ++row) {
    int digits_there = 0;
    for (std::size_t i = 0; i < 12; ++i) digits_there += batch.observations[row * 12 + i] > 0;
    ++counts[{batch.value[row], digits_there}];
  }
  ASSERT_EQ(counts.size(), 3U);
  // Five standard deviations of a binomial of 8000 are below 225.
  EXPECT_NEAR((counts[{1.0F, 0}]), kRows / 8, 225);
  EXPECT_NEAR((counts[{1.0F, 2}]), kRows * 3 / 8, 225);
  EXPECT_NEAR((counts[{-1.0F, 0}]), kRows / 2, 225);
}

/// Every row of a batch from one game must be one of the game's positions under one of the
/// symmetries, with everything else turned the same way. Returns how often each symmetry matched.
std::vector<int> MatchRows(const env::Environment& environment, const env::Trajectory& game,
                           const env::TrainingBatch& batch) {
  const env::Spec& spec = environment.spec();
  const auto cells = static_cast<std::size_t>(spec.observation.cells());
  const auto size = static_cast<std::size_t>(spec.observation.size());
  const auto actions = static_cast<std::size_t>(spec.action_count);
  std::vector<std::unique_ptr<env::State>> states;
  states.push_back(std::move(environment.NewState(game.task).value()));
  for (const env::Step& step : game.steps) {
    states.push_back(states.back()->Clone());
    states.back()->Apply(step.action);
  }
  std::vector<int> matches(spec.symmetries.size() + 1);
  for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows); ++row) {
    bool matched = false;
    for (std::size_t step = 0; step < game.steps.size() && !matched; ++step) {
      for (std::size_t s = 0; s < spec.symmetries.size() && !matched; ++s) {
        const env::Symmetry& symmetry = spec.symmetries[s];
        const env::State& state = *states[step];
        const float view = state.to_play() == env::Player::kSecond ? -1.0F : 1.0F;
        std::vector<float> plain(size);
        state.Encode(plain);
        bool same = batch.value[row] == view * game.outcome.value &&
                    batch.score[row] == view * game.outcome.score;
        for (std::size_t i = 0; i < size && same; ++i) {
          const auto to = i / cells * cells + static_cast<std::size_t>(symmetry.cells[i % cells]);
          same = batch.observations[row * size + to] == plain[i];
        }
        std::vector<env::Action> legal;
        state.LegalActions(&legal);
        std::vector<float> is_legal(actions);
        for (const env::Action action : legal) is_legal[static_cast<std::size_t>(action)] = 1;
        std::vector<float> policy(actions);
        for (const env::PolicyEntry& entry : game.steps[step].policy) {
          policy[static_cast<std::size_t>(entry.action)] = entry.probability;
        }
        for (std::size_t a = 0; a < actions && same; ++a) {
          const auto to = row * actions + static_cast<std::size_t>(symmetry.actions[a]);
          same = batch.legal[to] == is_legal[a] && std::abs(batch.policy[to] - policy[a]) < 1e-5;
        }
        for (std::size_t c = 0; c < cells && same && spec.has_ownership; ++c) {
          const auto to = row * cells + static_cast<std::size_t>(symmetry.cells[c]);
          same = batch.ownership[to] == view * game.outcome.ownership[c];
        }
        if (same) {
          ++matches[s];
          matched = true;
        }
      }
    }
    matches.back() += !matched;
  }
  return matches;
}

TEST(ReplayWindow, TurnsEverythingTheSameWay) {
  const auto go = MakeSmallGo();
  const env::Trajectory game = RandomGame(*go, 5);
  ReplayWindow window(*go, {});
  ASSERT_TRUE(window.Add(game).has_value());
  RandomStream random(1);
  env::TrainingBatch batch;
  window.Sample(400, &random, &batch);
  EXPECT_EQ(batch.rows, 400);
  const std::vector<int> matches = MatchRows(*go, game, batch);
  EXPECT_EQ(matches.back(), 0) << "rows that are no turned position of the game";
  for (std::size_t s = 0; s < 8; ++s) EXPECT_GT(matches[s], 20) << "symmetry " << s;
  for (const float known : batch.ownership_known) EXPECT_EQ(known, 1);
  for (const float known : batch.score_known) EXPECT_EQ(known, 1);
}

// From keyframes and from the beginning are the same positions.
TEST(CompactEpisode, FindsEveryPositionOfALongEpisode) {
  const auto go = std::move(env::BuiltInEnvironments().Make("go", {{"size", 9}}).value());
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const env::Trajectory game = RandomGame(*go, seed);
    const auto episode = MakeCompactEpisode(*go, game, 0);
    ASSERT_TRUE(episode) << episode.error().message;
    ASSERT_GT(game.steps.size(), CompactEpisode::kKeyframeSteps);
    EXPECT_EQ(episode->keyframes.size(), episode->actions.size() / CompactEpisode::kKeyframeSteps);
    const auto state = std::move(go->NewState(game.task).value());
    for (std::size_t i = 0; i <= episode->actions.size(); ++i) {
      const auto found = episode->StateBefore(*go, i);
      ASSERT_EQ(found->Fingerprint(), state->Fingerprint()) << "before step " << i;
      ASSERT_EQ(found->ToText(), state->ToText());
      state->Apply(game.steps[i].action);
    }
  }
}

TEST(ReplayWindow, SamplesTheSameFromTheSameStream) {
  const auto environment = env::MakeTicTacToe();
  ReplayWindow window(*environment, {});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ASSERT_TRUE(window.Add(RandomGame(*environment, seed)).has_value());
  }
  env::TrainingBatch a;
  env::TrainingBatch b;
  RandomStream first(3);
  RandomStream second(3);
  window.Sample(64, &first, &a);
  window.Sample(64, &second, &b);
  EXPECT_EQ(a.observations, b.observations);
  EXPECT_EQ(a.policy, b.policy);
  window.Sample(64, &second, &b);
  EXPECT_NE(a.observations, b.observations);
}

TEST(ReplayWindow, IsFilledWhileItIsRead) {
  const auto environment = env::MakeTicTacToe();
  ReplayWindow window(*environment, {.minimum_rows = 50, .maximum_rows = 100});
  ASSERT_TRUE(window.Add(RandomGame(*environment, 0)).has_value());
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::uint64_t seed = 1; seed < 300; ++seed) {
      EXPECT_TRUE(window.Add(RandomGame(*environment, seed)).has_value());
    }
    done = true;
  });
  RandomStream random(1);
  env::TrainingBatch batch;
  while (!done) {
    window.Sample(32, &random, &batch);
    for (std::size_t row = 0; row < 32; ++row) {
      float sum = 0;
      for (std::size_t a = 0; a < 9; ++a) sum += batch.policy[row * 9 + a];
      ASSERT_NEAR(sum, 1, 1e-4);
    }
    EXPECT_GE(window.rows(), 5);
  }
  writer.join();
  EXPECT_LE(window.rows(), 110);
}

}  // namespace
}  // namespace tesuji::learner
