#!/usr/bin/env python3
"""Holds the command line to its promises on bad input: one clear line, the right exit code.

usage: bad_input_test.py TESUJI
"""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from random import Random

TESUJI = sys.argv.pop(1)


def run(*arguments, stdin=""):
    return subprocess.run(
        [TESUJI, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=120
    )


class BadInput(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def campaign(self, text):
        path = self.folder / "campaign.toml"
        path.write_text(text)
        return path

    def assert_refused(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def small_store(self):
        store = self.folder / "small.db"
        path = self.campaign(
            '[environment]\nid="tictactoe"\n[network]\nblocks=1\nchannels=8\n'
            "[search]\nsimulations=4\n[selfplay]\nworkers=1\n"
            "[learner]\ngeneration_episodes=20\nfirst_rows=20\nbatch=16\n"
            "[evaluation]\nevery=0\nfinal_games=0\n"
        )
        result = run("run", path, "--store", store, "--episodes", 40)
        self.assertEqual(result.returncode, 0, result.stderr)
        return path, store

    def test_unknown_key_names_file_line_and_nearest(self):
        path = self.campaign("[search]\nsimulatons = 3\n")
        self.assert_refused(run("run", path), 2, "campaign.toml:2", "simulations")

    def test_wrong_type(self):
        path = self.campaign("[network]\nblocks = true\n")
        self.assert_refused(run("run", path), 2, "campaign.toml:2", "network.blocks", "whole number")

    def test_broken_toml_and_missing_file(self):
        self.assert_refused(run("run", self.campaign("[search\n")), 2, "campaign.toml:1")
        self.assert_refused(run("run", self.folder / "none.toml"), 2, "none.toml")

    def test_store_that_is_no_store(self):
        path = self.folder / "x.db"
        path.write_bytes(b"this is not a database" * 100)
        self.assert_refused(run("status", path), 2, "x.db")
        self.assert_refused(run("verify", path), 2, "x.db")
        self.assert_refused(run("status", self.folder / "missing.db"), 2, "missing.db")
        self.assert_refused(run("status", self.folder), 2, str(self.folder))

    def test_foreign_sqlite_file(self):
        path = self.folder / "foreign.db"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE t (x)")
        self.assert_refused(run("status", path), 2, "foreign.db")

    def test_tampered_trajectory_is_found(self):
        _, store = self.small_store()
        with sqlite3.connect(store) as database:
            database.execute("UPDATE trajectories SET hash = 'x' || substr(hash, 2) WHERE id = 3")
        result = run("verify", store, "--json")
        self.assertEqual(result.returncode, 1, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["failed"], 1)
        self.assertEqual(report["failures"][0]["trajectory"], 3)

    def test_truncated_checkpoint(self):
        path, store = self.small_store()
        with sqlite3.connect(store) as database:
            database.execute("UPDATE checkpoint_blobs SET bytes = substr(bytes, 1, 1000)")
        result = run("verify", store)
        self.assertEqual(result.returncode, 1, result.stderr)
        resumed = run("run", path, "--store", store, "--episodes", 60)
        self.assertEqual(resumed.returncode, 3, resumed.stderr)
        self.assertIn("damaged", resumed.stderr)

    def test_flipped_bytes_and_truncations_of_a_store_end_with_a_message(self):
        """Whatever a disk does to the file: an exit code of ours and words, never a signal."""
        _, store = self.small_store()
        whole = store.read_bytes()
        random = Random(7)
        for round_number in range(40):
            damaged = bytearray(whole)
            if round_number % 4 == 3:
                del damaged[random.randrange(len(whole)) :]
            else:
                for _ in range(1 << random.randrange(8)):
                    damaged[random.randrange(len(whole))] ^= 1 << random.randrange(8)
            path = self.folder / f"damaged{round_number}.db"
            path.write_bytes(bytes(damaged))
            for command in ("status", "verify"):
                result = run(command, path)
                self.assertIn(result.returncode, (0, 1, 2, 3), (round_number, result.stderr))
                if result.returncode != 0:
                    self.assertTrue(result.stdout + result.stderr, (round_number, command))

    def test_malformed_gtp_is_answered_and_survived(self):
        lines = ["1 boardsize 5", "play", "play b", "play b Z99", "genmove purple", "\x01\xff",
                 "99999999999999999999 name", "time_settings a b c", "loadsgf /nowhere", "x" * 70000,
                 "komi nan", "komi 1e999", "boardsize -3", "2 name", "quit"]  # fmt: skip
        path = self.campaign(
            '[environment]\nid="go"\nsize=5\nkomi=0.5\n[network]\nblocks=1\nchannels=8\n'
            "[search]\nsimulations=2\n[selfplay]\nworkers=1\n"
            "[evaluation]\nevery=0\nfinal_games=0\n"
        )
        store = self.folder / "go.db"
        self.assertEqual(run("run", path, "--store", store, "--episodes", 1).returncode, 0)
        result = run("gtp", store, "--visits", 2, stdin="\n".join(lines) + "\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("=2 ", result.stdout)
        self.assertGreaterEqual(result.stdout.count("?"), 8)

    def test_datasets(self):
        _, store = self.small_store()
        recipe = self.folder / "recipe.toml"
        out = self.folder / "out"
        recipe.write_text("[filter]\nmin_lenght = 3\n")
        self.assert_refused(run("curate", store, "--recipe", recipe, "--out", out), 2,
                            "recipe.toml:2", "min_length")
        recipe.write_text('[export]\nformats = ["parket"]\n')
        self.assert_refused(run("curate", store, "--recipe", recipe, "--out", out), 2,
                            "recipe.toml:2", "parquet")
        recipe.write_text('[export]\nviews = ["trajectories"]\nformats = ["npz"]\n')
        result = run("curate", store, "--recipe", recipe, "--out", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("none of the formats", result.stderr)
        missing = self.folder / "missing.db"
        self.assert_refused(run("curate", missing, "--out", out), 2, "missing.db")
        self.assert_refused(run("curate", store), 2, "--out")
        self.assertFalse(out.exists())
        self.assertEqual(run("curate", store, "--out", self.folder / "o").returncode, 0)
        before = sorted(p.stat().st_mtime_ns for p in (self.folder / "o").rglob("*"))
        self.assert_refused(run("curate", store, "--out", self.folder / "o"), 2, "exists")
        self.assertEqual(before, sorted(p.stat().st_mtime_ns for p in (self.folder / "o").rglob("*")))
        (self.folder / "m.json").write_text("{}")
        self.assert_refused(run("export", "--replay", self.folder / "m.json", "--out", out), 2,
                            "m.json")
        self.assert_refused(run("import", "sgf", self.folder / "none", "--store", out), 2, "none")
        self.assertEqual(run("inspect", self.folder / "o").returncode, 0)
        self.assertEqual(run("inspect", store, "--trajectory", 1, "--step", 0).returncode, 0)
        self.assertEqual(run("inspect", store, "--trajectory", 9999).returncode, 1)
        self.assertEqual(run("inspect", store, "--trajectory", 1, "--step", 500).returncode, 1)

    def damaged(self, whole, random):
        damaged = bytearray(whole)
        kind = random.randrange(4)
        if kind == 0:
            del damaged[random.randrange(len(whole)) :]
        elif kind == 1:
            start = random.randrange(len(whole))
            del damaged[start : start + random.randrange(1, 40)]
        else:
            for _ in range(1 << random.randrange(5)):
                damaged[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        return bytes(damaged)

    def assert_survives(self, *arguments):
        result = run(*arguments)
        self.assertIn(result.returncode, (0, 1, 2, 3), (arguments, result.stderr))
        if result.returncode in (2, 3):
            lines = [line for line in result.stderr.replace("\r", "\n").splitlines()
                     if line.startswith("tesuji:")]
            self.assertEqual(len(lines), 1, (arguments, result.stderr))
        self.assertNotIn("internal", result.stderr)

    def test_damage_to_datasets_and_what_they_are_made_of_ends_with_a_line(self):
        _, store = self.small_store()
        random = Random(11)
        data = self.folder / "data"
        self.assertEqual(run("curate", store, "--out", data).returncode, 0)
        files = sorted(p for p in data.rglob("*") if p.suffix in (".json", ".zst"))
        recipe = b"""[dedup]\nnear = true\nwords = 3\n[filter]\nmin_length = 2
[split]\nby = "opening"\nvalidation = 0.1\n[export]\nviews = ["positions"]\n"""
        sgf = b"""(;FF[4]GM[1]SZ[3]KM[0.5]RE[B+8.5];B[bb];W[aa];B[ab];W[];B[ba];W[];B[])"""
        suite = b"""{"id": "a", "examples": [{"input": [[3, 1], 2], "output": 5}]}
{"prompt": "some text", "tests": ["x"]}\n"""
        for number in range(8):
            path = random.choice(files + [data / "manifest.json", data / "ledger.jsonl.zst"])
            whole = path.read_bytes()
            path.write_bytes(self.damaged(whole, random))
            self.assert_survives("inspect", data)
            self.assert_survives("inspect", data, "--dropped")
            self.assert_survives("inspect", data, "--view", "positions", "--row", 3)
            if path.name == "manifest.json":
                again = self.folder / f"again{number}"
                self.assert_survives("export", "--replay", path, "--out", again)
            path.write_bytes(whole)
            bad = self.folder / f"bad{number}"
            bad.with_suffix(".toml").write_bytes(self.damaged(recipe, random))
            self.assert_survives("curate", store, "--recipe", bad.with_suffix(".toml"), "--dry-run")
            bad.with_suffix(".sgf").write_bytes(self.damaged(sgf, random))
            self.assert_survives("import", "sgf", bad.with_suffix(".sgf"), "--store",
                                 self.folder / "records.db")
            bad.with_suffix(".jsonl").write_bytes(self.damaged(suite, random))
            self.assert_survives("curate", store, "--dry-run", "--set",
                                 f'decontaminate.suites=["{bad}.jsonl"]')

    def test_limits_and_assignments_of_a_campaign(self):
        path = self.campaign('[environment]\nid = "go"\n')
        for option, value in (("--minutes", "-1"), ("--minutes", "nan"), ("--minutes", "inf"),
                              ("--minutes", ""), ("--episodes", "-1"), ("--episodes", "1.5"),
                              ("--episodes", "99999999999999999999"), ("--episodes", "nan"),
                              ("--seed", "-1"), ("--seed", "x"), ("--store", "")):  # fmt: skip
            self.assert_refused(run("run", path, f"{option}={value}"), 2, option)
        for assignment, *words in (
            ("foo.bar=1", "unknown section"),
            ("search.simulatoins=1", "unknown key", "simulations"),
            ("environment.komi=nan", "finite"),
            ("environment.komi=inf", "finite"),
            ("environment.size=9.5", "environment"),
            ("environment.komii=7", "komi"),
            ("search.forced_playouts=nan", "0 to 100"),
            ("search.simulations=0", "1 to"),
            ("search.simulations=99999999999999999999", "search.simulations"),
            ("campaign.seed=-1", "at least 0"),
            ("campaign.name=", "empty"),
            ("environment.ko=\"half", "TOML"),
            ("search=1", "section.key=value"),
            ("network.device=gpu", "cuda:N"),
            ("selfplay.temperature=1", "no longer"),
        ):
            self.assert_refused(run("run", path, "--set", assignment), 2, f"--set {assignment}", *words)
        self.assertEqual(list(self.folder.glob("**/*.db")), [])

    def test_text_in_assignments_needs_no_quotes(self):
        path, _ = self.small_store()
        names = (("2048", "2048"), ("a b", "a b"), ('"quoted"', "quoted"), ("true", "true"))
        for number, (name, stored) in enumerate(names):
            store = self.folder / f"text{number}.db"
            result = run("run", path, "--store", store, "--episodes", 1, "--set", f"campaign.name={name}")
            self.assertEqual(result.returncode, 0, result.stderr)
            status = json.loads(run("status", store, "--json").stdout)
            self.assertEqual(status["campaign"]["campaign"]["name"], stored)

    def options(self, command):
        """The options of a command that take a value, from its help."""
        help_text = run(*command, "--help").stdout
        for line in help_text.splitlines():
            words = line.strip().split()
            if len(words) > 1 and words[0].startswith("-") and re.match(r"(TEXT|U?INT|FLOAT)\b", words[1]):
                yield words[0].split(",")[-1], words[1].rstrip(":")

    def test_no_option_of_any_command_takes_a_number_that_makes_no_sense(self):
        """Every option that the help calls a number, with every kind of nonsense."""
        def below(*command):
            return re.findall(r"^  ([a-z-]+) ", run(*command, "--help").stdout.split("Subcommands:")[1], re.M)

        commands = [[name] for name in below() if name != "bench"]
        commands += [["bench", name] for name in below("bench")]
        self.assertGreater(len(commands), 20)
        tried = 0
        for command in commands:
            for option, kind in self.options(command):
                if kind.startswith(("INT", "UINT", "FLOAT")):
                    values = ["nan", "inf", "-inf", "1e999", "", "x", "1x"]
                    if not kind.startswith("FLOAT"):
                        values += ["1.5", "99999999999999999999"]
                else:
                    values = [""]
                for value in values:
                    # Refused before anything else is looked at, so that nothing else need be there.
                    result = run(*command, f"{option}={value}")
                    self.assert_refused(result, 2, option)
                    tried += 1
        self.assertGreater(tried, 300)

    def test_languages_alone_takes_no_problem(self):
        result = run("judge", self.folder, "--languages")
        self.assert_refused(result, 2, "--languages without a file")

    def test_usage(self):
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("frobnicate").returncode, 2)
        self.assertEqual(run("run").returncode, 2)
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run("bench", "evaluator", "--net", "huge").returncode, 2)


if __name__ == "__main__":
    unittest.main()
