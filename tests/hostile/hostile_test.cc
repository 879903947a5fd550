// Every hostile program gets its verdict, and afterwards nothing of it is left: no process, no
// file, no control group, no descriptor. TESUJI_HOSTILE_ROUNDS repeats all in random order.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/files.h"
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

class Hostile : public testing::TestWithParam<bool> {};

TEST_P(Hostile, ProgramsGetTheirVerdictsAndLeaveNothing) {
  const fs::path root = fs::path(testing::TempDir()) / ("hostile" + std::to_string(getpid()));
  fs::create_directories(root / "problem");
  std::ofstream(root / "problem/1.in") << "3 4\n";
  std::ofstream(root / "problem/1.ans") << "7\n";
  SandboxOptions sandbox_options;
  sandbox_options.use_cgroups = GetParam();
  auto sandbox = Sandbox::Open(sandbox_options);
  if (!sandbox) GTEST_SKIP() << sandbox.error().message;
  CompilerOptions compiler_options;
  compiler_options.cache_folder = root / "cache";
  compiler_options.precompiled_headers = false;
  auto languages = LanguageTable::BuiltIn();
  ASSERT_TRUE(
      languages.Extend("[c]\ncompile_seconds = 4\ncompile_memory_mib = 512\n"
                       "[cpp20]\ncompile_seconds = 10\ncompile_memory_mib = 512\n",
                       "test"));
  Compiler compiler(languages, compiler_options);
  auto problem = LoadProblem(root / "problem");
  ASSERT_TRUE(problem) << problem.error().message;
  JudgeOptions options;
  options.time_limit_seconds = 0.3;
  options.memory_limit_mib = 128;
  SubmissionJudge judge(compiler, *problem, options);
  std::vector<Row> rows = ReadTable();
  ASSERT_GE(rows.size(), 50U);
  {
    Workplace workplace(*sandbox, 3, {});
    const char* wanted = std::getenv("TESUJI_HOSTILE_ROUNDS");
    const int rounds = wanted == nullptr ? 1 : std::atoi(wanted);
    RandomStream random({1, 2, 3});
    int descriptors = 0;
    std::int64_t memory = 0;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.Below(i)]);
      for (const Row& row : rows) {
        auto submission = LoadSubmission(fs::path(TESUJI_HOSTILE_FOLDER) / "programs" / row.file);
        ASSERT_TRUE(submission) << submission.error().message;
        auto report = judge.Judge(workplace, *submission);
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_TRUE(row.verdicts.contains(std::string(env::VerdictName(report->verdict))))
            << row.file << " got " << report->ToJson().dump();
        // Two containers, each bubblewrap outside and the agent inside.
        EXPECT_LE(CountDescendants(), 4) << row.file;
        if (testing::Test::HasFailure() && rounds > 1) return;
      }
      EXPECT_EQ(workplace.restarts(), 0);
      if (round == 0) {
        descriptors = CountEntries("/proc/self/fd");
        memory = ResidentKib();
      }
    }
    EXPECT_EQ(CountEntries("/proc/self/fd"), descriptors);
    EXPECT_LE(ResidentKib(), memory + 4096);
  }
  EXPECT_EQ(CountDescendants(), 0);
  fs::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(Memory, Hostile, testing::Bool(),
                         [](const auto& param) { return param.param ? "ByCgroup" : "ByPolling"; });

}  // namespace
}  // namespace tesuji::verifier
