// Whose turn it is, and what becomes of work that is cancelled or late. Lanes without containers:
// none of this work runs a program.
#include "service/work_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace tesuji::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;

class WorkQueueTest : public testing::Test {
 protected:
  /// Work that writes its name down.
  Work Named(const std::string& client, const std::string& name) {
    Work work;
    work.client = client;
    work.run = [this, name](verifier::Workplace&, const std::atomic<bool>&) { Note(name); };
    work.drop = [this, name](Dropped why) {
      Note(name + (why == Dropped::kLate        ? " late"
                   : why == Dropped::kCancelled ? " cancelled"
                                                : " stopped"));
    };
    return work;
  }
  /// Holds the only lane until `open` is set, or until it is told that it ended.
  Work Holding() {
    Work work;
    work.client = "holder";
    work.run = [this](verifier::Workplace&, const std::atomic<bool>& ended) {
      held_.count_down();
      while (!open_ && !ended) std::this_thread::sleep_for(milliseconds(1));
      Note(ended ? "ended" : "held");
    };
    work.drop = [](Dropped) {};
    return work;
  }
  void Note(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    notes_.push_back(name);
  }
  std::vector<std::string> Notes() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return notes_;
  }
  std::mutex mutex_;
  std::vector<std::string> notes_;
  std::atomic<bool> open_{false};
  std::latch held_{1};
  verifier::Lanes lanes_{nullptr, 1, {}};
  WorkQueue queue_{lanes_, {.most = 4, .most_a_client = 3}};
};

TEST_F(WorkQueueTest, ServesClientsInTurn) {
  queue_.Add(Holding());
  held_.wait();
  for (const char* name : {"a1", "a2", "a3"}) queue_.Add(Named("a", name));
  for (const char* name : {"b1", "b2"}) queue_.Add(Named("b", name));
  queue_.Add(Named("c", "c1"));
  open_ = true;
  queue_.Drain(milliseconds(5000));
  EXPECT_THAT(Notes(), ElementsAre("held", "a1", "b1", "c1", "a2", "b2", "a3"));
}

TEST_F(WorkQueueTest, TakesAllOfAnOfferOrNothing) {
  queue_.Add(Holding());
  held_.wait();
  const auto offer = [&](const std::string& client, int count) {
    std::vector<Work> work;
    for (int i = 0; i < count; ++i) work.push_back(Named(client, client));
    return queue_.Offer(std::move(work)).has_value();
  };
  EXPECT_FALSE(offer("a", 4));  // More than one client may have.
  EXPECT_TRUE(offer("a", 2));
  EXPECT_FALSE(offer("a", 2));
  EXPECT_FALSE(offer("b", 3));  // More than there is room for.
  EXPECT_TRUE(offer("b", 2));
  EXPECT_FALSE(offer("c", 1));
  EXPECT_EQ(queue_.queued(), 4U);
  open_ = true;
  queue_.Drain(milliseconds(5000));
  EXPECT_EQ(Notes().size(), 5U);
  EXPECT_TRUE(offer("a", 3));
}

TEST_F(WorkQueueTest, DropsWorkThatIsCancelledOrLate) {
  queue_.Add(Holding());
  held_.wait();
  Work late = Named("a", "a1");
  late.start_by = steady_clock::now() + milliseconds(30);
  queue_.Add(std::move(late));
  const auto ticket = queue_.Add(Named("a", "a2"));
  queue_.Add(Named("a", "a3"));
  queue_.Cancel(ticket);
  queue_.Cancel(ticket);
  EXPECT_THAT(Notes(), ElementsAre("a2 cancelled"));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_THAT(Notes(), ElementsAre("a2 cancelled", "a1 late"));
  open_ = true;
  queue_.Drain(milliseconds(5000));
  EXPECT_THAT(Notes(), ElementsAre("a2 cancelled", "a1 late", "held", "a3"));
}

TEST_F(WorkQueueTest, TellsRunningWorkThatItIsCancelledOrLate) {
  const auto ticket = queue_.Add(Holding());
  held_.wait();
  queue_.Cancel(ticket);
  queue_.Drain(milliseconds(5000));
  EXPECT_THAT(Notes(), ElementsAre("ended"));
  Work late = Holding();
  late.run = [this](verifier::Workplace&, const std::atomic<bool>& ended) {
    while (!ended) std::this_thread::sleep_for(milliseconds(1));
    Note("late");
  };
  late.end_by = steady_clock::now() + milliseconds(50);
  queue_.Add(std::move(late));
  queue_.Drain(milliseconds(5000));
  EXPECT_THAT(Notes(), ElementsAre("ended", "late"));
}

TEST_F(WorkQueueTest, DrainDropsWhatIsLeftAfterItsTime) {
  queue_.Add(Holding());
  held_.wait();
  queue_.Add(Named("a", "a1"));
  queue_.Drain(milliseconds(50));
  EXPECT_THAT(Notes(), testing::UnorderedElementsAre("a1 stopped", "ended"));
}

}  // namespace
}  // namespace tesuji::service
