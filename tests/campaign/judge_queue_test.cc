// The queue on its own, with judges that fail at random, hang, die and lie.
#include "campaign/judge_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "core/random.h"
#include "tests/campaign/scripted_judge.h"

namespace tesuji::campaign {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

JudgeQueueOptions Quick() {
  JudgeQueueOptions options;
  options.capacity = 8;
  options.pause = milliseconds(1);
  options.deadline = milliseconds(200);
  options.farewell = milliseconds(200);
  return options;
}

/// Every judge that is made follows `script`.
JudgeMaker Scripted(ScriptedJudge::Script script, std::size_t capacity = 1'000) {
  return [=]() -> Result<std::unique_ptr<env::Judge>> {
    return std::make_unique<ScriptedJudge>(script, capacity);
  };
}

ScriptedJudge::Answers Sound(std::uint64_t ticket, std::uint64_t number) {
  return {SoundJudgement(ticket, number)};
}

env::Judgement Failure(std::uint64_t ticket) {
  env::Judgement judgement;
  judgement.ticket = ticket;
  judgement.evidence = {{"message", "no disk"}};
  return judgement;
}

/// What became of every number.
struct Fate {
  std::map<std::uint64_t, float> judged;
  std::map<std::uint64_t, std::string> dropped;
  std::vector<std::uint64_t> twice;
};

void Note(std::vector<JudgeAnswer> answers, Fate* fate) {
  for (auto& answer : answers) {
    if (fate->judged.contains(answer.number) || fate->dropped.contains(answer.number)) {
      fate->twice.push_back(answer.number);
    }
    if (answer.judgement) {
      fate->judged[answer.number] = answer.judgement->value.value();
    } else {
      fate->dropped[answer.number] = answer.reason;
    }
  }
}

/// Sends numbers 1 to `count` through; at most half a minute, so that nothing hangs.
Fate SendAll(JudgeQueue* queue, std::uint64_t count) {
  Fate fate;
  const auto limit = Clock::now() + std::chrono::seconds(30);
  for (std::uint64_t number = 1; number <= count || queue->size() > 0;) {
    if (number <= count) {
      std::unique_ptr<env::State> state = std::make_unique<NumberState>(number);
      if (queue->Put(number, state)) {
        ++number;
        continue;
      }
      EXPECT_NE(state, nullptr) << "a state that was not accepted stays the caller's";
    }
    Note(queue->Take(milliseconds(5)), &fate);
    if (Clock::now() > limit) {
      ADD_FAILURE() << "the queue hangs";
      break;
    }
  }
  EXPECT_THAT(fate.twice, IsEmpty());
  EXPECT_EQ(queue->counts().judged, std::ssize(fate.judged));
  EXPECT_EQ(queue->counts().dropped, std::ssize(fate.dropped));
  return fate;
}

void ExpectRightValues(const Fate& fate) {
  for (const auto& [number, value] : fate.judged) {
    EXPECT_EQ(value, number % 2 == 0 ? 1 : -1) << number;
  }
}

TEST(JudgeQueue, EveryNumberComesBackOnceWithItsOwnValue) {
  JudgeQueue queue(Scripted(Sound), Quick());
  const Fate fate = SendAll(&queue, 300);
  EXPECT_EQ(fate.judged.size(), 300U);
  ExpectRightValues(fate);
  EXPECT_EQ(queue.counts().accepted, 150);
  EXPECT_EQ(queue.counts().retried, 0);
  EXPECT_EQ(queue.counts().restarts, 0);
}

TEST(JudgeQueue, HoldsNoMoreThanItsCapacity) {
  // Nothing comes back before the test says so.
  const auto trap = std::make_shared<Trap>();
  JudgeQueue queue(
      [trap]() -> Result<std::unique_ptr<env::Judge>> {
        auto judge = std::make_unique<ScriptedJudge>(Sound);
        judge->on_collect = [trap] { trap->Enter(); };
        return judge;
      },
      {.capacity = 3});
  for (std::uint64_t number = 1; number <= 3; ++number) {
    std::unique_ptr<env::State> state = std::make_unique<NumberState>(number);
    EXPECT_TRUE(queue.Put(number, state));
  }
  std::unique_ptr<env::State> state = std::make_unique<NumberState>(4);
  EXPECT_FALSE(queue.Put(4, state));
  EXPECT_FALSE(queue.WaitForRoom(milliseconds(5)));
  EXPECT_EQ(queue.size(), 3U);
  trap->Open();
  EXPECT_FALSE(queue.Take(std::chrono::seconds(10)).empty());
  EXPECT_TRUE(queue.WaitForRoom(milliseconds(0)));
  EXPECT_TRUE(queue.Put(4, state));
}

TEST(JudgeQueue, AJudgeThatIsFullIsGivenTheRestLater) {
  JudgeQueue queue(Scripted(Sound, 2), Quick());
  EXPECT_EQ(SendAll(&queue, 50).judged.size(), 50U);
  EXPECT_EQ(queue.counts().retried, 0) << "being full is no failure";
}

TEST(JudgeQueue, AJudgeThatFailsAtRandomLosesNothing) {
  RandomStream random(std::uint64_t{7});
  JudgeQueueOptions options = Quick();
  options.attempts = 4;
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     return random.Chance(0.3) ? ScriptedJudge::Answers{Failure(ticket)}
                                               : Sound(ticket, number);
                   }),
                   options);
  const Fate fate = SendAll(&queue, 500);
  EXPECT_EQ(fate.judged.size() + fate.dropped.size(), 500U);
  ExpectRightValues(fate);
  EXPECT_GT(queue.counts().retried, 100);
  // 0.3 to the fourth: about four of 500.
  EXPECT_LT(fate.dropped.size(), 25U);
}

TEST(JudgeQueue, WhatCannotBeJudgedIsTriedThreeTimesAndDroppedWithItsReason) {
  std::map<std::uint64_t, int> tries;
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     ++tries[number];
                     return number == 5 ? ScriptedJudge::Answers{Failure(ticket)}
                                        : Sound(ticket, number);
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 10);
  queue.Close();
  EXPECT_EQ(fate.judged.size(), 9U);
  ASSERT_EQ(fate.dropped.size(), 1U);
  EXPECT_THAT(fate.dropped.at(5), HasSubstr("failed (IE): no disk"));
  EXPECT_EQ(tries[5], 3);
  EXPECT_EQ(tries[4], 1);
}

TEST(JudgeQueue, AnswersThatAreNoLabelsAreRefused) {
  JudgeQueue queue(Scripted([](std::uint64_t ticket, std::uint64_t number) {
                     env::Judgement judgement = SoundJudgement(ticket, number);
                     if (number == 1) judgement.value = 1.5F;
                     if (number == 2) judgement.value = std::nanf("");
                     if (number == 3) judgement.value.reset();
                     if (number == 4) judgement.verdict = env::Verdict::kInternalError;
                     if (number == 5) judgement.verdict = static_cast<env::Verdict>(99);
                     return ScriptedJudge::Answers{judgement};
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 7);
  EXPECT_EQ(fate.judged.size(), 2U);
  ASSERT_EQ(fate.dropped.size(), 5U);
  EXPECT_THAT(fate.dropped.at(1), HasSubstr("value 1.5, outside [-1, 1]"));
  EXPECT_THAT(fate.dropped.at(2), HasSubstr("value nan"));
  EXPECT_THAT(fate.dropped.at(3), HasSubstr("no value with verdict WA"));
  EXPECT_THAT(fate.dropped.at(4), HasSubstr("a value, 1, with verdict IE"));
  EXPECT_THAT(fate.dropped.at(5), HasSubstr("verdict 99"));
  EXPECT_EQ(queue.counts().refused, 15) << "each three times";
}

TEST(JudgeQueue, LiesAboutTicketsChangeNothing) {
  JudgeQueue queue(Scripted([](std::uint64_t ticket, std::uint64_t number) {
                     // Answers twice, the second time with the opposite; invents a future ticket.
                     return ScriptedJudge::Answers{
                         SoundJudgement(ticket, number), SoundJudgement(ticket, number + 1),
                         SoundJudgement(ticket + 100'000, number + 1), SoundJudgement(0, 1)};
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 100);
  EXPECT_EQ(fate.judged.size(), 100U);
  ExpectRightValues(fate);
  EXPECT_EQ(queue.counts().refused, 300);
  EXPECT_THAT(queue.last_problem(), HasSubstr("answered ticket"));
}

TEST(JudgeQueue, AJudgeThatKeepsTicketsToItselfIsOverruled) {
  std::map<std::uint64_t, int> tries;
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     // Every third state is forgotten the first time.
                     const bool forget = number % 3 == 0 && tries[number]++ == 0;
                     return forget ? ScriptedJudge::Answers{} : Sound(ticket, number);
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 30);
  EXPECT_EQ(fate.judged.size(), 30U);
  ExpectRightValues(fate);
  EXPECT_EQ(queue.counts().retried, 10);
  EXPECT_THAT(queue.last_problem(), HasSubstr("no answer within 0.2 s"));
}

TEST(JudgeQueue, ALateAnswerIsPassedOver) {
  std::uint64_t first_ticket = 0;
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     if (first_ticket == 0) {
                       first_ticket = ticket;
                       return ScriptedJudge::Answers{};
                     }
                     // The second attempt brings the first one's answer along, a wrong one.
                     return ScriptedJudge::Answers{SoundJudgement(first_ticket, number + 1),
                                                   SoundJudgement(ticket, number)};
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 1);
  ExpectRightValues(fate);
  EXPECT_EQ(fate.judged.size(), 1U);
  EXPECT_EQ(queue.counts().late, 1);
  EXPECT_EQ(queue.counts().refused, 0);
}

TEST(JudgeQueue, ASlowJudgeWithAQueueOfItsOwnIsNotOverdue) {
  // Eight states of 60 ms each take longer than the deadline of 200 ms, but never are silent so
  // long.
  ScriptedJudge::Answers held;
  JudgeQueue queue(
      [&held]() -> Result<std::unique_ptr<env::Judge>> {
        class OneByOne final : public env::Judge {
         public:
          Json identity() const override { return {{"name", "slow"}, {"version", 1}}; }
          bool Submit(std::uint64_t ticket, const env::State& finished) override {
            const auto number = dynamic_cast<const NumberState&>(finished).number();
            queue_.push_back(SoundJudgement(ticket, number));
            return true;
          }
          std::vector<env::Judgement> Collect(milliseconds /*wait*/) override {
            std::this_thread::sleep_for(milliseconds(60));
            std::vector<env::Judgement> one;
            if (!queue_.empty()) one.push_back(queue_.front());
            if (!queue_.empty()) queue_.pop_front();
            return one;
          }

         private:
          std::deque<env::Judgement> queue_;
        };
        return std::make_unique<OneByOne>();
      },
      Quick());
  EXPECT_EQ(SendAll(&queue, 16).judged.size(), 16U);
  EXPECT_EQ(queue.counts().retried, 0);
}

TEST(JudgeQueue, AJudgeThatDiesIsMadeAgain) {
  std::atomic<int> made{0};
  std::atomic<int> calls{0};
  JudgeQueueOptions options = Quick();
  options.attempts = 6;
  JudgeQueue queue(
      [&]() -> Result<std::unique_ptr<env::Judge>> {
        ++made;
        auto judge =
            std::make_unique<ScriptedJudge>([&](std::uint64_t ticket, std::uint64_t number) {
              if (++calls % 29 == 0) throw std::runtime_error("broken pipe");
              return Sound(ticket, number);
            });
        judge->on_collect = [&] {
          if (++calls % 31 == 0) throw 42;
        };
        return judge;
      },
      options);
  const Fate fate = SendAll(&queue, 300);
  EXPECT_EQ(fate.judged.size() + fate.dropped.size(), 300U);
  ExpectRightValues(fate);
  EXPECT_GT(fate.judged.size(), 250U);
  EXPECT_GT(made, 3);
  EXPECT_GE(queue.counts().restarts, made - 1);
  EXPECT_EQ(queue.counts().abandoned, 0);
}

TEST(JudgeQueue, AStateThatKillsItsJudgeIsDroppedAlone) {
  JudgeQueue queue(Scripted([](std::uint64_t ticket, std::uint64_t number) {
                     if (number == 13) throw std::runtime_error("thirteen");
                     return Sound(ticket, number);
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 30);
  EXPECT_EQ(fate.judged.size(), 29U);
  ASSERT_TRUE(fate.dropped.contains(13));
  EXPECT_THAT(fate.dropped.at(13), HasSubstr("thirteen"));
}

TEST(JudgeQueue, AJudgeThatCannotBeMadeIsTriedAgain) {
  std::atomic<int> made{0};
  JudgeQueue queue(
      [&]() -> Result<std::unique_ptr<env::Judge>> {
        if (++made == 1) return Fail("no sandbox yet");
        return std::make_unique<ScriptedJudge>(Sound);
      },
      Quick());
  EXPECT_EQ(SendAll(&queue, 5).judged.size(), 5U);
  EXPECT_EQ(made, 2);
}

TEST(JudgeQueue, AJudgeThatHangsIsLeftBehind) {
  const auto trap = std::make_shared<Trap>();
  const auto calls = std::make_shared<std::atomic<int>>(0);
  JudgeQueue queue(Scripted([trap, calls](std::uint64_t ticket, std::uint64_t number) {
                     if (number == 7 && ++*calls == 1) trap->Enter();
                     return Sound(ticket, number);
                   }),
                   Quick());
  const Fate fate = SendAll(&queue, 20);
  EXPECT_EQ(fate.judged.size(), 20U);
  ExpectRightValues(fate);
  EXPECT_EQ(queue.counts().abandoned, 1);
  EXPECT_EQ(queue.counts().retried, 1) << "the state that it hung with, and no other";
  EXPECT_THAT(queue.last_problem(), HasSubstr("did not return from Judge::Submit within 0.2 s"));
}

TEST(JudgeQueue, AJudgeThatAlwaysHangsIsGivenUpInBoundedTime) {
  const auto trap = std::make_shared<Trap>();
  JudgeQueueOptions options = Quick();
  options.deadline = milliseconds(30);
  options.hopeless = 8;
  JudgeQueue queue(
      [trap]() -> Result<std::unique_ptr<env::Judge>> {
        auto judge = std::make_unique<ScriptedJudge>(Sound);
        judge->on_collect = [trap] { trap->Enter(); };
        return judge;
      },
      options);
  EXPECT_EQ(queue.hopeless(), "");
  const Fate fate = SendAll(&queue, 10);
  EXPECT_EQ(fate.dropped.size(), 10U);
  EXPECT_THAT(queue.hopeless(), AllOf(HasSubstr("in a row got no judgement"),
                                      HasSubstr("did not return from Judge::Collect")));
}

TEST(JudgeQueue, CloseGivesBackWhatHasNoAnswer) {
  std::atomic<int> judged{0};
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     if (number > 2) return ScriptedJudge::Answers{};
                     ++judged;
                     return Sound(ticket, number);
                   }),
                   {.capacity = 8});
  for (std::uint64_t number = 1; number <= 6; ++number) {
    std::unique_ptr<env::State> state = std::make_unique<NumberState>(number);
    ASSERT_TRUE(queue.Put(number, state));
  }
  Fate fate;
  while (fate.judged.size() < 2) Note(queue.Take(milliseconds(10)), &fate);
  EXPECT_THAT(queue.Close(), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(queue.Close(), IsEmpty());
  std::unique_ptr<env::State> state = std::make_unique<NumberState>(9);
  EXPECT_FALSE(queue.Put(9, state));
  EXPECT_TRUE(queue.WaitForRoom(std::chrono::seconds(10))) << "nobody waits for a closed queue";
}

TEST(JudgeQueue, CloseDoesNotWaitForAJudgeThatHangs) {
  const auto trap = std::make_shared<Trap>();
  JudgeQueueOptions options = Quick();
  options.deadline = std::chrono::hours(1);
  options.farewell = milliseconds(20);
  JudgeQueue queue(Scripted([trap](std::uint64_t ticket, std::uint64_t number) {
                     trap->Enter();
                     return Sound(ticket, number);
                   }),
                   options);
  std::unique_ptr<env::State> state = std::make_unique<NumberState>(1);
  ASSERT_TRUE(queue.Put(1, state));
  trap->WaitUntilCaught();
  EXPECT_THAT(queue.Close(), ElementsAre(1));
}

TEST(JudgeQueue, ManyThreadsMayUseIt) {
  RandomStream random(std::uint64_t{3});
  JudgeQueue queue(Scripted([&](std::uint64_t ticket, std::uint64_t number) {
                     if (random.Chance(0.02)) throw std::runtime_error("died");
                     return random.Chance(0.1) ? ScriptedJudge::Answers{Failure(ticket)}
                                               : Sound(ticket, number);
                   }),
                   Quick());
  constexpr std::uint64_t kEach = 150;
  Fate fate;
  std::atomic<int> putting{3};
  std::vector<std::jthread> players;
  for (std::uint64_t player = 0; player < 3; ++player) {
    players.emplace_back([&, player] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        std::unique_ptr<env::State> state = std::make_unique<NumberState>(player * kEach + i);
        while (!queue.Put(player * kEach + i, state)) queue.WaitForRoom(milliseconds(5));
      }
      --putting;
    });
  }
  while (putting > 0 || queue.size() > 0) Note(queue.Take(milliseconds(5)), &fate);
  EXPECT_EQ(fate.judged.size() + fate.dropped.size(), 3 * kEach);
  EXPECT_THAT(fate.twice, IsEmpty());
  ExpectRightValues(fate);
}

}  // namespace
}  // namespace tesuji::campaign
