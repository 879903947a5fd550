#!/usr/bin/env python3
"""A campaign of flip walks is stopped, killed, gone on with, verified and curated.

usage: kill_flips.py TESUJI EXPERIMENTS
"""

import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

EXPERIMENTS = pathlib.Path(sys.argv.pop(2))
TESUJI = sys.argv.pop(1)


class Flips(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.store = self.folder / "m.db"

    def tearDown(self):
        self.temporary.cleanup()

    def command(self, *more):
        return [TESUJI, "run", str(EXPERIMENTS / "matmul.toml"), "--store", str(self.store),
                "--set", "environment.format=3x3x4", "--set", "flips.target_rank=29", *more]

    def run_tesuji(self, *arguments):
        return subprocess.run([TESUJI, *map(str, arguments)], capture_output=True, text=True,
                              timeout=240)

    def start(self, how, seconds=None):
        """Runs for so long, or until there is an episode, then sends the signal."""
        process = subprocess.Popen(
            self.command("--set", "flips.target_rank=20"), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        if seconds is None:
            last = time.monotonic() + 120
            while not self.episodes() and time.monotonic() < last:
                time.sleep(0.05)
        else:
            time.sleep(seconds)
        process.send_signal(how)
        said = process.communicate(timeout=60)[1]
        return process.returncode, said

    def episodes(self):
        if not self.store.exists():
            return []
        try:
            with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
                return [row[0] for row in
                        database.execute("SELECT episode FROM trajectories ORDER BY episode")]
        except sqlite3.OperationalError:  # The file is being made.
            return []

    def status(self):
        result = self.run_tesuji("status", self.store, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_it_goes_on_after_an_interruption_and_after_kills(self):
        code, said = self.start(signal.SIGINT)
        self.assertEqual(code, 0, said)
        self.assertIn("1 unfinished", said)
        self.assertEqual(self.status()["unfinished"], 1)
        before = self.episodes()
        self.assertTrue(before)
        for seconds in (0.4, 0.9, 1.4, 0.6):
            self.assertEqual(self.start(signal.SIGKILL, seconds)[0], -9)
            now = self.episodes()
            self.assertEqual(now[:len(before)], before)
            self.assertEqual(now, list(range(len(now))))
            before = now
        finished = subprocess.run(self.command("--minutes", "3"), capture_output=True, text=True,
                                  timeout=240)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        numbers = self.episodes()
        self.assertEqual(numbers, list(range(len(numbers))))
        verified = self.run_tesuji("verify", self.store, "--json")
        self.assertEqual(verified.returncode, 0, verified.stdout)
        self.assertEqual(json.loads(verified.stdout)["checked"], len(numbers))
        # `discover` goes on with the same store.
        found = self.run_tesuji("discover", "3x3x4", "--target", 29, "--store", self.store, "--json")
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual(json.loads(found.stdout)["rank"], 29)
        out = self.folder / "data"
        curated = self.run_tesuji("curate", self.store, "--out", out, "--json")
        self.assertEqual(curated.returncode, 0, curated.stderr)
        self.assertEqual(json.loads(curated.stdout)["rows_in"], len(numbers), curated.stdout)

    def test_its_keys_are_refused_elsewhere(self):
        for campaign, assignment, words in [
            ("go5.toml", "flips.walk=true", 'needs environment.id = "matmul"'),
            ("matmul.toml", "flips.wlak=true", 'did you mean "walk"'),
            ("matmul.toml", "flips.walkers=0", "expected 1 to 4096"),
            ("matmul.toml", "flips.policy=\"none.json\"", "none.json"),
            ("matmul.toml", "programs.enumerate=true", 'needs environment.id = "program"'),
        ]:
            with self.subTest(assignment):
                result = self.run_tesuji("run", EXPERIMENTS / campaign, "--store", self.store,
                                         "--set", assignment)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(words, result.stderr)
                self.assertIn(assignment.split("=")[0], result.stderr)
                self.assertFalse(self.store.exists())


if __name__ == "__main__":
    unittest.main()
