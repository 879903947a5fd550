#!/usr/bin/env python3
"""Other people's clients against `tesuji serve`: verl's sandbox reward and SandboxFusion's SDK.

usage: clients_test.py TESUJI
Both are read from the Python environment that runs this; what is missing is skipped by name.
"""

import importlib.util
import json
import os
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service_process import TOKEN, Service  # noqa: E402


def verl_client():
    """verl/utils/reward_score/sandbox_fusion, loaded without verl itself and its dependencies."""
    found = importlib.util.find_spec("verl")
    if found is None or importlib.util.find_spec("requests") is None:
        return None
    folder = pathlib.Path(found.submodule_search_locations[0])
    folder = folder / "utils/reward_score/sandbox_fusion"
    spec = importlib.util.spec_from_file_location("verl_sandbox", folder / "__init__.py",
                                                  submodule_search_locations=[str(folder)])
    module = importlib.util.module_from_spec(spec)
    sys.modules["verl_sandbox"] = module
    spec.loader.exec_module(module)
    return module


VERL = verl_client()


def fenced(code):
    return f"Here it is:\n```python\n{code}\n```\n"


@unittest.skipIf(VERL is None, "the Python packages verl and requests are not installed")
class Verl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.url = cls.service.url + "/run_code"

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def score(self, completion, tests, url=None, **more):
        return VERL.compute_score(url or self.url, threading.Semaphore(8), 512, completion, tests,
                                  **more)

    def check(self, code, tests, language="python", **more):
        return VERL.check_correctness(self.url, tests, code, language=language, **more)

    SUM = {"inputs": ["3 4\n", "1 1\n", "5 6\n"], "outputs": ["7\n", "2\n", "11"]}

    def test_a_right_program_scores_one(self):
        score, rows = self.score(fenced("print(sum(map(int, input().split())))"), self.SUM)
        self.assertEqual(score, 1.0)
        self.assertEqual([row["status"] for row in rows], ["success"] * 3)

    def test_a_partly_right_program_scores_its_share(self):
        score, rows = self.score(fenced("print(7)"), json.dumps(self.SUM), continuous=True)
        self.assertAlmostEqual(score, 1 / 3)
        self.assertEqual([row["status"] for row in rows],
                         ["success", "wrong_answer", "wrong_answer"])

    def test_every_failure_has_its_own_code(self):
        one = {"inputs": ["1"], "outputs": ["1"]}
        self.assertEqual(self.check("print(2)", one)[0], [False])
        self.assertEqual(self.check("raise ValueError", one)[0], [-2])
        self.assertEqual(self.check("while True: pass", one, timeout=1)[0], [-3])
        self.assertEqual(self.check("import time; time.sleep(30)", one, timeout=1)[0], [-3])
        self.assertEqual(self.check("int main() { return x; }", one, "cpp")[0], [-4])
        self.assertEqual(self.check("print('a' * (1 << 30))", one, memory_limit_mb=64)[0], [-2])

    def test_cpp_programs_are_compiled_and_run(self):
        code = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; " \
               "std::cout << a + b << std::endl; }"
        results, rows = self.check(code, self.SUM, "cpp")
        self.assertEqual(results, [True] * 3)
        self.assertEqual(rows[0]["compile_status"], "Finished")

    def test_functions_are_called_by_name_and_as_methods(self):
        tests = {"inputs": ["[1, 2, 3]\n1", "[]\n5"], "outputs": ["7", "5"], "fn_name": "total"}
        code = "def total(values, start):\n    return sum(values) + start"
        self.assertEqual(self.check(code, tests)[0], [True, True])
        code = "class Solution:\n    def total(self, values, start):\n" \
               "        return sum(values) + start"
        self.assertEqual(self.check(code, tests)[0], [True, True])

    def test_assertions_are_run(self):
        code = "def f(x):\n    return x + 1"
        score, _ = self.score(fenced(code), {"assert_case": ["assert f(1) == 2",
                                                             "assert f(1) == 3"]})
        self.assertEqual(score, 0.5)

    def test_a_hundred_and_twenty_eight_workers_lose_nothing(self):
        tests = {"inputs": [f"{i}\n" for i in range(400)],
                 "outputs": [f"{i * i}\n" for i in range(400)]}
        results, rows = VERL.check_correctness(
            self.url, tests, "print(int(input()) ** 2)",
            concurrent_semaphore=threading.Semaphore(128))
        self.assertEqual(results, [True] * 400, [row for row in rows if row["api_request_error"]])

    def test_the_token_travels_in_the_url(self):
        with Service(env={"TESUJI_TOKEN": TOKEN}) as service:
            code = fenced("print(sum(map(int, input().split())))")
            url = f"http://verl:{TOKEN}@127.0.0.1:{service.port}/run_code"
            self.assertEqual(self.score(code, self.SUM, url)[0], 1.0)
            self.assertEqual(self.score(code, self.SUM, service.url + "/run_code")[0], 0.0)


SDK = importlib.util.find_spec("sandbox_fusion")


@unittest.skipIf(SDK is None, "the Python package sandbox-fusion is not installed")
class SandboxFusion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        import sandbox_fusion
        cls.sdk = sandbox_fusion

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def run_code(self, **fields):
        return self.sdk.run_code(self.sdk.RunCodeRequest(**fields), endpoint=self.service.url,
                                 max_attempts=1)

    def test_requests_are_answered_in_its_models(self):
        got = self.run_code(code="print(input())", language="python", stdin="hello")
        self.assertEqual(got.status.value, "Success")
        self.assertEqual(got.run_result.stdout, "hello\n")
        self.assertEqual(got.run_result.return_code, 0)
        self.assertGreater(got.run_result.execution_time, 0)
        got = self.run_code(code="int main() { return 3; }", language="cpp")
        self.assertEqual(got.status.value, "Failed")
        self.assertEqual(got.run_result.return_code, 3)
        self.assertEqual(got.compile_result.return_code, 0)

    def test_its_summary_understands_every_answer(self):
        mapping = self.sdk.SummaryMapping(CompileFailed="compile", CompileTimeout="slow compile",
                                          RunFailed="run", RunTimeout="time")
        for fields, word in [
                ({"code": "print(1)", "language": "python"}, "Success"),
                ({"code": "1 / 0", "language": "python"}, "run"),
                ({"code": "while True: pass", "language": "python", "run_timeout": 1}, "time"),
                ({"code": "int main() {", "language": "cpp"}, "compile"),
                ({"code": "#include </dev/zero>\nint main() {}", "language": "cpp",
                  "compile_timeout": 1}, ("compile", "slow compile"))]:
            got = self.sdk.summary_run_code_result(self.run_code(**fields), mapping)
            self.assertIn(got, [word] if isinstance(word, str) else word, fields)

    def test_files_travel_both_ways(self):
        got = self.run_code(code="open('b', 'w').write(open('a').read() * 2)", language="python",
                            files={"a": "eA==", "nothing": None}, fetch_files=["b"])
        self.assertEqual(got.files, {"b": "eHg="})

    def test_many_at_once(self):
        requests = [{"code": f"print({i})", "language": "python"} for i in range(100)]
        results = self.sdk.run_concurrent(self.run_code, kwargs=requests, concurrency=50)
        self.assertEqual([one.run_result.stdout for one in results],
                         [f"{i}\n" for i in range(100)])


if __name__ == "__main__":
    del sys.argv[2:3]
    unittest.main(argv=sys.argv[:1], verbosity=2)
