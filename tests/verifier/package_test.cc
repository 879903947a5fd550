// Problem packages: what is read, what is refused, and verdicts through all kinds of validation.
#include <gmock/gmock.h>

#include "tests/verifier/judging_test.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;

constexpr char kSum[] =
    "#include <stdio.h>\nint main(void) { int a, b; scanf(\"%d%d\", &a, &b);"
    " printf(\"%d\\n\", a + b); return 0; }\n";

class PackageTest : public JudgingTest {};

TEST_F(PackageTest, JudgesPlainFolders) {
  Write("p/1.in", "1 2\n");
  Write("p/1.ans", "3\n");
  Write("p/2.in", "5 5\n");
  Write("p/2.ans", "10\n");
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem) << problem.error().message;
  EXPECT_EQ(Verdict(*problem, "a.c", kSum), "AC");
  EXPECT_EQ(last_.tests.size(), 2U);
  EXPECT_EQ(Verdict(*problem, "a.py", "print(3)\n"), "WA");
  EXPECT_EQ(last_.tests.back().reason, "line 1: expected '10', got '3'");
  EXPECT_EQ(Verdict(*problem, "a.c", "int main(void) {"), "CE");
  EXPECT_THAT(Verdict(*problem, "a.xyz", "?"), HasSubstr("no language for '.xyz'"));
}

TEST_F(PackageTest, ConfirmsUnderOtherConditions) {
  Write("p/1.in", "1 2\n");
  Write("p/1.ans", "3\n");
  const auto problem = LoadProblem(root_ / "p");
  JudgeOptions options;
  options.confirm = true;
  EXPECT_EQ(Verdict(*problem, "a.c", kSum, options), "AC");
  EXPECT_EQ(last_.evidence["confirmed"], true);
  EXPECT_EQ(Verdict(*problem, "a.py", "import os\nprint(3 if os.getpid() == 2 else 4)\n", options),
            "WA");
}

TEST_F(PackageTest, SanitizersObjectToUndefinedBehaviour) {
  Write("p/1.in", "1 2\n");
  Write("p/1.ans", "3\n");
  const auto problem = LoadProblem(root_ / "p");
  JudgeOptions options;
  options.sanitize = true;
  EXPECT_EQ(Verdict(*problem, "a.c", kSum, options), "AC") << last_.ToJson().dump();
  EXPECT_EQ(Verdict(*problem, "b.c",
                    "#include <stdio.h>\nint main(void) { int a[2] = {1, 2}; volatile int i = 2;"
                    " int x = a[i]; printf(\"3\\n\"); return x & 0; }\n",
                    options),
            "RTE");
}

TEST_F(PackageTest, RunsCustomValidatorsOfLegacyPackages) {
  Write("p/problem.yaml", "name: Any\nvalidation: custom\nvalidator_flags: five\n");
  Write("p/output_validators/check.py",
        "import sys\nx = int(sys.stdin.read())\n"
        "open(sys.argv[3] + '/judgemessage.txt', 'w').write('saw %d' % x)\n"
        "assert sys.argv[4] == 'five' and open(sys.argv[2]).read() == 'secret'\n"
        "sys.exit(42 if x == 5 else 43)\n");
  Write("p/data/secret/1.in", "1\n");
  Write("p/data/secret/1.ans", "secret");
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem) << problem.error().message;
  EXPECT_EQ(Verdict(*problem, "a.py", "print(5)\n"), "AC");
  EXPECT_EQ(Verdict(*problem, "a.py", "print(6)\n"), "WA");
  EXPECT_EQ(last_.tests[0].reason, "saw 6");
  // A validator that crashes says nothing about the submission.
  EXPECT_EQ(Verdict(*problem, "a.py", "print('x')\n"), "IE");
}

TEST_F(PackageTest, RunsInteractiveProblems) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: {en: Echo}\ntype: interactive\nlicense: cc0\n");
  Write("p/output_validator/check.py",
        "import sys\nfor i in range(3):\n  print(i, flush=True)\n"
        "  if sys.stdin.readline().strip() != str(i * i): sys.exit(43)\nprint('end', flush=True)\n"
        "sys.exit(42)\n");
  Write("p/data/secret/1.in", "1\n");
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem) << problem.error().message;
  const std::string right =
      "while True:\n  x = input()\n  if x == 'end': break\n  print(int(x) ** 2, flush=True)\n";
  EXPECT_EQ(Verdict(*problem, "a.py", right), "AC") << last_.ToJson().dump();
  EXPECT_EQ(Verdict(*problem, "a.py", "while True: print(int(input()) * 3, flush=True)\n"), "WA");
  EXPECT_EQ(Verdict(*problem, "a.py", right + "raise ValueError\n"), "RTE");
  EXPECT_EQ(Verdict(*problem, "a.py", "input()\ninput()\n"), "TLE");
}

// Whoever leaves before the validator is content is wrong, whichever way the validator's language
// learns that nobody listens; what else a validator dies of stays our failure.
TEST_F(PackageTest, LeavingAnInteractiveValidatorIsWrong) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: {en: Echo}\ntype: interactive\nlicense: cc0\n");
  Write("p/data/secret/1.in", "1\n");
  const std::string wait = "import sys, time, signal\nsys.stdin.readline()\ntime.sleep(0.3)\n";
  const std::string talk = "for i in range(9): print(i, flush=True)\nsys.exit(42)\n";
  const auto leaves = [&](const std::string& validator, const std::string& program) {
    Write("p/output_validator/check.py", validator);
    const auto problem = LoadProblem(root_ / "p");
    if (!problem) return problem.error().message;
    return Verdict(*problem, "a.py", program);
  };
  const std::string fatal = "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n";
  EXPECT_EQ(leaves(wait + fatal + talk, "print(1)\n"), "WA") << last_.ToJson().dump();
  EXPECT_EQ(leaves(wait + talk, "print(1)\n"), "WA") << last_.ToJson().dump();
  EXPECT_EQ(leaves(wait + talk, "print(1)\nraise ValueError\n"), "RTE");
  EXPECT_EQ(leaves(wait + "raise ValueError\n", "print(1)\n"), "IE");
}

// What the validator computes is not charged to the program that waits for it.
TEST_F(PackageTest, WaitingForAnInteractiveValidatorIsNoCrime) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: {en: Echo}\ntype: interactive\nlicense: cc0\n"
        "limits: {validation_time: 10}\n");
  Write("p/data/secret/1.in", "1\n");
  Write("p/output_validator/check.py",
        "import sys, time\nwhile time.process_time() < 2.5: pass\nprint(7, flush=True)\n"
        "sys.exit(42 if sys.stdin.readline() == '7\\n' else 43)\n");
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem) << problem.error().message;
  JudgeOptions options;
  options.time_limit_seconds = 0.3;
  EXPECT_EQ(Verdict(*problem, "a.py", "print(input())\n", options), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem, "a.py", "input()\ninput()\n", options), "TLE");
}

// Notes and what Python leaves behind lie beside real validators.
TEST_F(PackageTest, NotesBesideValidatorsAreNoValidators) {
  Write("p/problem.yaml", "name: Any\nvalidation: custom\n");
  Write("p/output_validators/check.py", "import sys\nsys.exit(42)\n");
  for (const char* name : {"README.md", "README", "notes.txt", ".gitkeep", "__pycache__/x.pyc"}) {
    Write(std::string("p/output_validators/") + name, "about\n");
  }
  Write("p/data/secret/1.in", "1\n");
  Write("p/data/secret/1.ans", "1\n");
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem) << problem.error().message;
  EXPECT_EQ(problem->validators.size(), 1U);
}

TEST_F(PackageTest, ASubmissionIsNamedAlsoWithoutItsFolder) {
  Write("s.py", "print(1)\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(root_);
  const auto submission = LoadSubmission("s.py");
  std::filesystem::current_path(before);
  ASSERT_TRUE(submission) << submission.error().message;
  EXPECT_EQ(submission->files.front().name, "s.py");
}

// Root may read everything: then somebody else looks.
TEST_F(PackageTest, WhatMayNotBeReadIsNamed) {
  Write("f/shut/1.in", "1\n");
  std::filesystem::permissions(root_ / "f/shut", std::filesystem::perms::none);
  const bool root = geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  if (root) {
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  const auto problem = LoadProblem(root_ / "f/shut");
  const auto submission = LoadSubmission(root_ / "f/shut");
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  std::filesystem::permissions(root_ / "f/shut", std::filesystem::perms::owner_all);
  ASSERT_FALSE(problem);
  EXPECT_THAT(problem.error().message, HasSubstr("f/shut/"));
  EXPECT_THAT(problem.error().message, HasSubstr("ermission denied"));
  ASSERT_FALSE(submission);
  EXPECT_THAT(submission.error().message, HasSubstr("f/shut: Permission denied"));
}

TEST_F(PackageTest, NamesFileAndLineOfWhatIsBroken) {
  const auto message = [&] {
    const auto problem = LoadProblem(root_ / "p");
    return problem ? std::string("loaded") : problem.error().message;
  };
  Write("p/problem.yaml", "name: A\ncolour: red\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:2: unknown key 'colour'"));
  Write("p/problem.yaml", "name: A\nlimits:\n  memory: lots\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:3: limits.memory must be a positive number"));
  Write("p/problem.yaml", "name: A\nlimits:\n  memory: 64\n  memory: 128\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:4: the key 'memory' is there twice"));
  Write("p/problem.yaml", "name: A\nlimits:\n  memory: 0.5\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:3: limits.memory must be at least 1"));
  Write("p/problem.yaml", "name: A\nlimits:\n  time_limit: 0.0001\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:3: limits.time_limit must be at least 0.001"));
  Write("p/problem.yaml", "name: A\nlimits:\n  time_multipliers: 3\n");
  EXPECT_THAT(message(), HasSubstr("problem.yaml:3: limits.time_multipliers must be a map"));
  std::string bomb = "name: &a0 [x, x, x, x, x, x, x, x, x, x]\nkeywords:\n";
  for (int i = 1; i < 7; ++i) {
    bomb += "  - &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  Write("p/problem.yaml", bomb);
  EXPECT_THAT(message(), HasSubstr("problem.yaml: more than 1048576 nodes"));
  Write("p/problem.yaml", "name: [A\n");
  EXPECT_THAT(message(), HasSubstr("not YAML"));
  Write("p/problem.yaml", "name: A\n");
  EXPECT_THAT(message(), HasSubstr("has no tests"));
  Write("p/data/secret/1.in", "1\n");
  EXPECT_THAT(message(), HasSubstr("has no .ans file"));
}

}  // namespace
}  // namespace tesuji::verifier
