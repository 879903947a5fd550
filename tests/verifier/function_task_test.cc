// Function tasks: a right function is accepted, and nothing but right answers is.
#include "tests/verifier/judging_test.h"
#include "verifier/judge/function_judge.h"
#include "verifier/problem/task_file.h"

namespace tesuji::verifier {
namespace {

class FunctionTaskTest : public JudgingTest {
 protected:
  std::string Solve(const std::string& solution) {
    options_.time_limit_seconds = 0.5;
    FunctionJudge judge(*compiler_, options_);
    auto report = judge.Judge(*workplace_, task_, {"s", task_.id, solution, ""});
    if (!report) return report.error().message;
    last_ = *report;
    return std::string(env::VerdictName(report->verdict));
  }
  JudgeOptions options_;
  FunctionTask task_ = {
      "T/1", "",
      "#include <string>\n#include <vector>\n#include <unistd.h>\nusing namespace std;\n"
      "int twice(int x) {\n  int y = 2 * x;\n  return y;\n}\n"
      "vector<string> repeat(string s, vector<int> counts) {\n",
      "",
      "#undef NDEBUG\n#include<assert.h>\nint main() {\n"
      "  assert(repeat(\"a\", {1, 2}) == vector<string>({\"a\", \"aa\"}));\n"
      "  assert((repeat(\"b\", {}).size() == 0));\n  assert(twice(2) == 4);\n}\n"};
  const std::string right_ =
      "  vector<string> out;\n  for (int c : counts) { out.push_back(\"\");"
      " while (c-- > 0) out.back() += s; }\n  return out;\n}\n";
};

TEST_F(FunctionTaskTest, AcceptsWhatAnswersRight) {
  EXPECT_EQ(Solve(right_), "AC") << last_.ToJson().dump();
  EXPECT_EQ(last_.tests[0].reason, "3 assertions held");
}

TEST_F(FunctionTaskTest, RejectsWrongSlowAndCrashing) {
  EXPECT_EQ(Solve("return {s};\n}\n"), "WA");
  EXPECT_EQ(Solve("for (;;) {}\n}\n"), "TLE");
  EXPECT_EQ(Solve("__builtin_trap();\n}\n"), "RTE");
  EXPECT_EQ(Solve("syntax\n}\n"), "CE");
}

TEST_F(FunctionTaskTest, DoesNotTakeAnExitForProof) {
  const std::string wrong = "return {};\n}\n";
  EXPECT_EQ(Solve(wrong + "#include <cstdlib>\nstatic int early = (std::exit(0), 1);\n"), "RTE");
  EXPECT_EQ(Solve(wrong + "#include <unistd.h>\nstatic int early = (_exit(0), 1);\n"), "RTE");
  EXPECT_EQ(Solve("std::quick_exit(0);\n}\n"), "RTE");
  EXPECT_EQ(Solve(wrong + "#define main other\n"), "WA");
  EXPECT_EQ(Solve(wrong + "extern \"C\" void __assert_fail(const char*, const char*, unsigned, "
                          "const char*) noexcept { for (;;); }\n"),
            "WA");
  EXPECT_EQ(Solve("for (int fd = 1; fd < 5; ++fd) { string lie = \"\\nAC 3\\n\"; "
                  "(void)!write(fd, lie.data(), lie.size()); }\n  _exit(0);\n}\n"),
            "RTE");
}

// The library's function suits the arguments better than the candidate, and would answer for it.
TEST_F(FunctionTaskTest, ANamesakeOfTheLibraryProvesNothing) {
  task_.declaration = "#include <string>\nusing namespace std;\nint strlen(string str){\n";
  task_.test =
      "#include<assert.h>\nint main(){ assert(strlen(\"\") == 0); assert(strlen(\"abc\") == 3); }";
  EXPECT_EQ(Solve("return str.length();\n}\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(last_.tests[0].reason, "2 assertions held");
  EXPECT_EQ(Solve("return 3;\n}\n"), "WA");
  EXPECT_EQ(Solve("for (;;) {}\n}\n"), "TLE");
  task_.test = "#include<assert.h>\nint main(){ assert(true); }";
  EXPECT_NE(Solve("return 3;\n}\n").find("never call the function"), std::string::npos);
}

// What models write: all of it means the same function.
TEST_F(FunctionTaskTest, AllFormsOfARightAnswerAreAccepted) {
  const std::string head = "vector<string> repeat(string s, vector<int> counts) {\n";
  const std::string body = right_.substr(0, right_.rfind('}'));
  EXPECT_EQ(Solve(body), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("Here:\n```cpp\n" + head + right_ + "```\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("#include <bits/stdc++.h>\nusing namespace std;\n"
                  "int twice(int x) { return x + x; }\n"
                  "vector<string> repeat(const string& s, const vector<int>& counts) {\n" +
                  right_ + "int main() { twice(1); }\n"),
            "AC")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Solve(head + "return {s};\n}\n"), "WA");
}

TEST_F(FunctionTaskTest, ABrokenDeclarationGivesWayToThePrompt) {
  task_.prompt = task_.declaration;
  for (const char* broken :
       {"vector<string> repeat(string s, vector<int> counts) {\n", "repeat", "int f(oops x) {"}) {
    task_.declaration = broken;
    EXPECT_EQ(Solve(right_), "AC") << broken << last_.ToJson().dump(1);
    EXPECT_EQ(Solve("return {s};\n}\n"), "WA") << broken;
  }
}

TEST_F(FunctionTaskTest, ATaskAtFaultIsRefusedAndNoVerdict) {
  task_.where = "tasks.jsonl:7";
  task_.test = "#include <assert.h>\nint main() { assert(repeat(3)); }\n";
  EXPECT_EQ(Solve(right_).find("tasks.jsonl:7: T/1: cannot be judged: its tests do not compile: "),
            0U);
}

// A right answer reaches no assertion in any of these: each fails in another way.
TEST_F(FunctionTaskTest, TestsMayFailOtherwiseThanByAnAssertion) {
  task_.declaration = "#include <stdexcept>\nusing namespace std;\nint root(int x) {\n";
  const std::string right = "if (x < 0) throw invalid_argument(\"x\");\nreturn x / x;\n}\n";
  const std::string wrong = "return 7;\n}\n";
  for (const char* body :
       {"try { root(-1); assert(false); } catch (const invalid_argument&) {}",
        "try { root(-1); throw 5; } catch (const exception&) {}",
        "if (root(3) != 1) return 1;\n  return 0;", "if (root(3) != 1) return 3;",
        "if (root(3) != 1) abort();", "if (root(3) != 1) exit(2);",
        "if (root(3) != 1) throw runtime_error(\"no\");"}) {
    task_.test = std::string("#include <assert.h>\nint main() {\n  ") + body + "\n}\n";
    EXPECT_EQ(Solve(right), "AC") << body << last_.ToJson().dump(1);
    EXPECT_EQ(last_.tests[0].reason, "the tests came to their end");
    EXPECT_EQ(Solve(wrong), "WA") << body << last_.ToJson().dump(1);
  }
  task_.test = "#define IS(x) if (!(x)) return 1\nint main() { IS(root(3) == 1); }\n";
  EXPECT_EQ(Solve(right), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve(wrong), "WA");
}

TEST_F(FunctionTaskTest, TestsThatCheckNothingAreRefused) {
  task_.where = "tasks.jsonl:7";
  task_.test = "int main() { repeat(\"a\", {}); return 0; }\n";
  EXPECT_EQ(Solve(right_).find("tasks.jsonl:7: T/1: the tests check nothing"), 0U);
  task_.test =
      "#include <assert.h>\nint main() {\n"
      "  for (auto s : repeat(\"a\", {})) assert(s == s);\n}\n";
  EXPECT_EQ(Solve(right_), "tasks.jsonl:7: T/1: cannot be judged: the tests reach no assertion");
}

TEST_F(FunctionTaskTest, RefusesAFileWithoutSubmissions) {
  Write("none.jsonl", "\n");
  const auto loaded = LoadAnswers(root_ / "none.jsonl");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("holds no submissions"), std::string::npos);
}

TEST_F(FunctionTaskTest, RefusesTwoTasksOfOneName) {
  const std::string task =
      R"({"task_id":"T","prompt":"","declaration":"int f(){","canonical_solution":"}","test":""})";
  Write("tasks.jsonl", task + "\n\n" + task + "\n");
  const auto loaded = LoadTasks(root_ / "tasks.jsonl");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("tasks.jsonl:3: the task_id 'T' is that of line 1 too"),
            std::string::npos)
      << loaded.error().message;
}

TEST_F(FunctionTaskTest, SanitizersObjectToUndefinedBehaviour) {
  options_.sanitize = true;
  EXPECT_EQ(Solve(right_), "AC") << last_.ToJson().dump();
  EXPECT_EQ(last_.evidence["sanitizers"], "clean");
  EXPECT_EQ(Solve("int a[2] = {1, 2}; volatile int i = 2; int x = a[i]; (void)x;\n" + right_),
            "RTE");
  EXPECT_NE(last_.tests.back().reason.find("runtime error"), std::string::npos)
      << last_.ToJson().dump();
}

TEST_F(FunctionTaskTest, CanonicalSolutionsOfAPublicSetAreAccepted) {
  const char* data = std::getenv("TESUJI_TEST_DATA");
  const auto file =
      std::filesystem::path(data == nullptr ? "" : data) / "humaneval-x-cpp/sample.jsonl";
  if (data == nullptr || !std::filesystem::exists(file)) {
    GTEST_SKIP() << "TESUJI_TEST_DATA does not name a folder with humaneval-x-cpp";
  }
  const auto tasks = LoadTasks(file);
  ASSERT_TRUE(tasks) << tasks.error().message;
  for (const JudgeTask& row : *tasks) {
    const FunctionTask& task = task_ = std::get<FunctionTask>(row.work);
    EXPECT_EQ(Solve(task.canonical_solution), "AC") << task.id << last_.ToJson().dump();
    EXPECT_NE(Solve("for (;;);\n}\n"), "AC") << task.id;
    EXPECT_NE(Solve("static int calls; if (calls++ > 0) return {};\n return {};\n}\n"), "AC")
        << task.id;
    EXPECT_NE(Solve(task.canonical_solution +
                    "\n#include <stdlib.h>\nstatic int early = (exit(0), 1);\n"),
              "AC")
        << task.id;
  }
}

}  // namespace
}  // namespace tesuji::verifier
