// Which files of a package are read, and what it says of its own submissions and tests.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <map>
#include <sstream>

#include "tests/verifier/package_format.h"
#include "verifier/judge/batch.h"
#include "verifier/judge/data_check.h"
#include "verifier/problem/package_settings.h"

namespace tesuji::verifier {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class PackageRulesTest : public PackageFormatTest {};

// Links are followed where they stay inside the package; the judge may be root.
TEST_F(PackageRulesTest, LinksThatLeaveThePackageAreRefusedByName) {
  WritePackage();
  Write("outside/secret.txt", "3\n");
  const auto link = [&](const std::string& to, const std::string& name) {
    fs::create_directories((root_ / name).parent_path());
    fs::create_symlink(to, root_ / name);
  };
  for (const char* name :
       {"p/data/secret/2.ans", "p/data/secret/2.in", "p/data/secret/2.files",
        "p/data/secret/2.yaml", "p/include/default/x.txt", "p/output_validator", "p/data/sample"}) {
    link((root_ / "outside" / "secret.txt").string(), name);
    EXPECT_THAT(Load(), AllOf(HasSubstr(name), HasSubstr("link that leads out of"))) << name;
    fs::remove(root_ / name);
  }
  link("..", "p/data/secret/loop");
  EXPECT_THAT(Load(), HasSubstr("folders are nested"));
  fs::remove(root_ / "p/data/secret/loop");
  link("gone", "p/data/secret/2.in");
  EXPECT_THAT(Load(), HasSubstr("2.in: is a link that leads nowhere"));
  fs::remove(root_ / "p/data/secret/2.in");
  ASSERT_EQ(mkfifo((root_ / "p/data/secret/2.in").c_str(), 0600), 0);
  EXPECT_THAT(Load(), HasSubstr("2.in: is neither a file nor a folder"));
  fs::remove(root_ / "p/data/secret/2.in");
  // Inside it they are what the format allows.
  link("1.in", "p/data/secret/2.in");
  link("1.ans", "p/data/secret/2.ans");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(problem_->tests.size(), 2U);
}

TEST_F(PackageRulesTest, SubmissionsBehindLinksOutOfThePackageAreRefused) {
  WritePackage();
  Write("outside/a.py", "print(3)\n");
  Write("p/submissions/accepted/a.py", "print(3)\n");
  fs::create_symlink("a.py", root_ / "p/submissions/accepted/b.py");
  fs::create_symlink(root_ / "outside/a.py", root_ / "p/submissions/accepted/c.py");
  fs::create_symlink(root_ / "outside", root_ / "p/submissions/wrong_answer");
  fs::create_symlink(root_ / "outside/a.py", root_ / "d.py");
  const fs::path package = root_ / "p";
  const auto load = [&](const std::string& name) {
    const auto loaded = LoadSubmission(root_ / name, package);
    return loaded ? loaded->files.front().text : loaded.error().message;
  };
  EXPECT_EQ(load("p/submissions/accepted/b.py"), "print(3)\n");
  EXPECT_THAT(load("p/submissions/accepted/c.py"), HasSubstr("c.py: is a link that leads out of"));
  EXPECT_THAT(load("p/submissions/wrong_answer/a.py"), HasSubstr("behind a link that leads out"));
  EXPECT_THAT(load("d.py"), HasSubstr("d.py: submissions may not hold symbolic links"));
  EXPECT_EQ(load("outside/a.py"), "print(3)\n");
  std::string verdicts;
  BatchOptions options;
  options.judge.time_limit_seconds = 1;
  const auto done =
      JudgePackage(package, {}, LanguageTable::BuiltIn(), options, [&](const Report& report) {
        verdicts += std::string(env::VerdictName(report.verdict)) + " ";
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(verdicts, "AC AC ");
  EXPECT_EQ(done->skipped.size(), 2U);
}

// What Python compiled is in no source.
TEST_F(PackageRulesTest, CompiledCodeInASubmissionIsNotRead) {
  Write("s/main.py", "import other\n");
  Write("s/other.py", "print(3)\n");
  Write("s/__pycache__/other.cpython-311.pyc", "x");
  Write("s/fast.so", "x");
  Write("s/data.bin",
        "\x7f"
        "ELF and more");
  Write("s/.git/config", "x");
  const auto loaded = LoadSubmission(root_ / "s");
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->files.size(), 2U);
  EXPECT_EQ(loaded->dropped.size(), 3U);
  WritePackage();
  ASSERT_EQ(Load(), "loaded");
  SubmissionJudge judge(*compiler_, *problem_, {});
  const auto report = judge.Judge(*workplace_, *loaded);
  EXPECT_EQ(report->verdict, env::Verdict::kAccepted);
  EXPECT_EQ(report->evidence["dropped_files"].size(), 3U);
}

TEST_F(PackageRulesTest, HiddenAndDisabledSubmissionsArePassedOver) {
  WritePackage();
  Write("p/submissions/accepted/a.py", "print(3)\n");
  for (const char* name : {"accepted/.gitkeep", "accepted/b.py.disabled", "accepted/c.py~",
                           "run_time_error/.gitkeep", ".git/config", "wrong_answer/old/.keep"}) {
    Write(std::string("p/submissions/") + name, "1/0\n");
  }
  int judged = 0;
  const auto done =
      JudgePackage(root_ / "p", {}, LanguageTable::BuiltIn(), {}, [&](const Report&) { ++judged; });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(judged, 1);
  EXPECT_EQ(done->skipped, std::vector<std::string>());
}

TEST_F(PackageRulesTest, SubmissionsYamlSaysWhatSubmissionsMustGet) {
  WritePackage();
  Write("p/data/secret/2.in", "2 2\n");
  Write("p/data/secret/2.ans", "4\n");
  Write("p/submissions/accepted/a.py", "print(sum(map(int, input().split())))\n");
  Write("p/submissions/mixed/three.py", "print(3)\n");
  Write("p/submissions/mixed/four.py", "print(4)\n");
  Write("p/submissions/mixed/crash.py", "1/0\n");
  Write("p/submissions/submissions.yaml",
        "'mixed/{three,four}.py':\n  secret/1: {permitted: [AC]}\n  secret/2: {required: [WA]}\n"
        "mixed/crash.py: {permitted: [RTE], required: [RTE], authors: Nobody}\n"
        "accepted: {permitted: [AC, TLE]}\n");
  std::map<std::string, std::string> seen;
  const auto judge = [&] {
    seen.clear();
    BatchOptions options;
    options.judge.time_limit_seconds = 2;
    const auto done =
        JudgePackage(root_ / "p", {}, LanguageTable::BuiltIn(), options, [&](const Report& report) {
          seen[fs::path(report.submission).filename()] =
              report.as_expected() ? "as expected" : testing::PrintToString(report.differences);
        });
    return done ? std::string("judged") : done.error().message;
  };
  ASSERT_EQ(judge(), "judged");
  EXPECT_EQ(seen["a.py"], "as expected");
  EXPECT_EQ(seen["three.py"], "as expected");
  EXPECT_EQ(seen["crash.py"], "as expected");
  EXPECT_EQ(seen["four.py"],
            "{ \"secret/1 got WA; permitted: AC\", "
            "\"no test of secret/2 got what is required: WA\" }");
  Write("p/submissions/submissions.yaml", "mixed/*.py:\n  permited: [AC]\n");
  EXPECT_THAT(judge(), HasSubstr("submissions.yaml:2: unknown key 'permited'"));
  Write("p/submissions/submissions.yaml", "mixed/*.py: {required: [MLE]}\n");
  EXPECT_THAT(judge(), HasSubstr("submissions.yaml:1: required must be a list of AC, WA, TLE and"));
}

TEST_F(PackageRulesTest, WhatIsAboveTheTimeLimitMustExceedItByTheFactor) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: p\nlimits:\n  time_limit: 0.3\n"
        "  time_multipliers:\n    time_limit_to_tle: 3\n");
  Write("p/data/secret/1.in", "1\n");
  Write("p/data/secret/1.ans", "1\n");
  const std::string busy = "import time\nwhile time.process_time() < {}: pass\nprint(1)\n";
  const auto runs_for = [&](const std::string& seconds) {
    std::string text = busy;
    return text.replace(text.find("{}"), 2, seconds);
  };
  Write("p/submissions/time_limit_exceeded/slow.py", runs_for("2"));
  Write("p/submissions/time_limit_exceeded/near.py", runs_for("0.6"));
  Write("p/submissions/time_limit_exceeded/fast.py", runs_for("0"));
  Write("p/submissions/submissions.yaml", "time_limit_exceeded: {use_for_time_limit: upper}\n");
  std::map<std::string, std::string> seen;
  const auto done = JudgePackage(root_ / "p", {}, LanguageTable::BuiltIn(), BatchOptions(),
                                 [&](const Report& report) {
                                   seen[fs::path(report.submission).filename()] =
                                       std::string(env::VerdictName(report.verdict)) +
                                       (report.as_expected() ? "" : " unexpected") +
                                       testing::PrintToString(report.differences);
                                 });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(seen["slow.py"], "TLE{}");
  EXPECT_THAT(seen["near.py"], HasSubstr("TLE unexpected{ \"no test takes more than 0.9 s"));
  EXPECT_THAT(seen["fast.py"], HasSubstr("AC unexpected{ \"no test takes more than 0.9 s"));
}

TEST_F(PackageRulesTest, PatternsOfSubmissionsMatchAsTheFormatSays) {
  EXPECT_TRUE(MatchesPattern("accepted", "accepted/a/b.py"));
  EXPECT_TRUE(MatchesPattern("accepted/*", "accepted/a.py"));
  EXPECT_TRUE(MatchesPattern("*/a.{py,c{c,pp}}", "x/a.cpp"));
  EXPECT_FALSE(MatchesPattern("*.py", "accepted/a.py"));  // '*' does not match '/'.
  EXPECT_FALSE(MatchesPattern("accept", "accepted/a.py"));
  EXPECT_TRUE(MatchesPattern("a{b", "a{b"));
}

TEST_F(PackageRulesTest, ReadsASubmissionFromAStream) {
  Write("tests/1.in", "1\n");
  Write("tests/1.out", "1\n");  // A plain folder may call its answers so.
  std::istringstream in("print(input())\n");
  BatchOptions options;
  options.standard_input = &in;
  std::string verdicts;
  const auto judge = [&] {
    const auto done =
        JudgePackage(root_ / "tests", {"-"}, LanguageTable::BuiltIn(), options,
                     [&](const Report& report) { verdicts += env::VerdictName(report.verdict); });
    return done ? std::string("judged") : done.error().message;
  };
  EXPECT_THAT(judge(), HasSubstr("say its language"));
  options.language = "python3";
  EXPECT_EQ(judge(), "judged");
  EXPECT_EQ(verdicts, "AC");
}

TEST_F(PackageRulesTest, AcceptsTheVersionsThatMeanTheSame) {
  for (const char* version : {"legacy", "legacy-icpc"}) {
    Write("p/problem.yaml", std::string("problem_format_version: ") + version + "\nname: A\n");
    Write("p/data/secret/1.in", "1 2\n");
    Write("p/data/secret/1.ans", "3\n");
    ASSERT_EQ(Load(), "loaded");
    EXPECT_EQ(problem_->format, "legacy");
  }
  for (const char* version : {"2023-07", "2023-07-draft", "2025-09", "draft"}) {
    Write("p/problem.yaml", std::string("problem_format_version: ") + version + "\nname: A\n");
    ASSERT_EQ(Load(), "loaded");
    EXPECT_EQ(problem_->format, "2025-09");
  }
  Write("p/problem.yaml", "problem_format_version: 2031-01\nname: A\n");
  EXPECT_THAT(Load(), HasSubstr("problem.yaml:1: problem_format_version '2031-01'"));
}

TEST_F(PackageRulesTest, ConstantsMayHaveVariants) {
  WritePackage("constants: {k: {value: 5, tex: five}, n: 7}\n");
  ASSERT_EQ(Load(), "loaded");
  EXPECT_EQ(WithConstants("{{k}} {{k.value}} {{k.tex}} {{n.value}} {{k.no}}", problem_->constants),
            "5 5 five 7 {{k.no}}");
  WritePackage("constants: {k: {tex: five}}\n");
  EXPECT_THAT(Load(), HasSubstr("constants.k must be a number, a string, or a map with the key"));
}

TEST_F(PackageRulesTest, BadValidatorFlagsAreBlamedOnTheirFile) {
  WritePackage();
  Write("p/problem.yaml", "name: A\nvalidator_flags: float_tolerance 1e-6\n");
  ASSERT_EQ(Load(), "loaded");
  Write("p/data/secret/testdata.yaml", "\noutput_validator_flags: float_absolute_tolerance 1\n");
  EXPECT_THAT(Load(), HasSubstr("testdata.yaml:2: float_absolute_tolerance sets a tolerance that"));
  Write("p/problem.yaml", "name: A\nvalidator_flags: exactly\n");
  EXPECT_THAT(Load(), HasSubstr("problem.yaml:2: 'exactly' is not a flag"));
}

TEST_F(PackageRulesTest, ChecksTheDataByItsOwnValidators) {
  WritePackage();
  Write("p/input_validators/check.py",
        "import sys\na, b = map(int, input().split())\n"
        "sys.exit(42 if a > 0 and len(sys.argv) <= b else 43)\n");
  Write("p/input_validators/x.ctd", "INT(0, 5)\n");
  Write("p/answer_validators/check.py",
        "import sys\nsys.exit(42 if int(input()) < 9 and open(sys.argv[1]).read() else 43)\n");
  const auto check = [&] {
    std::string faults;
    const auto done = CheckData(root_ / "p", LanguageTable::BuiltIn(), {},
                                [&](const DataReport& report) { faults += report.fault; });
    return done ? faults : done.error().message;
  };
  EXPECT_EQ(check(), "");
  Write("p/data/secret/1.yaml", "input_validator_args: {check: [one, two]}\n");
  EXPECT_EQ(check(), "input_validators/check.py rejects the input: exit code 43");
  Write("p/data/secret/1.yaml", "input_validator_args: {other: [one, two]}\n");
  EXPECT_EQ(check(), "");
  Write("p/data/secret/1.ans", "10\n");
  EXPECT_EQ(check(), "answer_validators/check.py rejects the answer: exit code 43");
  Write("p/data/secret/1.ans", "3\n");
  fs::remove(root_ / "p/input_validators/x.ctd");
  Write("p/data/invalid_input/1.in", "1 2\n");
  EXPECT_EQ(check(), "no input validator rejects it, and one must");
  fs::remove(root_ / "p/data/invalid_input/1.in");
  for (const char* part : {"invalid_output", "valid_output"}) {
    for (const char* name : {"/1.in", "/1.ans", "/1.out"}) {
      Write(std::string("p/data/") + part + name, name[3] == 'i' ? "1 2\n" : "3\n");
    }
  }
  EXPECT_EQ(check(), "the output validator accepts the .out file");
}

}  // namespace
}  // namespace tesuji::verifier
