#include "learner/batching_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/result.h"

namespace tesuji::learner {
namespace {

/// Answers each row with its first number, twice; throws when a number is negative.
class EchoForward : public ForwardPass {
 public:
  explicit EchoForward(std::atomic<int>* largest) : largest_(largest) {}
  void Run(std::span<const float> observations, int rows, RawOutput* out) override {
    *largest_ = std::max(largest_->load(), rows);
    *out = {};
    const std::size_t width = observations.size() / static_cast<std::size_t>(rows);
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
      const float x = observations[row * width];
      if (x < 0) throw MachineError("negative");
      out->policy.insert(out->policy.end(), {x, 2 * x});
      out->outcome.insert(out->outcome.end(), {x, x, x});
    }
  }

 private:
  std::atomic<int>* largest_;
};

TEST(BatchingQueue, GivesEveryThreadItsOwnRows) {
  std::atomic<int> largest = 0;
  auto queue = BatchingQueue::Create(std::make_unique<EchoForward>(&largest), {.batch = 16});
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t, client = queue->MakeClient()] {
      for (int i = 0; i < 200; ++i) {
        const int rows = 1 + (i + t) % 5;
        std::vector<float> observations;
        for (int r = 0; r < rows; ++r) {
          observations.insert(observations.end(), {t * 1000.0F + i + r * 0.125F, -1});
        }
        RawOutput out;
        client->Run(observations, rows, &out);
        if (std::cmp_not_equal(out.policy.size(), 2 * rows)) ++wrong;
        for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
          if (out.policy[2 * r + 1] != 2 * observations[2 * r]) ++wrong;
          if (out.outcome[3 * r + 2] != observations[2 * r]) ++wrong;
        }
        if (!out.score.empty() || !out.ownership.empty()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(largest, 16);
  EXPECT_LE(queue->batches(), 800);
}

TEST(BatchingQueue, WaitsForAllItsClients) {
  std::atomic<int> largest = 0;
  // A wait this long would show: only "every client is here" can start a batch of two.
  auto queue = BatchingQueue::Create(std::make_unique<EchoForward>(&largest),
                                     {.batch = 64, .wait = std::chrono::minutes(10)});
  auto first = queue->MakeClient();
  auto second = queue->MakeClient();
  const std::vector<float> one = {1};
  RawOutput a;
  RawOutput b;
  std::thread thread([&] { first->Run(one, 1, &a); });
  second->Run(one, 1, &b);
  thread.join();
  EXPECT_EQ(largest, 2);
  EXPECT_EQ(queue->batches(), 1);
  first.reset();
  second->Run(one, 1, &b);  // Alone now: no need to wait for anybody.
  EXPECT_EQ(queue->batches(), 2);
}

TEST(BatchingQueue, RunsAnOversizedRequestWhole) {
  std::atomic<int> largest = 0;
  auto queue = BatchingQueue::Create(std::make_unique<EchoForward>(&largest), {.batch = 2});
  RawOutput out;
  queue->MakeClient()->Run(std::vector<float>{1, 2, 3, 4, 5}, 5, &out);
  EXPECT_EQ(largest, 5);
  EXPECT_EQ(out.policy.size(), 10U);
}

TEST(BatchingQueue, HandsFailuresToWhoWaits) {
  std::atomic<int> largest = 0;
  auto queue = BatchingQueue::Create(std::make_unique<EchoForward>(&largest), {.batch = 2});
  auto client = queue->MakeClient();
  RawOutput out;
  EXPECT_THROW(client->Run(std::vector<float>{-1}, 1, &out), MachineError);
  client->Run(std::vector<float>{3}, 1, &out);
  EXPECT_EQ(out.policy, (std::vector<float>{3, 6}));
}

TEST(BatchingQueue, LivesAsLongAsItsClients) {
  std::atomic<int> largest = 0;
  auto queue = BatchingQueue::Create(std::make_unique<EchoForward>(&largest), {.batch = 2});
  auto client = queue->MakeClient();
  queue.reset();
  RawOutput out;
  client->Run(std::vector<float>{3}, 1, &out);
  EXPECT_EQ(out.policy, (std::vector<float>{3, 6}));
}

}  // namespace
}  // namespace tesuji::learner
