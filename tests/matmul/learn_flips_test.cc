// A policy over flips does what its numbers say, is part of a walk's record, and can be learned.
#include "env/matmul/learn_flips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "env/matmul/flip_graph.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/trajectories.h"
#include "tests/matmul/quick_discovery.h"

namespace tesuji::env::matmul {
namespace {

using ::testing::HasSubstr;

TEST(FlipPolicy, HalvesTheChanceEverySixteenOfCost) {
  const FlipPolicy policy{.ones = 5, .pairs = -3};
  for (int ones = -4; ones <= 20; ++ones) {
    for (int pairs = -4; pairs <= 4; ++pairs) {
      int accepted = 0;
      for (std::uint32_t random = 0; random < 65536; ++random) {
        accepted += policy.Accepts(ones, pairs, random) ? 1 : 0;
      }
      const double expected = std::min(1.0, std::exp2((-5 * ones + 3 * pairs) / 16.0));
      EXPECT_NEAR(accepted / 65536.0, expected, 1.5 / 65536) << ones << " " << pairs;
    }
  }
}

template <class Graph>
int Ones(const Graph& graph) {
  int ones = 0;
  for (const Term& term : graph.ToScheme().terms) {
    for (const FactorBits& factor : term) {
      ones += std::popcount(factor.plus) + std::popcount(factor.minus);
    }
  }
  return ones;
}

// The strictest policies: what they price never grows, whatever else a flip does.
template <class Ring>
void NeverGrows() {
  using Graph = FlipGraph<Ring>;
  Graph start(StandardScheme({3, 3, 3}, Ring::kRing));
  RandomStream random(4);
  for (int flip = 0; flip < 200; ++flip) start.FlipRandom(random());
  Graph sparse = start;
  Graph connected = start;
  int declined = 0;
  int ones = Ones(sparse);
  std::uint32_t pairs = connected.pair_count();
  for (int flip = 0; flip < 3000 && sparse.pair_count() > 0; ++flip) {
    const auto step = sparse.FlipRandom(random(), {.ones = FlipPolicy::kMost, .pairs = 0});
    declined += step == Graph::Step::kDeclined ? 1 : 0;
    // A reduction may merge factors into fuller ones.
    if (step != Graph::Step::kReduced) {
      ASSERT_LE(Ones(sparse), ones);
    }
    ones = Ones(sparse);
  }
  EXPECT_GT(declined, 100);
  EXPECT_TRUE(CheckScheme(sparse.ToScheme()).has_value());
  for (int flip = 0; flip < 3000 && connected.pair_count() > 0; ++flip) {
    const auto step = connected.FlipRandom(random(), {.ones = 0, .pairs = -FlipPolicy::kMost});
    if (step != Graph::Step::kReduced) {
      ASSERT_GE(connected.pair_count(), pairs);
    }
    pairs = connected.pair_count();
  }
  EXPECT_TRUE(CheckScheme(connected.ToScheme()).has_value());
}

TEST(FlipPolicy, DeclinesWhatItPricesOverZ2) { NeverGrows<Z2Ring>(); }
TEST(FlipPolicy, DeclinesWhatItPricesOverTheIntegers) { NeverGrows<TernaryRing>(); }

TEST(FlipPolicy, IsPartOfTheRecord) {
  auto options = Quick({3, 3, 3}, 23);
  options.policy = {.ones = -2, .pairs = 1};
  const auto found = Discoveries(options);
  ASSERT_FALSE(found.empty());
  for (const Discovery& discovery : found) {
    const auto status = VerifyDiscovery(discovery);
    EXPECT_TRUE(status.has_value()) << status.error().message;
  }
  const auto environment =
      MatmulEnvironment::FromParameters({{"format", "3x3x3"}, {"ring", "Z2"}}).value();
  const auto trajectory = ToTrajectory(*environment, found.back(), 5, 17);
  ASSERT_TRUE(trajectory.has_value()) << trajectory.error().message;
  Task task = trajectory->task;
  task.parameters = Json::parse(task.parameters.dump());
  EXPECT_EQ((*environment->NewState(task))->Artifact(), trajectory->artifact);
  task.parameters["walk"].erase("policy");
  const auto other = environment->NewState(task);
  EXPECT_TRUE(!other.has_value() || (*other)->Artifact() != trajectory->artifact);
  task.parameters["walk"]["policy"] = {{"ones", 1000}, {"pairs", 0}};
  EXPECT_THAT(environment->NewState(task).error().message,
              HasSubstr("walk: policy: walk: ones: expected an integer of -256 to 256"));
}

LearnFlipsOptions Small() {
  LearnFlipsOptions options;
  options.format = {2, 2, 3};
  options.target_rank = 11;
  options.population = 8;
  options.elite = 3;
  options.generations = 3;
  options.walks = 6;
  options.walk_flips = 200'000;
  return options;
}

TEST(LearnFlips, IsTheSameWithAnyNumberOfWorkers) {
  auto options = Small();
  options.workers = 1;
  const Json alone = FlipPolicyToJson(options, LearnFlips(options, {}).value());
  options.workers = 4;
  EXPECT_EQ(alone, FlipPolicyToJson(options, LearnFlips(options, {}).value()));
  EXPECT_EQ(alone["learned"]["generations"].size(), 3U);
}

// On walks it has not seen: from a policy that keeps walks among sparse schemes to a better one.
TEST(LearnFlips, LeavesAPolicyThatNeedsManyFlips) {
  LearnFlipsOptions options = Small();
  options.format = {3, 3, 3};
  options.target_rank = 23;
  options.first = {.ones = 6, .pairs = 0};
  options.walks = 8;
  options.walk_flips = 400'000;
  const FlipPolicy learned = LearnFlips(options, {}).value().policy;
  const auto flips = [&](const FlipPolicy& policy) {
    double sum = 0;
    for (std::uint64_t walk = 0; walk < 30; ++walk) {
      const WalkOptions walking{.flips = 800'000,
                                .plus_after = 2'000,
                                .band = 4,
                                .target_rank = options.target_rank,
                                .policy = policy};
      const Scheme start = StandardScheme(options.format, options.ring);
      sum += static_cast<double>(Walk(start, walking, RandomStream({99, walk})).flips);
    }
    return sum;
  };
  EXPECT_LT(flips(learned), 0.5 * flips(options.first)) << learned.ones << " " << learned.pairs;
}

TEST(LearnFlips, ComparesTheSameSeedsBothWays) {
  auto options = Quick({3, 3, 3}, 23);
  options.workers = 1;  // With more, walks behind the winner's are cut at a random moment.
  int done = 0;
  const auto compared = CompareFlips(options, 3, {}, [&](int now) { done = now; }).value();
  EXPECT_EQ(done, 3);
  ASSERT_EQ(compared.uniform.size(), 3U);
  ASSERT_EQ(compared.learned.size(), 3U);
  // The uniform policy against itself: the same walks.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(compared.uniform[i].flips, compared.learned[i].flips);
  const auto other = CompareFlips(options, 3, {.ones = -3, .pairs = 0}, {}).value();
  EXPECT_NE(other.learned[0].flips, other.uniform[0].flips);
  EXPECT_EQ(other.uniform[0].flips, compared.uniform[0].flips);
}

TEST(LearnFlips, RefusesWhatMakesNoSense) {
  auto options = Small();
  options.target_rank = 12;
  EXPECT_THAT(LearnFlips(options, {}).error().message, HasSubstr("target = 12"));
  options = Small();
  options.elite = 9;
  EXPECT_THAT(LearnFlips(options, {}).error().message, HasSubstr("elite = 9"));
}

TEST(FlipPolicyFile, ComesBackOrSaysWhatIsWrong) {
  const LearnFlipsOptions options;
  Json json = FlipPolicyToJson(options, {.policy = {.ones = -3, .pairs = 2}, .generations = {}});
  EXPECT_EQ(FlipPolicyFromJson(json).value(), (FlipPolicy{.ones = -3, .pairs = 2}));
  json["ones"] = 1e9;
  EXPECT_THAT(FlipPolicyFromJson(json).error().message, HasSubstr("ones: expected an integer"));
  json["version"] = 2;
  EXPECT_THAT(FlipPolicyFromJson(json).error().message, HasSubstr("expected a flip policy"));
  EXPECT_FALSE(FlipPolicyFromJson(Json::array()).has_value());
}

}  // namespace
}  // namespace tesuji::env::matmul
