// A campaign whose episodes are programs, judged by the sandbox with a problem ([judge]).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "api/registry.h"
#include "campaign/status.h"
#include "tests/campaign/campaign_fixture.h"

namespace tesuji::campaign {
namespace {

// One decision: what a program does with each number that it reads. The first adds them up.
constexpr const char* kLines[] = {"sum += x;", "sum -= x;", "sum = x"};
constexpr int kLineCount = 3;

std::string Program(int line) {
  return std::string(
             "#include <iostream>\nint main() {\n  long n, x, sum = 0;\n  std::cin >> n;\n"
             "  while (std::cin >> x) ") +
         kLines[line] + "\n  std::cout << sum << '\\n';\n}\n";
}

class WrittenState final : public env::State {
 public:
  std::unique_ptr<State> Clone() const override { return std::make_unique<WrittenState>(*this); }
  env::Phase phase() const override {
    return line_ < 0 ? env::Phase::kOngoing : env::Phase::kAwaitsJudge;
  }
  env::Player to_play() const override { return env::Player::kFirst; }
  void LegalActions(std::vector<env::Action>* out) const override { *out = {0, 1, 2}; }
  void Apply(env::Action action) override { line_ = action; }
  float Value() const override { return 0; }
  Key128 Fingerprint() const override {
    return {.high = 1, .low = static_cast<std::uint64_t>(line_ + 1)};
  }
  void Encode(std::span<float> out) const override {
    for (int i = 0; i < kLineCount; ++i) out[i] = i == line_ ? 1.0F : 0.0F;
  }
  std::string Artifact() const override { return line_ < 0 ? std::string() : Program(line_); }
  std::string ToText() const override { return Artifact(); }
  std::string ActionToText(env::Action action) const override { return kLines[action]; }
  std::string Termination() const override { return ""; }

 private:
  int line_ = -1;
};

class WrittenEnvironment final : public env::Environment {
 public:
  WrittenEnvironment() {
    spec_.id = "written";
    spec_.player_count = 1;
    spec_.action_count = kLineCount;
    spec_.max_steps = 1;
    spec_.observation = {.planes = 1, .height = 1, .width = kLineCount};
    spec_.actions = {.planes_over_cells = 0, .other_actions = kLineCount};
    spec_.symmetries.resize(1);
    for (int i = 0; i < kLineCount; ++i) spec_.symmetries[0].cells.push_back(i);
    spec_.symmetries[0].actions = spec_.symmetries[0].cells;
  }
  const env::Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<env::State>> NewState(const env::Task& /*task*/) const override {
    return std::make_unique<WrittenState>();
  }
  Result<std::unique_ptr<env::State>> FromArtifact(std::string_view text) const override {
    auto state = std::make_unique<WrittenState>();
    if (text.empty()) return state;
    for (int line = 0; line < kLineCount; ++line) {
      if (text != Program(line)) continue;
      state->Apply(line);
      return state;
    }
    return Fail("no program of this environment");
  }

 private:
  env::Spec spec_;
};

env::Registry Registry() {
  env::EnvironmentFactory factory;
  factory.id = "written";
  factory.summary = "Programs of one choice";
  factory.make = [](const Json&) { return std::make_unique<const WrittenEnvironment>(); };
  env::Registry registry;
  registry.Add(factory);
  return registry;
}

class SandboxCampaign : public CampaignFixture {};

TEST_F(SandboxCampaign, ProgramsAreAcceptedOrNotByTheProblemsTests) {
  const env::Registry registry = Registry();
  RunCampaign(
      ReadConfig("[environment]\nid = \"written\"\n[search]\nsimulations = 4\n"
                 "[network]\nblocks = 1\nchannels = 8\nhead_channels = 8\n"
                 "[selfplay]\nworkers = 1\nepisodes_per_worker = 4\n[evaluation]\nevery = 0\n"
                 "final_games = 0\n[judge]\nproblem = \"" TESUJI_SOURCE_DIR
                 "/experiments/problems/sum\"\n",
                 registry, "written.db", 12),
      registry);
  int accepted = 0;
  int compile_errors = 0;
  for (const auto& stored : Stored("written.db")) {
    const env::Trajectory& trajectory = stored.trajectory;
    EXPECT_EQ(stored.status, storage::TrajectoryStatus::kVerified);
    const bool right = trajectory.artifact == Program(0);
    const bool compiles = trajectory.artifact != Program(2);
    EXPECT_EQ(trajectory.outcome.termination, right      ? "judged:AC"
                                              : compiles ? "judged:WA"
                                                         : "judged:CE");
    EXPECT_EQ(trajectory.outcome.value, right ? 1 : -1);
    EXPECT_TRUE(trajectory.provenance.judge.contains("name")) << trajectory.provenance.judge;
    accepted += right ? 1 : 0;
    compile_errors += compiles ? 0 : 1;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_GT(compile_errors, 0);
  const Json status = StatusJson(*Reopen("written.db"));
  EXPECT_EQ(status["judge"]["judged"], 12);
  EXPECT_EQ(status["judge"]["accepted"], accepted);
  ExpectEachOnceAndSound("written.db", registry, 12);
}

}  // namespace
}  // namespace tesuji::campaign
