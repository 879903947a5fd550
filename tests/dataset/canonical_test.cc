// Identities of episodes and positions under symmetries; MinHash.
#include "dataset/curate/canonical.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cli/families.h"
#include "core/random.h"
#include "dataset/curate/minhash.h"
#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

class Canonical : public testing::Test {
 protected:
  std::unique_ptr<const env::Environment> Make(const std::string& id, const Json& parameters) {
    return registry_.Make(id, parameters).value();
  }
  static CanonicalEpisode Of(const env::Environment& environment,
                             const env::Trajectory& trajectory) {
    return Canonicalise(environment, trajectory, 4, nullptr).value();
  }
  env::Registry registry_ = env::BuiltInEnvironments();
};

TEST_F(Canonical, AllImagesOfAnEpisodeHaveItsKeys) {
  for (const auto& [id, parameters, images] :
       {std::tuple("go", Json{{"size", 5}}, 8U),
        std::tuple("go", Json{{"width", 4}, {"height", 3}}, 4U),
        std::tuple("tictactoe", Json::object(), 8U), std::tuple("connect4", Json::object(), 2U),
        std::tuple("mnk", Json{{"width", 5}, {"height", 5}, {"line", 4}}, 8U)}) {
    const auto environment = Make(id, parameters);
    ASSERT_EQ(environment->spec().symmetries.size(), images) << id;
    for (std::uint64_t episode = 0; episode < 20; ++episode) {
      const auto game = RandomEpisode(*environment, {.seed = 5, .episode = episode});
      const auto original = Of(*environment, game);
      EXPECT_EQ(original.positions.size(), game.steps.size());
      for (std::size_t g = 1; g < images; ++g) {
        const auto image =
            Of(*environment,
               WithActions(*environment, game, Image(*environment, g, ActionsOfSteps(game))));
        EXPECT_EQ(image.key, original.key) << id << " image " << g;
        EXPECT_EQ(image.opening, original.opening);
        EXPECT_EQ(image.actions, original.actions);
        EXPECT_EQ(image.positions, original.positions);
      }
    }
  }
}

TEST_F(Canonical, DifferentGamesHaveDifferentKeys) {
  const auto environment = Make("go", {{"size", 5}});
  std::set<Key128> keys;
  for (std::uint64_t episode = 0; episode < 300; ++episode) {
    keys.insert(Of(*environment, RandomEpisode(*environment, {.episode = episode})).key);
  }
  EXPECT_EQ(keys.size(), 300U);
}

TEST_F(Canonical, RulesTaskAndHandicapArePartOfTheKey) {
  const auto base = Make("go", {{"size", 9}, {"komi", 7.0}});
  const auto game = RandomEpisode(*base, {.max_moves = 20});
  const auto key = Of(*base, game).key;

  auto other_komi = game;
  other_komi.task.parameters["komi"] = 6.5;
  EXPECT_NE(Of(*base, other_komi).key, key);
  EXPECT_NE(Of(*base, other_komi).positions, Of(*base, game).positions);

  const auto other_ko = Make("go", {{"size", 9}, {"komi", 7.0}, {"ko", "simple"}});
  EXPECT_NE(Of(*other_ko, game).key, key);

  // What only decides how tasks are drawn is no part of it.
  const auto other_draw = Make("go", {{"size", 9}, {"komi", 5.0}, {"komi_jitter", 2}});
  EXPECT_EQ(Of(*other_draw, game).key, key);
}

TEST_F(Canonical, SymmetriesThatMoveTheStartDoNotCount) {
  const auto environment = Make("go", {{"size", 9}, {"handicap", 2}});
  const auto state = environment->NewState(RandomEpisode(*environment, {}).task).value();
  // Stones on two opposite corners: the identity, the half turn and both diagonals keep them.
  EXPECT_EQ(StartSymmetries(*environment, *state).size(), 4U);
  env::Task task{.id = "go", .parameters = {{"komi", 7.5}, {"black", {"C4"}}, {"white", {"D7"}}}};
  EXPECT_EQ(StartSymmetries(*environment, *environment->NewState(task).value()).size(), 1U);
}

TEST_F(Canonical, IllegalActionsAreRefused) {
  const auto environment = Make("tictactoe", Json::object());
  auto game = RandomEpisode(*environment, {});
  game.steps[1].action = game.steps[0].action;
  const auto result = Canonicalise(*environment, game, 4, nullptr);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("step 1"), std::string::npos) << result.error().message;
}

TEST_F(Canonical, ChanceIsReplayedToo) {
  const auto environment = Make("2048", {{"move_limit", 30}});
  for (std::uint64_t episode = 0; episode < 5; ++episode) {
    const auto game = RandomEpisode(*environment, {.episode = episode});
    EXPECT_EQ(Of(*environment, game).positions.size(), game.steps.size());
  }
}

TEST(MinHash, WordsAreLowerCaseRunsAndSigns) {
  EXPECT_EQ(TextWords("For  (i)\n"), TextWords("for(I)"));
  EXPECT_EQ(TextWords("for(i)").size(), 4U);
  EXPECT_NE(TextWords("a b"), TextWords("b a"));
  EXPECT_TRUE(TextWords(" \n\t").empty());
}

TEST(MinHash, JaccardIsThatOfSets) {
  RandomStream random(7);
  for (int round = 0; round < 200; ++round) {
    std::set<std::uint64_t> a;
    std::set<std::uint64_t> b;
    for (int i = 0; i < 30; ++i) {
      a.insert(random.Below(40));
      b.insert(random.Below(40));
    }
    std::vector<std::uint64_t> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    const double expected =
        static_cast<double>(both.size()) / static_cast<double>(a.size() + b.size() - both.size());
    const std::vector<std::uint64_t> va(a.begin(), a.end());
    const std::vector<std::uint64_t> vb(b.begin(), b.end());
    EXPECT_DOUBLE_EQ(Jaccard(va, vb), expected);
  }
}

TEST(MinHash, CandidatesComeWithTheProbabilityOfTheTheory) {
  // Two sets of 100 with 90 in common: J = 90 / 110. One band of four rows meets with J^4.
  RandomStream random(9);
  int met = 0;
  constexpr int kRounds = 4000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::uint64_t> a;
    for (int i = 0; i < 90; ++i) a.push_back(random());
    auto b = a;
    for (int i = 0; i < 10; ++i) {
      a.push_back(random());
      b.push_back(random());
    }
    std::ranges::sort(a);
    std::ranges::sort(b);
    met += BandKeys(a, 1, 4) == BandKeys(b, 1, 4) ? 1 : 0;
  }
  const double expected = std::pow(90.0 / 110.0, 4);
  EXPECT_NEAR(static_cast<double>(met) / kRounds, expected, 0.03);
}

}  // namespace
}  // namespace tesuji::dataset
