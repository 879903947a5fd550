// Schemes with a cyclic symmetry: every move keeps the product and the symmetry.
#include <gtest/gtest.h>

#include "core/random.h"
#include "env/matmul/discover.h"
#include "env/matmul/flip_graph.h"
#include "env/matmul/orbits.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/trajectories.h"
#include "env/matmul/walk.h"
#include "tests/matmul/known_schemes.h"
#include "tests/matmul/quick_discovery.h"

namespace tesuji::env::matmul {
namespace {

Format Square(int side) { return {.n = side, .m = side, .p = side}; }

Orbits StandardOrbits(int side, Ring ring) { return *ToOrbits(StandardScheme(Square(side), ring)); }

void ExpectMultiplies(const Scheme& scheme) {
  const auto status = CheckScheme(scheme);
  ASSERT_TRUE(status.has_value()) << status.error().message;
}

TEST(Orbits, OfTheStandardSchemeAreItsDiagonalAndTriples) {
  for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
    for (int side = 2; side <= 5; ++side) {
      const Orbits orbits = StandardOrbits(side, ring);
      EXPECT_EQ(orbits.cubes.size(), side);
      EXPECT_EQ(orbits.representatives.size(), (side * side * side - side) / 3);
      Scheme again = FromOrbits(orbits);
      Scheme standard = StandardScheme(Square(side), ring);
      Canonicalise(&again);
      Canonicalise(&standard);
      EXPECT_EQ(again, standard);
    }
  }
}

// An oracle from the literature: Strassen's scheme has this symmetry.
TEST(Orbits, OfStrassensSchemeAreACubeAndTwoTriples) {
  for (const Scheme& scheme : {Strassen(), Modulo2(Strassen())}) {
    const auto orbits = ToOrbits(scheme);
    ASSERT_TRUE(orbits.has_value());
    EXPECT_EQ(orbits->cubes.size(), 1);
    EXPECT_EQ(orbits->representatives.size(), 2);
    ExpectMultiplies(FromOrbits(*orbits));
  }
}

TEST(Orbits, AreRefusedWhereTheSymmetryIsBroken) {
  EXPECT_FALSE(ToOrbits(StandardScheme({.n = 2, .m = 2, .p = 3}, Ring::kZ2)).has_value());
  Scheme scheme = StandardScheme(Square(3), Ring::kZ2);
  scheme.terms.erase(scheme.terms.begin() + 1);
  EXPECT_FALSE(ToOrbits(scheme).has_value());
  EXPECT_FALSE(MayWalkCyclic(scheme));
}

TEST(Orbits, SignsThatCancelDoNotMatter) {
  Scheme scheme = StandardScheme(Square(2), Ring::kTernary);
  for (Term& term : scheme.terms) {
    for (const int side : {0, 2}) std::swap(term[side].plus, term[side].minus);
  }
  const auto orbits = ToOrbits(scheme);
  ASSERT_TRUE(orbits.has_value());
  EXPECT_EQ(orbits->cubes.size(), 2);
  ExpectMultiplies(FromOrbits(*orbits));
}

TEST(JoinCubes, KeepsTheProductWithFewerCubes) {
  RandomStream random(4);
  for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
    for (int side = 2; side <= 5; ++side) {
      for (int cubes = 1; cubes <= side; ++cubes) {
        const Orbits joined = JoinCubes(StandardOrbits(side, ring), cubes, &random);
        EXPECT_EQ(joined.cubes.size(), cubes);
        EXPECT_EQ(joined.rank(), side * side * side + 2 * (side - cubes));
        ExpectMultiplies(FromOrbits(joined));
      }
    }
  }
}

template <class R>
class CyclicEveryRing : public testing::Test {
 protected:
  using Graph = FlipGraph<R, true>;
  // The pairs by definition.
  static std::uint32_t CountPairs(const Graph& graph) {
    std::uint32_t pairs = 0;
    for (int i = 0; i < 3 * graph.terms(); ++i) {
      for (int j = 0; j < i; ++j) {
        pairs += graph.word(i % 3, i / 3) == graph.word(j % 3, j / 3) ? 1 : 0;
      }
    }
    return pairs;
  }
  static void ExpectSound(const Graph& graph) {
    ASSERT_EQ(graph.pair_count(), CountPairs(graph));
    const Scheme scheme = graph.ToScheme();
    ASSERT_EQ(scheme.rank(), graph.rank());
    ExpectMultiplies(scheme);
  }
};

using Rings = testing::Types<Z2Ring, TernaryRing>;
TYPED_TEST_SUITE(CyclicEveryRing, Rings);

TYPED_TEST(CyclicEveryRing, FlipsKeepTheProductAndTheIndex) {
  for (const auto& [side, cubes] : {std::pair{2, 2}, {3, 2}, {3, 3}, {4, 1}, {5, 1}, {5, 4}}) {
    RandomStream random(3);
    FlipGraph<TypeParam, true> graph(
        JoinCubes(StandardOrbits(side, TypeParam::kRing), cubes, &random));
    for (int flip = 0; flip < 3000 && graph.pair_count() > 0; ++flip) {
      const int before = graph.rank();
      const auto step = graph.FlipRandom(random());
      using Step = typename FlipGraph<TypeParam, true>::Step;
      ASSERT_EQ(step == Step::kReduced, graph.rank() < before);
      if (flip % 100 == 0 || step == Step::kReduced) this->ExpectSound(graph);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(CyclicEveryRing, PlusTransitionsKeepTheProductAndTheIndex) {
  RandomStream random(5);
  FlipGraph<TypeParam, true> graph(StandardOrbits(3, TypeParam::kRing));
  int made = 0;
  for (int attempt = 0; attempt < 2000; ++attempt) {
    for (int flip = 0; flip < 5 && graph.pair_count() > 0; ++flip) graph.FlipRandom(random());
    if (graph.terms() > 20) continue;
    const int before = graph.rank();
    if (!graph.TryPlus(&random)) continue;
    ++made;
    ASSERT_LE(graph.rank(), before + 3);
    this->ExpectSound(graph);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(made, 10);
}

TYPED_TEST(CyclicEveryRing, SnapshotsBringBackTheSameScheme) {
  RandomStream random(9);
  FlipGraph<TypeParam, true> graph(JoinCubes(StandardOrbits(4, TypeParam::kRing), 2, &random));
  for (int flip = 0; flip < 500; ++flip) graph.FlipRandom(random());
  const Scheme before = graph.ToScheme();
  typename FlipGraph<TypeParam, true>::Snapshot snapshot;
  graph.Save(&snapshot);
  EXPECT_EQ(snapshot.rank, before.rank());
  for (int flip = 0; flip < 500; ++flip) graph.FlipRandom(random());
  EXPECT_NE(graph.ToScheme(), before);
  graph.Load(snapshot);
  EXPECT_EQ(graph.ToScheme(), before);
  this->ExpectSound(graph);
}

TEST(CyclicFlipGraph, AnOrbitOfOneTermIsACubeModulo2) {
  Orbits orbits = StandardOrbits(2, Ring::kZ2);
  const FactorBits x = orbits.cubes.back();
  orbits.cubes.pop_back();
  orbits.representatives.push_back({x, x, x});
  const FlipGraph<Z2Ring, true> graph(orbits);
  EXPECT_EQ(graph.rank(), 8);
  ExpectMultiplies(graph.ToScheme());
  // Over the integers three times x⊗x⊗x is not x⊗x⊗x.
  Orbits integers = StandardOrbits(2, Ring::kTernary);
  integers.representatives.push_back({x, x, x});
  const FlipGraph<TernaryRing, true> unreduced(integers);
  EXPECT_EQ(unreduced.rank(), 8 + 3);
}

TEST(CyclicWalk, ReachesLadermansRankWithTwoCubes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    RandomStream random(seed);
    const Scheme start = FromOrbits(JoinCubes(StandardOrbits(3, Ring::kZ2), 2, &random));
    const auto walked = Walk(
        start, {.flips = 5'000'000, .plus_after = 5000, .target_rank = 23, .cyclic = true}, random);
    EXPECT_EQ(walked.scheme.rank(), 23) << seed;
    EXPECT_TRUE(ToOrbits(walked.scheme).has_value());
    ExpectMultiplies(walked.scheme);
  }
}

TEST(CyclicWalk, IsFoundAgainFromSeedAndNumberOfFlips) {
  for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
    RandomStream random(1);
    const Scheme start = FromOrbits(JoinCubes(StandardOrbits(4, ring), 1, &random));
    const WalkOptions options{.flips = 1'000'000, .plus_after = 2000, .band = 2, .cyclic = true};
    const auto walked = Walk(start, options, RandomStream(21));
    ASSERT_LT(walked.scheme.rank(), start.rank());
    EXPECT_EQ(Rewalk(start, options, RandomStream(21), walked.found_at), walked.scheme);
    EXPECT_NE(Rewalk(start, options, RandomStream(22), walked.found_at), walked.scheme);
  }
}

DiscoverOptions QuickCyclic(const Format& format, int target) {
  DiscoverOptions options = Quick(format, target);
  options.cyclic = true;
  options.patience = 3;
  return options;
}

TEST(DiscoverCyclic, RecordsCanBeWalkedAgainHoweverManyTermsTheyStartFrom) {
  // 5x5x5 starts from up to 133 terms, more than an agent may hold.
  for (const auto& [side, target] : {std::pair{3, 23}, {4, 49}, {5, 110}}) {
    const auto found = Discoveries(QuickCyclic(Square(side), target));
    ASSERT_FALSE(found.empty());
    EXPECT_LE(found.back().scheme.rank(), target);
    const auto environment =
        MatmulEnvironment::FromParameters({{"format", Square(side).ToText()}}).value();
    for (const Discovery& discovery : found) {
      const auto status = VerifyDiscovery(discovery);
      EXPECT_TRUE(status.has_value()) << status.error().message;
      const auto trajectory = ToTrajectory(*environment, discovery, 1, 1);
      EXPECT_TRUE(trajectory.has_value()) << trajectory.error().message;
    }
  }
}

TEST(DiscoverCyclic, IsChosenWhereItWasMeasuredToBeBetter) {
  EXPECT_TRUE(MeasuredOptions(Square(5), Ring::kZ2).cyclic);
  for (int side = 2; side <= 4; ++side) {
    EXPECT_FALSE(MeasuredOptions(Square(side), Ring::kZ2).cyclic) << side;
  }
  EXPECT_FALSE(MeasuredOptions({.n = 4, .m = 5, .p = 5}, Ring::kZ2).cyclic);
  EXPECT_TRUE(MeasuredOptions(Square(3), Ring::kZ2, true).cyclic);
  EXPECT_FALSE(MeasuredOptions(Square(5), Ring::kZ2, false).cyclic);
}

TEST(DiscoverCyclic, IsForSquareMatrices) {
  const Format format{.n = 4, .m = 4, .p = 5};
  EXPECT_EQ(DiscoverSchemes(QuickCyclic(format, 1), {}).error().message,
            "matmul: format 4x4x5: only square matrices have cyclic schemes");
}

TEST(CyclicTask, NeedsACyclicStart) {
  const auto environment = MatmulEnvironment::FromParameters({{"format", "2x2x2"}}).value();
  Json walk = {{"stream", {1U, 0U, 0U, 0U}}, {"flips", 100},  {"plus_after", 50}, {"band", 1},
               {"target_rank", 0},           {"cyclic", true}};
  Task task{.id = "t", .parameters = {{"walk", walk}}};
  EXPECT_TRUE(environment->NewState(task).has_value());
  // One flip of one pair of terms breaks the symmetry.
  FlipGraph<Z2Ring> graph(StandardScheme(Square(2), Ring::kZ2));
  graph.FlipRandom(0);
  task.parameters["start"] = SchemeToJson(graph.ToScheme());
  const auto broken = environment->NewState(task);
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().message, "matmul task: walk: cyclic: the start has no cyclic symmetry");
  task.parameters.erase("start");
  task.parameters["walk"]["cyclic"] = false;
  const auto refused = environment->NewState(task);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "matmul task: walk: cyclic: expected true");
}

}  // namespace
}  // namespace tesuji::env::matmul
