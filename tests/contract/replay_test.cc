// api/replay: what it accepts, and each thing that it must find.
#include "api/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "cli/families.h"
#include "dataset/random_episode.h"
#include "tests/contract/broken/sound.h"

namespace tesuji::broken {
namespace {

using dataset::RandomEpisode;
using testing::HasSubstr;
using testing::IsEmpty;

/// The first problem of an altered episode; "" when there is none.
std::string Problem(const Environment& environment, const Trajectory& trajectory) {
  const auto problems = ReplayTrajectory(environment, trajectory, {.limit = 1});
  return problems.empty() ? std::string() : problems.front();
}

TEST(Replay, RandomEpisodesOfEveryFamilyHold) {
  const Registry registry = BuiltInEnvironments();
  ASSERT_GE(registry.factories().size(), 8U);
  for (const auto& factory : registry.factories()) {
    const auto environment = std::move(registry.Make(factory.id, Json::object()).value());
    for (std::uint64_t episode = 0; episode < 5; ++episode) {
      const Trajectory trajectory =
          RandomEpisode(*environment, {.episode = episode, .target_share = 0.7});
      EXPECT_THAT(ReplayTrajectory(*environment, trajectory), IsEmpty()) << factory.id;
    }
  }
}

class AlteredEpisode : public testing::Test {
 protected:
  template <class Change>
  std::string After(const Change& change) const {
    Trajectory altered = good_;
    change(altered);
    return Problem(*go_, altered);
  }
  const std::unique_ptr<const Environment> go_ =
      std::move(BuiltInEnvironments().Make("go", {{"size", 5}}).value());
  const Trajectory good_ = RandomEpisode(*go_, {.episode = 3});
};

TEST_F(AlteredEpisode, IsFoundByWhoMadeIt) {
  EXPECT_EQ(After([](auto&) {}), "");
  EXPECT_EQ(After([](auto& t) { t.provenance.environment_id = "chess"; }),
            "environment is \"chess\", replayed with \"go\"");
  EXPECT_THAT(After([](auto& t) { ++t.provenance.environment_version; }), HasSubstr("version is"));
  EXPECT_EQ(After([](auto& t) { t.provenance.checkpoints.clear(); }),
            "provenance names no checkpoint");
  EXPECT_EQ(After([](auto& t) { t.steps[2].checkpoint = 1; }), "step 2: checkpoint index 1 of 1");
  EXPECT_THAT(After([](auto& t) { t.task.parameters["komi"] = "much"; }), HasSubstr("task \""));
}

TEST_F(AlteredEpisode, IsFoundByItsSteps) {
  EXPECT_THAT(After([](auto& t) { t.steps[1].action = t.steps[0].action; }),
              HasSubstr("step 1: action"));
  for (const Action action : {-1, 26, std::numeric_limits<Action>::max()}) {
    EXPECT_THAT(After([&](auto& t) { t.steps[2].action = action; }), HasSubstr("is illegal"));
  }
  EXPECT_THAT(After([](auto& t) { t.steps.push_back(t.steps.back()); }),
              HasSubstr("played after the end"));
  EXPECT_EQ(After([](auto& t) { t.steps.resize(3); }), "the steps end before the episode does");
}

TEST_F(AlteredEpisode, IsFoundByItsTargets) {
  EXPECT_EQ(After([](auto& t) { t.steps[3].policy.clear(); }), "step 3: policy target sums to 0");
  EXPECT_THAT(After([](auto& t) { t.steps[3].policy.back().action = 99; }),
              HasSubstr("step 3: policy target holds illegal action 99"));
  EXPECT_THAT(After([](auto& t) { std::swap(t.steps[3].policy[0], t.steps[3].policy[1]); }),
              HasSubstr("not sorted"));
  EXPECT_THAT(After([](auto& t) { t.steps[3].policy[0].probability = -0.5F; }),
              HasSubstr("probability -0.5"));
  EXPECT_THAT(After([](auto& t) { t.steps[3].policy[0].probability = NAN; }), HasSubstr("nan"));
  EXPECT_THAT(After([](auto& t) { t.steps[3].is_target = false; }),
              HasSubstr("has a policy but is no target"));
}

TEST_F(AlteredEpisode, IsFoundByItsNumbers) {
  EXPECT_THAT(After([](auto& t) { t.steps[0].root_value = 1.01F; }), HasSubstr("root value 1.01"));
  EXPECT_THAT(After([](auto& t) { t.steps[0].root_value = NAN; }), HasSubstr("root value nan"));
  EXPECT_THAT(After([](auto& t) { t.steps[0].weight = -1; }), HasSubstr("sample weight -1"));
  EXPECT_THAT(After([](auto& t) { t.steps[0].weight = INFINITY; }), HasSubstr("sample weight inf"));
  EXPECT_THAT(After([](auto& t) { t.steps[0].surprise = -0.1F; }), HasSubstr("surprise -0.1"));
}

TEST_F(AlteredEpisode, IsFoundByItsOutcomeAndFinalTargets) {
  EXPECT_THAT(After([](auto& t) { t.outcome.value = -t.outcome.value; }), HasSubstr("value is"));
  EXPECT_THAT(After([](auto& t) { t.outcome.value = NAN; }), HasSubstr("value is nan"));
  EXPECT_THAT(After([](auto& t) { t.outcome.termination = "resigned"; }),
              HasSubstr("termination is \"resigned\""));
  EXPECT_THAT(After([](auto& t) { t.outcome.score += 1; }), HasSubstr("score is"));
  EXPECT_EQ(After([](auto& t) { t.outcome.ownership[7] ^= 1; }),
            "ownership differs from what the rules give");
  EXPECT_EQ(After([](auto& t) { t.outcome.ownership.clear(); }),
            "ownership differs from what the rules give");
  EXPECT_THAT(After([](auto& t) { t.final_fingerprint.low ^= 1; }),
              HasSubstr("final fingerprint is"));
  EXPECT_EQ(After([](auto& t) { t.artifact += " "; }),
            "artifact differs from what the replay gives");
}

TEST_F(AlteredEpisode, IsNotFoundWithinTheTolerances) {
  EXPECT_EQ(After([](auto& t) { t.steps[0].root_value = -1.0005F; }), "");
  EXPECT_EQ(After([](auto& t) { t.steps[0].surprise = -0.0005F; }), "");
  EXPECT_EQ(After([](auto& t) {
              auto& p = t.steps[0].policy[0].probability;
              p += p > 0.5F ? -0.0005F : 0.0005F;
            }),
            "");
  EXPECT_EQ(After([](auto& t) { t.outcome.score *= 1 + 1e-7F; }), "");
}

TEST(Replay, NamesUpToAsManyProblemsAsAskedFor) {
  const auto game = std::move(BuiltInEnvironments().Make("tictactoe", Json::object()).value());
  Trajectory trajectory = RandomEpisode(*game, {});
  for (Step& step : trajectory.steps) step.weight = -1;
  trajectory.artifact = "nothing";
  EXPECT_EQ(ReplayTrajectory(*game, trajectory, {.limit = 2}).size(), 2U);
  EXPECT_EQ(ReplayTrajectory(*game, trajectory, {.limit = 1000}).size(),
            trajectory.steps.size() + 2);
}

// Environments that break their contract.

/// The record is a move short.
struct LosesLastMove : Sound<LosesLastMove> {
  std::string Artifact() const override {
    return record_.substr(0, record_.size() - std::min<std::size_t>(2, record_.size()));
  }
};
/// Every eleventh answer is the opposite.
struct FlipsAtTimes : Sound<FlipsAtTimes> {
  float Value() const override {
    static int asked = 0;
    return ++asked % 11 == 0 ? -Sound::Value() : Sound::Value();
  }
};
/// A reader that trusts its text, and throws.
struct ThrowingReader : SoundEnvironment<Plain> {
  Result<std::unique_ptr<State>> FromArtifact(std::string_view) const override {
    throw std::invalid_argument("stoi");
  }
};
struct NothingRead : SoundEnvironment<Plain> {
  Result<std::unique_ptr<State>> FromArtifact(std::string_view) const override {
    return std::unique_ptr<State>();
  }
};
struct NoStart : SoundEnvironment<Plain> {
  Result<std::unique_ptr<State>> NewState(const Task&) const override {
    return std::unique_ptr<State>();
  }
};

template <class E>
std::string ProblemOf(const E& environment) {
  return Problem(environment, RandomEpisode(environment, {.episode = 1}));
}

TEST(Replay, RefusesAnArtifactThatLosesTheLastMove) {
  EXPECT_EQ(ProblemOf(SoundEnvironment<Plain>()), "");
  EXPECT_EQ(ProblemOf(SoundEnvironment<LosesLastMove>()),
            "artifact leads to another state than the steps do");
}

TEST(Replay, ReadsTheArtifactOnlyWhenAskedTo) {
  const SoundEnvironment<LosesLastMove> lossy;
  EXPECT_THAT(ReplayTrajectory(lossy, RandomEpisode(lossy, {}), {.read_artifact = false}),
              IsEmpty());
}

TEST(Replay, RefusesSomeEpisodesOfAnEnvironmentWhoseValueFlips) {
  const SoundEnvironment<FlipsAtTimes> fickle;
  int refused = 0;
  for (std::uint64_t episode = 0; episode < 30; ++episode) {
    const auto problem = Problem(fickle, RandomEpisode(fickle, {.episode = episode}));
    if (problem.empty()) continue;
    ++refused;
    EXPECT_THAT(problem, HasSubstr("the rules give"));
  }
  EXPECT_GT(refused, 5);
  EXPECT_LT(refused, 30);
}

TEST(Replay, ReportsAnEnvironmentThatThrowsOrGivesNothing) {
  EXPECT_EQ(ProblemOf(ThrowingReader()), "the environment threw: stoi");
  EXPECT_EQ(ProblemOf(NothingRead()), "artifact leads to another state than the steps do");
  EXPECT_EQ(Problem(NoStart(), RandomEpisode(SoundEnvironment<Plain>(), {})),
            "task \"broken\": gives no state");
}

// What the contract suite names as a lost or unreadable artifact never gets past a replay.
TEST(Replay, RefusesTheBrokenArtifactsOfTheContractSuite) {
  int tried = 0;
  for (const Fault& fault : BrokenViews()) {
    if (fault.named.find("FromArtifact") == std::string::npos) continue;
    ++tried;
    EXPECT_THAT(ProblemOf(*fault.make()), HasSubstr("artifact")) << fault.id;
  }
  EXPECT_EQ(tried, 2);
}

// Judged episodes.

struct Judged : Sound<Judged> {
  Phase phase() const override { return heap_ == 0 ? Phase::kAwaitsJudge : Phase::kOngoing; }
};

TEST(Replay, LeavesTheVerdictToTheJudgeWhileItMakesSense) {
  const SoundEnvironment<Judged> environment;
  Trajectory trajectory = RandomEpisode(environment, {});
  trajectory.outcome.termination = "judged:AC";
  trajectory.outcome.value = 0.25F;
  EXPECT_EQ(Problem(environment, trajectory), "");
  trajectory.outcome.value = 1.5F;
  EXPECT_EQ(Problem(environment, trajectory), "judged value 1.5 is outside [-1, 1]");
  trajectory.outcome.value = NAN;
  EXPECT_THAT(Problem(environment, trajectory), HasSubstr("judged value nan"));
}

// Visitors and steps alone.

TEST(Replay, ShowsEveryStateOnTheWay) {
  const SoundEnvironment<Plain> environment;
  const Trajectory trajectory = RandomEpisode(environment, {});
  std::vector<std::string> seen;
  ReplayOptions options;
  options.visit = [&](std::size_t step, const State& before) {
    EXPECT_EQ(step, seen.size());
    seen.push_back(before.ToText());
  };
  std::string end = "none";
  options.visit_end = [&](const State& state) { end = state.ToText(); };
  EXPECT_THAT(ReplayTrajectory(environment, trajectory, options), IsEmpty());
  EXPECT_EQ(seen.size(), trajectory.steps.size());
  EXPECT_EQ(seen.front(), std::string(kHeap, 'o'));
  EXPECT_EQ(end, "");
}

TEST(ReplaySteps, NeedNotReachTheEnd) {
  const SoundEnvironment<Plain> environment;
  std::vector<Step> steps(2);
  steps[0].action = 2;
  const auto state = ReplaySteps(environment, {}, steps);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ((*state)->ToText(), "ooooo");
  steps[1].action = 3;
  const auto illegal = ReplaySteps(environment, {}, steps);
  ASSERT_FALSE(illegal);
  EXPECT_EQ(illegal.error().message, "step 1: action 3 is illegal");
}

TEST(ReplaySteps, ChanceMayMoveButNotTeach) {
  const auto game = std::move(BuiltInEnvironments().Make("2048", Json::object()).value());
  Trajectory trajectory = RandomEpisode(*game, {});
  trajectory.steps.resize(4);
  ASSERT_TRUE(ReplaySteps(*game, trajectory.task, trajectory.steps));
  trajectory.steps[0].is_target = true;
  trajectory.steps[0].policy = {{trajectory.steps[0].action, 1.0F}};
  const auto taught = ReplaySteps(*game, trajectory.task, trajectory.steps);
  ASSERT_FALSE(taught);
  EXPECT_THAT(taught.error().message, HasSubstr("step 0: chance moves"));
}

}  // namespace
}  // namespace tesuji::broken
