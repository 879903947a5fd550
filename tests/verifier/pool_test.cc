// The pool under faults: every ticket comes back once, and a fault of ours never as a verdict.
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "tests/verifier/judging_test.h"
#include "verifier/judge/sandbox_judge.h"

namespace tesuji::verifier {
namespace {

class PoolTest : public JudgingTest {
 protected:
  void SetUp() override {
    JudgingTest::SetUp();
    if (sandbox_ == nullptr) return;
    Write("p/1.in", "1 2\n");
    Write("p/1.ans", "3\n");
    SandboxJudgeOptions options;
    options.language = "python3";
    options.workers = 2;
    options.capacity = 8;
    auto judge = SandboxJudge::Open(*LoadProblem(root_ / "p"), LanguageTable::BuiltIn(), options);
    ASSERT_TRUE(judge) << judge.error().message;
    judge_ = std::move(*judge);
  }
  std::unique_ptr<SandboxJudge> judge_;
};

TEST_F(PoolTest, IsBoundedAndReturnsEveryTicketOnce) {
  std::uint64_t accepted = 0;
  while (judge_->SubmitSource(accepted, accepted % 2 == 0 ? "print(3)" : "print(4)")) ++accepted;
  EXPECT_EQ(accepted, 8U);
  std::map<std::uint64_t, env::Verdict> seen;
  while (seen.size() < accepted) {
    for (const auto& judgement : judge_->Collect(std::chrono::seconds(5))) {
      EXPECT_TRUE(seen.emplace(judgement.ticket, judgement.verdict).second);
      EXPECT_EQ(judgement.value, judgement.ticket % 2 == 0 ? 1.0F : -1.0F);
    }
  }
  EXPECT_TRUE(judge_->Collect(std::chrono::milliseconds(0)).empty());
}

TEST_F(PoolTest, KilledContainersGiveNoWrongVerdicts) {
  constexpr std::uint64_t kCount = 120;
  std::uint64_t next = 0;
  std::size_t back = 0;
  std::set<pid_t> killed;
  while (back < kCount) {
    while (next < kCount && judge_->SubmitSource(next, next % 2 == 0 ? "print(3)" : "print(4)")) {
      ++next;
    }
    for (const auto& judgement : judge_->Collect(std::chrono::seconds(10))) {
      ++back;
      if (judgement.verdict == env::Verdict::kInternalError) {
        EXPECT_FALSE(judgement.value);
        continue;
      }
      EXPECT_EQ(judgement.verdict,
                judgement.ticket % 2 == 0 ? env::Verdict::kAccepted : env::Verdict::kWrongAnswer)
          << judgement.evidence.dump();
      if (back % 10 == 0) {
        const auto pids = judge_->container_pids();
        if (pids.empty()) continue;
        const pid_t one = pids[back / 10 % pids.size()];
        if (kill(one, SIGKILL) == 0) killed.insert(one);
      }
    }
  }
  const auto left = judge_->container_pids();
  EXPECT_TRUE(std::ranges::any_of(killed, [&](pid_t pid) {
    return std::ranges::find(left, pid) == left.end();
  })) << "none of the killed containers was replaced";
}

TEST_F(PoolTest, CancelEndsWhatRuns) {
  for (std::uint64_t i = 0; i < 4; ++i) judge_->SubmitSource(i, "while True: pass");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto start = std::chrono::steady_clock::now();
  judge_->Cancel();
  std::size_t back = 0;
  while (back < 4) {
    for (const auto& judgement : judge_->Collect(std::chrono::seconds(5))) {
      EXPECT_EQ(judgement.verdict, env::Verdict::kInternalError);
      ++back;
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace tesuji::verifier
