// Two programs in conversation: what one sees when the other closes its output, ends or is
// accepted, and what a compiler can and cannot put into a program.
#include "verifier/judge/conversation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/verifier/judging_test.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHead = "import os, sys, time\n";

class ConversationTest : public JudgingTest {
 protected:
  void SetUp() override {
    JudgingTest::SetUp();
    if (sandbox_ == nullptr) return;
    Write("p/problem.yaml",
          "name: talk\nvalidation: custom interactive\nlimits: {time_limit: 1}\n");
    Write("p/data/secret/1.in", "5\n");
    Write("p/data/secret/1.ans", "x\n");
  }
  /// The verdict on `program` when `validator` talks to it.
  std::string Talk(const std::string& validator, const std::string& program) {
    Write("p/output_validators/v/v.py", fmt::format("{}{}", kHead, validator));
    auto problem = LoadProblem(root_ / "p");
    if (!problem) return problem.error().message;
    problem_ = std::make_unique<Problem>(std::move(*problem));
    return Verdict(*problem_, "a.py", fmt::format("{}{}", kHead, program));
  }
  std::unique_ptr<Problem> problem_;
};

TEST_F(ConversationTest, WritingOnAfterBeingAcceptedDoesNoHarm) {
  const std::string accept = "sys.stdin.readline(); os._exit(42)\n";
  // At once, later, much more than a pipe holds, and with C's way to die of it.
  for (const char* rest :
       {"os.write(1, b'more\\n')", "time.sleep(0.05); os.write(1, b'more\\n')",
        "[os.write(1, b'x' * 4096) for i in range(200)]",
        "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL); time.sleep(0.02);\n"
        "for i in range(30): os.write(1, b'more'); time.sleep(0.002)"}) {
    for (int i = 0; i < 8; ++i) {
      ASSERT_EQ(Talk(accept, fmt::format("os.write(1, b'q\\n')\n{}\n", rest)), "AC")
          << rest << last_.ToJson().dump();
    }
  }
}

TEST_F(ConversationTest, WhoIsAcceptedMustStillEndWellAndInTime) {
  const std::string accept = "sys.stdin.readline(); os._exit(42)\n";
  EXPECT_EQ(Talk(accept, "print('q', flush=True); time.sleep(0.1); sys.exit(3)"), "RTE");
  EXPECT_EQ(Talk(accept, "print('q', flush=True)\nwhile True: print('q')"), "TLE");
}

TEST_F(ConversationTest, WhoIsRejectedIsWrongHoweverItEnds) {
  const std::string reject = "sys.stdin.readline(); os._exit(43)\n";
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Talk(reject,
                   "print('q', flush=True)\n"
                   "while True: os.write(1, b'more\\n')\n"),
              "WA");
  }
}

TEST_F(ConversationTest, TheEndOfTheValidatorsOutputReachesTheProgram) {
  const std::string validator =
      "os.write(1, b'1\\n2\\n'); os.close(1)\n"
      "sys.exit(42 if sys.stdin.readline() == '3\\n' else 43)\n";
  EXPECT_EQ(Talk(validator, "import sys\nprint(sum(map(int, sys.stdin)))\n"), "AC")
      << last_.ToJson().dump();
}

TEST_F(ConversationTest, TheEndOfTheProgramsOutputReachesTheValidator) {
  const std::string validator =
      "n = sum(map(int, sys.stdin)); print(n, flush=True)\n"
      "time.sleep(0.05); sys.exit(42 if n == 6 else 43)\n";
  EXPECT_EQ(Talk(validator,
                 "os.write(1, b'1\\n2\\n3\\n'); os.close(1)\n"
                 "assert sys.stdin.readline() == '6\\n'\n"),
            "AC")
      << last_.ToJson().dump();
  // A copy in a child keeps it open.
  EXPECT_EQ(Talk(validator,
                 "os.write(1, b'1\\n2\\n')\n"
                 "if os.fork() == 0: time.sleep(0.1); os.write(1, b'3\\n'); os._exit(0)\n"
                 "os.close(1)\n"
                 "assert sys.stdin.readline() == '6\\n'\n"),
            "AC")
      << last_.ToJson().dump();
}

TEST_F(ConversationTest, ACrashBeforeTheEndOfFileIsACrash) {
  const std::string validator = "sys.stdin.read(); os._exit(43)\n";  // Objects as fast as it can.
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Talk(validator, "os.write(1, b'1\\n'); os.abort()\n"), "RTE");
  }
}

class CompileViewTest : public JudgingTest {
 protected:
  CompileOutcome Compile(const std::string& id, const std::string& file, const std::string& text) {
    return compiler_->Compile(*workplace_, *compiler_->languages().Find(id), {{file, text}});
  }
};

TEST_F(CompileViewTest, NothingOfTheMachineIsThereToBeCompiledIn) {
  for (const char* path :
       {"/proc/cmdline", "/proc/config.gz", "/proc/self/mountinfo", "/proc/self/mounts",
        "/proc/mounts", "/proc/version", "/proc/cpuinfo", "/proc/self/environ", "/proc/1/cmdline",
        "/proc/self/cgroup", "/proc/net/route", "/sys/kernel/notes", "/etc/hostname",
        "/etc/passwd"}) {
    static constexpr char kForm[] =
        "__asm__(\".data\\n.{} \\\"{}\\\"\\n\");\nint main(void) {{ return 0; }}\n";
    const std::string binary = fmt::format(kForm, "incbin", path);
    const std::string included = fmt::format(kForm, "include", path);
    const std::string text = fmt::format("#include \"{}\"\nint main(void) {{ return 0; }}\n", path);
    for (const std::string& source : {binary, included, text}) {
      EXPECT_EQ(Compile("c", "a.c", source).state, CompileOutcome::State::kRejected) << source;
    }
  }
}

TEST_F(CompileViewTest, LargeProgramsAreCalledTooLarge) {
  for (const char* source : {"int a[20000000] = {1};\nint main(void) { return a[5]; }\n",
                             "int a[40000000] = {1};\nint main(void) { return a[5]; }\n",
                             "int a[90000000] = {1};\nint main(void) { return a[5]; }\n",
                             "int a[400000000] = {1};\nint main(void) { return a[5]; }\n",
                             "char a[3000000000] = {1}, b[3000000000] = {2};\n"
                             "int main(void) { return a[5] + b[7]; }\n"}) {
    for (const char* id : {"c", "cpp20"}) {
      const CompileOutcome outcome = Compile(id, std::string(id) == "c" ? "a.c" : "a.cc", source);
      EXPECT_EQ(outcome.state, CompileOutcome::State::kRejected) << source;
      EXPECT_THAT(outcome.messages, testing::StartsWith("program too large: ")) << source;
      EXPECT_THAT(outcome.messages, Not(HasSubstr("bug report")));
    }
  }
  EXPECT_EQ(Compile("c", "a.c", "int a[1000000] = {1};\nint main(void) { return a[5]; }\n").state,
            CompileOutcome::State::kDone);
}

}  // namespace
}  // namespace tesuji::verifier
