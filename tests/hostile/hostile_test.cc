// Every hostile program gets its verdict, and afterwards nothing of it is left: no process, no
// file, no control group, no descriptor. TESUJI_HOSTILE_ROUNDS=100 repeats
// all in random order on TESUJI_HOSTILE_LANES lanes at once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

#include "core/files.h"
#include "verifier/judge/lanes.h"
#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string file;
  std::set<std::string> verdicts;
};

std::vector<Row> ReadTable() {
  std::vector<Row> rows;
  std::ifstream table(std::string(TESUJI_HOSTILE_FOLDER) + "/table.txt");
  std::string line;
  while (std::getline(table, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Row row;
    words >> row.file;
    for (std::string verdict; words >> verdict;) row.verdicts.insert(verdict);
    rows.push_back(std::move(row));
  }
  return rows;
}

int CountEntries(const fs::path& folder) {
  int count = 0;
  std::error_code ignored;
  for (auto it = fs::directory_iterator(folder, ignored); it != fs::directory_iterator(); ++it) {
    ++count;
  }
  return count;
}

/// Direct and indirect children of this process, from procfs.
int CountDescendants() {
  std::multimap<pid_t, pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    const auto end = text.rfind(')');
    if (end == std::string::npos) continue;
    std::istringstream rest(text.substr(end + 2));
    char state = 0;
    pid_t parent = 0;
    rest >> state >> parent;
    children.emplace(parent, std::atoi(entry.path().filename().c_str()));
  }
  std::vector<pid_t> open = {getpid()};
  int count = 0;
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    for (auto [it, end] = children.equal_range(pid); it != end; ++it) {
      open.push_back(it->second);
      ++count;
    }
  }
  return count;
}

std::int64_t ResidentKib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * 4;
}

int Setting(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::max(1, std::atoi(value));
}

/// Control groups that this process made and that are still there.
int CountControlGroups() {
  const std::string mine = "tesuji-" + std::to_string(getpid()) + "-";
  int count = 0;
  std::error_code ignored;
  for (auto it = fs::recursive_directory_iterator("/sys/fs/cgroup", ignored);
       it != fs::recursive_directory_iterator(); it.increment(ignored)) {
    if (it->path().filename().string().starts_with(mine)) ++count;
  }
  return count;
}

class Hostile : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SandboxOptions sandbox_options;
    sandbox_options.use_cgroups = GetParam();
    auto sandbox = Sandbox::Open(sandbox_options);
    if (!sandbox) GTEST_SKIP() << sandbox.error().message;
    sandbox_ = *sandbox;
    root_ = fs::path(testing::TempDir()) / ("hostile" + std::to_string(getpid()));
    fs::create_directories(root_ / "problem");
    std::ofstream(root_ / "problem/1.in") << "3 4\n";
    std::ofstream(root_ / "problem/1.ans") << "7\n";
    CompilerOptions compiler_options;
    compiler_options.cache_folder = root_ / "cache";
    compiler_options.precompiled_headers = false;
    auto languages = LanguageTable::BuiltIn();
    ASSERT_TRUE(
        languages.Extend("[c]\ncompile_seconds = 2\ncompile_memory_mib = 512\n"
                         "[cpp20]\ncompile_seconds = 5\ncompile_memory_mib = 512\n",
                         "test"));
    compiler_ = std::make_unique<Compiler>(languages, compiler_options);
    auto problem = LoadProblem(root_ / "problem");
    ASSERT_TRUE(problem) << problem.error().message;
    problem_ = std::make_unique<Problem>(std::move(*problem));
    JudgeOptions options;
    // Filling 128 MiB takes 0.1 s of a quiet core, three times that of a crowded one.
    options.time_limit_seconds = 0.6;
    options.memory_limit_mib = 128;
    judge_ = std::make_unique<SubmissionJudge>(*compiler_, *problem_, options);
    rows_ = ReadTable();
    ASSERT_GE(rows_.size(), 50U);
    LeaveOutWhatIsNotInstalled();
    lanes_ =
        std::make_unique<Lanes>(sandbox_, Setting("TESUJI_HOSTILE_LANES", 3), compiler_->mounts());
  }
  void TearDown() override {
    if (sandbox_ == nullptr) return;
    lanes_.reset();
    EXPECT_EQ(CountDescendants(), 0);
    judge_.reset();
    compiler_.reset();
    sandbox_.reset();
    EXPECT_EQ(CountControlGroups(), 0);
    fs::remove(root_ / "problem/1.in");
    fs::remove(root_ / "problem/1.ans");
    EXPECT_EQ(CountEntries(root_ / "problem"), 0);
    EXPECT_EQ(CountEntries(root_), 2) << "only the problem and the cache";
    fs::remove_all(root_);
  }
  void LeaveOutWhatIsNotInstalled() {
    std::erase_if(rows_, [&](const Row& row) {
      auto language = compiler_->languages().ForFile(row.file, "");
      const std::string why = language ? (*language)->WhyMissing() : language.error().message;
      if (!why.empty()) std::cerr << "left out: " << row.file << ": " << why << "\n";
      return !why.empty();
    });
  }
  void JudgeRow(Workplace& place, const Row& row) {
    auto submission = LoadSubmission(fs::path(TESUJI_HOSTILE_FOLDER) / "programs" / row.file);
    ASSERT_TRUE(submission) << submission.error().message;
    const int restarts = place.restarts();
    auto report = judge_->Judge(place, *submission);
    EXPECT_EQ(place.restarts(), restarts) << row.file << " broke a container";
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(row.verdicts.contains(std::string(env::VerdictName(report->verdict))))
        << row.file << " got " << report->ToJson().dump();
  }
  void JudgeAllOnLanes() {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left = rows_.size();
    for (const Row& row : rows_) {
      lanes_->Post([&](Workplace& place) {
        JudgeRow(place, row);
        const std::lock_guard<std::mutex> lock(mutex);
        if (--left == 0) changed.notify_one();
      });
    }
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return left == 0; });
  }

  std::shared_ptr<const Sandbox> sandbox_;
  fs::path root_;
  std::unique_ptr<Compiler> compiler_;
  std::unique_ptr<Problem> problem_;
  std::unique_ptr<SubmissionJudge> judge_;
  std::vector<Row> rows_;
  std::unique_ptr<Lanes> lanes_;
};

TEST_P(Hostile, ProgramsGetTheirVerdictsAndLeaveNothing) {
  {
    Workplace place(sandbox_, 30, compiler_->mounts());
    for (const Row& row : rows_) {
      JudgeRow(place, row);
      // Four containers, each bubblewrap outside and the agent inside; in two of them Python and
      // Java may wait for a run.
      EXPECT_LE(CountDescendants(), 10) << row.file;
    }
  }
  const int rounds = Setting("TESUJI_HOSTILE_ROUNDS", 1);
  const int processes = 10 * lanes_->count();
  RandomStream random({1, 2, 3});
  int descriptors = 0;
  std::int64_t memory = 0;
  for (int round = 1; round < rounds && !HasFailure(); ++round) {
    for (std::size_t i = rows_.size(); i > 1; --i) std::swap(rows_[i - 1], rows_[random.Below(i)]);
    JudgeAllOnLanes();
    EXPECT_LE(CountDescendants(), processes) << "after round " << round;
    // Flat over the second half: by then every container is there, and every thread's heap has met
    // the largest output and compiler message of all.
    if (round == std::max(std::min(5, rounds - 1), rounds / 2)) {
      descriptors = CountEntries("/proc/self/fd");
      memory = ResidentKib();
    }
    std::cerr << "round " << round + 1 << ": " << ResidentKib() << " KiB, "
              << CountEntries("/proc/self/fd") << " descriptors\n";
  }
  EXPECT_EQ(lanes_->restarts(), 0);
  if (rounds > 1) {
    EXPECT_EQ(CountEntries("/proc/self/fd"), descriptors);
    EXPECT_LE(ResidentKib(), memory + 4096);
  }
}

INSTANTIATE_TEST_SUITE_P(Memory, Hostile, testing::Bool(),
                         [](const auto& param) { return param.param ? "ByCgroup" : "ByPolling"; });

}  // namespace
}  // namespace tesuji::verifier
