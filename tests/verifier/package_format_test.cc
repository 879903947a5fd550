// What problem packages may say about their tests and submissions, and that it is done.
#include "tests/verifier/package_format.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>

#include "verifier/judge/batch.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST_F(PackageFormatTest, GivesTestsTheirArgumentsAndFiles) {
  WritePackage();
  Write("p/data/secret/test_group.yaml", "args: [group]\n");
  Write("p/data/secret/2.in", "");
  Write("p/data/secret/2.ans", "inside\n");
  Write("p/data/secret/2.yaml", "args: [own, second]\noutput_validator_args: [case_sensitive]\n");
  Write("p/data/secret/2.files/deep/note.txt", "inside");
  ASSERT_EQ(Load(), "loaded");
  ASSERT_EQ(problem_->tests.size(), 2U);
  const std::string program =
      "import sys, os\nif sys.argv[1:] == ['group']: print(sum(map(int, input().split())))\n"
      "elif sys.argv[1:] == ['own', 'second']: print(open('deep/note.txt').read())\n";
  EXPECT_EQ(Verdict(*problem_, "a.py", program), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem_, "b.py", program + "print('')\n" + "print('x')\n"), "WA");
  EXPECT_EQ(
      Verdict(*problem_, "c.py", "import sys\nprint(3 if len(sys.argv) == 2 else 'Inside')\n"),
      "WA");
}

TEST_F(PackageFormatTest, AddsUpTheValidatorFlagsOfPackageAndGroup) {
  Write("p/problem.yaml", "name: A\nvalidator_flags: float_tolerance 0.1\n");
  Write("p/data/secret/a/testdata.yaml", "output_validator_flags: case_sensitive\n");
  Write("p/data/secret/a/1.in", "");
  Write("p/data/secret/a/1.ans", "Yes 1.0\n");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(Verdict(*problem_, "a.py", "print('Yes', 1.05)"), "AC");
  EXPECT_EQ(Verdict(*problem_, "a.py", "print('yes', 1.05)"), "WA");
  EXPECT_EQ(Verdict(*problem_, "a.py", "print('Yes', 1.2)"), "WA");
}

TEST_F(PackageFormatTest, IncludesFilesByLanguage) {
  WritePackage();
  Write(
      "p/include/c/main.c",
      "#include <stdio.h>\n#include \"add.h\"\nint main(void) { int a, b; scanf(\"%d%d\", &a, &b);"
      " printf(\"%d\\n\", add(a, b)); return 0; }\n");
  Write("p/include/c/add.h", "int add(int, int);\n");
  Write("p/include/python3/main.py",
        "from answer import add\nprint(add(*map(int, input().split())))\n");
  Write("p/include/default/numbers.txt", "3");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(
      Verdict(*problem_, "s.c", "#include \"add.h\"\nint add(int a, int b) { return a + b; }\n"),
      "AC")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem_, "answer.py", "def add(a, b): return a + b\n"), "AC")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem_, "answer.py", "def add(a, b): return a - b\n"), "WA");
  // No folder for C++: the default one, as a file beside the program's source.
  EXPECT_EQ(Verdict(*problem_, "s.cc",
                    "#include <cstdio>\nint main() { std::puts(\n#include "
                    "\"numbers.txt\"\n== 3 ? \"3\" : \"4\"); }\n"),
            "AC")
      << last_.ToJson().dump(1);
}

TEST_F(PackageFormatTest, FillsInConstants) {
  EXPECT_EQ(WithConstants("a {{x}} {{{x}}} {{y}} {{x", {{"x", "7"}}), "a 7 {7} {{y}} {{x");
  WritePackage("constants: {answer: 3, flag: space_change_sensitive}\n");
  Write("p/data/secret/test_group.yaml", "output_validator_args: [\"{{flag}}\"]\n");
  Write("p/submissions/accepted/a.py", "print({{answer}})\n");
  Write("p/submissions/wrong_answer/b.py", "print(' {{answer}}')\n");
  std::vector<std::string> verdicts;
  BatchOptions options;
  options.workers = 1;
  options.judge.time_limit_seconds = 2;
  const auto done = JudgePackage(root_ / "p",
                                 {(root_ / "p/submissions/accepted/a.py").string(),
                                  (root_ / "p/submissions/wrong_answer/b.py").string()},
                                 LanguageTable::BuiltIn(), options, [&](const Report& report) {
                                   verdicts.emplace_back(env::VerdictName(report.verdict));
                                 });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(verdicts, (std::vector<std::string>{"AC", "WA"}));
}

TEST_F(PackageFormatTest, HoldsItsOwnSubmissionsAgainstWhatTheyMustGet) {
  WritePackage("limits: {time_limit: 1}\n");
  const std::string right = "print(sum(map(int, input().split())))\n";
  Write("p/submissions/accepted/right.py", right);
  Write("p/submissions/accepted/wrong.py", "print(4)\n");
  Write("p/submissions/wrong_answer/crash.py",
        "# @EXPECTED_RESULTS@: wrong-answer, RUN_ERROR\n1/0\n");
  Write("p/submissions/run_time_error/crash.py", "1/0  # @EXPECTED_RESULTS@: CORRECT\n");
  Write("p/submissions/rejected/crash.py", "1/0\n");
  Write("p/submissions/rejected/right.py", right);
  Write("p/submissions/mixed/right.py", right);
  Write("p/submissions/wrong_answer/x.unknown", "");
  std::map<std::string, std::string> seen;
  BatchOptions options;
  const auto done =
      JudgePackage(root_ / "p", {}, LanguageTable::BuiltIn(), options, [&](const Report& report) {
        std::string text(env::VerdictName(report.verdict));
        for (const auto one : report.expected) {
          text += fmt::format(" {}", env::VerdictName(one));
        }
        if (!report.as_expected()) text += " differs";
        const std::filesystem::path path = report.submission;
        seen[path.parent_path().filename() / path.filename()] = text;
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(seen,
            (std::map<std::string, std::string>{{"accepted/right.py", "AC AC"},
                                                {"accepted/wrong.py", "WA AC differs"},
                                                {"wrong_answer/crash.py", "RTE WA RTE"},
                                                {"run_time_error/crash.py", "RTE AC differs"},
                                                {"rejected/crash.py", "RTE WA TLE RTE"},
                                                {"rejected/right.py", "AC WA TLE RTE differs"},
                                                {"mixed/right.py", "AC"}}));
  ASSERT_EQ(done->skipped.size(), 1U);
  EXPECT_THAT(done->skipped.front(), HasSubstr("x.unknown"));
  // What others hand in is expected nothing of.
  Write("elsewhere/accepted/a.py", "print(4)\n");
  const auto problem = LoadProblem(root_ / "p");
  EXPECT_EQ(problem->KindOfOwn(root_ / "p/submissions/accepted/right.py"), "accepted");
  for (const char* other : {"elsewhere/accepted/a.py", "p/submissions", "p", "p/submissions/.."}) {
    EXPECT_EQ(problem->KindOfOwn(root_ / other), "") << other;
    Submission submission;
    ApplyPackageRules(*problem, root_ / other, false, &submission);
    EXPECT_TRUE(submission.expected.empty()) << other;
  }
  // A folder of tests brings no submissions.
  Write("q/1.in", "");
  Write("q/1.ans", "");
  const auto none =
      JudgePackage(root_ / "q", {}, LanguageTable::BuiltIn(), options, [](const Report&) {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("no submissions given"));
}

TEST_F(PackageFormatTest, HoldsCompilersToThePackagesLimits) {
  WritePackage("limits: {compilation_time: 1, time_limit: 1}\n");
  ASSERT_EQ(Load(), "loaded");
  const std::string slow =
      "constexpr long f(long n) { long s = 0; for (long i = 0; i < n; ++i) s += i % 7; return s; "
      "}\n"
      "constexpr long a = f(20000000), b = f(20000001), c = f(20000002), d = f(20000003);\n"
      "constexpr long e = f(20000004), g = f(20000005), h = f(20000006), i = f(20000007);\n"
      "#include <cstdio>\nint main() { std::puts(a + b + c + d + e + g + h + i ? \"3\" : \"4\"); "
      "}\n";
  EXPECT_EQ(Verdict(*problem_, "a.cc", slow), "CE");
  EXPECT_THAT(last_.message, HasSubstr("CPU time limit"));
}

TEST_F(PackageFormatTest, AllValidatorsOfAnInteractiveProblemMustAgree) {
  Write("p/problem.yaml", "name: A\nvalidation: custom interactive\n");
  const std::string head = "import sys\nprint('go', flush=True)\nx = int(sys.stdin.readline())\n";
  Write("p/output_validators/a.py", head + "sys.exit(42 if x > 0 else 43)\n");
  Write("p/output_validators/b.py", head + "sys.exit(42 if x % 2 == 0 else 43)\n");
  Write("p/data/secret/1.in", "");
  Write("p/data/secret/1.ans", "");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(Verdict(*problem_, "a.py", "input()\nprint(4)\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem_, "a.py", "input()\nprint(3)\n"), "WA");
  EXPECT_EQ(Verdict(*problem_, "a.py", "input()\nprint(-4)\n"), "WA");
}

TEST_F(PackageFormatTest, MemoryLimitIsARuntimeErrorInPackagesOnly) {
  WritePackage("limits: {memory: 64}\n");
  ASSERT_EQ(Load(), "loaded");
  const std::string hog = "x = bytearray(200 << 20)\nprint(3)\n";
  EXPECT_EQ(Verdict(*problem_, "a.py", hog), "RTE");
  EXPECT_THAT(last_.tests[0].reason, HasSubstr("MLE"));
  fs::remove_all(root_ / "p");
  Write("p/1.in", "");
  Write("p/1.ans", "3\n");
  ASSERT_EQ(Load(), "loaded");
  JudgeOptions options;
  options.memory_limit_mib = 64;
  EXPECT_EQ(Verdict(*problem_, "a.py", hog, options), "MLE");
}

TEST_F(PackageFormatTest, NamesUnknownKeysOfTestSettings) {
  WritePackage();
  Write("p/data/secret/test_group.yaml", "full_feedback: true\ncolour: red\n");
  EXPECT_THAT(Load(), HasSubstr("test_group.yaml:2: unknown key 'colour'"));
  Write("p/data/secret/test_group.yaml", "args: nine\n");
  EXPECT_THAT(Load(), HasSubstr("test_group.yaml:1: args must be a list"));
  fs::remove(root_ / "p/data/secret/test_group.yaml");
  Write("p/data/secret/1.yaml", "hint: think\nmax_score: 3\n");
  EXPECT_THAT(Load(), HasSubstr("1.yaml:2: unknown key 'max_score'"));
  fs::remove(root_ / "p/data/secret/1.yaml");
  Write("p/data/secret/7.files/x", "1");
  EXPECT_THAT(Load(), HasSubstr("7.files: has no .in file"));
  fs::remove_all(root_ / "p/data/secret/7.files");
  Write("p/problem.yaml", "name: A\n");
  Write("p/data/secret/testdata.yaml", "on_reject: break\nargs: [x]\n");
  EXPECT_THAT(Load(), HasSubstr("testdata.yaml:2: unknown key 'args'"));
}

TEST_F(PackageFormatTest, SubmissionsWithLinksOrOddNamesDoNoHarm) {
  WritePackage();
  ASSERT_EQ(Load(), "loaded");
  Write("s/a.c", "#include \"a.txt\"\nint main(void) { return 0; }\n");
  fs::create_symlink(root_ / "p/data/secret/1.ans", root_ / "s/a.txt");
  const auto loaded = LoadSubmission(root_ / "s");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("a.txt: submissions may not hold symbolic links"));
  EXPECT_EQ(Verdict(*problem_, "-a.c", "#include <stdio.h>\nint main(void) { puts(\"3\"); }\n"),
            "AC")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Verdict(*problem_, "@a.c", "#include <stdio.h>\nint main(void) { puts(\"3\"); }\n"),
            "AC")
      << last_.ToJson().dump(1);
  SubmissionJudge judge(*compiler_, *problem_, {});
  Submission many = {"many", "", {{"a.py", "print(3)"}, {"tmp", ""}}};
  EXPECT_EQ(judge.Judge(*workplace_, many)->verdict, env::Verdict::kCompileError);
  many.files[1].name = "program/note.txt";  // Where the compiler's output is to lie.
  EXPECT_THAT(judge.Judge(*workplace_, many)->message,
              HasSubstr("not a name that a file may have"));
  for (int i = 0; i < 300; ++i) many.files.push_back({std::to_string(i) + ".txt", ""});
  EXPECT_EQ(judge.Judge(*workplace_, many)->verdict, env::Verdict::kCompileError);
  EXPECT_EQ(workplace_->restarts(), 0);
}

TEST_F(PackageFormatTest, OnlyAllowedLanguages) {
  WritePackage("languages: [cpp, c]\n");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_THAT(Verdict(*problem_, "a.py", "print(3)"), HasSubstr("does not allow Python 3"));
  EXPECT_EQ(
      Verdict(*problem_, "a.c", "#include <stdio.h>\nint main(void) { return puts(\"3\") < 0; }\n"),
      "AC");
}

// Saying which language it is does not make a file a source of it: that is no compile error.
TEST_F(PackageFormatTest, ALanguageWithoutASourceIsNoVerdict) {
  WritePackage();
  ASSERT_EQ(Load(), "loaded");
  SubmissionJudge judge(*compiler_, *problem_, {});
  const auto report = judge.Judge(*workplace_, {"x/a.txt", "python3", {{"a.txt", "print(3)"}}});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message,
              HasSubstr("x/a.txt: no source of Python 3 in it; their names end in .py"));
}

TEST_F(PackageFormatTest, RefusesMoreInputFilesThanABoxTakes) {
  WritePackage();
  for (int i = 0; i < 65; ++i) Write("p/data/secret/1.files/" + std::to_string(i), "x");
  EXPECT_THAT(Load(), HasSubstr("1.files: 65 files, at most 64 are supported"));
}

TEST_F(PackageFormatTest, ScriptsMayBeCalledLikeOptions) {
  WritePackage();
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(Verdict(*problem_, "-x.py", "print(3)"), "AC");
  EXPECT_EQ(Verdict(*problem_, "@x.py", "print(3)"), "AC");
}

TEST_F(PackageFormatTest, ARuntimeErrorComesWithItsLastWords) {
  WritePackage();
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(Verdict(*problem_, "a.py", "import nosuchmodule\n"), "RTE");
  EXPECT_EQ(last_.tests[0].reason,
            "exit code 1: ModuleNotFoundError: No module named 'nosuchmodule'");
}

// A folder of the package's submissions is not one submission with several files.
TEST_F(PackageFormatTest, FoldersOfSubmissionsStandForWhatLiesInThem) {
  WritePackage();
  Write("p/submissions/accepted/a.py", "print(3)");
  Write("p/submissions/accepted/two/main.py", "import other");
  Write("p/submissions/accepted/two/other.py", "print(3)");
  Write("p/submissions/wrong_answer/b.py", "print(4)");
  const auto judge = [&](const std::string& path) {
    std::string verdicts;
    BatchOptions options;
    options.workers = 1;
    const auto done = JudgePackage(root_ / "p", {(root_ / "p/submissions" / path).string()},
                                   LanguageTable::BuiltIn(), options, [&](const Report& report) {
                                     verdicts += env::VerdictName(report.verdict);
                                     verdicts += ' ';
                                   });
    return done ? verdicts : done.error().message;
  };
  EXPECT_EQ(judge("accepted"), "AC AC ");
  EXPECT_EQ(judge("wrong_answer/"), "WA ");
  EXPECT_EQ(judge(""), "AC AC WA ");
  EXPECT_EQ(judge("accepted/two"), "AC ");
}

/// Every submission of the public examples in a language of the table gets its folder's verdict.
TEST_F(PackageFormatTest, PublicExamplesGetTheirFoldersVerdicts) {
  const char* data = std::getenv("TESUJI_TEST_DATA");
  const fs::path folder = fs::path(data == nullptr ? "" : data) / "kattis/examples";
  if (data == nullptr || !fs::exists(folder)) {
    GTEST_SKIP() << "TESUJI_TEST_DATA does not name a folder with kattis/examples";
  }
  const bool patient = std::getenv("TESUJI_SLOW_ACCEPTED") != nullptr;
  const std::map<std::string, std::string> verdicts = {{"accepted", "AC"},
                                                       {"slow_accepted", "AC"},
                                                       {"wrong_answer", "WA"},
                                                       {"run_time_error", "RTE"},
                                                       {"time_limit_exceeded", "TLE"}};
  int judged = 0;
  for (const auto& package : fs::directory_iterator(folder)) {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(package.path() / "submissions")) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".c" && extension != ".cc" && extension != ".py") continue;
      // Takes minutes.
      if (!patient && entry.path().parent_path().filename() == "slow_accepted") continue;
      paths.push_back(entry.path().string());
    }
    BatchOptions options;
    options.compiler.cache_folder = root_ / "cache";
    const auto done = JudgePackage(package.path(), paths, LanguageTable::BuiltIn(), options,
                                   [&](const Report& report) {
                                     const fs::path path = report.submission;
                                     EXPECT_EQ(env::VerdictName(report.verdict),
                                               verdicts.at(path.parent_path().filename().string()))
                                         << report.ToJson().dump(1);
                                     ++judged;
                                   });
    ASSERT_TRUE(done) << done.error().message;
    for (const std::string& skipped : done->skipped) {
      EXPECT_THAT(skipped, HasSubstr("python2")) << skipped;
    }
  }
  EXPECT_GE(judged, 20);
}

}  // namespace
}  // namespace tesuji::verifier
