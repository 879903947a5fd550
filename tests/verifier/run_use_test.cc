// What a run is said to have used: CPU time of everything in it, wall time from its first
// instruction.
#include "tests/verifier/sandbox_fixture.h"

namespace tesuji::verifier {
namespace {

using std::chrono::milliseconds;

class RunUseTest : public SandboxTest {
 protected:
  /// `children` processes burn `each` seconds one after another and tell their parent through a
  /// pipe; `before` decides who reaps them, `after` runs in the parent after each.
  RunResult Burn(const std::string& before, const std::string& after, int children = 5,
                 double each = 0.05, Limits limits = {}) {
    return Python(
        "import ctypes, os, signal, time\n"
        "def burn(s):\n"
        "  while time.process_time() < s: pass\n"
        "r, w = os.pipe()\n" +
            before + "\nfor i in range(" + std::to_string(children) +
            "):\n"
            "  pid = os.fork()\n"
            "  if pid == 0:\n"
            "    start = time.process_time(); burn(start + " +
            std::to_string(each) +
            "); os.write(w, b'x'); os._exit(0)\n"
            "  os.read(r, 1)\n  " +
            after + "\n",
        limits);
  }
};

constexpr char kIgnore[] = "signal.signal(signal.SIGCHLD, signal.SIG_IGN)";
// sigaction(SIGCHLD, {SIG_DFL, SA_NOCLDWAIT}): the kernel's form by way of libc's.
constexpr char kNoWait[] =
    "b = ctypes.create_string_buffer(152); b[136] = 2\n"
    "assert ctypes.CDLL(None).sigaction(17, b, None) == 0";
constexpr char kReaper[] = "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)";

TEST_P(RunUseTest, CountsChildrenThatNobodyWaitsFor) {
  const std::string both = std::string(kReaper) + "; " + kIgnore;
  for (const std::string& before : {std::string(kIgnore), std::string(kNoWait), both}) {
    const RunResult result = Burn(before, "pass");
    ASSERT_TRUE(result.ExitedWith(0)) << DescribeEnding(result) << result.standard_error;
    EXPECT_GT(result.cpu, milliseconds(220)) << before;
    EXPECT_LT(result.cpu, milliseconds(600)) << before;
  }
}

TEST_P(RunUseTest, StopsChildrenThatNobodyWaitsForAtTheLimit) {
  Limits limits;
  limits.cpu = milliseconds(200);
  limits.wall = milliseconds(20'000);
  const RunResult result = Burn(kIgnore, "pass", 50, 0.05, limits);
  EXPECT_EQ(result.ending, Ending::kCpuLimit);
  EXPECT_GT(result.cpu, milliseconds(200));
  EXPECT_LT(result.cpu, milliseconds(600));
}

TEST_P(RunUseTest, StopsChildrenThatAreWaitedForAtTheLimit) {
  Limits limits;
  limits.cpu = milliseconds(200);
  limits.wall = milliseconds(20'000);
  const RunResult result = Burn("", "os.waitpid(pid, 0)", 50, 0.05, limits);
  EXPECT_EQ(result.ending, Ending::kCpuLimit);
  EXPECT_LT(result.cpu, milliseconds(600));
}

TEST_P(RunUseTest, CountsShortChildrenNearlyWhole) {
  const RunResult result = Burn(kIgnore, "pass", 60, 0.004);
  ASSERT_TRUE(result.ExitedWith(0));
  EXPECT_GT(result.cpu, milliseconds(180));
}

TEST_P(RunUseTest, CountsNothingTwice) {
  const RunResult waited = Burn("", "os.waitpid(pid, 0)");
  const RunResult zombies = Burn("", "pass");
  for (const RunResult* result : {&waited, &zombies}) {
    ASSERT_TRUE(result->ExitedWith(0));
    EXPECT_GT(result->cpu, milliseconds(250));
    EXPECT_LT(result->cpu, milliseconds(430));
  }
}

TEST_P(RunUseTest, OneThreadNeverUsesMoreCpuTimeThanWallTime) {
  for (int i = 0; i < 20; ++i) {
    const RunResult result = Python("x = sum(range(" + std::to_string(i * 20'000) + "))");
    ASSERT_TRUE(result.ExitedWith(0));
    EXPECT_GE(result.wall, result.cpu) << i;
  }
}

TEST_P(RunUseTest, PageTablesCountAsMemory) {
  Limits limits;
  limits.memory_bytes = 64 << 20;
  // Reads one byte of every 2 MiB: each costs a page table and no page.
  const RunResult result = Python(
      "import mmap\n"
      "for i in range(8):\n"
      "  m = mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000,\n"
      "                prot=mmap.PROT_READ)\n"
      "  for at in range(0, 1 << 40, 1 << 21): m[at]\n",
      limits);
  EXPECT_EQ(result.ending, Ending::kMemoryLimit) << DescribeEnding(result);
}

TEST_P(RunUseTest, WhatLiesInSocketsCountsAsMemory) {
  Limits limits;
  limits.memory_bytes = 48 << 20;
  const RunResult result = Python(
      "import socket, os, time\n"
      "for p in range(6):\n"
      "  if os.fork() == 0:\n"
      "    keep = []\n"
      "    for i in range(100):\n"
      "      a, b = socket.socketpair(); a.setblocking(False); keep.append((a, b))\n"
      "      try:\n"
      "        while True: a.send(b'x' * 4096)\n"
      "      except BlockingIOError: pass\n"
      "    time.sleep(5)\n"
      "time.sleep(5)\n",
      limits);
  EXPECT_EQ(result.ending, Ending::kMemoryLimit) << DescribeEnding(result) << result.standard_error;
}

TESUJI_SANDBOX_TESTS(RunUseTest);

}  // namespace
}  // namespace tesuji::verifier
