// Scoring problems: small packages in the manner of IOI and of both formats, each with programs
// whose verdict and score follow from the format's text. Inputs are n, right outputs are 2n; the
// programs know the answer up to some n only.
#include "tests/verifier/scoring_test.h"

#include <gmock/gmock.h>

#include "verifier/judge/sandbox_judge.h"
#include "verifier/problem/group_rules.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;

// 1: groups that are worth something when all of their tests are right.
TEST_F(ScoringTest, LegacySubtasksScoreTheirMinimum) {
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/data/testdata.yaml", "on_reject: continue\ngrader_flags: ignore_sample\nrange: 0 100\n");
  Write("p/data/sample/testdata.yaml", "accept_score: 0\ngrader_flags: first_error\nrange: 0 0\n");
  Write("p/data/secret/testdata.yaml", "grader_flags: first_error accept_if_any_accepted\n");
  Write("p/data/secret/1/testdata.yaml", "on_reject: break\naccept_score: 40\ngrader_flags: min\n");
  Write("p/data/secret/2/testdata.yaml", "on_reject: break\naccept_score: 60\ngrader_flags: min\n");
  for (const char* name : {"sample/1", "secret/1/a", "secret/1/b"}) Test(name, 5);
  Test("secret/2/a", 5);
  Test("secret/2/b", 50);
  Test("secret/2/c", 60);
  EXPECT_EQ(Judged(Knows(100)), "AC 100");
  EXPECT_EQ(Judged(Knows(10)), "AC 40");
  EXPECT_EQ(Groups(), "data AC 40, sample AC 0, secret AC 40, secret/1 AC 40, secret/2 WA 0");
  EXPECT_EQ(last_.tests.back().name, "secret/2/b");  // The group broke off there.
  EXPECT_EQ(Judged(Knows(0)), "WA 0");
  EXPECT_EQ(Judged("1 / 0\n"), "RTE 0");
  EXPECT_EQ(Judged("print(\n"), "CE 0");
  EXPECT_EQ(ShareOfBest(*problem_, 40), 0.4);
  JudgeOptions all;
  all.all_tests = true;
  EXPECT_EQ(Judged(Knows(10), all), "AC 40");
  EXPECT_EQ(last_.tests.back().name, "secret/2/c");
}

// 2: every test for itself.
TEST_F(ScoringTest, LegacySumOfTestsGoesOnAfterAFailure) {
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/data/secret/testdata.yaml",
        "on_reject: continue\ngrader_flags: always_accept sum\naccept_score: 10\n"
        "reject_score: -1\n");
  for (int i = 1; i <= 5; ++i) Test(fmt::format("secret/{}", i), i);
  EXPECT_EQ(Judged(Knows(5)), "AC 50");
  EXPECT_EQ(Judged(Knows(3)), "AC 28");
  EXPECT_EQ(BoundsOf(*problem_).highest, 50);
  EXPECT_EQ(BoundsOf(*problem_).lowest, -5);
  // A group that breaks off counts what was judged.
  Write("p/data/secret/testdata.yaml",
        "on_reject: break\ngrader_flags: always_accept avg\naccept_score: 10\n");
  EXPECT_EQ(Judged(Knows(3)), "AC 7.5");
}

// 3: groups within groups, in which settings are inherited.
TEST_F(ScoringTest, LegacyGroupsMayBeNested) {
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/data/secret/testdata.yaml",
        "on_reject: continue\naccept_score: 6\ngrader_flags: worst_error accept_if_any_accepted\n");
  Write("p/data/secret/easy/testdata.yaml", "grader_flags: max accept_if_any_accepted\n");
  Write("p/data/secret/easy/a/testdata.yaml", "grader_flags: min\naccept_score: 8\n");
  Test("secret/easy/a/1", 1);
  Test("secret/easy/a/2", 2);
  Test("secret/easy/b", 3);
  Test("secret/hard/1", 10);
  Test("secret/hard/2", 20);
  EXPECT_EQ(Judged(Knows(100)), "AC 20");
  EXPECT_EQ(Groups(),
            "data AC 20, secret AC 20, secret/easy AC 8, secret/easy/a AC 8, secret/hard AC 12");
  EXPECT_EQ(Judged(Knows(10)), "AC 14");
  EXPECT_EQ(Judged("n = int(input())\nprint(2 * n if n == 3 else -1)\n"), "AC 6");
  EXPECT_EQ(Judged("n = int(input())\nprint(n / 0 if n > 9 else -1)\n"), "RTE 0");
}

// 4: the package's own grader.
TEST_F(ScoringTest, LegacyCustomGraderDecides) {
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/data/secret/testdata.yaml",
        "on_reject: continue\ngrading: custom\ngrader_flags: squares 3\n");
  for (int i = 1; i <= 4; ++i) Test(fmt::format("secret/{}", i), i);
  EXPECT_THAT(Load(), HasSubstr("testdata.yaml:2: grading is custom, but graders/ has none"));
  Write("p/graders/grade.py",
        "import sys\nright = sum(line.split()[0] == 'AC' for line in sys.stdin)\n"
        "assert sys.argv[1] == 'squares'\n"
        "print('AC' if right >= int(sys.argv[2]) else 'WA', right ** 2)\n");
  EXPECT_EQ(Judged(Knows(4)), "AC 16");
  EXPECT_EQ(Judged(Knows(3)), "AC 9");
  EXPECT_EQ(Judged(Knows(2)), "WA 0");
  EXPECT_FALSE(ShareOfBest(*problem_, 9).has_value());  // Nobody says what a grader can give.
  Write("p/graders/grade.py", "print('fine')\n");
  EXPECT_THAT(Judged(Knows(4)), HasSubstr("IE: secret: the grader printed 'fine"));
  Write("p/graders/grade.py", "raise ValueError('no')\n");
  EXPECT_THAT(Judged(Knows(4)), HasSubstr("the grader failed: exit code 1: ValueError: no"));
}

// 5: a validator that scores, where less is better.
TEST_F(ScoringTest, LegacyValidatorsScoreWhenTheySaySo) {
  Write("p/problem.yaml",
        "name: A\ntype: scoring\nvalidation: custom score\ngrading: {objective: min}\n");
  Write("p/data/testdata.yaml", "range: 0 20\n");
  Test("secret/1", 1);
  Test("secret/2", 4);
  Write("p/output_validators/check.py",
        "import sys\nx = int(sys.stdin.read())\n"
        "open(sys.argv[3] + 'score.txt', 'w').write('%.1f\\n' % x)\nsys.exit(42 if x else 43)\n");
  EXPECT_EQ(Judged(Knows(9)), "AC 10");
  EXPECT_EQ(last_.tests[0].score, 2);
  EXPECT_EQ(ShareOfBest(*problem_, 5), 0.75);
  EXPECT_EQ(Judged("print(0)\n"), "WA");  // No score: 0 would be the best one.
  Write("p/problem.yaml", "name: A\ntype: scoring\nvalidation: custom\n");
  EXPECT_THAT(Judged(Knows(9)), HasSubstr("IE: secret/1: the output validator wrote score.txt"));
  Write("p/problem.yaml", "name: A\nvalidation: custom score\n");
  EXPECT_THAT(Load(), HasSubstr("problem.yaml:2: validation 'score' needs 'type: scoring'"));
}

// 6: groups that are passed or not, and that need others.
TEST_F(ScoringTest, GroupsAreJudgedOnlyWhenWhatTheyRequireHasPassed) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/1/test_group.yaml", "max_score: 20\nrequire_pass: sample\n");
  Write("p/data/secret/2/test_group.yaml", "max_score: 30\nrequire_pass: [secret/1]\n");
  Write("p/data/secret/3/test_group.yaml", "max_score: 50\nrequire_pass: [secret/1, secret/2]\n");
  Test("sample/1", 1);
  Test("secret/1/a", 2);
  Test("secret/1/b", 3);
  Test("secret/2/a", 10);
  Test("secret/3/a", 4);
  EXPECT_EQ(Judged(Knows(10)), "AC 100");
  EXPECT_EQ(Judged(Knows(4)), "WA 20");
  EXPECT_EQ(Groups(), "sample AC 0, secret WA 20, secret/1 AC 20, secret/2 WA 0, secret/3 WA 0");
  EXPECT_EQ(last_.groups.back().reason, "not judged: requires secret/2");
  EXPECT_EQ(last_.tests.back().name, "secret/2/a");
  EXPECT_EQ(Judged("n = int(input())\nprint(2 * n if n > 1 else 0)\n"), "WA 0");
  EXPECT_EQ(last_.groups.back().reason, "not judged: requires secret/1");
  EXPECT_EQ(ShareOfBest(*problem_, 20), 0.2);
}

// 7: parts of a test's score.
TEST_F(ScoringTest, ValidatorsGiveAPartOfATestsScore) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/test_group.yaml", "max_score: 60\n");
  Test("sample/1", 1);
  for (int i = 1; i <= 3; ++i) Test(fmt::format("secret/{}", i), i);
  Validator("output_validator", "if x == 2 * n: give('score_multiplier.txt', n / 4)");
  EXPECT_EQ(Judged(Knows(9)), "AC 30");  // (1 + 2 + 3) / 4 of 20 each.
  EXPECT_EQ(last_.tests[1].score, 5);
  EXPECT_EQ(Judged(Knows(2)), "WA 15");
  Validator("output_validator", "if x == 2 * n and n != 2: give('score.txt', n)");
  EXPECT_EQ(Judged(Knows(9)), "AC 24");  // 1, a whole test, 3.
  // What the format forbids is no verdict on the submission.
  const auto fails = [&](const std::string& says) {
    Validator("output_validator", says);
    return Judged(Knows(2));
  };
  EXPECT_THAT(fails("give('score.txt', 30)"), HasSubstr("score.txt says 30, more than"));
  EXPECT_THAT(fails("give('score.txt', -1)"), HasSubstr("must not be negative"));
  EXPECT_THAT(fails("give('score.txt', 'nan')"), HasSubstr("'nan' into score.txt"));
  EXPECT_THAT(fails("give('score_multiplier.txt', 2)"), HasSubstr("from 0 to 1, not 2"));
  EXPECT_THAT(fails("give('score_multiplier.txt', 1); give('score.txt', 1)"), HasSubstr("both"));
  EXPECT_THAT(fails("if n == 3: give('score.txt', 0)"),
              HasSubstr("secret/3: the validator gave a score and no acceptance"));
}

// 8: scores without a bound.
TEST_F(ScoringTest, ScoresMayBeUnbounded) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/test_group.yaml", "max_score: unbounded\nscore_aggregation: min\n");
  Test("secret/1", 700);
  Test("secret/2", 900);
  Validator("output_validator", "if x == 2 * n: give('score.txt', n)");
  EXPECT_EQ(Judged(Knows(1000)), "AC 700");
  EXPECT_EQ(Judged(Knows(800)), "WA 0");
  EXPECT_FALSE(ShareOfBest(*problem_, 700).has_value());
  Validator("output_validator", "");
  EXPECT_THAT(Judged(Knows(1000)), HasSubstr("has no bound, and the validator gave no score.txt"));
  Validator("output_validator", "if x == 2 * n: give('score_multiplier.txt', 1)");
  EXPECT_THAT(Judged(Knows(1000)), HasSubstr("the score has no bound"));
}

// 9: several runs a test.
TEST_F(ScoringTest, MultiPassRunsOnWhatTheValidatorMakes) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: A\ntype: [scoring, multi-pass]\n"
        "limits: {validation_passes: 3}\n");
  Test("secret/1", 5);
  // Every pass halves; the third one is the last. What lies in the feedback folder stays there.
  Validator("output_validator",
            "import os\nseen = sys.argv[3] + 'seen'\nopen(seen, 'a').write('%d ' % x)\n"
            "passes = len(open(seen).read().split())\n"
            "if x == 2 * n and passes < 3: give('nextpass.in', n * 10)\n"
            "if x == 2 * n and passes == 3: give('score_multiplier.txt', 0.5)\n"
            "assert not os.path.exists(sys.argv[3] + 'nextpass.in') or x == 2 * n\n"
            "open(sys.argv[3] + 'judgemessage.txt', 'a').write('%d;' % x)");
  EXPECT_EQ(Judged(Knows(1000)), "AC 50");
  EXPECT_EQ(last_.tests[0].given.message, "10;100;1000;");
  EXPECT_EQ(Judged(Knows(10)), "WA 0");
  EXPECT_EQ(last_.tests[0].given.message, "10;-1;");
  EXPECT_EQ(Judged("n = int(input())\nprint(2 * n // (n < 99))\n"), "RTE 0");
  Validator("output_validator", "give('nextpass.in', n)");
  EXPECT_THAT(Judged(Knows(100)), HasSubstr("more than 3 passes"));
  EXPECT_THAT(Judged(Knows(1)), HasSubstr("wrote nextpass.in and did not accept"));
}

// The same in conversation.
TEST_F(ScoringTest, MultiPassMayBeInteractive) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: A\ntype: [multi-pass, interactive]\n");
  Test("secret/1", 5);
  Write("p/output_validator/check.py",
        "import os, sys\nn = int(open(sys.argv[1]).read())\nprint(n, flush=True)\n"
        "x = int(sys.stdin.readline())\nfirst = not os.path.exists(sys.argv[3] + 'seen')\n"
        "open(sys.argv[3] + 'seen', 'w')\n"
        "if first and x == 2 * n: open(sys.argv[3] + 'nextpass.in', 'w').write('70')\n"
        "sys.exit(42 if x == 2 * n else 43)\n");
  EXPECT_EQ(Judged(Knows(100)), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Judged(Knows(10)), "WA");
  EXPECT_EQ(Judged("print(10)\n"), "WA");
}

// 10: the sources themselves are judged.
TEST_F(ScoringTest, StaticValidatorsScoreTheSources) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/test_group.yaml",
        "max_score: 100\nstatic_validation_score: 40\nstatic_validator_args: [short]\n");
  Test("secret/1", 5);
  Test("secret/2", 50);
  EXPECT_THAT(Load(), HasSubstr("test_group.yaml:2: there is no static_validator/ for it"));
  Write("p/static_validator/check.py",
        "import sys\nlanguage, entry, feedback, word = sys.argv[1:]\n"
        "assert language == 'python3' and word == 'short', sys.argv\n"
        "source = open(entry).read()\nif 'eval' in source: sys.exit(43)\n"
        "open(feedback + 'score_multiplier.txt', 'w').write('0.5' if len(source) > 60 else '1')\n"
        "sys.exit(42)\n");
  EXPECT_EQ(Judged(Knows(99)), "AC 100");
  EXPECT_EQ(Judged(Knows(9)), "WA 70");  // 40 and one of two tests.
  EXPECT_EQ(last_.tests[0].name, "secret/static_validator");
  EXPECT_EQ(Judged(Knows(99) + "# a comment that takes room and says nothing\n"), "AC 80");
  EXPECT_EQ(Judged("print(eval(input()) * 2)\n"), "WA 60");
}

// 11: what drafts of 2025-09 wrote.
TEST_F(ScoringTest, DraftsSayTheScoreOfAnAcceptedTest) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/testdata.yaml", "scoring: {aggregation: sum}\n");
  Write("p/data/secret/1/testdata.yaml", "scoring: {score: 30, aggregation: min}\n");
  Write("p/data/secret/2/testdata.yaml", "grading: {score: 25, aggregation: sum}\n");
  Test("secret/1/a", 1);
  Test("secret/1/b", 2);
  Test("secret/2/a", 3);
  Test("secret/2/b", 30);
  EXPECT_EQ(Judged(Knows(99)), "AC 80");
  EXPECT_EQ(Judged(Knows(9)), "WA 55");
  // 2023-07 also came with the graders of legacy.
  Write("p/problem.yaml", "problem_format_version: 2023-07\nname: A\ntype: scoring\n");
  Write("p/data/secret/testdata.yaml", "on_reject: continue\ngrader_flags: always_accept\n");
  Remove("p/data/secret/1/testdata.yaml");
  Remove("p/data/secret/2/testdata.yaml");
  EXPECT_EQ(Judged(Knows(9)), "AC 3");
}

// 12: all of secret, or nothing.
TEST_F(ScoringTest, SecretMayBePassFail) {
  Write("p/problem.yaml", kScoring2025);
  Write("p/data/secret/test_group.yaml", "max_score: 7\nscore_aggregation: pass-fail\n");
  Write("p/data/secret/1/test_group.yaml", "max_score: 3\n");
  Write("p/data/secret/2/test_group.yaml", "max_score: 4\n");
  Test("secret/1/deep/a", 1);
  Test("secret/2/a", 30);
  EXPECT_EQ(Judged(Knows(99)), "AC 7");
  EXPECT_EQ(Judged(Knows(9)), "WA 0");
}

TEST_F(ScoringTest, WhatTheFormatForbidsIsNamedByFileAndLine) {
  Write("p/problem.yaml", kScoring2025);
  Test("secret/1/a", 1);
  Test("sample/1", 1);
  const auto load = [&](const std::string& file, const std::string& text) {
    Write("p/data/" + file, text);
    const std::string loaded = Load();
    Remove("p/data/" + file);
    return loaded;
  };
  EXPECT_THAT(load("secret/1/test_group.yaml", "score_aggregation: sum\n"),
              HasSubstr("secret/1/test_group.yaml: max_score must be a number"));
  EXPECT_THAT(load("secret/1/test_group.yaml", "max_score: -1\n"),
              HasSubstr("test_group.yaml:1: max_score must be a number that is not negative"));
  EXPECT_THAT(load("secret/1/test_group.yaml", "max_score: 5\nrequire_pass: secret/2\n"),
              HasSubstr("test_group.yaml:2: require_pass must name 'sample' or a group before"));
  EXPECT_THAT(load("secret/1/test_group.yaml", "max_score: 5\nscore_aggregation: avg\n"),
              HasSubstr("test_group.yaml:2: score_aggregation must be"));
  EXPECT_THAT(load("sample/test_group.yaml", "max_score: 5\n"),
              HasSubstr("sample/test_group.yaml:1: max_score is not permitted in sample"));
  Write("p/data/secret/1/test_group.yaml", "max_score: 5\n");
  Test("secret/2", 1);
  EXPECT_THAT(Load(), HasSubstr("data/secret: holds both tests and test groups"));
  Write("p/problem.yaml", "problem_format_version: 2025-09\nname: A\n");
  EXPECT_THAT(Load(), HasSubstr("test_group.yaml:1: max_score needs 'type: scoring'"));
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Remove("p/data/secret/1/test_group.yaml");
  EXPECT_THAT(load("secret/testdata.yaml", "range: 5\n"), HasSubstr("testdata.yaml:1: range must"));
  EXPECT_THAT(load("secret/testdata.yaml", "on_reject: stop\n"),
              HasSubstr("on_reject must be 'break' or 'continue', not 'stop'"));
  EXPECT_THAT(load("secret/testdata.yaml", "grader_flags: median\n"),
              HasSubstr("'median' is not a flag of the default grader"));
  EXPECT_THAT(load("secret/testdata.yaml", "accept_score: high\n"),
              HasSubstr("accept_score must be a number, not 'high'"));
}

// Whoever gets another score the second time has none that counts.
TEST_F(ScoringTest, ConfirmationComparesScores) {
  Write("p/problem.yaml", kScoring2025);
  Test("secret/1", 1);
  Test("secret/2", 2);
  JudgeOptions options;
  options.confirm = true;
  EXPECT_EQ(Judged(Knows(1), options), "WA 50");
  EXPECT_EQ(last_.evidence["confirmed"], true);
  Test("secret/3", 3);
  Test("secret/4", 4);
  EXPECT_EQ(Judged("import os\nn = int(input())\n"
                   "print(2 * n if n == 1 or n == 2 and os.getpid() == 2 else -1)\n",
                   options),
            "WA 25");
  EXPECT_EQ(last_.evidence["confirmed"], false);
  EXPECT_EQ(last_.message, "the score was 50 at first, and 25 under other conditions");
}

TEST_F(ScoringTest, PartsOfAScoreAreValuesOfASearch) {
  Write("p/problem.yaml", kScoring2025);
  for (int i = 1; i <= 4; ++i) Test(fmt::format("secret/{}", i), i);
  SandboxJudgeOptions options;
  options.language = "python3";
  options.workers = 1;
  options.judge.time_limit_seconds = 1;
  const auto value = [&](int knows) {
    auto judge = SandboxJudge::Open(*LoadProblem(root_ / "p"), LanguageTable::BuiltIn(), options);
    if (!judge) return judge.error().message;
    (*judge)->SubmitSource(1, Knows(knows));
    const auto judged = (*judge)->Collect(std::chrono::seconds(60));
    return judged.empty() ? "nothing" : fmt::format("{}", judged.front().value.value_or(9));
  };
  EXPECT_EQ(value(4), "1");
  EXPECT_EQ(value(3), "0.5");
  EXPECT_EQ(value(0), "-1");
  options.full_score = 150;
  EXPECT_EQ(value(3), "0");
  options.full_score = 0;
  Write("p/data/secret/test_group.yaml", "max_score: unbounded\n");
  EXPECT_THAT(value(4), HasSubstr("its scores have no bound"));
  // Graders reject what they do not score.
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Remove("p/data/secret/test_group.yaml");
  Write("p/data/testdata.yaml", "range: -4 4\non_reject: continue\n");
  EXPECT_EQ(value(4), "1");
  EXPECT_EQ(value(3), "-1");
}

// A problem that passes or fails goes by its graders as well.
TEST_F(ScoringTest, GradersHoldInPassFailProblemsToo) {
  Write("p/problem.yaml", "name: A\n");
  Write("p/data/secret/testdata.yaml", "on_reject: continue\n");
  for (int i = 1; i <= 3; ++i) Test(fmt::format("secret/{}", i), i);
  const std::string two = "n = int(input())\nprint(n / (n - 2))\n";  // WA, RTE, WA
  EXPECT_EQ(Judged(two), "RTE");                                     // The worst of them.
  EXPECT_TRUE(last_.groups.empty());
  Write("p/data/secret/testdata.yaml", "on_reject: continue\ngrader_flags: first_error\n");
  EXPECT_EQ(Judged(two), "WA");
  EXPECT_EQ(last_.tests.size(), 3U);
  Remove("p/data/secret/testdata.yaml");
  EXPECT_EQ(Judged(two), "WA");
  EXPECT_EQ(last_.tests.size(), 1U);
}

}  // namespace
}  // namespace tesuji::verifier
