#include "search/evaluation_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/random.h"
#include "search/caching_evaluator.h"
#include "search/mcts.h"
#include "tests/search/hash_evaluator.h"
#include "tests/search/noughts.h"
#include "tests/search/search_helpers.h"

namespace tesuji::search {
namespace {

Evaluation Answer(float value, std::size_t legal_count = 2) {
  Evaluation evaluation;
  evaluation.priors.assign(legal_count, 1.0F / static_cast<float>(legal_count));
  evaluation.value = value;
  evaluation.score = 10 * value;
  return evaluation;
}

class CountingEvaluator final : public HashEvaluator {
 public:
  explicit CountingEvaluator(std::atomic<std::int64_t>* asked) : asked_(*asked) {}
  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override {
    asked_ += std::ssize(requests);
    HashEvaluator::Evaluate(requests, out);
  }

 private:
  std::atomic<std::int64_t>& asked_;
};

TEST(EvaluationCache, FindsWhatWasPut) {
  EvaluationCache cache(1000);
  Evaluation out;
  EXPECT_FALSE(cache.Find({1, 2}, 7, 2, &out));
  cache.Put({1, 2}, 7, Answer(0.5F));
  ASSERT_TRUE(cache.Find({1, 2}, 7, 2, &out));
  EXPECT_EQ(out.value, 0.5F);
  EXPECT_EQ(out.score, 5);
  EXPECT_EQ(out.priors.size(), 2U);
}

TEST(EvaluationCache, AHitNeedsTheWholeKeyTheCheckpointAndTheLegalCount) {
  EvaluationCache cache(1000);
  cache.Put({1, 2}, 7, Answer(0.5F));
  Evaluation out;
  EXPECT_FALSE(cache.Find({1 ^ (1ULL << 63), 2}, 7, 2, &out));
  EXPECT_FALSE(cache.Find({1, 2 ^ (1ULL << 63)}, 7, 2, &out));
  EXPECT_FALSE(cache.Find({1, 2}, 8, 2, &out));
  EXPECT_FALSE(cache.Find({1, 2}, 7, 3, &out));
  EXPECT_TRUE(cache.Find({1, 2}, 7, 2, &out));
}

TEST(EvaluationCache, StaysWithinItsBound) {
  EvaluationCache cache(512);
  RandomStream random(1);
  std::vector<Key128> keys(20'000);
  for (Key128& key : keys) key = {random(), random()};
  for (const Key128& key : keys) cache.Put(key, 7, Answer(0));
  int found = 0;
  Evaluation out;
  for (const Key128& key : keys) found += cache.Find(key, 7, 2, &out) ? 1 : 0;
  EXPECT_EQ(found, 512);  // Full, and not one more.
  EXPECT_TRUE(cache.Find(keys.back(), 7, 2, &out));
}

TEST(EvaluationCache, TagsOfCheckpointsDiffer) {
  EXPECT_NE(CheckpointTag("a"), CheckpointTag("b"));
  EXPECT_EQ(CheckpointTag("a"), CheckpointTag("a"));
}

/// Forwards to a HashEvaluator of somebody else, to count what arrives.
class Forward : public Evaluator {
 public:
  explicit Forward(HashEvaluator* to) : to_(to) {}
  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override {
    to_->Evaluate(requests, out);
  }
  std::string checkpoint_hash() const override { return to_->checkpoint_hash(); }

 private:
  HashEvaluator* to_;
};

TEST(CachingEvaluator, EqualStatesOfABatchAreEvaluatedOnce) {
  const NoughtsEnvironment game;
  HashEvaluator inner;
  EvaluationCache cache(1000);
  CachingEvaluator caching(std::make_unique<Forward>(&inner), &cache);
  const auto start = std::move(*game.NewState({}));
  const auto other = start->Clone();
  other->Apply(4);
  std::vector<env::Action> legal_start;
  std::vector<env::Action> legal_other;
  start->LegalActions(&legal_start);
  other->LegalActions(&legal_other);
  const std::vector<EvaluationRequest> requests{{start.get(), legal_start},
                                                {other.get(), legal_other},
                                                {start.get(), legal_start},
                                                {other.get(), legal_other}};
  std::vector<Evaluation> expected(4);
  HashEvaluator().Evaluate(requests, expected);
  for (int round = 0; round < 2; ++round) {
    std::vector<Evaluation> out(4);
    caching.Evaluate(requests, out);
    EXPECT_EQ(inner.count, 2);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(out[i].priors, expected[i].priors);
      EXPECT_EQ(out[i].value, expected[i].value);
    }
  }
}

TEST(CachingEvaluator, AnotherCheckpointSeesNothingOfTheFirst) {
  const NoughtsEnvironment game;
  HashEvaluator first("first");
  HashEvaluator second("second");
  EvaluationCache cache(1000);
  const auto start = std::move(*game.NewState({}));
  std::vector<env::Action> legal;
  start->LegalActions(&legal);
  const std::vector<EvaluationRequest> requests{{start.get(), legal}};
  std::vector<Evaluation> out(1);
  CachingEvaluator(std::make_unique<Forward>(&first), &cache).Evaluate(requests, out);
  CachingEvaluator(std::make_unique<Forward>(&second), &cache).Evaluate(requests, out);
  EXPECT_EQ(second.count, 1);
}

TEST(CachingEvaluator, SearchesAreTheSameWithAndWithoutACache) {
  const NoughtsEnvironment game;
  EvaluationCache cache(64);  // So small that most is evicted.
  std::atomic<std::int64_t> missed{0};
  CachingEvaluator caching(std::make_unique<CountingEvaluator>(&missed), &cache);
  std::atomic<std::int64_t> asked{0};
  CountingEvaluator plain(&asked);
  SearchOptions options;
  options.max_pending = 4;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const SearchResult with = SearchStart(game, &caching, options, 400, seed);
    const SearchResult without = SearchStart(game, &plain, options, 400, seed);
    EXPECT_EQ(Visits(with), Visits(without));
    EXPECT_EQ(with.root_value, without.root_value);
  }
  EXPECT_LT(missed, asked);
}

// Run under ThreadSanitizer too. What every thread gets is right, whoever put it there.
TEST(CachingEvaluator, ManyThreadsShareOneCache) {
  const NoughtsEnvironment game;
  EvaluationCache cache(2000);
  std::atomic<std::int64_t> asked{0};
  std::atomic<std::int64_t> missed{0};
  CountingEvaluator plain(&asked);
  const SearchResult expected = SearchStart(game, &plain, {}, 300);
  std::vector<std::jthread> threads;
  std::vector<SearchResult> results(4);
  for (std::size_t t = 0; t < results.size(); ++t) {
    threads.emplace_back([&, t] {
      CachingEvaluator caching(std::make_unique<CountingEvaluator>(&missed), &cache);
      for (int i = 0; i < 5; ++i) results[t] = SearchStart(game, &caching, {}, 300);
    });
  }
  threads.clear();
  for (const SearchResult& result : results) EXPECT_EQ(Visits(result), Visits(expected));
  EXPECT_LT(2 * missed, 20 * asked) << "of twenty such searches, most was in the cache";
}

}  // namespace
}  // namespace tesuji::search
