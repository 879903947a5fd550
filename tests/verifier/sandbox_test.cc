// The sandbox alone: what a run reports, what it cannot do, and what it leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/verifier/sandbox_fixture.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_P(SandboxTest, ReportsExitCodeAndOutput) {
  const RunResult result =
      Python("import sys; print('hi'); print('no', file=sys.stderr); sys.exit(3)");
  EXPECT_EQ(result.broken, "");
  EXPECT_TRUE(result.ExitedWith(3));
  EXPECT_EQ(result.standard_output, "hi\n");
  EXPECT_EQ(result.standard_error, "no\n");
  EXPECT_GT(result.cpu.count(), 0);
  EXPECT_GT(result.peak_bytes, 1 << 20);
}

TEST_P(SandboxTest, StopsABusyLoopByCpuAndASleeperByWall) {
  Limits limits;
  limits.cpu = std::chrono::milliseconds(200);
  EXPECT_EQ(Python("while True: pass", limits).ending, Ending::kCpuLimit);
  limits.wall = std::chrono::milliseconds(300);
  EXPECT_EQ(Python("import time; time.sleep(60)", limits).ending, Ending::kWallLimit);
}

TEST_P(SandboxTest, StopsMemoryHogs) {
  Limits limits;
  limits.memory_bytes = 64 << 20;
  EXPECT_EQ(Python("x = bytearray(100 << 20); print(len(x))", limits).ending, Ending::kMemoryLimit);
  EXPECT_TRUE(Python("x = bytearray(20 << 20)", limits).ExitedWith(0));
}

TEST_P(SandboxTest, StopsEndlessOutput) {
  Limits limits;
  limits.output_bytes = 1 << 20;
  const RunResult result = Python("while True: print('x' * 1000)", limits);
  EXPECT_EQ(result.ending, Ending::kOutputLimit);
  EXPECT_LE(result.standard_output.size(), 1U << 20);
  EXPECT_EQ(Python("import sys\nwhile True: print('x' * 1000, file=sys.stderr)", limits).ending,
            Ending::kOutputLimit);
}

TEST_P(SandboxTest, BoundsTheNumberOfProcesses) {
  Limits limits;
  limits.processes = 6;
  const RunResult result = Python(
      "import os, time\n"
      "n = 0\n"
      "for i in range(10):\n"
      "  try:\n"
      "    if os.fork() == 0: time.sleep(100)\n"
      "    n += 1\n"
      "  except OSError: pass\n"
      "print(n)\n",
      limits);
  EXPECT_EQ(result.standard_output, "5\n");
  EXPECT_EQ(result.stray_processes, 5);
}

TEST_P(SandboxTest, ShowsNothingOfTheMachine) {
  const RunResult result = Python(
      "import os\n"
      "print(sorted(os.listdir('/')))\n"
      "print([p for p in ['/etc/passwd', '/root', '/home', '/proc/self', '/proc/1', '/sys'] if "
      "os.path.exists(p)])\n"
      "print(os.getpid(), sorted(os.listdir('/box')))\n"
      "def good(x):\n"
      "  try: os.fstat(x); return True\n"
      "  except OSError: return False\n"
      "print([x for x in range(300) if good(x)])\n");
  EXPECT_THAT(result.standard_output, HasSubstr("\n[]\n2 ['.dev', 'tmp']\n[0, 1, 2]\n"))
      << result.standard_error;
  EXPECT_THAT(result.standard_output, Not(HasSubstr("home")));
}

TEST_P(SandboxTest, ForgetsFilesBetweenRuns) {
  EXPECT_EQ(Python("open('/box/x', 'w').write('1'); open('/tmp/y', 'w').write('1')").exit_code, 0);
  EXPECT_EQ(Python("import os; print(os.listdir('/box'), os.listdir('/tmp'))").standard_output,
            "['.dev', 'tmp'] []\n");
}

TEST_P(SandboxTest, CannotWriteOutsideItsBox) {
  const RunResult result = Python(
      "import os\n"
      "for p in ['/x', '/usr/x', '/dev/x', '/usr/lib/x']:\n"
      "  try: open(p, 'w'); print('wrote', p)\n"
      "  except OSError: pass\n");
  EXPECT_EQ(result.standard_output, "");
}

TEST_P(SandboxTest, KilledContainerIsOurFault) {
  kill(container_->outer_pid(), SIGKILL);
  const RunResult result = Python("print(1)");
  EXPECT_NE(result.broken, "");
  EXPECT_TRUE(container_->broken());
}

TEST_P(SandboxTest, HandsBackRegularFilesOnly) {
  RunSpec spec;
  spec.argv = {"/usr/bin/python3", "-c",
               "import os\n"
               "open('a', 'w').write('data')\n"
               "os.symlink('/usr/bin/true', 'b')\n"
               "os.link('a', 'c'); os.mkdir('d'); open('big', 'w').truncate(5000)\n"
               "open('e','w').write('e')\n"};
  spec.fetch = {"e", "b", "a", "d", "big", "missing"};
  spec.fetch_bytes = 4096;
  const RunResult result = container_->Run(spec);
  ASSERT_TRUE(result.ExitedWith(0)) << result.standard_error;
  using State = FetchedFile::State;
  std::vector<State> states;
  for (const auto& file : result.fetched) states.push_back(file.state);
  EXPECT_THAT(states, testing::ElementsAre(State::kHere, State::kNotRegular, State::kNotRegular,
                                           State::kNotRegular, State::kTooLarge, State::kMissing));
  EXPECT_EQ(*ReadDescriptor(result.fetched[0].fd.get(), 100), "e");
}

TEST_P(SandboxTest, AReservationThatIsNeverTouchedCostsNothing) {
  Limits limits;
  limits.memory_bytes = 64 << 20;
  const RunResult result = Python(
      "import mmap\n"
      "m = mmap.mmap(-1, 100 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=0)\n"
      "print(len(m) >> 30)\n",
      limits);
  EXPECT_EQ(result.standard_output, "100\n") << result.standard_error;
}

TEST_P(SandboxTest, ShowsAToolchainToProgramsAndToolsAndOtherMountsToToolsAlone) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path("/var/tmp") / ("toolchain" + std::to_string(getpid()));
  fs::create_directories(folder / "bin");
  fs::permissions(folder, fs::perms(0755));
  std::ofstream(folder / "bin/version") << "9";
  const auto mount = ToolchainMount(folder.string() + "/");
  ASSERT_TRUE(mount) << mount.error().message;
  const std::vector<Mount> mounts = {*mount, {folder.string(), "/only", /*programs_see=*/false}};
  for (const ContainerKind kind : {ContainerKind::kRun, ContainerKind::kTool}) {
    auto container = Container::Start(sandbox_, kind, 2, mounts);
    ASSERT_TRUE(container) << container.error().message;
    RunSpec spec;
    spec.argv = {"/usr/bin/python3", "-c",
                 "import os, sys\n"
                 "print(open(sys.argv[1] + '/bin/version').read(), os.path.exists('/only'))\n"
                 "try: open(sys.argv[1] + '/new', 'w')\n"
                 "except OSError as e: print(e.strerror)\n",
                 folder.string()};
    const RunResult result = (*container)->Run(spec);
    EXPECT_EQ(result.standard_output, kind == ContainerKind::kTool
                                          ? "9 True\nRead-only file system\n"
                                          : "9 False\nRead-only file system\n")
        << result.standard_error;
  }
  fs::remove_all(folder);
}

TEST(ToolchainMount, RefusesWhatAContainerCannotHaveAndSaysWhy) {
  for (const auto& [path, why] :
       std::map<std::string, std::string>{{"opt/x", "an absolute path is expected"},
                                          {"/", "the sandbox's own"},
                                          {"/proc/self", "/proc is the sandbox's own"},
                                          {"/usr/../box", "/box is the sandbox's own"},
                                          {"/dev/shm", "/dev is the sandbox's own"},
                                          {"/opt/no such toolchain", "it does not exist"}}) {
    const auto mount = ToolchainMount(path);
    ASSERT_FALSE(mount) << path;
    EXPECT_THAT(mount.error().message, HasSubstr(why));
    EXPECT_THAT(mount.error().message, HasSubstr("'" + path + "'"));
  }
  EXPECT_EQ(ToolchainMount("/root").has_value(), geteuid() != 0);
}

int GroupsOf(pid_t pid) {
  namespace fs = std::filesystem;
  const std::string name = "tesuji-" + std::to_string(pid) + "-";
  int count = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at("/sys/fs/cgroup",
                                           fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().filename().string().starts_with(name)) ++count;
  }
  return count;
}

TEST(CgroupParent, RemovesTheGroupsOfJudgesThatWereKilled) {
  if (!CgroupParent::Detect()) GTEST_SKIP() << "no control groups here";
  const pid_t killed = fork();
  if (killed == 0) {
    const auto parent = CgroupParent::Detect();
    const auto child = (*parent)->MakeChild("one");
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(killed, &status, 0);
  EXPECT_GT(GroupsOf(killed), 0);
  const auto mine = CgroupParent::Detect();
  ASSERT_TRUE(mine);
  EXPECT_EQ(GroupsOf(killed), 0);
  const auto other = CgroupParent::Detect();
  EXPECT_GT(GroupsOf(getpid()), 1);
}

TESUJI_SANDBOX_TESTS(SandboxTest);

}  // namespace
}  // namespace tesuji::verifier
