#!/usr/bin/env python3
"""Loads a dataset of programs with other programs, and compiles its answers.

usage: load_programs_elsewhere.py TESUJI

Exit code 77 when a reader is missing (scripts/setup.sh --readers installs them).
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from readers import TESUJI, content_hash, datasets, run_tesuji
from small_campaign import TINY, UNTAUGHT

CAMPAIGN = """
[campaign]
seed = 4
[environment]
id = "program"
dream_nodes = 8
[selfplay]
workers = 1
[programs]
enumerate = true
candidates = 3000
""" + TINY + UNTAUGHT
RECIPE = """
[split]
validation = 0
test = 0
[export]
views = ["positions", "trajectories", "solutions", "preferences", "steps", "traces", "rl"]
formats = ["parquet", "jsonl", "trl", "verl", "webdataset"]
"""


class ProgramsElsewhere(unittest.TestCase):
    """A store of programs in every view; g++ says whether answers are answers."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.data = cls.folder / "data"
        (cls.folder / "campaign.toml").write_text(CAMPAIGN)
        (cls.folder / "recipe.toml").write_text(RECIPE)
        run = subprocess.run([TESUJI, "run", cls.folder / "campaign.toml", "--store",
                              cls.folder / "p.db", "--episodes", "40"],
                             capture_output=True, text=True, timeout=600)
        if run.returncode == 3:
            raise unittest.SkipTest(f"no sandbox here: {run.stderr}")
        assert run.returncode == 0, run.stderr
        run_tesuji("curate", cls.folder / "p.db", "--recipe", cls.folder / "recipe.toml", "--out",
                   cls.data)
        cls.manifest = json.loads((cls.data / "manifest.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def load(self, view):
        return datasets.load_dataset(str(self.data), view, cache_dir=str(self.folder / "cache"),
                                     split="train").to_list()

    def passes(self, answer, truth):
        """Whether the fenced program prints what it should for every input."""
        fence = re.fullmatch(r"```cpp\n(.*)```\n", answer, re.S)
        self.assertTrue(fence, answer)
        (self.folder / "answer.cc").write_text(fence[1])
        subprocess.run(["g++", "-std=c++17", "-o", self.folder / "answer",
                        self.folder / "answer.cc"], check=True, timeout=120)
        for given, wanted in zip(truth["inputs"], truth["outputs"], strict=True):
            result = subprocess.run([self.folder / "answer"], input=given, capture_output=True,
                                    text=True, timeout=20)
            if result.returncode != 0 or result.stdout.split() != wanted.split():
                return False
        return True

    def test_every_view_loads_with_its_rows_and_hash(self):
        for view in self.manifest["views"]:
            loaded = datasets.load_dataset(str(self.data), view["name"],
                                           cache_dir=str(self.folder / "cache"))["train"]
            self.assertEqual(loaded.num_rows, view["splits"]["train"]["rows"])
            self.assertGreater(loaded.num_rows, 0, view["name"])
            self.assertEqual(content_hash(view, loaded),
                             view["splits"]["train"]["content_hash"], view["name"])

    def test_answers_pass_and_rejected_ones_fail_when_compiled(self):
        truth = {row["id"]: json.loads(row["reward_model"]["ground_truth"])
                 for row in self.load("rl")}
        solutions = self.load("solutions")
        self.assertEqual(len(solutions), len(truth))
        for row in solutions[:6]:
            self.assertEqual(len(truth[row["id"]]["inputs"]), 16, "seen and held-out examples")
            self.assertTrue(self.passes(row["completion"], truth[row["id"]]), row)
        for row in self.load("preferences")[:6]:
            self.assertFalse(self.passes(row["rejected"], truth[row["id"]]), row)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], warnings="ignore")
