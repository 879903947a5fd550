#!/usr/bin/env python3
"""`tesuji bench`: every benchmark is a subcommand with only its own options; figures are JSON."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

TESUJI = pathlib.Path(sys.argv.pop(1)).resolve()

# Each benchmark with the options that only it or few others have.
OPTIONS = {
    "evaluator": {"--net", "--env", "--board", "--plugin", "--batch", "--seconds"},
    "selfplay": {"--net", "--env", "--board", "--plugin", "--batch", "--simulations", "--seconds",
                 "--device", "--workers"},
    "workers": {"--net", "--env", "--board", "--plugin", "--batch", "--simulations", "--seconds",
                "--device"},
    "playouts": {"--board", "--seconds"},
    "search": {"--env", "--board", "--plugin", "--simulations", "--seconds"},
    "replay": {"--env", "--board", "--plugin", "--seconds"},
    "training": {"--net", "--env", "--board", "--plugin", "--seconds", "--device"},
    "judge": set(),
    "serve": {"--seconds", "--clients", "--workers"},
    "export": {"--board", "--workers"},
    "data": {"--store", "--dataset", "--net", "--steps", "--seed", "--plugin",
             "--device"},
    "programs": {"--seconds"},
    "matmul": {"--format", "--ring", "--seconds"},
    "flips": {"--format", "--ring", "--flip-policy", "--target", "--seeds", "--seed",
              "--most-flips", "--no-grow", "--workers"},
}


def bench(*arguments):
    return subprocess.run([TESUJI, "bench", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)


class Bench(unittest.TestCase):
    def test_lists_its_benchmarks(self):
        listed = bench("--help").stdout
        for name in OPTIONS:
            self.assertIn(f"\n  {name} ", listed)
        self.assertEqual(bench().returncode, 2)
        self.assertEqual(bench("frobnicate").returncode, 2)

    def test_each_has_only_its_own_options(self):
        for name, own in OPTIONS.items():
            shown = bench(name, "--help").stdout
            listed = set(re.findall(r"^\s+(?:-\w,)?(--[a-z-]+)", shown, re.MULTILINE))
            self.assertEqual(listed - {"--help"}, own | {"--json"}, name)
            self.assertIn("Example: tesuji bench " + name, shown)

    def test_refuses_what_belongs_to_another(self):
        for name, own in OPTIONS.items():
            for option in set().union(*OPTIONS.values()) - own:
                done = bench(name, option, 2)
                self.assertEqual(done.returncode, 2, (name, option))

    def test_refuses_a_board_for_what_has_none(self):
        done = bench("search", "--env", "connect4", "--board", 5)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "tesuji: bench search: --board 5: environment connect4 has no "
                                      "such size; leave it out\n")

    def test_refuses_what_makes_no_sense(self):
        for arguments in (("evaluator", "--net", "huge"), ("evaluator", "--net", "b0c64"),
                          ("search", "--env", "chess"), ("playouts", "--board", 1),
                          ("playouts", "--board", 20), ("matmul", "--format", "9x9x9"),
                          ("matmul", "--ring", "R"), ("flips",), ("data", "--store", "x"),
                          ("programs", "--seconds", 0), ("selfplay", "--workers", 0)):
            done = bench(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertNotEqual(done.stderr + done.stdout, "", arguments)

    def test_prints_one_json_object_a_figure(self):
        for arguments in (("search", "--env", "connect4", "--simulations", 20),
                          ("replay", "--env", "tictactoe"), ("playouts", "--board", 5),
                          ("matmul", "--format", "2x2x2"), ("programs",)):
            done = bench(*arguments, "--seconds", 0.2, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            figures = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertTrue(figures)
            for figure in figures:
                self.assertGreater(figure["value"], 0)
                self.assertTrue({"name", "value", "unit"} <= figure.keys())
                self.assertEqual("reference" in figure, "ratio" in figure)
                if "ratio" in figure:
                    self.assertAlmostEqual(figure["ratio"], figure["value"] / figure["reference"])


if __name__ == "__main__":
    unittest.main()
