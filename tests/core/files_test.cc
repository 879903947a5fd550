#include "core/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace tesuji {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

/// A folder of its own for each test, removed at the end.
class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("tesuji_files_") + info->name() + "_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  fs::path folder_;
};

TEST_F(Files, ReadsBackEveryByte) {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>(i * 7 % 256));
  WriteFileAtomically(folder_ / "a", bytes);
  EXPECT_EQ(ReadFile(folder_ / "a").value(), bytes);
  WriteFileAtomically(folder_ / "a", "");
  EXPECT_EQ(ReadFile(folder_ / "a").value(), "");
}

TEST_F(Files, LeavesNothingBesideTheFile) {
  WriteFileAtomically(folder_ / "a", "old");
  WriteFileAtomically(folder_ / "a", "new");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(Files, OfAKilledWriterAreRemovedAndNothingElse) {
  fs::create_directories(folder_ / "below");
  // A writer that dies before it renames: a small limit of file sizes ends it with SIGXFSZ.
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{100, 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    WriteFileAtomically(folder_ / "below" / "a.json", std::string(1000, 'x'));
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_FALSE(fs::is_empty(folder_ / "below"));
  WriteFileAtomically(folder_ / "b.tmp", "mine");
  WriteFileAtomically(folder_ / "notes.2026.tmp", "mine");
  RemoveTemporaries(folder_);
  EXPECT_TRUE(fs::is_empty(folder_ / "below"));
  EXPECT_THAT(Names(), UnorderedElementsAre("below", "b.tmp", "notes.2026.tmp"));
}

TEST_F(Files, WritesAFileOthersMayRead) {
  WriteFileAtomically(folder_ / "a", "x");
  EXPECT_EQ(fs::status(folder_ / "a").permissions(), static_cast<fs::perms>(0644));
}

TEST_F(Files, SaysWhichFileCannotBeRead) {
  const auto missing = ReadFile(folder_ / "nowhere");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("nowhere: cannot open: No such file"));
  const auto directory = ReadFile(folder_);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("is a folder"));
}

TEST_F(Files, RefusesAFileOverTheLimitAndTakesOneAtIt) {
  WriteFileAtomically(folder_ / "a", std::string(1000, 'x'));
  EXPECT_TRUE(ReadFile(folder_ / "a", 1000));
  const auto refused = ReadFile(folder_ / "a", 999);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("larger than 999 bytes"));
}

TEST_F(Files, AMissingFolderIsTheMachinesFailure) {
  EXPECT_THROW(WriteFileAtomically(folder_ / "no" / "a", "x"), MachineError);
}

TEST_F(Files, AFullDiskLeavesTheOldFileAndNoRest) {
  WriteFileAtomically(folder_ / "a", "old");
  // A limit on file size refuses the write in the middle, as a full disk would.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 100'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message;
  try {
    WriteFileAtomically(folder_ / "a", std::string(1'000'000, 'x'));
  } catch (const MachineError& error) {
    message = error.what();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr("cannot write: File too large"));
  EXPECT_EQ(ReadFile(folder_ / "a").value(), "old");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(Files, AReaderSeesTheOldFileOrTheNewOneNeverAMixture) {
  const fs::path path = folder_ / "a";
  WriteFileAtomically(path, std::string(100'000, '0'));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int round = 1; round <= 100; ++round) {
      WriteFileAtomically(path, std::string(100'000, static_cast<char>('0' + round % 10)));
    }
    done = true;
  });
  int torn = 0;
  while (!done) {
    const std::string bytes = ReadFile(path).value();
    if (bytes.size() != 100'000 || bytes.find_first_not_of(bytes[0]) != std::string::npos) ++torn;
  }
  writer.join();
  EXPECT_EQ(torn, 0);
}

TEST_F(Files, AWriterKilledAtAnyMomentLeavesAWholeFile) {
  const fs::path path = folder_ / "a";
  WriteFileAtomically(path, std::string(1 << 20, 'a'));
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (char letter = 'a';; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
        WriteFileAtomically(path, std::string(1 << 20, letter));
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 * (round + 1)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string bytes = ReadFile(path).value();
    ASSERT_EQ(bytes.size(), std::size_t{1} << 20);
    ASSERT_EQ(bytes.find_first_not_of(bytes[0]), std::string::npos) << "torn in round " << round;
  }
}

}  // namespace
}  // namespace tesuji
