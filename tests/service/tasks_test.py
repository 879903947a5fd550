#!/usr/bin/env python3
"""Function tasks through `tesuji serve`: the same verdicts as `tesuji judge`, by name and inline.

usage: tasks_test.py TESUJI
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service_process import TESUJI, Service  # noqa: E402

FENCE = "`" * 3
TASKS = {
    "HumanEval": {
        "task_id": "HumanEval/900", "entry_point": "clip",
        "prompt": "def clip(x, low, high):\n    \"\"\"x within [low, high].\"\"\"\n",
        "test": "def check(candidate):\n    assert candidate(5, 0, 3) == 3\n"
                "    assert candidate(-1, 0, 3) == 0\n    assert candidate(2, 0, 3) == 2\n"},
    "HumanEval-X": {
        "task_id": "CPP/900", "prompt": "#include <vector>\nusing namespace std;\n"
                                        "long total(vector<int> numbers) {\n",
        "test": "#include <assert.h>\nint main() {\n  assert(total({1, 2, 3}) == 6);\n"
                "  assert(total({}) == 0);\n}\n"},
    "HumanEval-X, JavaScript": {
        "task_id": "JavaScript/900", "prompt": "const twice = (s) => {\n",
        "test": "const testTwice = () => {\n  console.assert(twice('ab') === 'abab')\n"
                "  console.assert(twice('') === '')\n}\ntestTwice()\n"},
    "MultiPL-E": {
        "name": "multi_900", "language": "cpp",
        "prompt": "#include<assert.h>\n#include<bits/stdc++.h>\nlong cube(long n) {\n",
        "tests": "}\nint main() {\n    auto candidate = cube;\n    assert(candidate((2)) == (8));\n"
                 "    assert(candidate((-1)) == (-1));\n}\n"},
    "MBPP": {
        "task_id": 901, "text": "Write a function that squares.",
        "test_list": ["assert square(3) == 9", "assert square(0) == 0", "assert square(-2) == 4"]},
    "LiveCodeBench": {
        "question_id": "lcb_900", "metadata": json.dumps({"func_name": "joined"}),
        "public_test_cases": json.dumps([
            {"input": "[\"a\", \"b\"]\n\"-\"", "output": "\"a-b\"", "testtype": "functional"}]),
        "private_test_cases": json.dumps([
            {"input": "[]\n\"-\"", "output": "\"\"", "testtype": "functional"}])},
    "APPS": {
        "problem_id": "apps_900",
        "input_output": {"inputs": ["3\n", "10\n"], "outputs": ["6\n", "20\n"]}},
}
# Answers by format, each with the verdict that it deserves.
ANSWERS = {
    "HumanEval": [
        ("    return max(low, min(x, high))\n", "AC"), ("    return min(x, high)\n", "WA"),
        (f"Thus:\n{FENCE}python\ndef clip(x, low, high):\n    return sorted((low, x, high))[1]\n"
         f"{FENCE}\n", "AC"),
        ("    raise ValueError(x)\n", "RTE"), ("    import os\n    os._exit(0)\n", "RTE"),
        ("    while True: pass\n", "TLE"), ("    return (\n", "CE")],
    "HumanEval-X": [
        ("  long sum = 0;\n  for (int n : numbers) sum += n;\n  return sum;\n}\n", "AC"),
        ("  return 6;\n}\n", "WA"), ("  exit(0);\n}\n", "RTE"), ("  for (;;);\n}\n", "TLE"),
        ("  return nothing;\n}\n", "CE")],
    "HumanEval-X, JavaScript": [
        ("  return s + s\n}\n", "AC"), ("  return 'abab'\n}\n", "WA"),
        ("  process.exit(0)\n}\n", "RTE"), ("  return s +\n}\n", "CE")],
    "MultiPL-E": [("    return n * n * n;\n", "AC"), ("    return n * n;\n", "WA")],
    "MBPP": [
        ("def square(x):\n    return x * x\n", "AC"), ("def square(x):\n    return x + 6\n", "WA"),
        ("def other(x):\n    return 1\n", "RTE")],
    "LiveCodeBench": [
        ("class Solution:\n    def joined(self, words, by):\n        return by.join(words)\n", "AC"),
        ("def joined(words, by):\n    return 'a-b'\n", "WA")],
    "APPS": [
        ("print(2 * int(input()))\n", "AC"), ("print(6)\n", "WA"),
        ("#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n + n; }\n", "AC")],
}

if shutil.which("node") is None:
    print("no Node.js here (package nodejs): the task in JavaScript is left out", file=sys.stderr)
    del TASKS["HumanEval-X, JavaScript"], ANSWERS["HumanEval-X, JavaScript"]


def id_of(task):
    for key in ("task_id", "name", "question_id", "problem_id"):
        if key in task:
            return str(task[key])
    raise KeyError(task)


class Tasks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        shelf = pathlib.Path(cls.folder.name)
        cls.file = shelf / "mixed.jsonl"
        cls.file.write_text("".join(json.dumps(task) + "\n" for task in TASKS.values()))
        (shelf / "one.json").write_text(json.dumps([TASKS["MBPP"]]))
        (shelf / "broken.jsonl").write_text('{"task_id": "x", "test": "def check(f):"}\n')
        (shelf / "rust.jsonl").write_text(json.dumps(
            {"task_id": "Rust/1", "prompt": "fn f() {", "test": "x"}) + "\n")
        (shelf / "notes.txt").write_text("no problem")
        (shelf / "sum").mkdir()
        (shelf / "sum" / "1.in").write_text("1 2\n")
        (shelf / "sum" / "1.ans").write_text("3\n")
        cls.service = Service("--workers", 2, "--problems", shelf)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()
        cls.folder.cleanup()

    def judge(self, **body):
        return self.service.ask("/v1/judgements?wait=120", body)

    def one(self, **body):
        status, got = self.judge(**body)
        self.assertEqual((status, got["state"]), (200, "done"), got)
        return got["results"][0]

    def by_command(self):
        """What `tesuji judge` says of all answers, by task."""
        rows = [{"task_id": id_of(TASKS[name]), "solution": text}
                for name, answers in ANSWERS.items() for text, _ in answers]
        answers = pathlib.Path(self.folder.name) / "answers"
        answers.mkdir(exist_ok=True)
        (answers / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = subprocess.run([TESUJI, "judge", self.file, answers / "a.jsonl", "--json", "--all",
                               "--time-limit", "1"], capture_output=True, text=True, timeout=300)
        reports = iter([json.loads(line) for line in done.stdout.splitlines()])
        return {name: [next(reports) for _ in answers] for name, answers in ANSWERS.items()}

    def test_verdicts_are_those_of_the_command_by_name_and_inline(self):
        expected = self.by_command()

        def verdicts(report):
            return report["verdict"], [(test["name"], test["verdict"]) for test in report["tests"]]

        for name, task in TASKS.items():
            submissions = [{"code": text} for text, _ in ANSWERS[name]]
            asked = {"submissions": submissions, "all_tests": True, "time_limit": 1}
            for way in ({"problem": "mixed.jsonl", "task_id": id_of(task)}, {"task": task}):
                status, got = self.judge(**way, **asked)
                self.assertEqual(status, 200, got)
                for (text, verdict), report, result in zip(
                        ANSWERS[name], expected[name], got["results"], strict=True):
                    self.assertEqual(report["verdict"], verdict, (name, text, report))
                    self.assertEqual(result["state"], "done", (name, text, result))
                    self.assertEqual(verdicts(result), verdicts(report), (name, text, result))
                self.assertNotIn(self.folder.name, json.dumps(got))

    def test_the_only_task_of_a_file_needs_no_id(self):
        right = {"code": ANSWERS["MBPP"][0][0]}
        self.assertEqual(self.one(problem="one.json", submission=right)["verdict"], "AC")
        result = self.one(problem="mixed.jsonl", submission=right)
        self.assertEqual(result["state"], "failed")
        self.assertRegex(result["error"], "task_id is missing; it holds [67] tasks")  # 6 without Node.js.
        result = self.one(problem="mixed.jsonl", task_id="nobody", submission=right)
        self.assertIn("no task 'nobody'", result["error"])

    def test_files_of_tasks_are_problems_by_name(self):
        self.assertEqual(self.service.ask("/v1/problems")[1], {"problems": [
            "broken.jsonl", "mixed.jsonl", "one.json", "rust.jsonl", "sum"]})
        for name in ("notes.txt", "answers/a.jsonl", "../mixed.jsonl", "missing.jsonl"):
            self.assertEqual(self.judge(problem=name, submission={"code": "", "language": "c"})[0],
                             404, name)

    def test_tasks_that_cannot_be_judged_have_a_reason_and_no_verdict(self):
        empty = {"code": ""}
        for body, words in [
                ({"problem": "broken.jsonl"}, "broken.jsonl:1: the key 'prompt' is missing"),
                ({"problem": "rust.jsonl"}, "rust.jsonl:1: Rust/1: cannot be judged"),
                ({"task": {"a": 1}}, "which no task format has"),
                ({"task": {"test_list": "x"}}, "task: the key 'test_list' must be a list"),
                ({"task": {"test_list": ["assert 1 == 1"]}}, "never call the function"),
                ({"task": {"inputs": [""], "outputs": [""], "time_limit": 1e5}}, "at most 120"),
                ({"task": {"inputs": [""], "outputs": [""], "memory_limit": 1e6}}, "at most 4096")]:
            result = self.one(**body, submission=empty)
            self.assertEqual(result["state"], "failed", (body, result))
            self.assertIn(words, result["error"])
            self.assertNotIn("verdict", result)
        result = self.one(task=TASKS["MBPP"], submission={"code": "x", "language": "cpp"})
        self.assertIn("asks for python3", result["error"])

    def test_requests_that_make_no_sense_are_told_why(self):
        right = {"code": ANSWERS["MBPP"][0][0]}
        for body, words in [
                ({"submission": right}, "one of problem, tests and task"),
                ({"problem": "one.json", "task": TASKS["MBPP"], "submission": right}, "one of"),
                ({"task": [], "submission": right}, "task must be an object"),
                ({"task": TASKS["MBPP"], "task_id": "901", "submission": right}, "task_id is for"),
                ({"problem": "sum", "task_id": "1", "submission": right}, "files of tasks"),
                ({"task": TASKS["MBPP"], "validator_flags": "x", "submission": right}, "validator"),
                ({"task": TASKS["MBPP"], "submission": {"files": {"a.py": ""}}}, "is code"),
                ({"task": TASKS["MBPP"], "submission": {"code": "", "language": "cobol"}}, "cobol")]:
            status, answer = self.judge(**body)
            self.assertEqual(status, 400, (body, answer))
            self.assertIn(words, answer["error"])

    def test_confirmation_shuffles_checks_and_says_so(self):
        first_right = "calls = 0\ndef square(x):\n    global calls\n    calls += 1\n" \
                      "    return {1: 9, 2: 0, 3: 4}[calls]\n"
        self.assertEqual(self.one(task=TASKS["MBPP"], submission={"code": first_right})["verdict"],
                         "AC")
        result = self.one(task=TASKS["MBPP"], submission={"code": first_right}, confirm=True)
        self.assertEqual((result["verdict"], result["evidence"]["confirmed"]), ("WA", False))
        for name, words in [("MBPP", "shuffled"), ("HumanEval", "as given"),
                            ("HumanEval-X", "as given"), ("LiveCodeBench", "shuffled")]:
            result = self.one(task=TASKS[name], submission={"code": ANSWERS[name][0][0]},
                              confirm=True, all_tests=True)
            self.assertEqual((result["verdict"], result["evidence"]["confirmed"]), ("AC", True))
            self.assertIn(words, result["evidence"]["confirmed_order"])

    def test_sanitizers_run_or_are_named_as_not_run(self):
        for name, words in [("HumanEval", "not run: there are none for Python 3"),
                            ("HumanEval-X, JavaScript", "not run: there are none for JavaScript"),
                            ("APPS", "not run: there are none for Python 3"),
                            ("HumanEval-X", "clean")]:
            if name not in TASKS:
                continue
            result = self.one(task=TASKS[name], submission={"code": ANSWERS[name][0][0]},
                              sanitize=True)
            self.assertEqual(result["verdict"], "AC", result)
            self.assertTrue(result["evidence"]["sanitizers"].startswith(words), result)
        reads_beyond = "  int more[1];\n  volatile int at = 1;\n  long sum = 0 * more[at];\n" \
                       "  for (int n : numbers) sum += n;\n  return sum;\n}\n"
        result = self.one(task=TASKS["HumanEval-X"], submission={"code": reads_beyond},
                          sanitize=True)
        self.assertEqual((result["verdict"], result["evidence"]["sanitizers"]), ("RTE", "failed"))

    def test_one_judgement_takes_many_answers(self):
        answers = [{"name": f"n{i}", "code": f"def square(x):\n    return x * x + {i % 2}\n"}
                   for i in range(40)]
        status, got = self.judge(task=TASKS["MBPP"], submissions=answers)
        self.assertEqual((status, got["finished"], got["total"]), (200, 40, 40))
        self.assertEqual([one["verdict"] for one in got["results"]], ["AC", "WA"] * 20)
        self.assertEqual([one["submission"] for one in got["results"]],
                         [one["name"] for one in answers])


if __name__ == "__main__":
    unittest.main(verbosity=2)
