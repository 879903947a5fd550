// Packages that combine many rules of both formats, and submit-answer problems. Every score follows
// from the format's text; the sums stand beside it.
#include <gmock/gmock.h>

#include "tests/verifier/scoring_test.h"
#include "verifier/problem/group_rules.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;

constexpr char kGrader[] =
    "import sys\nrows = [line.split() for line in sys.stdin]\n"
    "scores = sorted(float(score) for verdict, score in rows if verdict == 'AC')\n"
    "if len(sys.argv) > 2 and sys.argv[1] == 'best':\n"
    "    scores = scores[-int(sys.argv[2]):]\n"
    "print('AC' if scores else 'WA', sum(scores))\n";

// Nested groups: one breaks off, one takes its best two by the package's own grader.
TEST_F(ScoringTest, CustomGradersAndBreakingGroupsNest) {
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/graders/grade.py", kGrader);
  Write("p/data/testdata.yaml", "on_reject: continue\ngrader_flags: ignore_sample\nrange: 0 60\n");
  Write("p/data/secret/testdata.yaml", "grading: custom\ngrader_flags: all\n");
  Write("p/data/secret/a/testdata.yaml",
        "on_reject: break\ngrading: default\ngrader_flags: min\naccept_score: 12\n"
        "reject_score: 1\n");
  Write("p/data/secret/a/deep/testdata.yaml",
        "on_reject: break\ngrader_flags: always_accept sum\naccept_score: 6.5\n");
  Write("p/data/secret/b/testdata.yaml", "grader_flags: best 2\naccept_score: 20\nrange: 0 40\n");
  Test("sample/1", 999);
  Test("secret/a/1", 1);
  Test("secret/a/deep/1", 2);
  Test("secret/a/deep/2", 30);
  Test("secret/a/deep/3", 3);
  for (int i = 1; i <= 3; ++i) Test(fmt::format("secret/b/{}", i), 10 * i);
  // a: min(12, 6.5 * 3), b: the best two of three.
  EXPECT_EQ(Judged(Knows(1000)), "AC 52") << last_.ToJson().dump(1);
  // Without 30: deep has one test, breaks off and has 6.5 + 1; b has two.
  EXPECT_EQ(Judged(Knows(29)), "AC 47.5");
  EXPECT_EQ(Groups(),
            "data AC 47.5, sample WA 0, secret AC 47.5, secret/a AC 7.5, secret/a/deep AC 7.5, "
            "secret/b AC 40");
  // Knows 1 alone: deep breaks off at its first test, 1, and is accepted all the same.
  EXPECT_EQ(Judged(Knows(1)), "AC 1");
  EXPECT_EQ(Judged(Knows(0)), "WA 0");
  EXPECT_EQ(last_.tests[1].name, "secret/a/1");
  EXPECT_EQ(last_.tests[2].name, "secret/b/1");  // a broke off.
  EXPECT_EQ(ShareOfBest(*problem_, 30), 0.5);
  // A grader that goes beyond the range that the package itself names is told of.
  Write("p/data/secret/b/testdata.yaml", "grader_flags: all\naccept_score: 20\nrange: 0 40\n");
  EXPECT_EQ(Judged(Knows(1000)), "AC 72");
  EXPECT_EQ(last_.groups.back().reason, "the score 60 is outside the range 0 to 40");
}

// The format lets a grader decide where there are no scores: here two of three are enough.
TEST_F(ScoringTest, CustomGradersHoldInPassFailProblems) {
  Write("p/problem.yaml", "name: A\n");
  Write("p/data/secret/testdata.yaml", "on_reject: continue\ngrading: custom\n");
  Write("p/graders/grade.py",
        "import sys\nrows = sys.stdin.read().split()\n"
        "assert all(s == '01'[v == 'AC'] for v, s in zip(rows[::2], rows[1::2])), rows\n"
        "print('AC' if rows.count('AC') >= 2 else 'WA', 17)\n");
  for (int i = 1; i <= 3; ++i) Test(fmt::format("secret/{}", i), i);
  EXPECT_EQ(Judged(Knows(3)), "AC");
  EXPECT_EQ(Judged(Knows(2)), "AC");
  EXPECT_EQ(Judged(Knows(1)), "WA");
  EXPECT_TRUE(last_.groups.empty());
}

// Less is better: the validator's score.txt where it says one, accept_score elsewhere.
TEST_F(ScoringTest, TheLeastScoreIsTheBestInANestedPackage) {
  Write("p/problem.yaml",
        "name: A\ntype: scoring\nvalidation: custom score\ngrading:\n  objective: min\n");
  Write("p/data/testdata.yaml",
        "on_reject: break\nrange: 0 100\naccept_score: 9\ngrader_flags: ignore_sample max\n");
  Write("p/data/secret/testdata.yaml", "grader_flags: sum\n");
  Write("p/data/secret/2/testdata.yaml", "grader_flags: avg\n");
  Test("sample/1", 1);
  Test("secret/1", 4);
  Test("secret/2/a", 3);
  Test("secret/2/b", 5);
  Validator("output_validators", "if n != 4: give('score.txt', n)");
  EXPECT_EQ(Judged(Knows(9)), "AC 13");  // 9 + (3 + 5) / 2
  EXPECT_EQ(ShareOfBest(*problem_, 25), 0.75);
  EXPECT_EQ(Judged(Knows(4)), "WA");  // It has no score: 0 would be the best.
  EXPECT_EQ(last_.groups.back().name, "secret/2");
  EXPECT_EQ(Judged(Knows(0)), "WA");
  EXPECT_EQ(last_.tests.size(), 1U);  // The root broke off after the sample.
}

// 2025-09: all three aggregations, static tests, flags and scores a group.
TEST_F(ScoringTest, GroupsOfOneSecretMayAggregateDifferently) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/test_group.yaml", "max_score: 90\noutput_validator_args: [plain]\n");
  Write("p/data/secret/1/test_group.yaml",
        "max_score: 10\nstatic_validation_score: pass-fail\nstatic_validator_args: ['99']\n");
  Write("p/data/secret/2/test_group.yaml",
        "max_score: 50\nscore_aggregation: sum\nstatic_validation_score: 20\n"
        "output_validator_args: [half]\n");
  Write("p/data/secret/3/test_group.yaml",
        "max_score: 30\nscore_aggregation: min\nrequire_pass: [sample, secret/1]\n"
        "output_validator_args: [given]\n");
  Write("p/data/secret/3/b.yaml", "output_validator_args: [half]\n");
  Write("p/static_validator/check.py",
        "import sys\nlimit = int((sys.argv[4:] or ['60'])[0])\n"
        "sys.exit(42 if len(open(sys.argv[2]).read()) <= limit else 43)\n");
  Validator("output_validator",
            "say = sys.argv[4:]\nif x == 2 * n and say == ['half']: "
            "give('score_multiplier.txt', 0.5)\n"
            "if x == 2 * n and say == ['given']: give('score.txt', 2 * n)");
  Test("sample/1", 1);
  Test("secret/1/a", 2);
  Test("secret/2/a", 3);
  Test("secret/2/b", 4);
  Test("secret/2/c", 50);
  Test("secret/3/a", 6);
  Test("secret/3/b", 7);
  // 1: 10. 2: 20 for the sources, half of 10 for each test. 3: the least of 12 and half of 30.
  EXPECT_EQ(Judged(Knows(99)), "AC 57") << last_.ToJson().dump(1);
  EXPECT_EQ(Judged(Knows(9)), "WA 52");
  EXPECT_EQ(Groups(), "sample AC 0, secret WA 52, secret/1 AC 10, secret/2 WA 30, secret/3 AC 12");
  EXPECT_EQ(Judged(Knows(6)), "WA 40");  // 3 fails at its second test.
  // Longer than 60 bytes: 20 points less. Longer than 99: no group 1, and so no group 3.
  EXPECT_EQ(Judged(Knows(9) + "# a comment that is long\n"), "WA 32");
  EXPECT_EQ(Judged(Knows(9) + std::string(60, '#')), "WA 10");
  EXPECT_EQ(last_.groups.back().reason, "not judged: requires secret/1");
  // Scores of groups that add up to more than secret's are the package's fault.
  Write("p/data/secret/test_group.yaml", "max_score: 50\noutput_validator_args: [plain]\n");
  EXPECT_THAT(Judged(Knows(99)), HasSubstr("IE: secret: the score 57 is more than its max_score"));
}

class AnswersTest : public ScoringTest {
 protected:
  void SetUp() override {
    ScoringTest::SetUp();
    Write("p/problem.yaml",
          "problem_format_version: 2025-09\nname: A\ntype: [scoring, submit-answer]\n");
    Write("p/data/secret/test_group.yaml", "max_score: 60\n");
    Test("sample/1", 1);
    for (int i = 1; i <= 3; ++i) Test(fmt::format("secret/{}", i), i);
  }
  std::string Answered(const std::vector<SourceFile>& files) {
    if (Load() != "loaded") return Load();
    SubmissionJudge judge(*compiler_, *problem_, {});
    auto report = judge.Judge(*workplace_, {"answers", "", files});
    if (!report) return report.error().message;
    last_ = *report;
    return fmt::format("{} {}", env::VerdictName(last_.verdict), last_.score.value_or(-1));
  }
};

TEST_F(AnswersTest, FilesAreTheAnswersAndNothingRuns) {
  EXPECT_EQ(Answered({{"sample/1.out", "2\n"},
                      {"secret/1.out", "2"},
                      {"secret/2.txt", "4"},
                      {"secret/3", " 6 \n"}}),
            "AC 60");
  EXPECT_TRUE(last_.evidence["answers_only"]);
  // Names without folders, where one test alone is called so: 1 is called as the sample is.
  EXPECT_EQ(Answered({{"1.out", "2\n"}, {"2.out", "4"}, {"3.out", "5"}}), "WA 20");
  EXPECT_EQ(last_.tests[0].reason, "there is no answer: no file is called sample/1.out");
  EXPECT_THAT(last_.tests[3].reason, HasSubstr("5"));
  EXPECT_EQ(Answered({{"main.py", "print(2 * int(input()))\n"}}), "WA 0");
}

TEST_F(AnswersTest, ValidatorsAndLimitsHold) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: A\ntype: [scoring, submit-answer]\n"
        "limits: {output: 1}\n");
  Validator("output_validator", "if x == 2 * n: give('score_multiplier.txt', n / 4)");
  std::vector<SourceFile> files = {
      {"sample/1.out", "2"}, {"secret/1.out", "2"}, {"secret/2.out", "4"}, {"secret/3.out", "6"}};
  EXPECT_EQ(Answered(files), "AC 30");
  files.back().text = std::string((1 << 20) + 1, ' ') + "6";
  EXPECT_EQ(Answered(files), "WA 15");
  EXPECT_EQ(last_.tests.back().reason, "secret/3.out has more than 1 MiB (limits.output)");
}

TEST_F(AnswersTest, ALoneFileAnswersALoneTest) {
  for (const char* name : {"sample/1", "secret/2", "secret/3"}) {
    Remove(fmt::format("p/data/{}.in", name));
    Remove(fmt::format("p/data/{}.ans", name));
  }
  EXPECT_EQ(Answered({{"whatever.txt", "2\n"}}), "AC 60");
}

TEST_F(AnswersTest, WhatDoesNotGoWithAnswersIsRefused) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: A\ntype: [submit-answer, multi-pass]\n");
  EXPECT_THAT(Load(), HasSubstr("problem.yaml:3: type 'submit-answer' excludes"));
  Write("p/problem.yaml", "problem_format_version: 2025-09\nname: A\ntype: submit-answer\n");
  Remove("p/data/secret/test_group.yaml");
  Write("p/static_validator/a.py", "import sys\nsys.exit(42)\n");
  EXPECT_THAT(Load(), HasSubstr("static_validator: there are no sources to validate"));
}

}  // namespace
}  // namespace tesuji::verifier
