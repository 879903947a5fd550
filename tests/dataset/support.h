// Stores and folders for tests of datasets.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/families.h"
#include "dataset/build_dataset.h"
#include "env/program/language/grammar.h"
#include "storage/store.h"

namespace tesuji::dataset {

/// A folder below the test's own, empty, gone in the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// What `tesuji curate` asks of each row.
std::string VerifyByReplay(const storage::StoredTrajectory& stored,
                           const env::Environment& environment);

/// A store with these rows, all verified.
void WriteStore(const std::string& path, const std::vector<env::Trajectory>& rows);

/// An episode of the environment "program" in which these productions are chosen, each by a search
/// that was sure of it.
env::Trajectory ProgramEpisode(const env::Environment& environment, env::Task task,
                               const std::vector<env::program::Op>& code, std::uint64_t seed,
                               std::uint64_t number);

/// The trajectory with these actions, targets of `like` kept step by step: an image, a
/// continuation. Outcome, artifact and fingerprint are what the rules make of it. REQUIRES: legal
/// actions to the end.
env::Trajectory WithActions(const env::Environment& environment, const env::Trajectory& like,
                            const std::vector<env::Action>& actions);

/// The actions of a trajectory.
std::vector<env::Action> ActionsOfSteps(const env::Trajectory& trajectory);

/// The image of actions under symmetry number `g`.
std::vector<env::Action> Image(const env::Environment& environment, std::size_t g,
                               const std::vector<env::Action>& actions);

/// BuildDataset() with every row verified; the test fails when it fails.
BuildReport Build(const BuildOptions& options);

/// Every file below a folder with its bytes.
std::map<std::string, std::string> ReadFolder(const std::string& path);

/// Dropped rows by reason.
std::int64_t Dropped(const BuildReport& report, const std::string& reason);

}  // namespace tesuji::dataset
