// What the tests of storage/ share: temporary folders, random trajectories, comparing them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "api/trajectory.h"
#include "core/random.h"
#include "storage/store.h"

namespace tesuji::storage {

/// A folder of its own under testing::TempDir(), removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Any trajectory that the types allow: odd floats, negative actions, bytes that are no text.
env::Trajectory RandomTrajectory(RandomStream* random);

/// What a 9x9 self-play game looks like: about 60 moves, a quarter of them full searches of
/// `simulations` whose policy has some dozen entries.
env::Trajectory GameLikeTrajectory(std::uint64_t seed, std::uint64_t episode,
                                   int simulations = 400);

/// Equal in every field, Timing included, floats by their bits.
bool SameTrajectory(const env::Trajectory& a, const env::Trajectory& b);

Store::Append Verified(env::Trajectory trajectory, std::string split = "train");

/// Opens or fails the test.
std::unique_ptr<Store> OpenStore(const std::filesystem::path& path,
                                 OpenMode mode = OpenMode::kCreateOrOpen);

/// Whether all of it can be read and no table is damaged; the message names the first problem.
testing::AssertionResult IsSound(const Store& store);

/// The one line of a refusal, of damage as well; fails the test when the store opens.
std::string RefusalOf(const std::filesystem::path& path, OpenMode mode);

/// Runs `work` in a forked process and returns its wait status. The process ends with _exit(0), or
/// _exit(77) when `work` throws.
int InChild(const std::function<void()>& work);

/// While it lives no file can grow beyond `bytes`, as if the disk were full; for this process.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  std::uint64_t before_;
};

std::string ReadBytes(const std::filesystem::path& path);
void WriteBytes(const std::filesystem::path& path, const std::string& bytes);

}  // namespace tesuji::storage
