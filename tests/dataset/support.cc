#include "tests/dataset/support.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "api/replay.h"
#include "env/program/written_episode.h"
#include "storage/codec.h"

namespace tesuji::dataset {
namespace fs = std::filesystem;

TestFolder::TestFolder() {
  std::string name = testing::TempDir() + "dataset-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw MachineError(name);
  path_ = name;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string VerifyByReplay(const storage::StoredTrajectory& stored,
                           const env::Environment& environment) {
  if (storage::ContentHash(stored.trajectory) != stored.hash) return "content hash differs";
  const auto problems = env::ReplayTrajectory(environment, stored.trajectory, {.limit = 1});
  return problems.empty() ? std::string() : problems.front();
}

void WriteStore(const std::string& path, const std::vector<env::Trajectory>& rows) {
  auto store = storage::Store::Open(path, storage::OpenMode::kCreateOrOpen).value();
  std::vector<storage::Store::Append> batch;
  for (const auto& row : rows) {
    batch.push_back({row, storage::TrajectoryStatus::kVerified, "train"});
  }
  for (const auto id : store->AppendTrajectories(batch)) ASSERT_GT(id, 0);
}

env::Trajectory ProgramEpisode(const env::Environment& environment, env::Task task,
                               const std::vector<env::program::Op>& code, std::uint64_t seed,
                               std::uint64_t number) {
  env::Trajectory trajectory;
  trajectory.provenance = {.environment_id = "program",
                           .environment_version = environment.spec().version,
                           .environment_parameters = environment.parameters(),
                           .software_version = "test",
                           .campaign_seed = seed,
                           .episode = number,
                           .checkpoints = {"none"},
                           .search_settings = Json::object(),
                           .judge = Json::object()};
  trajectory.task = std::move(task);
  env::program::WriteEpisode(environment, code, &trajectory);
  return trajectory;
}

env::Trajectory WithActions(const env::Environment& environment, const env::Trajectory& like,
                            const std::vector<env::Action>& actions) {
  env::Trajectory trajectory = like;
  trajectory.steps.clear();
  auto state = environment.NewState(like.task).value();
  for (std::size_t i = 0; i < actions.size(); ++i) {
    env::Step step = i < like.steps.size() ? like.steps[i] : env::Step{};
    step.action = actions[i];
    if (step.is_target) {
      // Probabilities of other actions may be illegal here: all of it goes to the one played.
      step.policy = {{actions[i], 1.0F}};
    }
    state->Apply(actions[i]);
    trajectory.steps.push_back(std::move(step));
  }
  const env::Spec& spec = environment.spec();
  trajectory.outcome = {};
  trajectory.outcome.value = state->Value();
  trajectory.outcome.termination = state->Termination();
  if (spec.has_ownership || spec.has_score) {
    env::FinalTargets targets = state->Targets();
    if (spec.has_score) trajectory.outcome.score = targets.score;
    if (spec.has_ownership) trajectory.outcome.ownership = std::move(targets.ownership);
  }
  trajectory.artifact = state->Artifact();
  trajectory.final_fingerprint = state->Fingerprint();
  return trajectory;
}

std::vector<env::Action> ActionsOfSteps(const env::Trajectory& trajectory) {
  std::vector<env::Action> actions;
  for (const auto& step : trajectory.steps) actions.push_back(step.action);
  return actions;
}

std::vector<env::Action> Image(const env::Environment& environment, std::size_t g,
                               const std::vector<env::Action>& actions) {
  std::vector<env::Action> image;
  for (const auto action : actions) {
    image.push_back(environment.spec().symmetries[g].actions[static_cast<std::size_t>(action)]);
  }
  return image;
}

BuildReport Build(const BuildOptions& options) {
  const auto registry = env::BuiltInEnvironments();
  const std::atomic<bool> stop{false};
  auto report = BuildDataset(options, registry, VerifyByReplay, {}, stop);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report ? *report : BuildReport{};
}

std::map<std::string, std::string> ReadFolder(const std::string& path) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[fs::relative(entry.path(), path).string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

std::int64_t Dropped(const BuildReport& report, const std::string& reason) {
  return DroppedJson(report).value(reason, std::int64_t{0});
}

}  // namespace tesuji::dataset
