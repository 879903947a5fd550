// What a run sees of /dev and /proc, and which harmless calls succeed.
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "tests/verifier/sandbox_fixture.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;
using testing::Not;

class RunViewTest : public SandboxTest {
 protected:
  RunResult In(ContainerKind kind, const RunSpec& spec) {
    auto container = Container::Start(sandbox_, kind, 3, {});
    EXPECT_TRUE(container) << container.error().message;
    return (*container)->Run(spec);
  }
  /// Runs it in a container for programs, then in one for tools.
  std::array<RunResult, 2> InBoth(const RunSpec& spec) {
    return {In(ContainerKind::kRun, spec), In(ContainerKind::kTool, spec)};
  }
};

constexpr char kSquare[] =
    "n = int(open('/dev/stdin').readline())\n"
    "print(n * n, file=open('/dev/stdout', 'w'))\n"
    "print('warned', file=open('/dev/stderr', 'w'))\n"
    "print(open('/dev/fd/0').read() is not None)\n";

TEST_P(RunViewTest, StandardDevicesAreTheRunsOwnForFilesAndPipes) {
  const UniqueFd file = MakeMemoryFile("12\n", "input");
  for (const ContainerKind kind : {ContainerKind::kRun, ContainerKind::kTool}) {
    for (const bool piped : {false, true}) {
      PipeEnds pipe = MakePipe();
      ASSERT_EQ(write(pipe.write.get(), "12\n", 3), 3);
      pipe.write.Reset();
      const UniqueFd own = ReopenReadOnly(file.get());
      RunSpec spec = Script(kSquare);
      spec.stdin_fd = piped ? pipe.read.get() : own.get();
      const RunResult result = In(kind, spec);
      EXPECT_EQ(result.standard_output, "144\nTrue\n") << result.standard_error;
      EXPECT_EQ(result.standard_error, "warned\n");
    }
  }
}

TEST_P(RunViewTest, MoreDescriptorsAreShownAsWell) {
  const UniqueFd file = MakeMemoryFile("extra", "input");
  for (const bool proc : {false, true}) {
    std::vector<UniqueFd> own;
    RunSpec spec = Script("print([open(f'/dev/fd/{i}').read() for i in range(3, 9)])");
    for (int i = 3; i < 9; ++i) {
      own.push_back(ReopenReadOnly(file.get()));
      spec.more_fds.push_back(own.back().get());
    }
    spec.proc = proc;
    const RunResult result = container_->Run(spec);
    EXPECT_EQ(result.standard_output, "['extra', 'extra', 'extra', 'extra', 'extra', 'extra']\n")
        << result.standard_error;
  }
}

TEST_P(RunViewTest, InputsCannotBeWrittenThroughTheirDevice) {
  const UniqueFd file = MakeMemoryFile("12\n", "input");
  const UniqueFd own = ReopenReadOnly(file.get());
  RunSpec spec = Script(
      "import os\n"
      "for f in [lambda: open('/dev/stdin', 'r+b', 0).write(b'9'),\n"
      "          lambda: os.truncate('/dev/stdin', 0), lambda: os.chmod('/dev/stdin', 0)]:\n"
      "  try: f(); print('done')\n"
      "  except OSError: pass\n");
  spec.stdin_fd = own.get();
  EXPECT_EQ(container_->Run(spec).standard_output, "");
  EXPECT_EQ(*ReadDescriptor(file.get(), 10), "12\n");
}

constexpr char kProcFiles[] =
    "import os\n"
    "for p in ['/proc/cmdline', '/proc/config.gz', '/proc/cpuinfo', '/proc/meminfo',\n"
    "          '/proc/version', '/proc/mounts', '/proc/sys/kernel/hostname', '/proc/1/cmdline',\n"
    "          '/proc/kallsyms', '/proc/stat', '/proc/self/root/../etc/passwd', '/sys/class']:\n"
    "  try: print(p, len(open(p).read()) if os.path.isfile(p) else len(os.listdir(p)))\n"
    "  except OSError: pass\n";

TEST_P(RunViewTest, ToolsSeeNoProcEither) {
  const RunResult result =
      In(ContainerKind::kTool,
         Script("import os\nprint(os.listdir('/proc'))\n" + std::string(kProcFiles)));
  EXPECT_EQ(result.standard_output, "[]\n") << result.standard_error;
}

TEST_P(RunViewTest, ProcOnDemandShowsTheRunAndNothingOfTheMachine) {
  RunSpec spec = Script(
      "import os\n"
      "print(os.readlink('/proc/self/exe').startswith('/usr/bin/python3'))\n"
      "print('[stack]' in open('/proc/self/maps').read())\n"
      "print(sorted(p for p in os.listdir('/proc') if not p.isdigit()))\n"
      "print([p for p in os.listdir('/proc') if p.isdigit()] == [str(os.getpid())])\n"
      "for p in ['mountinfo', 'mounts', 'mountstats']: print(len(open('/proc/self/' + p).read()))\n"
      "print(os.getcwd(), os.path.exists('/box/tmp'), open('/dev/null').read())\n"
      "open('/dev/shm/x', 'w').write('x')\n" +
      std::string(kProcFiles));
  spec.proc = true;
  for (const RunResult& result : InBoth(spec)) {
    EXPECT_EQ(result.standard_output,
              "True\nTrue\n['self', 'thread-self']\nTrue\n0\n0\n0\n/box True \n")
        << result.standard_error;
  }
}

TEST_P(RunViewTest, ProcOfOneRunIsGoneInTheNext) {
  RunSpec spec = Script("import os; print(len(os.listdir('/proc')))");
  for (int i = 0; i < 3; ++i) {
    spec.proc = true;
    EXPECT_EQ(container_->Run(spec).standard_output, "3\n");
    spec.proc = false;
    EXPECT_EQ(container_->Run(spec).standard_output, "0\n");
  }
}

TEST_P(RunViewTest, SharedMemoryIsPrivateToARunAndBounded) {
  RunSpec spec = Script("open('/dev/shm/left', 'w').write('x'); print('wrote')");
  EXPECT_EQ(container_->Run(spec).standard_output, "wrote\n");
  spec = Script("import os; print(os.listdir('/dev/shm'))");
  EXPECT_EQ(container_->Run(spec).standard_output, "[]\n");
  spec = Script(
      "f = open('/dev/shm/big', 'wb')\n"
      "try:\n"
      "  for i in range(64): f.write(bytes(1 << 20)); f.flush()\n"
      "except OSError as e: print(e.strerror)\n");
  spec.limits.box_bytes = 8 << 20;
  EXPECT_THAT(container_->Run(spec).standard_output,
              testing::AnyOf("No space left on device\n", "File too large\n"));
}

TEST_P(RunViewTest, AProcessPoolWorks) {
  const RunResult result = Python(
      "import multiprocessing, asyncio\n"
      "from concurrent.futures import ProcessPoolExecutor\n"
      "def square(x): return x * x\n"
      "if __name__ == '__main__':\n"
      "  with multiprocessing.Pool(3) as pool: print(sum(pool.map(square, range(10))))\n"
      "  with ProcessPoolExecutor(2) as pool: print(sum(pool.map(square, range(10))))\n"
      "  async def go(): await asyncio.sleep(0.001); return 7\n"
      "  print(asyncio.run(go()))\n"
      "  a, b = multiprocessing.Pipe(); a.send([1]); print(b.recv())\n");
  EXPECT_EQ(result.standard_output, "285\n285\n7\n[1]\n") << result.standard_error;
}

TEST_P(RunViewTest, HarmlessWishesSucceedAndChangeNothing) {
  const RunResult result = Python(
      "import os, ctypes\n"
      "before = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)\n"
      "os.sched_setaffinity(0, {0})\n"
      "os.nice(5)\n"
      "os.setpriority(os.PRIO_PROCESS, 0, 7)\n"
      "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))\n"
      "c = ctypes.CDLL(None, use_errno=True)\n"
      "print(c.mlockall(3), c.munlockall(), c.syscall(238, 0, 0, 0), c.syscall(251, 1, 0, 0))\n"
      "print(before == (os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)))\n");
  EXPECT_EQ(result.standard_output, "0 0 0 0\nTrue\n") << result.standard_error;
}

TEST_P(RunViewTest, AConnectedPairIsTheOnlySocket) {
  const RunResult result = Python(
      "import socket\n"
      "for family in [socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16, 38]:\n"
      "  try: socket.socket(family, socket.SOCK_STREAM if family < 16 else socket.SOCK_RAW)\n"
      "  except OSError as e: print(e.errno)\n"
      "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
      "a.send(b'x'); print(b.recv(9))\n"
      "for f in [lambda: a.sendto(b'y', '/tmp/s'), lambda: a.connect('/tmp/s'),\n"
      "          lambda: a.bind('/tmp/s'), lambda: socket.send_fds(a, [b'z'], [0])]:\n"
      "  try: f(); print('done')\n"
      "  except OSError as e: print(e.errno)\n");
  EXPECT_EQ(result.standard_output, "1\n1\n1\n1\n1\nb'x'\n1\n1\n1\n1\n") << result.standard_error;
}

TESUJI_SANDBOX_TESTS(RunViewTest);

}  // namespace
}  // namespace tesuji::verifier
