// Interpreters that are started ahead of their runs: what a program can tell, what it uses, and
// what becomes of one that cannot be used.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <time.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/verifier/sandbox_fixture.h"
#include "verifier/compile/workplace.h"

namespace tesuji::verifier {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::int64_t RawNow() {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

struct Extra {
  Limits limits = {};
  std::string input = {};
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin"};
  std::string argument = {};
  std::vector<std::pair<std::string, std::string>> files = {};
};

class AheadTest : public SandboxTest {
 protected:
  /// Runs it as a file, and gives the next interpreter time to start.
  RunResult File(const std::string& code, const Extra& extra = {}) {
    RunSpec spec;
    spec.argv = {"/usr/bin/python3", "main.py"};
    if (!extra.argument.empty()) spec.argv.push_back(extra.argument);
    spec.environment = extra.environment;
    spec.limits = extra.limits;
    spec.gate = "main.py";
    std::vector<UniqueFd> held;
    held.push_back(MakeMemoryFile(code, "code"));
    spec.files.push_back({"main.py", held.back().get()});
    for (const auto& [name, text] : extra.files) {
      held.push_back(MakeMemoryFile(text, "file"));
      spec.files.push_back({name, held.back().get()});
    }
    const UniqueFd input = MakeMemoryFile(extra.input, "input");
    spec.stdin_fd = input.get();
    const std::int64_t asked = RawNow();
    RunResult result = container_->Run(spec);
    was_ahead_ = result.start_ns < asked;
    std::this_thread::sleep_for(milliseconds(100));
    return result;
  }
  /// In a container that has run nothing yet.
  RunResult Ordinary(const std::string& code, const Extra& extra) {
    auto fresh = Container::Start(sandbox_, ContainerKind::kRun, 3, {});
    EXPECT_TRUE(fresh);
    if (!fresh) return {};
    std::swap(container_, *fresh);
    RunResult result = File(code, extra);
    EXPECT_FALSE(was_ahead_);
    std::swap(container_, *fresh);
    return result;
  }
  /// On a busy machine an interpreter may come too late, or wait for so long that it is stopped.
  RunResult Ahead(const std::string& code, const Extra& extra = {}) {
    RunResult result = File(code, extra);
    for (int more = 0; more < 5 && !was_ahead_; ++more) result = File(code, extra);
    EXPECT_TRUE(was_ahead_) << result.broken;
    return result;
  }
  RunResult SameBothWays(const std::string& code, const Extra& extra = {}) {
    const RunResult ordinary = Ordinary(code, extra);
    RunResult ahead = Ahead(code, extra);
    EXPECT_EQ(ahead.standard_output, ordinary.standard_output);
    EXPECT_EQ(ahead.standard_error, ordinary.standard_error);
    EXPECT_EQ(DescribeEnding(ahead), DescribeEnding(ordinary));
    return ahead;
  }
  void SetUp() override {
    SandboxTest::SetUp();
    if (container_ != nullptr) File("pass\n");
  }
  bool was_ahead_ = false;
};

/// What a program can find out about how it was started.
constexpr char kLookAround[] = R"(import sys
first = sorted(sys.modules)
import os, resource, signal, threading
print(sys.argv, sys.orig_argv, sys.path, sys.flags)
print(sorted(globals()), __name__, __file__, __doc__, __package__, __spec__, __cached__)
print(type(__loader__), __loader__.name, __loader__.path, first)
print(sorted(os.environ.items()), os.getcwd(), sorted(os.listdir('.')), sorted(os.listdir('.dev')))
print(os.getpid(), os.getppid(), os.getsid(0), os.getpgid(0), os.getuid(), os.umask(0))
print([resource.getrlimit(x) for x in range(16)])
print([(s, signal.getsignal(s)) for s in sorted(signal.valid_signals())])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), threading.active_count())
for stream in (sys.stdin, sys.stdout, sys.stderr):
  print(stream.isatty(), stream.seekable(), stream.line_buffering, stream.encoding, stream.mode)
def is_open(fd):
  try: os.fstat(fd); return True
  except OSError: return False
print([fd for fd in range(250) if is_open(fd)], sorted(os.listdir('/dev/fd')))
print(os.stat(__file__).st_mode, os.stat(0).st_mode, os.stat(0).st_size, os.statvfs('.')[:6])
print(open('/dev/stdin').read(), sys.stdin.read())
)";

TEST_P(AheadTest, ProgramCannotTellItFromAnOrdinaryStart) {
  const RunResult result = SameBothWays(kLookAround, {.input = "one\ntwo\n"});
  EXPECT_EQ(result.standard_error, "");
  EXPECT_THAT(result.standard_output, HasSubstr("one\ntwo\n"));
}

TEST_P(AheadTest, ReadsItsInputAndItsFiles) {
  const RunResult result = Ahead(
      "import sys, helper\nprint(sys.stdin.read() * 2, helper.word, open('data/x').read())\n"
      "print(open('/dev/stdin').read())\n",
      {.input = "in", .files = {{"helper.py", "word = 'other'\n"}, {"data/x", "file"}}});
  EXPECT_EQ(result.standard_output, "inin other file\nin\n") << result.standard_error;
}

TEST_P(AheadTest, EndsAsTheProgramSays) {
  EXPECT_EQ(SameBothWays("import sys\nprint('kept', end='')\nsys.exit(3)\n").exit_code, 3);
  EXPECT_EQ(SameBothWays("import os\nos._exit(4)\n").exit_code, 4);
  EXPECT_EQ(SameBothWays("raise SystemExit('words')\n").standard_error, "words\n");
  EXPECT_THAT(SameBothWays("def f():\n  return 1 / 0\nf()\n").standard_error,
              HasSubstr("File \"/box/main.py\", line 2, in f\n    return 1 / 0\n"));
  EXPECT_EQ(SameBothWays("import os\nos.kill(os.getpid(), 11)\n").signal, SIGSEGV);
  EXPECT_EQ(SameBothWays("# coding: latin-1\nprint(len('\xe9'))\n").standard_output, "1\n");
  EXPECT_THAT(SameBothWays("x = (\n").standard_error, HasSubstr("SyntaxError"));
  const RunResult forked = SameBothWays(
      "import multiprocessing as m, threading\n"
      "p = m.get_context('fork').Process(target=print, args=('child',)); p.start(); p.join()\n"
      "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n");
  EXPECT_EQ(forked.standard_output, "child\nthread\n") << forked.standard_error;
}

TEST_P(AheadTest, EveryRunHasItsOwnSecretsAndNoTraces) {
  std::set<std::string> seen;
  for (int i = 0; i < 4; ++i) {
    seen.insert(Ahead("print(hash('x'), id(object()))\n").standard_output);
    EXPECT_EQ(Ahead("import os, builtins\nprint(os.listdir('/tmp'), hasattr(builtins, 'trace'))\n"
                    "builtins.trace = 1\nopen('/tmp/x', 'w')\nopen('y.py', 'w')\n")
                  .standard_output,
              "[] False\n");
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST_P(AheadTest, LimitsAreThoseOfTheRun) {
  const std::string loop = "while True: pass\n";
  EXPECT_EQ(Ahead(loop, {.limits = {.cpu = milliseconds(200)}}).ending, Ending::kCpuLimit);
  EXPECT_EQ(Ahead("import time; time.sleep(60)\n", {.limits = {.wall = milliseconds(300)}}).ending,
            Ending::kWallLimit);
  EXPECT_EQ(Ahead("while True: print('x' * 1000)\n", {.limits = {.output_bytes = 1 << 20}}).ending,
            Ending::kOutputLimit);
  Limits memory;
  memory.stack_bytes = 256 << 20;  // As in every run before: half of their memory.
  memory.memory_bytes = 70 << 20;
  EXPECT_EQ(Ahead("x = bytearray(100 << 20)\n", {.limits = memory}).ending, Ending::kMemoryLimit);
  EXPECT_TRUE(Ahead("x = bytearray(20 << 20)\n", {.limits = memory}).ExitedWith(0));
  const std::string count =
      "import os, time\nn = 0\nfor i in range(10):\n  try:\n"
      "    if os.fork() == 0: time.sleep(100)\n    n += 1\n  except OSError: pass\nprint(n)\n";
  EXPECT_EQ(Ahead(count, {.limits = {.processes = 6}}).standard_output, "5\n");
  const std::string fill =
      "try:\n  open('a', 'wb').write(bytes(900000)); open('b', 'wb').write(bytes(900000))\n"
      "  print('full?')\nexcept OSError as e: print(e.errno)\n";
  EXPECT_EQ(Ahead(fill, {.limits = {.box_bytes = 1 << 20}}).standard_output, "28\n");
  EXPECT_EQ(Ahead(fill, {.limits = {.box_bytes = 4 << 20}}).standard_output, "full?\n");
  const std::string many =
      "try:\n  for i in range(200): open(str(i), 'w').close()\n  print('all')\n"
      "except OSError as e: print(e.errno)\n";
  EXPECT_EQ(Ahead(many, {.limits = {.box_files = 60}}).standard_output, "28\n");
  EXPECT_EQ(Ahead("import os\ntry:\n  while True: last = os.dup(0)\nexcept OSError: print(last)\n",
                  {.limits = {.descriptors = 40}})
                .standard_output,
            "39\n");
}

TEST_P(AheadTest, TimeAndMemoryOfTheStartCountAsEver) {
  const RunResult ordinary = File("pass\n", {.input = std::string(5 << 20, 'x')});
  ASSERT_FALSE(was_ahead_);
  std::this_thread::sleep_for(milliseconds(500));
  const RunResult ahead = Ahead("pass\n");
  EXPECT_GT(ahead.cpu, ordinary.cpu / 3);
  EXPECT_LT(ahead.cpu, ordinary.cpu * 3);
  EXPECT_GE(ahead.wall, ahead.cpu);
  EXPECT_LT(ahead.wall, milliseconds(500)) << "waiting is not the program's time";
  EXPECT_GT(ahead.peak_bytes, ordinary.peak_bytes / 2);
  EXPECT_EQ(ahead.stray_processes, 0);
}

TEST_P(AheadTest, OtherRunsStartInTheOrdinaryWay) {
  const std::string show = "import os, sys\nprint(sys.argv[1:], os.environ.get('X'))\n";
  EXPECT_EQ(File(show, {.argument = "a"}).standard_output, "['a'] None\n");
  EXPECT_FALSE(was_ahead_);
  EXPECT_EQ(File(show, {.environment = {"X=1"}}).standard_output, "[] 1\n");
  EXPECT_FALSE(was_ahead_);
  EXPECT_EQ(File(show, {.limits = {.stack_bytes = 9 << 20}}).standard_output, "[] None\n");
  EXPECT_FALSE(was_ahead_);
  EXPECT_EQ(Python("print(1)").standard_output, "1\n");
  EXPECT_EQ(File("pass\n", {.limits = {.memory_bytes = 2 << 20}}).ending, Ending::kMemoryLimit);
  EXPECT_FALSE(was_ahead_);
}

/// Processes below `ancestor` on this machine whose command line holds `word`.
std::vector<pid_t> Below(pid_t ancestor, const std::string& word) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = atoi(entry.path().filename().c_str());
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (pid <= 0 || line.find(word) == std::string::npos) continue;
    for (pid_t at = pid; at > 1;) {
      std::ifstream stat(fmt::format("/proc/{}/stat", at));
      std::string text{std::istreambuf_iterator<char>(stat), {}};
      if (text.empty()) break;
      at = atoi(text.c_str() + text.rfind(')') + 4);
      if (at == ancestor) {
        found.push_back(pid);
        break;
      }
    }
  }
  return found;
}

TEST_P(AheadTest, OneThatDiedIsReplacedByAnOrdinaryStart) {
  const auto waiting = Below(container_->outer_pid(), "main.py");
  ASSERT_EQ(waiting.size(), 1U);
  kill(waiting.front(), SIGKILL);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(File("print(1)\n").standard_output, "1\n");
  EXPECT_FALSE(was_ahead_);
  EXPECT_EQ(Ahead("print(2)\n").standard_output, "2\n");
}

TEST_P(AheadTest, RunsInQuickSuccessionAreRight) {
  RunSpec spec;
  spec.argv = {"/usr/bin/python3", "main.py"};
  spec.gate = "main.py";
  // The interpreter is somewhere on its way when the run comes.
  for (int i = 0; i < 60; ++i) {
    const UniqueFd code = MakeMemoryFile(fmt::format("print({}, input())\n", i), "code");
    const UniqueFd input = MakeMemoryFile(fmt::format("{}\n", i * i), "input");
    spec.files = {{"main.py", code.get()}};
    spec.stdin_fd = input.get();
    std::this_thread::sleep_for(std::chrono::microseconds(i * 250));
    const RunResult result = container_->Run(spec);
    ASSERT_EQ(result.standard_output, fmt::format("{} {}\n", i, i * i))
        << result.broken << result.standard_error;
  }
}

TEST_P(AheadTest, HostileProgramDoesNotReachTheNextOne) {
  for (int i = 0; i < 3; ++i) {
    Ahead(
        "import os, signal, time\nos.setsid()\n"
        "for i in range(5):\n  if os.fork() == 0:\n    while True:\n"
        "      try: os.kill(-1, 9)\n      except OSError: pass\n"
        "      for p in range(2, 40):\n        try: os.kill(p, 19)\n        except OSError: "
        "pass\n");
    EXPECT_EQ(Ahead("print(1)\n").standard_output, "1\n");
  }
}

TEST_P(AheadTest, OtherProgramsOfTheLaneDoNotMeetIt) {
  Workplace workplace(sandbox_, 2, {});
  const UniqueFd code = MakeMemoryFile("pass\n", "code");
  RunSpec file;
  file.argv = {"/usr/bin/python3", "main.py"};
  file.gate = "main.py";
  file.files = {{"main.py", code.get()}};
  ASSERT_TRUE(workplace.Run(ContainerKind::kRun, file).ExitedWith(0));
  RunSpec other;
  other.argv = {"/usr/bin/python3", "-c",
                "import os\ntry: os.kill(-1, 9); print('met')\n"
                "except ProcessLookupError: print('nobody')"};
  EXPECT_EQ(workplace.Run(ContainerKind::kRun, other).standard_output, "nobody\n");
  std::this_thread::sleep_for(milliseconds(100));
  const std::int64_t asked = RawNow();
  const RunResult next = workplace.Run(ContainerKind::kRun, file);
  EXPECT_LT(next.start_ns, asked) << "it was still there";
}

TESUJI_SANDBOX_TESTS(AheadTest);

}  // namespace
}  // namespace tesuji::verifier
