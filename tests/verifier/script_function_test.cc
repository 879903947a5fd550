// Function tasks in Python and JavaScript: only right answers are accepted, whatever the candidate
// does to its own process.
#include "tests/verifier/judging_test.h"
#include "verifier/judge/function_judge.h"

namespace tesuji::verifier {
namespace {

class ScriptFunctionTest : public JudgingTest {
 protected:
  std::string Solve(const std::string& solution) {
    options_.time_limit_seconds = 1;
    FunctionJudge judge(*compiler_, options_);
    auto report = judge.Judge(*workplace_, task_, {"s", task_.id, solution, ""});
    if (!report) return report.error().message;
    last_ = *report;
    return std::string(env::VerdictName(report->verdict));
  }
  void MakeTask(const std::string& language, const std::string& entry, const std::string& prompt,
                const std::string& test) {
    task_.id = "T";
    task_.where = "tasks.jsonl:1";
    task_.language = language;
    task_.entry_point = entry;
    task_.prompt = prompt;
    task_.checks = {{"assertions", test}};
  }
  /// A right answer reaches no assertion of the check, a wrong one fails it.
  void ExpectJudgedByTheEnd(const std::string& check, const std::string& right,
                            const std::string& wrong) {
    task_.checks = {{"assertions", check}};
    EXPECT_EQ(Solve(right), "AC") << check << last_.ToJson().dump(1);
    EXPECT_EQ(last_.tests[0].reason, "came to its end");
    EXPECT_EQ(Solve(wrong), "WA") << check << last_.ToJson().dump(1);
  }
  JudgeOptions options_;
  FunctionTask task_;
};

class PythonFunctionTest : public ScriptFunctionTest {
 protected:
  void SetUp() override {
    ScriptFunctionTest::SetUp();
    MakeTask("python3", "f", "def f(xs):\n",
             "def check(candidate):\n    assert candidate([1, 2]) == (3, 2)\n"
             "    assert candidate([]) == (0, 1)\ncheck(f)\n");
  }
};

TEST_F(PythonFunctionTest, AllFormsOfARightAnswerAreAccepted) {
  const std::string body =
      "    s, p = 0, 1\n    for x in xs:\n        s += x\n        p *= x\n"
      "    return s, p\n";
  EXPECT_EQ(Solve(body), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(last_.tests[0].reason, "2 assertions held");
  EXPECT_EQ(Solve(body.substr(4)), "AC");
  EXPECT_EQ(Solve("s, p = 0, 1\nfor x in xs:\n    s += x\n    p *= x\nreturn s, p\n"), "AC");
  EXPECT_EQ(Solve("def f(xs):\n" + body), "AC");
  EXPECT_EQ(Solve("Sure.\n```python\ndef f(xs):\n" + body + "```\nIt works."), "AC");
  EXPECT_EQ(Solve("<think>def f?</think>class Solution:\n  def f(self, xs):\n"
                  "    return sum(xs), 2 if xs else 1\n"),
            "AC");
}

TEST_F(PythonFunctionTest, RejectsWrongSlowAndCrashing) {
  EXPECT_EQ(Solve("    return (3, 2)\n"), "WA");
  EXPECT_EQ(Solve("    while True: pass\n"), "TLE");
  EXPECT_EQ(Solve("    raise ValueError()\n"), "RTE");
  EXPECT_EQ(Solve("    return x = =\n"), "CE");
  options_.memory_limit_mib = 256;  // A busy machine needs a second to fill a gibibyte.
  EXPECT_EQ(Solve("    return [0] * 10 ** 9\n"), "MLE");
}

TEST_F(PythonFunctionTest, DoesNotTakeAnExitForProof) {
  EXPECT_EQ(Solve("    exit(0)\n"), "RTE");
  EXPECT_EQ(Solve("    import os\n    os._exit(0)\n"), "RTE");
  EXPECT_EQ(Solve("    import os, sys\n    sys.stdout.write('\\n0 held 0 \"\"\\n0 end 1 \"\"\\n')\n"
                  "    sys.stdout.flush()\n    os._exit(0)\n"),
            "RTE");
  EXPECT_EQ(Solve("    import os\n    for fd in range(1, 8):\n        try: os.write(fd, b'AC')\n"
                  "        except OSError: pass\n    os._exit(0)\n"),
            "RTE");
}

TEST_F(PythonFunctionTest, ObjectsThatEqualEverythingEqualNothing) {
  const std::string all = "__eq__ = __ne__ = __bool__ = __lt__ = __gt__ = lambda *a: True\n";
  for (const std::string base : {"", "(tuple)", "(int)", "(dict)"}) {
    EXPECT_EQ(Solve("    class E" + base + ": " + all + "    return E()\n"), "WA") << base;
  }
}

TEST_F(PythonFunctionTest, PatchedInterpretersProveNothing) {
  const std::string wrong = "    return None\n";
  EXPECT_EQ(Solve("    import builtins\n    builtins.AssertionError = None\n"
                  "    builtins.all = builtins.any = lambda *a: True\n" +
                  wrong),
            "WA");
  EXPECT_EQ(Solve("    import json, os, sys\n    import tesuji_wire\n"
                  "    tesuji_wire.json.dumps = lambda m: '{}'\n" +
                  wrong),
            "RTE");
  EXPECT_EQ(
      Solve("    import sys\n    for m in list(sys.modules): sys.modules[m] = None\n" + wrong),
      "WA");
}

// The candidate's process has neither the assertions nor the expected values.
TEST_F(PythonFunctionTest, NothingInTheProcessHoldsTheExpectedValue) {
  MakeTask("python3", "f", "def f(x):\n", "assert f(7) == 'zebracrossing'\n");
  EXPECT_EQ(
      Solve("    import gc, inspect, os, re\n    texts = [str(os.environ)]\n"
            "    for o in gc.get_objects() + [f.frame.f_locals for f in inspect.stack()]:\n"
            "        try: texts.append(str(o))\n        except Exception: pass\n"
            "    for name in os.listdir('.'):\n"
            "        if os.path.isfile(name): texts.append(open(name, errors='replace').read())\n"
            "    found = any(re.search('z[e]bracrossing', t) for t in texts)\n"
            "    return 'gnissorcarbez'[::-1] if found else 'hidden'\n"),
      "WA")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("    return 'gnissorcarbez'[::-1]\n"), "AC");
}

TEST_F(PythonFunctionTest, FunctionsOfTheTestsCanBeCalledAndNothingElse) {
  MakeTask("python3", "f", "def f(g):\n", "k = 5\nassert f(lambda x: x + k) == 6\n");
  EXPECT_EQ(Solve("    return g(1)\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("    return g.__globals__['k']\n"), "RTE");
}

TEST_F(PythonFunctionTest, ExceptionsThatTestsExpectPass) {
  MakeTask("python3", "f", "def f(x):\n",
           "try:\n    f(-1)\n    assert False\nexcept ValueError as e:\n"
           "    assert 'small' in str(e)\n");
  EXPECT_EQ(Solve("    raise ValueError('too small')\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("    raise KeyError('too small')\n"), "RTE");
  EXPECT_EQ(Solve("    return 1\n"), "WA");
}

TEST_F(PythonFunctionTest, ObjectsOfThePromptsClassesPassBothWays) {
  MakeTask(
      "python3", "reverse",
      "class ListNode:\n    def __init__(self, val=0, next=None):\n        self.val = val\n"
      "        self.next = next\n\n\ndef reverse(head):\n",
      "def make(xs):\n    head = None\n    for x in reversed(xs): head = ListNode(x, head)\n"
      "    return head\ndef values(n):\n    out = []\n    while n:\n        out.append(n.val)\n"
      "        n = n.next\n    return out\n"
      "assert values(reverse(make(range(3000)))) == list(range(2999, -1, -1))\n"
      "assert reverse(None) is None\n");
  EXPECT_EQ(Solve("    last = None\n    while head:\n        head.next, last, head = last, head, "
                  "head.next\n    return last\n"),
            "AC")
      << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("    return head\n"), "WA");
}

TEST_F(PythonFunctionTest, ChangesOfArgumentsComeBack) {
  MakeTask("python3", "f", "def f(xs):\n", "a = [3, 1]\nf(a)\nassert a == [1, 3]\n");
  EXPECT_EQ(Solve("    xs.sort()\n"), "AC");
  EXPECT_EQ(Solve("    xs = sorted(xs)\n"), "WA");
}

TEST_F(PythonFunctionTest, EachCheckHasAVerdictAndTheWholeTimeLimit) {
  task_.prompt.clear();
  task_.checks.clear();
  for (int i = 0; i < 4; ++i) {
    FunctionCheck check;
    check.name = std::to_string(i + 1);
    check.arguments = Json::array({i});
    check.expected = Json::array({i * i});
    task_.checks.push_back(check);
  }
  EXPECT_EQ(Solve("def f(n):\n    return n * n\n"), "AC");
  EXPECT_EQ(last_.tests.size(), 4U);
  options_.all_tests = true;
  EXPECT_EQ(Solve("def f(n):\n    if n == 1: return 5\n    if n == 2: exit(0)\n    return n * n\n"),
            "WA");
  ASSERT_EQ(last_.tests.size(), 4U) << last_.ToJson().dump(1);
  EXPECT_EQ(last_.tests[2].verdict, env::Verdict::kRuntimeError);
  EXPECT_EQ(last_.tests[3].verdict, env::Verdict::kAccepted);
  // Three times 0.55 s in one process are over the limit of one second; each alone is not.
  EXPECT_EQ(Solve("import time\ndef f(n):\n    end = time.process_time() + 0.55\n"
                  "    while time.process_time() < end: pass\n    return n * n\n"),
            "AC")
      << last_.ToJson().dump(1);
}

TEST_F(PythonFunctionTest, ATaskAtFaultIsRefusedAndNoVerdict) {
  MakeTask("python3", "f", "def f(x):\n", "assert 1 == 1\n");
  EXPECT_EQ(Solve("    return 1\n"),
            "tasks.jsonl:1: T: cannot be judged: the assertions never call the function");
  MakeTask("python3", "f", "def f(x):\n", "import no_such_module\nassert f(1) == 1\n");
  EXPECT_NE(Solve("    return 1\n").find("No module named 'no_such_module'"), std::string::npos);
  MakeTask("python3", "f", "def f(x):\n", "assert f(1) == = 1\n");
  EXPECT_NE(Solve("    return 1\n").find("SyntaxError"), std::string::npos);
}

TEST_F(PythonFunctionTest, ChecksMayFailOtherwiseThanByAnAssertion) {
  MakeTask("python3", "f", "def f(x):\n", "");
  const std::string right = "    if x < 0: raise ValueError(x)\n    return x + 1\n";
  const std::string cases =
      "import unittest\nclass Cases(unittest.TestCase):\n    def test_one(self):\n"
      "        self.assertEqual(f(1), 2)\n    def test_two(self):\n"
      "        with self.assertRaises(ValueError):\n            f(-1)\n";
  for (const std::string& code :
       {std::string("try:\n    f(-1)\n    assert False\nexcept ValueError:\n    pass\n"),
        std::string("try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    raise KeyError\n"),
        std::string("if f(1) != 2:\n    raise AssertionError('no')\n"),
        std::string("import sys\nif f(1) != 2:\n    sys.exit(3)\nsys.exit(0)\n"), cases,
        cases + "if __name__ == '__main__':\n    unittest.main()\n",
        cases + "unittest.TextTestRunner().run(unittest.makeSuite(Cases))\n"}) {
    ExpectJudgedByTheEnd(code, right, "    return 9\n");
  }
  MakeTask("python3", "f", "def f(x):\n", "print(f(1))\n");
  EXPECT_NE(Solve(right).find("asserts nothing"), std::string::npos);
  // That another check can fail is no proof of this one.
  task_.checks.insert(task_.checks.begin(), {"first", "if f(1) != 2:\n    raise KeyError\n"});
  EXPECT_NE(Solve(right).find("asserts nothing"), std::string::npos);
}

class JavaScriptFunctionTest : public ScriptFunctionTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/node")) GTEST_SKIP() << "needs the package nodejs";
    ScriptFunctionTest::SetUp();
    MakeTask("javascript", "f", "function f(xs) {\n",
             "const assert = require('node:assert');\nfunction test() {\n  let candidate = f;\n"
             "  assert.deepEqual(candidate([1, 2]), [3, 2]);\n"
             "  assert.deepEqual(candidate([]), [0, 1]);\n}\ntest();\n");
  }
};

TEST_F(JavaScriptFunctionTest, AllFormsOfARightAnswerAreAccepted) {
  const std::string body =
      "  let s = 0, p = 1;\n  for (const x of xs) { s += x; p *= x; }\n"
      "  return [s, p];\n";
  EXPECT_EQ(Solve(body + "}\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(last_.tests[0].reason, "2 assertions held");
  EXPECT_EQ(Solve(body), "AC");
  EXPECT_EQ(Solve("function f(xs) {\n" + body + "}\n"), "AC");
  EXPECT_EQ(Solve("```js\nconst f = (xs) => {\n" + body + "};\n```"), "AC");
}

TEST_F(JavaScriptFunctionTest, NothingButRightAnswersIsAccepted) {
  EXPECT_EQ(Solve("return [3, 2];\n}\n"), "WA");
  EXPECT_EQ(Solve("for (;;);\n}\n"), "TLE");
  EXPECT_EQ(Solve("throw new Error('x');\n}\n"), "RTE");
  EXPECT_EQ(Solve("let x = = 1;\n}\n"), "CE");
  EXPECT_EQ(Solve("process.exit(0);\n}\n"), "RTE");
  EXPECT_EQ(Solve("process.reallyExit(0);\n}\n"), "RTE");
  EXPECT_EQ(
      Solve("require('assert').deepEqual = () => {}; JSON.stringify = () => '{\"value\":1}';\n"
            "return 1;\n}\n"),
      "WA");
  EXPECT_EQ(Solve("return new Proxy({}, {get: () => () => true, has: () => true});\n}\n"), "WA");
  EXPECT_EQ(Solve("return {__proto__: {toString: () => '3,2'}, length: 2};\n}\n"), "WA");
}

TEST_F(JavaScriptFunctionTest, ChecksMayFailOtherwiseThanByAnAssertion) {
  MakeTask("javascript", "f", "function f(x) {\n", "");
  const std::string right = "if (x < 0) throw new RangeError('x');\nreturn x + 1;\n}\n";
  for (const char* code :
       {"if (f(1) !== 2) throw new Error('no');", "if (f(1) !== 2) process.exit(1);",
        "if (f(1) !== 2) process.exit(1);\nprocess.exit(0);",
        "let fine = false;\ntry { f(-1); } catch (error) { fine = error instanceof RangeError; }\n"
        "if (!fine) throw new Error('no');"}) {
    ExpectJudgedByTheEnd(code, right, "return 9;\n}\n");
  }
  MakeTask("javascript", "f", "function f(x) {\n", "f(1);  // throws\n");
  EXPECT_NE(Solve(right).find("asserts nothing"), std::string::npos);
}

TEST_F(JavaScriptFunctionTest, FunctionsPromisesAndExceptionsPass) {
  MakeTask("javascript", "f", "async function f(g) {\n",
           "const assert = require('assert');\n(async () => {\n"
           "  assert.strictEqual(await f((x) => x + 1), 4);\n"
           "  await assert.rejects(() => f(null), TypeError);\n})();\n");
  EXPECT_EQ(Solve("return g(3);\n}\n"), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve("return 4;\n}\n"), "WA");
}

}  // namespace
}  // namespace tesuji::verifier
