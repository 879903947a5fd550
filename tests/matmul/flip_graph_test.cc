// Every move of the walker keeps the scheme a scheme; the index of pairs is exact.
#include "env/matmul/flip_graph.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "env/matmul/tensor_check.h"
#include "env/matmul/walk.h"
#include "tests/matmul/known_schemes.h"

namespace tesuji::env::matmul {
namespace {

template <class R>
class EveryRing : public testing::Test {
 protected:
  // The pairs by definition.
  static std::uint32_t CountPairs(const FlipGraph<R>& graph) {
    std::uint32_t pairs = 0;
    for (int side = 0; side < 3; ++side) {
      for (int i = 0; i < graph.rank(); ++i) {
        for (int j = 0; j < i; ++j) pairs += graph.word(side, i) == graph.word(side, j) ? 1 : 0;
      }
    }
    return pairs;
  }
};

using Rings = testing::Types<Z2Ring, TernaryRing>;
TYPED_TEST_SUITE(EveryRing, Rings);

TYPED_TEST(EveryRing, FlipsKeepTheProductAndTheIndex) {
  for (const Format& format :
       {Format{2, 2, 2}, Format{3, 2, 4}, Format{3, 3, 3}, Format{5, 5, 5}}) {
    FlipGraph<TypeParam> graph(StandardScheme(format, TypeParam::kRing));
    RandomStream random(3);
    for (int flip = 0; flip < 2000 && graph.pair_count() > 0; ++flip) {
      graph.FlipRandom(random());
      if (flip % 100 != 0) continue;
      ASSERT_EQ(graph.pair_count(), this->CountPairs(graph)) << flip;
      const auto status = CheckScheme(graph.ToScheme());
      ASSERT_TRUE(status.has_value()) << status.error().message;
    }
  }
}

TYPED_TEST(EveryRing, PlusTransitionsKeepTheProductAndTheIndex) {
  FlipGraph<TypeParam> graph(StandardScheme({3, 3, 3}, TypeParam::kRing));
  RandomStream random(5);
  int made = 0;
  for (int attempt = 0; attempt < 3000; ++attempt) {
    for (int flip = 0; flip < 5 && graph.pair_count() > 0; ++flip) graph.FlipRandom(random());
    const auto i = static_cast<int>(random.Below(graph.rank()));
    const auto j = static_cast<int>(random.Below(graph.rank()));
    const auto x = static_cast<int>(random.Below(3));
    const int y = (x + 1 + static_cast<int>(random.Below(2))) % 3;
    if (i == j || graph.rank() > 60) continue;
    const int before = graph.rank();
    if (!graph.Plus({.side = x, .term = i}, {.side = x, .term = j}, y != (x + 1) % 3)) continue;
    ++made;
    ASSERT_LE(graph.rank(), before + 1);
    ASSERT_EQ(graph.pair_count(), this->CountPairs(graph));
    const auto status = CheckScheme(graph.ToScheme());
    ASSERT_TRUE(status.has_value()) << status.error().message;
  }
  EXPECT_GT(made, 20);
}

TYPED_TEST(EveryRing, ReductionsAreTakenAtOnce) {
  // A term split in two is one again.
  Scheme scheme = StandardScheme({2, 2, 2}, TypeParam::kRing);
  Term half = scheme.terms[0];
  half[2] = scheme.terms[7][2];
  Term rest = half;
  scheme.terms[0][2].plus |= half[2].plus;  // c11 + c22 …
  if (TypeParam::kSigned) std::swap(rest[2].plus, rest[2].minus);
  scheme.terms.push_back(rest);  // … - c22
  ASSERT_TRUE(CheckScheme(scheme).has_value());
  ASSERT_EQ(scheme.rank(), 9);
  EXPECT_EQ(FlipGraph<TypeParam>(scheme).rank(), 8);
}

TYPED_TEST(EveryRing, SnapshotsBringBackTheSameScheme) {
  FlipGraph<TypeParam> graph(StandardScheme({3, 3, 3}, TypeParam::kRing));
  RandomStream random(9);
  for (int flip = 0; flip < 500; ++flip) graph.FlipRandom(random());
  const Scheme before = graph.ToScheme();
  typename FlipGraph<TypeParam>::Snapshot snapshot;
  graph.Save(&snapshot);
  for (int flip = 0; flip < 500; ++flip) graph.FlipRandom(random());
  EXPECT_NE(graph.ToScheme(), before);
  graph.Load(snapshot);
  EXPECT_EQ(graph.ToScheme(), before);
  EXPECT_EQ(graph.pair_count(), this->CountPairs(graph));
}

TEST(FlipGraph, TernaryFlipsStayInTheRingAndRefuseTheRest) {
  FlipGraph<TernaryRing> graph(StandardScheme({3, 3, 3}, Ring::kTernary));
  RandomStream random(1);
  int refused = 0;
  for (int flip = 0; flip < 5000; ++flip) {
    const Scheme before = graph.ToScheme();
    if (graph.FlipRandom(random()) != FlipGraph<TernaryRing>::Step::kRefused) continue;
    ++refused;
    ASSERT_EQ(graph.ToScheme(), before);
  }
  EXPECT_GT(refused, 100);
}

TEST(Walk, FindsStrassensRankFromTheStandardScheme) {
  for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto walked =
          Walk(StandardScheme({2, 2, 2}, ring),
               {.flips = 2'000'000, .plus_after = 1000, .target_rank = 7}, RandomStream(seed));
      EXPECT_EQ(walked.scheme.rank(), 7);
      EXPECT_TRUE(CheckScheme(walked.scheme).has_value());
    }
  }
}

TEST(Walk, DependsOnItsSeedAlone) {
  const Scheme start = StandardScheme({3, 3, 3}, Ring::kZ2);
  const WalkOptions options{.flips = 300'000, .plus_after = 1000, .band = 3};
  const auto one = Walk(start, options, RandomStream(11));
  const auto two = Walk(start, options, RandomStream(11));
  EXPECT_EQ(one.scheme, two.scheme);
  EXPECT_EQ(one.found_at, two.found_at);
  EXPECT_NE(one.scheme, Walk(start, options, RandomStream(12)).scheme);
  // The number that pins the walk: a change of it must be meant.
  EXPECT_EQ(one.scheme.rank(), 23);
}

TEST(Walk, IsFoundAgainFromSeedAndNumberOfFlips) {
  for (const Ring ring : {Ring::kZ2, Ring::kTernary}) {
    const Scheme start = StandardScheme({3, 3, 3}, ring);
    const WalkOptions options{.flips = 1'000'000, .plus_after = 2000, .band = 3};
    const auto walked = Walk(start, options, RandomStream(21));
    ASSERT_GT(walked.found_at, 0);
    ASSERT_LT(walked.found_at, walked.flips);
    EXPECT_EQ(Rewalk(start, options, RandomStream(21), walked.found_at), walked.scheme);
    EXPECT_NE(Rewalk(start, options, RandomStream(22), walked.found_at), walked.scheme);
  }
}

TEST(Walk, EndsWithinItsFlipsWhereNoFlipIsLeft) {
  // Strassen's scheme shares no factor: only plus transitions lead away.
  ASSERT_EQ(FlipGraph<Z2Ring>(Modulo2(Strassen())).pair_count(), 0U);
  const auto walked =
      Walk(Modulo2(Strassen()), {.flips = 20'000, .plus_after = 100, .band = 3}, RandomStream(1));
  EXPECT_EQ(walked.scheme.rank(), 7);
  EXPECT_GT(walked.plus, 0);
  EXPECT_EQ(walked.flips, 20'000);
}

}  // namespace
}  // namespace tesuji::env::matmul
