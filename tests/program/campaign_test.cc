// Campaigns that set themselves programming tasks, and what is done with the tasks that score them.
#include "campaign/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "campaign/status.h"
#include "campaign/verify_store.h"
#include "cli/families.h"
#include "env/program/evaluation.h"
#include "env/program/guide/dream_rows.h"
#include "env/program/judge.h"
#include "env/program/language/behaviour.h"
#include "env/program/language/features.h"
#include "env/program/language/normal_form.h"
#include "env/program/rivals.h"
#include "env/program/solver.h"
#include "env/program/tasks/dream.h"
#include "tests/program/helpers.h"
#include "verifier/sandbox/sandbox.h"

namespace tesuji::env::program {
namespace {

using env::program::ProgramTask;
using testing::HasSubstr;

class ProgramCampaign : public testing::Test {
 protected:
  void SetUp() override {
    if (auto sandbox = verifier::Sandbox::Open({}); !sandbox) {
      GTEST_SKIP() << sandbox.error().message;
    }
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("program_campaign" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  campaign::CampaignConfig Config(const std::string& store, std::int64_t episodes,
                                  const std::vector<std::string>& overrides = {}) {
    auto file = ConfigFile::Parse(
        "[environment]\nid = \"program\"\n"
        "[programs]\nenumerate = true\ncandidates = 3000\nevaluation_candidates = 2000\n"
        "[network]\nblocks = 1\nchannels = 16\nhead_channels = 8\n"
        "[selfplay]\nworkers = 1\n"
        "[learner]\ngeneration_episodes = 20\nfirst_rows = 20\nbatch = 32\nreuse = 2\n"
        "[storage]\nheldout_fraction = 0.1\n",
        "test.toml");
    EXPECT_TRUE(file);
    EXPECT_TRUE(file->Override("storage.path=" + Json((folder_ / store).string()).dump()));
    EXPECT_TRUE(file->Override("campaign.episodes=" + std::to_string(episodes)));
    for (const auto& assignment : overrides) EXPECT_TRUE(file->Override(assignment));
    auto config = campaign::ReadCampaign(*file, registry_);
    EXPECT_TRUE(config) << (config ? "" : config.error().message);
    return *config;
  }
  void Run(const campaign::CampaignConfig& config) {
    auto campaign = campaign::Campaign::Open(config, registry_);
    ASSERT_TRUE(campaign) << campaign.error().message;
    (*campaign)->Run(stop_);
  }
  std::unique_ptr<storage::Store> Reopen(const std::string& store) {
    return std::move(*storage::Store::Open(folder_ / store, storage::OpenMode::kReadOnly));
  }

  std::filesystem::path folder_;
  env::Registry registry_ = env::BuiltInFamilies();
  std::atomic<bool> stop_{false};
};

std::vector<std::string> Hashes(const storage::Store& store) {
  std::vector<std::string> hashes;
  store.ForEachSummary(1,
                       [&](const storage::TrajectorySummary& row) {
                         hashes.push_back(row.hash);
                         return true;
                       },
                       {});
  return hashes;
}

TEST_F(ProgramCampaign, StoresJudgedSolutionsLearnsFromThemAndVerifies) {
  Run(Config("a.db", 45));
  const auto store = Reopen("a.db");
  const Json status = campaign::StatusJson(*store);
  EXPECT_GE(status["verified"].get<int>(), 30);
  EXPECT_EQ(status["rejected"], 0);
  ASSERT_GE(status["checkpoints"].size(), 2U);
  EXPECT_TRUE(status["checkpoints"].back().contains("tasks_solved")) << status.dump();
  const auto report = campaign::VerifyStore(*store, registry_, 10, {});
  EXPECT_GE(report.checked, 10);
  EXPECT_TRUE(report.failures.empty()) << report.failures.front().reason;
}

TEST_F(ProgramCampaign, IsRepeatableWithOneWorker) {
  Run(Config("a.db", 15));
  Run(Config("b.db", 15));
  const auto hashes = Hashes(*Reopen("a.db"));
  EXPECT_FALSE(hashes.empty());
  EXPECT_EQ(hashes, Hashes(*Reopen("b.db")));
}

TEST_F(ProgramCampaign, NeverStoresWhatAnswersAnEvaluationTask) {
  // Take what a first campaign finds as the evaluation tasks of a second with the same seed.
  Run(Config("a.db", 12));
  std::ofstream tasks(folder_ / "tasks.jsonl");
  std::vector<ProgramTask> forbidden;
  Reopen("a.db")->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        Json task = stored.trajectory.task.parameters;
        task["unseen"] = stored.trajectory.evidence["unseen"];
        tasks << task.dump() << "\n";
        forbidden.push_back(env::program::TaskFromJson(task, "task").value());
        return true;
      },
      {});
  tasks.close();
  ASSERT_GE(forbidden.size(), 8U);
  Run(Config("b.db", 30,
             {"programs.evaluation_tasks=" + Json((folder_ / "tasks.jsonl").string()).dump()}));
  env::program::Runner runner;
  int kept = 0;
  Reopen("b.db")->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        ++kept;
        const auto read = env::program::ParseArtifact(stored.trajectory.artifact).value();
        env::program::Program program = read.task.EmptyProgram();
        program.code = read.code;
        for (const ProgramTask& task : forbidden) {
          EXPECT_FALSE(Answers(&runner, program, task)) << stored.trajectory.artifact;
        }
        return true;
      },
      {});
  EXPECT_GT(kept, 0);
}

/// A source without rows of its own, so that all rows are dreams'.
class NoStoredRows : public env::TrainingRows {
 public:
  std::int64_t rows() const override { return 1; }
  void Sample(int, RandomStream*, env::TrainingBatch*) const override { FAIL(); }
};

TEST(ProgramDreamRows, TeachALegalProductionAndDependOnTheStreamAlone) {
  const auto environment = std::move(*env::program::ProgramEnvironment::Make({}));
  const NoStoredRows none;
  env::TrainingBatch batches[2];
  for (auto& batch : batches) {
    const DreamRows dreams(none, *environment, nullptr, {.share = 1});
    RandomStream random(6);
    dreams.Sample(64, &random, &batch);
  }
  const env::TrainingBatch& batch = batches[0];
  EXPECT_EQ(batch.observations, batches[1].observations);
  EXPECT_EQ(batch.policy, batches[1].policy);
  ASSERT_EQ(batch.rows, 64);
  const auto actions = static_cast<std::size_t>(environment->spec().action_count);
  for (std::size_t row = 0; row < 64; ++row) {
    float sum = 0;
    for (std::size_t i = row * actions; i < (row + 1) * actions; ++i) {
      sum += batch.policy[i];
      EXPECT_LE(batch.policy[i], batch.legal[i]);
    }
    EXPECT_EQ(sum, 1);
    EXPECT_EQ(batch.value[row], 1);
    EXPECT_EQ(batch.weight[row], 1);
  }
}

TEST(ProgramDreamRows, AreMixedWithStoredOnesInTheirShare) {
  class Stored : public NoStoredRows {
   public:
    explicit Stored(int actions) : actions_(actions) {}
    void Sample(int rows, RandomStream*, env::TrainingBatch* out) const override {
      asked = rows;
      const auto n = static_cast<std::size_t>(rows);
      out->observations.assign(n * static_cast<std::size_t>(env::program::EncodingSize()), 0.5F);
      out->policy.assign(n * static_cast<std::size_t>(actions_), 0);
      out->legal.assign(n * static_cast<std::size_t>(actions_), 0);
      out->value.assign(n, -1);
      out->score.assign(n, 0);
      out->score_known.assign(n, 0);
      out->weight.assign(n, 1);
    }
    mutable int asked = 0;

   private:
    int actions_;
  };
  const auto environment = std::move(*env::program::ProgramEnvironment::Make({}));
  const Stored stored(environment->spec().action_count);
  const DreamRows dreams(stored, *environment, nullptr, {.share = 0.75});
  RandomStream random(6);
  env::TrainingBatch batch;
  dreams.Sample(40, &random, &batch);
  EXPECT_EQ(stored.asked, 10);
  EXPECT_EQ(std::ranges::count(batch.value, -1.0F), 10);
  EXPECT_EQ(batch.observations[0], 0.5F);
}

TEST(ProgramDreamRows, HoldNothingThatAnswersAnEvaluationTask) {
  // What is dreamt with a seed is forbidden to a second source with the same seed.
  const auto environment = std::move(*env::program::ProgramEnvironment::Make({}));
  RandomStream random(6);
  std::vector<ProgramTask> forbidden;
  for (int i = 0; i < 30; ++i) {
    forbidden.push_back(env::program::DreamTask({.max_nodes = 20, .unseen = 4}, &random).task);
  }
  const NoStoredRows none;
  const DreamRowsOptions options{.share = 1, .other_signatures = 0, .kept = 20};
  const DreamRows open(none, *environment, nullptr, options);
  const DreamRows guarded(none, *environment, &forbidden, options);
  const auto features = [](const DreamRows& rows) {
    RandomStream again(6);
    env::TrainingBatch batch;
    rows.Sample(64, &again, &batch);
    return batch.observations;
  };
  const auto count = static_cast<std::ptrdiff_t>(env::program::FeatureCount());
  const auto holds = [&](const std::vector<float>& rows, const std::vector<float>& one) {
    for (auto at = rows.begin(); at != rows.end(); at += env::program::EncodingSize()) {
      if (std::equal(one.begin(), one.end(), at, at + count)) return true;
    }
    return false;
  };
  const auto with = features(open);
  const auto without = features(guarded);
  int seen = 0;
  for (const ProgramTask& task : forbidden) {
    const auto one = env::program::PrepareTask(task)->features;
    seen += holds(with, one) ? 1 : 0;
    EXPECT_FALSE(holds(without, one)) << env::program::ToJson(task);
  }
  EXPECT_GT(seen, 5);
}

// TESUJI_TEST_DATA/list-functions/dev.jsonl must be in no store that is named in
// TESUJI_PROGRAM_STORE, neither as text nor by behaviour.
TEST(ProgramHonesty, StoreHoldsNoTaskOfTheBenchmark) {
  const char* data = std::getenv("TESUJI_TEST_DATA");
  const char* path = std::getenv("TESUJI_PROGRAM_STORE");
  if (data == nullptr || path == nullptr) {
    GTEST_SKIP() << "set TESUJI_TEST_DATA and TESUJI_PROGRAM_STORE";
  }
  const auto tasks =
      env::program::LoadTasks(std::filesystem::path(data) / "list-functions" / "dev.jsonl");
  ASSERT_TRUE(tasks) << tasks.error().message;
  auto store = storage::Store::Open(path, storage::OpenMode::kReadOnly);
  ASSERT_TRUE(store) << store.error().message;
  env::program::Runner runner;
  int checked = 0;
  (*store)->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        const auto read = env::program::ParseArtifact(stored.trajectory.artifact).value();
        env::program::Program program = read.task.EmptyProgram();
        program.code = read.code;
        for (const ProgramTask& task : *tasks) {
          EXPECT_NE(read.task.id, task.id);
          EXPECT_NE(env::program::ToJson(read.task)["seen"], env::program::ToJson(task)["seen"]);
          EXPECT_FALSE(Answers(&runner, program, task)) << task.id << "\n"
                                                        << stored.trajectory.artifact;
        }
        ++checked;
        return true;
      },
      {});
  EXPECT_GT(checked, 0);
}

TEST_F(ProgramCampaign, RefusesEvaluationTasksThatAreBroken) {
  std::ofstream(folder_ / "bad.jsonl") << "{\"seen\": 1}\n";
  auto file = ConfigFile::Parse("[environment]\nid = \"program\"\n[programs]\nevaluation_tasks = " +
                                    Json((folder_ / "bad.jsonl").string()).dump() + "\n",
                                "x.toml");
  ASSERT_TRUE(file);
  const auto config = campaign::ReadCampaign(*file, registry_);
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("x.toml:4: programs.evaluation_tasks"));
  EXPECT_THAT(config.error().message, HasSubstr("bad.jsonl:1: seen: expected a list"));
}

TEST(ProgramCampaignFile, EnumeratesProgramsOnly) {
  const auto file = ConfigFile::Parse("[programs]\nenumerate = true\n", "x.toml");
  const auto config = campaign::ReadCampaign(*file, env::BuiltInFamilies());
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("environment.id = \"program\""));
}

TEST_F(ProgramCampaign, SandboxRefusesAProgramThatIsWrong) {
  auto judge = std::move(*ProgramCJudge::Open(0));
  const auto task = env::program::TaskOf({{{3, 1}, {1, 3}}, {{2}, {2}}});
  env::program::Program right = task.EmptyProgram();
  right.code = {env::program::kSort, env::program::kXs};
  EXPECT_EQ(judge->Judge(right, task), env::Verdict::kAccepted);
  right.code = {env::program::kXs};
  EXPECT_EQ(judge->Judge(right, task), env::Verdict::kWrongAnswer);
}

ProgramTask DropFirst() {
  return env::program::TaskOf({{{3, 1, 2}, {1, 2}},
                               {{5, 9}, {9}},
                               {{7}, {}},
                               {{2, 2, 2}, {2, 2}},
                               {{8, 6, 4, 0}, {6, 4, 0}}});
}

TEST(ProgramSolver, GivesProgramsOfDifferentFormsAndNamesTheirBehaviours) {
  SolveOptions options;
  options.search.candidates = 100'000;
  options.search.solutions = 8;
  const auto outcome = SolveTask(DropFirst(), UniformGuide().get(), nullptr, options);
  ASSERT_EQ(outcome.programs.size(), 8U);
  std::set<std::string> forms;
  std::map<std::string, int> numbers;
  for (const auto& one : outcome.programs) {
    forms.insert(env::program::NormalForm(one.program));
    const std::string behaviour = env::program::BehaviourOf(one.program);
    const auto known = numbers.try_emplace(behaviour, one.behaviour).first;
    EXPECT_EQ(known->second, one.behaviour);
    EXPECT_LE(outcome.shortest().program.code.size(), one.program.code.size());
    EXPECT_LE(outcome.fastest().steps, one.steps);
    EXPECT_GT(one.steps, 0);
  }
  EXPECT_EQ(forms.size(), 8U);
  EXPECT_EQ(env::program::ToText(outcome.shortest().program), "(drop 1 xs)");
}

/// Solves DropFirst() and holds the first program against its examples.
SolveOutcome SolveDropFirst(const SolveOptions& options) {
  auto outcome = SolveTask(DropFirst(), UniformGuide().get(), nullptr, options);
  EXPECT_FALSE(outcome.programs.empty());
  if (outcome.programs.empty()) return outcome;
  env::program::Runner runner;
  EXPECT_EQ(env::program::CountRight(&runner, outcome.programs[0].program, DropFirst().seen), 5);
  return outcome;
}

TEST(ProgramSolver, TakesASecondThread) {
  SolveOptions options;
  options.search.candidates = 100'000;
  options.second_thread = true;
  SolveDropFirst(options);
}

TEST(ProgramSolver, FindsByTreeSearchToo) {
  for (const auto method : {ProgramSearch::kMcts, ProgramSearch::kLevin}) {
    SolveOptions options;
    options.search.candidates = 20'000;
    options.method = method;
    EXPECT_LE(SolveDropFirst(options).search.candidates, 20'000);
  }
}

env::program::ProgramTask TaskOf(const std::string& json) {
  return env::program::TaskFromJson(Json::parse(json), "test").value();
}

TEST(ProgramRivals, OneExampleLeavesOpenWhichOfManyIsMeant) {
  const auto task = TaskOf(R"({"examples": [{"input": [3, 1, 2], "output": 3}]})");
  const auto guide = UniformGuide();
  SolveOptions options;
  options.search.candidates = 20'000;
  const auto outcome = SolveTask(task, guide.get(), nullptr, options);
  ASSERT_FALSE(outcome.programs.empty());
  const auto question =
      FindOpenQuestion(task, outcome.programs.front().program, guide.get(), {.candidates = 20'000});
  ASSERT_TRUE(question);
  ASSERT_GE(question->answers.size(), 2U);
  // Every program that is shown fits the example, and no two agree on the input.
  env::program::Runner runner;
  std::set<std::string> outputs;
  for (const auto& answer : question->answers) {
    EXPECT_EQ(env::program::CountRight(&runner, answer.program, task.seen), 1);
    EXPECT_TRUE(outputs.insert(answer.output).second) << answer.output;
  }
  EXPECT_EQ(question->answers.front().program.code, outcome.programs.front().program.code);
}

TEST(ProgramRivals, ExamplesThatTellShortProgramsApartLeaveNothingOpen) {
  const auto task = TaskOf(R"({"examples": [
      {"input": [3, 1, 2], "output": [1, 2, 3]}, {"input": [], "output": []},
      {"input": [5, 5, -1, 0], "output": [-1, 0, 5, 5]}, {"input": [9, 8, 7, 7, 1], "output": [1, 7, 7, 8, 9]},
      {"input": [2, 100, 30], "output": [2, 30, 100]}, {"input": [-4], "output": [-4]}]})");
  const auto guide = UniformGuide();
  SolveOptions options;
  options.search.candidates = 20'000;
  const auto outcome = SolveTask(task, guide.get(), nullptr, options);
  ASSERT_FALSE(outcome.programs.empty());
  EXPECT_FALSE(FindOpenQuestion(task, outcome.programs.front().program, guide.get(),
                                {.candidates = 20'000}));
}

TEST_F(ProgramCampaign, BringsAGuideThatBeatsTheUniformGrammar) {
  const auto guide = FindGuide("default", registry_, {});
  ASSERT_TRUE(guide) << guide.error().message;
  const auto learned = (*guide)();
  const auto uniform = UniformGuide();
  RandomStream random(2026);
  double saved = 0;
  for (int i = 0; i < 50; ++i) {
    const auto dream = env::program::DreamTask({.max_nodes = 12}, &random);
    saved += uniform->CostsFor(dream.task).BitsOf(dream.program.code) -
             learned->CostsFor(dream.task).BitsOf(dream.program.code);
  }
  EXPECT_GT(saved / 50, 10) << "bits a program";
}

class ProgramPackages : public ProgramCampaign {};

TEST_F(ProgramPackages, AreSolvedFromTheirSamplesAndAcceptedOnTheirHiddenTests) {
  const std::filesystem::path problems = TESUJI_SOURCE_DIR "/experiments/problems";
  for (const char* name : {"sum", "span", "rotate", "dot-product"}) {
    auto package = LoadPackageTask(problems / name);
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_EQ(package->task.seen.size(), 8U);
    auto judge = ProgramJudge::Open(std::move(package->problem));
    ASSERT_TRUE(judge) << judge.error().message;
    SolveOptions options;
    options.search.candidates = 20'000'000;
    const auto outcome = SolveTask(package->task, UniformGuide().get(), judge->get(), options);
    EXPECT_EQ(outcome.verdict, "AC") << name;
    EXPECT_FALSE(outcome.programs.empty()) << name;
  }
}

TEST_F(ProgramPackages, BrokenSignaturesAreNamed) {
  const std::filesystem::path from = TESUJI_SOURCE_DIR "/experiments/problems/sum";
  const auto to = folder_ / "p";
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  std::ofstream(to / "signature.toml") << "[signature]\ninputs = [\"text\"]\n";
  EXPECT_THAT(LoadPackageTask(to).error().message, HasSubstr("expected \"int\" or \"list\""));
  std::ofstream(to / "signature.toml") << "[signature]\ninputs = [\"int\"]\noutput = \"int\"\n";
  EXPECT_THAT(LoadPackageTask(to).error().message, HasSubstr("sample/01"));
}

}  // namespace
}  // namespace tesuji::env::program
