#!/usr/bin/env python3
"""`tesuji discover` and `tesuji scheme`: found, stored, verified, written as JSON and C++, and run.

usage: discover_test.py TESUJI
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TESUJI = sys.argv.pop(1)


def run(*arguments):
    return subprocess.run(
        [TESUJI, *map(str, arguments)], capture_output=True, text=True, timeout=240
    )


class Discover(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def discover(self, *arguments):
        return run(
            "discover", *arguments, "--store", self.folder / "m.db", "--out", self.folder / "out",
            "--json",
        )

    def test_strassen_is_found_stored_verified_and_runs(self):
        for ring in ("Z2", "ternary"):
            with self.subTest(ring):
                store = self.folder / f"{ring}.db"
                out = self.folder / ring
                result = run(
                    "discover", "2x2x2", "--ring", ring, "--target", 7, "--store", store, "--out",
                    out, "--json",
                )
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(json.loads(result.stdout)["rank"], 7)
                self.assertEqual(run("verify", store).returncode, 0)
                schemes = sorted(out.glob("*.json"))
                self.assertTrue(schemes)
                self.assertEqual(len(json.loads(schemes[0].read_text())["u"]), 7)
                if shutil.which("c++"):
                    ran = run("scheme", schemes[0], "--run", "--code", self.folder / "code.h")
                    self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
                    self.assertIn("so is its code", ran.stdout)
                    self.assertIn("template", (self.folder / "code.h").read_text())

    def test_a_wrong_scheme_is_called_wrong(self):
        self.discover("2x2x2", "--target", 7)
        path = next((self.folder / "out").glob("*.json"))
        scheme = json.loads(path.read_text())
        scheme["w"][0][0] ^= 1
        path.write_text(json.dumps(scheme))
        result = run("scheme", path)
        self.assertEqual(result.returncode, 1)
        self.assertIn("WRONG", result.stdout)

    def test_bad_input_is_one_line(self):
        for arguments, code, word in [
            (["6x2x2"], 2, "6x2x2"),
            (["2x2"], 2, "2x2"),
            (["2x2x2", "--ring", "Q"], 2, "Q"),
            (["2x2x2", "--target", 6, "--minutes", 0.01], 1, ""),
        ]:
            with self.subTest(arguments):
                result = self.discover(*arguments)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(word, result.stderr)
        path = self.folder / "x.json"
        path.write_text("{")
        self.assertEqual(run("scheme", path).returncode, 1)
        self.assertEqual(run("scheme", self.folder / "none.json").returncode, 1)


if __name__ == "__main__":
    unittest.main()
