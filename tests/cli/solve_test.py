#!/usr/bin/env python3
"""`tesuji solve`: what it claims of a program that few examples fit, its limits, its inputs.

usage: solve_test.py TESUJI
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TESUJI = sys.argv.pop(1)


class Solve(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def solve(self, examples, *arguments):
        path = self.folder / "task.json"
        path.write_text(json.dumps(examples))
        return subprocess.run(
            [TESUJI, "solve", "--examples", path, "--guide", "uniform", *map(str, arguments)],
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip

    def test_a_program_that_only_examples_tested_is_called_so(self):
        result = self.solve([{"input": [3, 1, 2], "output": 3}], "--candidates", 20000)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("[AC]", result.stderr)
        self.assertIn("untested beyond", result.stderr)
        self.assertIn("add this example", result.stderr)

    def test_the_example_that_is_asked_for_can_be_added(self):
        examples = [{"input": [3, 1, 2], "output": 3}]
        for _ in range(8):
            result = self.solve(examples, "--no-judge", "--candidates", 100000, "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            found = json.loads(result.stdout)
            self.assertFalse(found["tested_beyond_examples"])
            if "open_question" not in found:
                break
            # The largest number is meant; the answer that a person would add.
            example = json.loads(found["open_question"]["example_wanted"].replace("…", "0"))
            example["output"] = max(example["input"], default=0)
            self.assertNotIn(example["input"], [each["input"] for each in examples])
            examples.append(example)
        self.assertIn("max", found["expressions"][0])

    def test_unseen_examples_test_a_program(self):
        task = {
            "seen": [{"input": [3, 1, 2], "output": [1, 2, 3]}, {"input": [5, 4], "output": [4, 5]}],
            "unseen": [{"input": [9, 7, 8], "output": [7, 8, 9]}],
        }
        result = self.solve(task, "--candidates", 20000)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("[AC]", result.stderr)
        self.assertNotIn("untested", result.stderr)

    def test_more_solutions_end_with_the_time_too(self):
        result = self.solve([{"input": [3, 1, 2], "output": [1, 2, 3]}], "--no-judge", "--seconds", 1,
                            "--solutions", 1000, "--json")  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(json.loads(result.stdout)["end"], ("solved", "time"))

    def test_two_numbers_are_arguments(self):
        examples = [{"inputs": [4, 3], "output": 7}, {"inputs": [10, 1], "output": 11},
                    {"inputs": [2, 2], "output": 4}]  # fmt: skip
        result = self.solve(examples, "--no-judge", "--candidates", 100000, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("+", json.loads(result.stdout)["expressions"][0])

    def test_a_list_of_two_that_is_not_solved_hints_at_arguments(self):
        examples = [{"input": [48, 18], "output": 6}, {"input": [35, 21], "output": 7},
                    {"input": [17, 5], "output": 1}, {"input": [100, 75], "output": 25}]  # fmt: skip
        result = self.solve(examples, "--no-judge", "--candidates", 500)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn('{"inputs": [48, 18], "output": 6}', result.stderr)


if __name__ == "__main__":
    unittest.main()
