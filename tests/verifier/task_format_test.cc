// Formats of task files: each is known by its keys, judged, and its faults are named.
#include "core/files.h"
#include "core/random.h"
#include "tests/verifier/judging_test.h"
#include "verifier/judge/batch.h"
#include "verifier/judge/function_judge.h"
#include "verifier/problem/formats/formats.h"
#include "verifier/problem/task_file.h"

namespace tesuji::verifier {
namespace {

const std::filesystem::path kFormats = TESUJI_SOURCE_DIR "/tests/verifier/formats";

/// Whether function tasks of JavaScript can be judged here.
bool HasNode() { return std::filesystem::exists("/usr/bin/node"); }

class TaskFormatTest : public JudgingTest, public testing::WithParamInterface<const char*> {
 protected:
  std::string Judge(const JudgeTask& task, const std::string& solution) {
    BatchOptions options;
    options.judge.time_limit_seconds = 2;
    if (const auto* work = std::get_if<FunctionTask>(&task.work)) {
      FunctionJudge judge(*compiler_, options.judge);
      const auto report = judge.Judge(*workplace_, *work, {"s", task.id, solution, ""});
      if (!report) return report.error().message;
      last_ = *report;
      return std::string(env::VerdictName(report->verdict));
    }
    const bool cpp = solution.find("#include") != solution.npos;
    return Verdict(MakeProblem(task.id, std::get<StdioTask>(task.work)),
                   cpp ? "main.cc" : "main.py", solution, options.judge);
  }
};

TEST_P(TaskFormatTest, RightAnswersAreAcceptedAndWrongOnesAreNot) {
  const auto tasks = LoadTasks(kFormats / GetParam());
  ASSERT_TRUE(tasks) << tasks.error().message;
  std::ifstream rows(kFormats / GetParam());
  std::string line;
  for (const JudgeTask& task : *tasks) {
    ASSERT_TRUE(std::getline(rows, line));
    const Json row = Json::parse(line);
    ASSERT_EQ(task.refusal, "") << task.id;
    if (task.canonical_language == "javascript" && !HasNode()) continue;
    const std::string right = row.contains("answer") ? row["answer"] : Json(task.canonical);
    EXPECT_EQ(Judge(task, right), "AC") << task.id << last_.ToJson().dump(1);
    EXPECT_EQ(Judge(task, row["wrong"]), "WA") << task.id << last_.ToJson().dump(1);
  }
  if (!HasNode()) GTEST_SKIP() << "tasks in JavaScript need the package nodejs";
}

INSTANTIATE_TEST_SUITE_P(All, TaskFormatTest,
                         testing::Values("human_eval.jsonl", "multipl_e.jsonl", "mbpp.jsonl",
                                         "apps.jsonl", "taco.jsonl", "live_code_bench.jsonl",
                                         "verl.jsonl", "code_contests.jsonl"),
                         [](const auto& param) {
                           return std::string(param.param, std::strchr(param.param, '.'));
                         });

class TaskFileTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  std::string Fault(const std::string& text) {
    std::ofstream(file_) << text;
    const auto tasks = LoadTasks(file_);
    if (!tasks) return tasks.error().message.substr(file_.parent_path().string().size() + 1);
    return "refused: " + tasks->front().refusal;
  }
  const std::filesystem::path file_ =
      std::filesystem::path(testing::TempDir()) / ("tasks" + std::to_string(getpid()) + ".jsonl");
  const std::string name_ = file_.filename().string();
};

/// "AC WA …" of answers to the file's tasks, and what was refused.
class TaskAnswersTest : public TaskFileTest {
 protected:
  void SetUp() override {
    const auto sandbox = Sandbox::Open({});
    if (!sandbox) GTEST_SKIP() << sandbox.error().message;
  }
  std::string Judged(const std::vector<Json>& tasks) {
    std::ofstream out(file_);
    for (const Json& task : tasks) out << task.dump() << "\n";
    out.close();
    std::string verdicts;
    BatchOptions options;
    options.judge.time_limit_seconds = 2;
    const auto summary = JudgeTasks(file_, {}, /*canonical=*/true, LanguageTable::BuiltIn(),
                                    options, [&](const Report& report) {
                                      verdicts += env::VerdictName(report.verdict);
                                      verdicts +=
                                          report.evidence.contains("grader_imports") ? "+ " : " ";
                                    });
    if (!summary) return summary.error().message;
    for (const std::string& why : summary->refused) verdicts += why.substr(why.find(": ") + 2);
    return verdicts;
  }
  static Json Program(const std::string& code) {
    return {{"public_test_cases",
             Json::array({Json{{"input", "2"}, {"output", "2"}, {"testtype", "stdin"}}})},
            {"question_id", code},
            {"solution", code}};
  }
};

TEST_F(TaskAnswersTest, GradersImportsAreAddedWhereAnAnswerFailsWithoutThem) {
  EXPECT_EQ(Judged({Program("print(input())"),
                    Program("a: List[int] = [int(input())]\nprint(Counter(a).most_common()[0][0])"),
                    Program("def f(n): return n and 1 + f(n - 1)\nprint(f(9000) - 9000 + 2)"),
                    Program("pow = 3\nprint(missing)"), Program("print(1)")}),
            "AC AC+ AC+ RTE+ WA ");
}

TEST_F(TaskAnswersTest, WhatTheTestsLackIsTheirFault) {
  const Json task = {
      {"task_id", 1},
      {"code", "def f(x):\n    return x"},
      {"test_list", {"assert f(1) == 1", "import no_such_module\nassert f(2) == 2"}}};
  EXPECT_EQ(Judged({task}),
            "1: cannot be judged: assert 2, line 1: ModuleNotFoundError: No module named "
            "'no_such_module'");
}

TEST_F(TaskFileTest, FaultsNameFileLineAndKey) {
  EXPECT_EQ(Fault("\n{\"a\": 1, \"b\": 2}\n").find(name_ + ":2: has the keys a, b, which no task"),
            0U)
      << Fault("\n{\"a\": 1, \"b\": 2}\n");
  EXPECT_EQ(Fault(R"j({"test_list": "assert f()"})j"),
            name_ + ":1: the key 'test_list' must be a list of strings, not string");
  EXPECT_EQ(Fault(R"({"test_list": ["a", 3]})"),
            name_ + ":1: the key 'test_list' must be a list of strings; entry 2 is number");
  EXPECT_EQ(Fault(R"({"tests": 3, "prompt": "x"})"),
            name_ + ":1: the key 'tests' must be a string, not number");
  EXPECT_EQ(Fault(R"({"declaration": "int f() {"})"),
            name_ + ":1: the key 'test' is missing: a string is expected");
  EXPECT_EQ(Fault(R"({"input_output": "{\"inputs\": [1, 2], \"outputs\": [1]}"})"),
            name_ + ":1: the key 'input_output' has 2 inputs and 1 outputs: as many are expected");
  EXPECT_EQ(Fault(R"({"input_output": "{oops"})")
                .find(name_ + ":1: the key 'input_output' is a string that must hold JSON: "),
            0U);
  EXPECT_EQ(Fault(R"({"reward_model": {"style": "rule"}})"),
            name_ + ":1: the key 'reward_model' must be an object with 'ground_truth'");
  EXPECT_EQ(Fault(R"({"public_test_cases": "!"})")
                .find(name_ + ":1: the key 'public_test_cases' must be a list of tests"),
            0U);
  EXPECT_EQ(Fault("[{\"test_list\": []}, 3]").find(name_ + ": row 2: is not a JSON object"), 0U);
}

// Rows come from strangers: a damaged one is refused or read, and never more than that.
TEST_F(TaskFileTest, DamagedRowsAreReadOrRefused) {
  std::vector<std::string> rows;
  for (const auto& entry : std::filesystem::directory_iterator(kFormats)) {
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
  }
  RandomStream random({7, 11});
  const std::string bytes = "{}[]\"\\,:0-.etfn(<*&;\n";
  for (int round = 0; round < 500; ++round) {
    std::string row = rows[random.Below(rows.size())];
    for (int i = static_cast<int>(random.Below(6)); i >= 0; --i) {
      const std::size_t at = random.Below(row.size());
      if (random.Below(2) == 0) {
        row[at] = bytes[random.Below(bytes.size())];
      } else {
        row.erase(at, random.Below(20));
      }
      if (row.empty()) row = "{}";
    }
    EXPECT_FALSE(Fault(row).empty());
  }
  // Values of other types in the place of each.
  for (const std::string& row : rows) {
    const Json whole = Json::parse(row);
    for (const auto& [key, value] : whole.items()) {
      for (const char* other :
           {"null", "1e300", "[1]", "{\"seconds\": \"x\"}", "true", "\"[3]\""}) {
        Json changed = whole;
        changed[key] = Json::parse(other);
        EXPECT_FALSE(Fault(changed.dump()).empty());
      }
    }
  }
}

TEST_F(TaskFileTest, TasksThatCannotBeJudgedAreRefusedWithTheReason) {
  const auto cpp = [&](const std::string& declaration) {
    return Fault(
        Json{{"task_id", "T"}, {"declaration", declaration}, {"test", "int main() {}"}}.dump());
  };
  EXPECT_EQ(cpp("template <class T>\nT f(T x) {"),
            "refused: the declaration is a function template: one cannot be called from another "
            "program");
  EXPECT_NE(cpp("int f(int* p, int n) {").find("the parameter 'int* p'"), std::string::npos);
  EXPECT_NE(cpp("int f(auto x) {").find("'auto'"), std::string::npos);
  EXPECT_NE(cpp("int x;").find("does not end with a function's signature"), std::string::npos);
  EXPECT_EQ(Fault(R"({"task_id": "Rust/1", "prompt": "fn f() {", "test": "x"})"),
            "refused: function tasks in Rust are not judged; in C++, Python and JavaScript they "
            "are");
  EXPECT_EQ(Fault(R"({"input_output": {"fn_name": "f", "inputs": ["N = 3"], "outputs": ["6"]}})"),
            "refused: 'input_output': input 1 holds the line 'N = 3', which is no JSON");
  EXPECT_EQ(Fault(R"({"input_output": ""})"),
            "refused: 'input_output' is empty: nothing tests an answer");
}

}  // namespace
}  // namespace tesuji::verifier
