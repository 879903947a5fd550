// Campaigns whose episodes await a judge: what a judge may do wrong, and what is stored then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/guard.h"
#include "campaign/status.h"
#include "tests/campaign/campaign_fixture.h"
#include "tests/campaign/judged_heap.h"
#include "tests/campaign/scripted_judge.h"

namespace tesuji::campaign {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class JudgedCampaignTest : public CampaignFixture {
 protected:
  ~JudgedCampaignTest() override { trap_->Open(); }

  /// A registry whose judge behaves as *way_ says.
  env::Registry Registry() const {
    env::Registry registry;
    registry.Add(judged::HeapFactory([way = way_] { return *way; },
                                     [trap = trap_] { trap->Enter(); },
                                     [submitted = submitted_] {
                                       ++*submitted;
                                       submitted->notify_all();
                                     }));
    return registry;
  }
  CampaignConfig Config(const std::string& store, std::int64_t episodes,
                        const std::vector<std::string>& overrides = {}) {
    return ReadConfig(
        "[environment]\nid = \"judged-heap\"\n[search]\nsimulations = 4\n"
        "[network]\nblocks = 1\nchannels = 8\nhead_channels = 8\n"
        "[selfplay]\nworkers = 1\nepisodes_per_worker = 8\n"
        "[learner]\ngeneration_episodes = 30\nfirst_rows = 50\nbatch = 32\nreuse = 1\n"
        "[judge]\ndeadline_seconds = 0.5\npause_seconds = 0.01\n",
        Registry(), store, episodes, overrides);
  }
  CampaignOutcome Run(const CampaignConfig& config) { return RunCampaign(config, Registry()); }

  /// Episodes 0 to `count` - 1, each once, each with the value that the rules would give.
  void ExpectAllOnceAndRight(const std::string& store, std::int64_t count) {
    for (const auto& [id, hash, status, split, trajectory] : Stored(store)) {
      EXPECT_EQ(status, storage::TrajectoryStatus::kVerified);
      EXPECT_EQ(trajectory.outcome.value, broken::HeapValue(trajectory.artifact));
    }
    ExpectEachOnceAndSound(store, Registry(), count);
  }

  std::shared_ptr<std::string> way_ = std::make_shared<std::string>("sound");
  std::shared_ptr<std::atomic<int>> submitted_ = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<Trap> trap_ = std::make_shared<Trap>();
};

TEST_F(JudgedCampaignTest, JudgedEpisodesAreStoredWithVerdictEvidenceAndJudgeAndTaught) {
  Run(Config("a.db", 100));
  ExpectAllOnceAndRight("a.db", 100);
  for (const auto& stored : Stored("a.db")) {
    const auto& trajectory = stored.trajectory;
    const bool won = trajectory.outcome.value > 0;
    EXPECT_EQ(trajectory.outcome.termination, won ? "judged:AC" : "judged:WA");
    EXPECT_EQ(trajectory.evidence, Json({{"record", trajectory.artifact}}));
    EXPECT_EQ(trajectory.provenance.judge, Json({{"name", "heap"}, {"version", 1}}));
  }
  const Json status = StatusJson(*Reopen("a.db"));
  EXPECT_GE(status["checkpoints"].size(), 3U);
  EXPECT_EQ(status["dropped"], 0);
  EXPECT_EQ(status["judge"]["judged"], 100);
  EXPECT_EQ(status["judge"]["identity"]["name"], "heap");
  EXPECT_THAT(StatusTable(status), HasSubstr("judge heap: 100 judged"));
}

TEST_F(JudgedCampaignTest, OneWorkerAndOneSeedGiveTheSameTrajectories) {
  Run(Config("a.db", 60));
  Run(Config("b.db", 60));
  EXPECT_EQ(Hashes("a.db"), Hashes("b.db"));
}

class UnreliableJudgeTest : public JudgedCampaignTest,
                            public testing::WithParamInterface<std::tuple<const char*, int>> {};

TEST_P(UnreliableJudgeTest, NothingIsLostAndNothingCountedTwice) {
  *way_ = std::get<0>(GetParam());
  const std::string workers = std::to_string(std::get<1>(GetParam()));
  // Four judgements may wait, so that the queue is full at times.
  Run(Config("a.db", 150, {"selfplay.workers=" + workers, "judge.capacity=4"}));
  const Json status = StatusJson(*Reopen("a.db"));
  const Json& judge = status["judge"];
  EXPECT_EQ(judge["judged"], 150) << judge;
  EXPECT_EQ(judge["dropped"], status["dropped"]);
  if (*way_ == "lies") {
    EXPECT_GT(judge["refused"], 150) << judge;
  } else {
    EXPECT_GT(judge["retried"], 0) << judge;
  }
  if (*way_ == "hangs" || *way_ == "dies") {
    EXPECT_GT(judge["restarts"], 1) << judge;
  }
  *way_ = "sound";  // For verify.
  ExpectAllOnceAndRight("a.db", 150);
}

INSTANTIATE_TEST_SUITE_P(All, UnreliableJudgeTest,
                         testing::Combine(testing::Values("fails", "dies", "hangs", "forgets",
                                                          "lies"),
                                          testing::Values(1, 3)),
                         [](const auto& parameters) {
                           return std::string(std::get<0>(parameters.param)) + "_" +
                                  std::to_string(std::get<1>(parameters.param)) + "_workers";
                         });

TEST_F(JudgedCampaignTest, WhatIsUnjudgedAtAStopIsKeptAndJudgedByTheNextRun) {
  for (const int workers : {1, 2}) {
    const std::string store = std::to_string(workers) + ".db";
    const std::string set = "selfplay.workers=" + std::to_string(workers);
    *way_ = "silent";
    stop_ = false;
    *submitted_ = 0;
    std::jthread stopper([this] {
      submitted_->wait(0);
      stop_ = true;
    });
    const auto first = Run(Config(store, 50, {set, "judge.deadline_seconds=100"}));
    stopper.join();
    stop_ = false;
    EXPECT_TRUE(first.interrupted);
    EXPECT_EQ(first.episodes, 0);
    EXPECT_GE(first.kept_unfinished, 8);
    const auto kept = Reopen(store)->GetUnfinished();
    EXPECT_EQ(std::ssize(kept), first.kept_unfinished);
    EXPECT_TRUE(std::ranges::any_of(kept, [](const storage::UnfinishedEpisode& episode) {
      return episode.kind == storage::UnfinishedKind::kUnjudged;
    }));
    *way_ = "sound";
    const auto second = Run(Config(store, 50, {set}));
    EXPECT_EQ(second.resumed_unfinished, first.kept_unfinished);
    EXPECT_EQ(second.episodes, 50);
    ExpectAllOnceAndRight(store, 50);
    EXPECT_TRUE(Reopen(store)->GetUnfinished().empty());
  }
}

TEST_F(JudgedCampaignTest, AStopDoesNotWaitForAJudgeThatHangs) {
  *way_ = "hangs";
  std::jthread stopper([this] {
    trap_->WaitUntilCaught();
    stop_ = true;
  });
  const auto outcome = Run(Config("a.db", 0, {"judge.deadline_seconds=1000"}));
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_TRUE(outcome.left_a_thread);
  EXPECT_GT(outcome.kept_unfinished, 0);
}

TEST_F(JudgedCampaignTest, AJudgeThatAlwaysFailsEndsTheCampaignByName) {
  *way_ = "broken";
  for (const char* workers : {"selfplay.workers=1", "selfplay.workers=2"}) {
    try {
      Run(Config("a.db", 0, {workers}));
      ADD_FAILURE() << "the campaign ended well";
    } catch (const env::EnvironmentFault& fault) {
      EXPECT_THAT(fault.what(), AllOf(HasSubstr("judged-heap"), HasSubstr("states in a row"),
                                      HasSubstr("failed (IE): no licence")));
    }
  }
  EXPECT_EQ(Reopen("a.db")->counts().episodes, 0) << "a failure of ours is never a label";
  EXPECT_GE(Reopen("a.db")->counts().dropped, 50);
}

TEST_F(JudgedCampaignTest, AnEnvironmentWithoutAJudgeIsRefusedBeforeThereIsAStore) {
  *way_ = "none";
  const auto config = Config("a.db", 10);
  const env::Registry registry = Registry();
  const auto campaign = Campaign::Open(config, registry);
  ASSERT_FALSE(campaign);
  EXPECT_THAT(campaign.error().message,
              AllOf(HasSubstr("judged-heap"), HasSubstr("make_judge"), HasSubstr("[judge]")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.db"));
}

TEST_F(JudgedCampaignTest, AProblemThatIsNotThereIsNamed) {
  const auto config = Config("a.db", 10, {"judge.problem=\"/nowhere/at-all\""});
  const env::Registry registry = Registry();
  const auto campaign = Campaign::Open(config, registry);
  ASSERT_FALSE(campaign);
  EXPECT_THAT(campaign.error().message, AllOf(HasSubstr("[judge]"), HasSubstr("/nowhere")));
}

TEST_F(JudgedCampaignTest, VerifyJudgesAgainAndNamesAJudgeOfAnotherVersion) {
  Run(Config("a.db", 20));
  {
    const auto store = Create("b.db");
    std::vector<storage::Store::Append> rows;
    for (auto& stored : Stored("a.db")) {
      storage::Store::Append row;
      row.trajectory = std::move(stored.trajectory);
      auto& outcome = row.trajectory.outcome;
      // As a judge that has changed its mind would have it, once in words and once in its version.
      if (rows.size() == 3) outcome.value = -outcome.value;
      if (rows.size() == 4) row.trajectory.provenance.judge["version"] = 0;
      if (rows.size() == 5) outcome.termination = "two-passes";
      rows.push_back(std::move(row));
    }
    store->AppendTrajectories(rows);
  }
  const env::Registry registry = Registry();
  const auto report = VerifyStore(*Reopen("b.db"), registry, 0, {});
  ASSERT_EQ(report.failures.size(), 3U);
  EXPECT_THAT(report.failures[0].reason, HasSubstr("judged again"));
  EXPECT_THAT(report.failures[1].reason, HasSubstr("the judge is now"));
  EXPECT_THAT(report.failures[2].reason, HasSubstr("awaits a judge"));
}

}  // namespace
}  // namespace tesuji::campaign
