#!/usr/bin/env python3
"""`tesuji check-env` and plug-ins from outside: every broken environment is named, those that crash
or hang included; plug-ins that do not fit are refused.

usage: check_env_test.py TESUJI FOLDER_OF_PLUGINS
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PLUGINS = pathlib.Path(sys.argv.pop(2)).resolve()
TESUJI = sys.argv.pop(1)


def run(*arguments):
    return subprocess.run(
        [TESUJI, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


def broken_environments():
    result = run("envs", "--json", "--plugin", PLUGINS / "broken_environments.so")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {line["id"]: line["summary"] for line in lines if line["id"].startswith("broken-")}


class CheckEnv(unittest.TestCase):
    def test_every_broken_environment_is_caught_and_named(self):
        broken = broken_environments()
        self.assertGreaterEqual(len(broken), 20)
        for name, summary in broken.items():
            with self.subTest(name):
                result = run(
                    "check-env", name, "--plugin", PLUGINS / "broken_environments.so",
                    "--patience", 1,
                )
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(summary.removeprefix("must be reported as: "), result.stdout)

    def test_a_sound_one_passes_with_its_speed(self):
        result = run("check-env", "heap", "--plugin", PLUGINS / "plugin_good.so", "--json")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["violations"], [])
        self.assertGreater(report["steps_per_second"], 1000)
        self.assertGreater(report["speed"]["clone_ns"], 0)

    def test_a_crash_names_the_actions_that_led_to_it(self):
        result = run("check-env", "broken-crashes", "--plugin", PLUGINS / "broken_environments.so")
        self.assertRegex(result.stdout, r"State::Apply \(task .*after \d+ actions?: [0-2 ]+; action")

    def test_plugins_that_do_not_fit_are_refused_in_one_line(self):
        for kind, word in [
            ("old_interface", "interface 0"),
            ("other_compiler", "Clang 3"),
            ("other_layout", "headers of another tesuji"),
            ("throws_at_start", "no licence"),
            ("name_taken", '"go"'),
            ("missing", "no such file"),
        ]:
            with self.subTest(kind):
                path = PLUGINS / f"plugin_{kind}.so"
                result = run("envs", "--plugin", path)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
                self.assertIn(word, result.stderr)
                self.assertIn(path.name, result.stderr)


class Campaign(unittest.TestCase):
    SETTINGS = (
        "[search]\nsimulations = 4\n[network]\nblocks = 1\nchannels = 8\nhead_channels = 8\n"
        "[selfplay]\nepisodes_per_worker = 4\n[learner]\ngeneration_episodes = 50\n"
        "first_rows = 20\nbatch = 16\n[evaluation]\nevery = 0\nfinal_games = 0\n"
    )

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.store = self.folder / "heap.db"
        (self.folder / "good.so").symlink_to(PLUGINS / "plugin_good.so")

    def tearDown(self):
        self.temporary.cleanup()

    def campaign(self, plugins, extra=""):
        path = self.folder / "campaign.toml"
        path.write_text(
            f"[campaign]\nplugins = {json.dumps(plugins)}\n"
            f'[environment]\nid = "heap"\n{extra}' + self.SETTINGS
        )
        return path

    def test_runs_an_environment_named_relative_to_the_file(self):
        path = self.campaign(["good.so"])
        result = run("run", path, "--store", self.store, "--episodes", 120)
        self.assertEqual(result.returncode, 0, result.stderr)
        alone = run("verify", self.store)
        self.assertEqual(alone.returncode, 1, "without the plug-in the rules are unknown")
        self.assertIn("--plugin", alone.stdout)
        result = run("verify", self.store, "--plugin", PLUGINS / "plugin_good.so", "--json")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(json.loads(result.stdout)["checked"], 120)

    def test_a_missing_plugin_is_named_with_file_and_line(self):
        result = run("run", self.campaign(["gone.so"]), "--store", self.store)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("campaign.toml:2: campaign.plugins", result.stderr)
        self.assertIn("gone.so", result.stderr)

    def test_a_crash_names_environment_method_and_state(self):
        (self.folder / "broken.so").symlink_to(PLUGINS / "broken_environments.so")
        for name, method, end in [
            ("broken-crashes", "State::Apply", "crashes (Segmentation fault)"),
            ("broken-overflows", "State::Apply", "crashes (Segmentation fault)"),
            ("broken-aborts", "State::Value", "crashes (Aborted)"),
            ("broken-leaves", "State::Apply", "ends the program"),
            ("broken-crashing-judge", "Judge::Collect", "crashes (Segmentation fault)"),
        ]:
            for workers in (1, 2):
                with self.subTest(name, workers=workers):
                    path = self.campaign(["broken.so"])
                    path.write_text(path.read_text().replace('"heap"', json.dumps(name)))
                    result = run(
                        "run", path, "--store", self.folder / f"{name}{workers}.db",
                        "--set", f"selfplay.workers={workers}", "--episodes", 500,
                    )
                    self.assertEqual(result.returncode, 1, result.stderr)
                    last = result.stderr.strip().splitlines()[-1]
                    self.assertIn(f"tesuji: environment broken ({PLUGINS}", last)
                    self.assertIn(f"{method} {end}", last)
                    if method == "State::Apply":
                        self.assertRegex(last, r"after \d+ actions?: [0-2 ]+; action [0-2]\)")

    def test_a_fault_ends_the_campaign_and_leaves_the_store_whole(self):
        for workers in (1, 3):
            with self.subTest(workers=workers):
                store = self.folder / f"fragile{workers}.db"
                path = self.campaign(["good.so"], "fragile = true\n")
                result = run(
                    "run", path, "--store", store, "--set", f"selfplay.workers={workers}",
                    "--set", "search.simulations=1", "--episodes", 5000,
                )
                self.assertEqual(result.returncode, 1, result.stderr)
                last = result.stderr.strip().splitlines()[-1]
                for word in ["heap", "State::Apply", "heap of four", "actions:"]:
                    self.assertIn(word, last)
                status = json.loads(run("status", store, "--json").stdout)
                verified = run("verify", store, "--plugin", PLUGINS / "plugin_good.so", "--json")
                self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
                self.assertEqual(json.loads(verified.stdout)["checked"], status["episodes"])


class NewEnv(unittest.TestCase):
    def test_names_that_others_have_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ["test", "all", "help", "clean", "install", "package", "plugin", "go"]:
                for option in [[], ["--judged"]]:
                    with self.subTest(name):
                        target = pathlib.Path(folder) / name
                        result = run("new-env", name, target, *option)
                        self.assertEqual(result.returncode, 2, result.stderr)
                        self.assertIn(f"new-env {name}: ", result.stderr)
                        self.assertFalse(target.exists())

    @unittest.skipUnless(shutil.which("clang-format"), "needs clang-format")
    def test_what_it_writes_is_formatted_whatever_the_name(self):
        style = "{BasedOnStyle: Google, ColumnLimit: 100}"
        for name in ["ab", "abacus", "peg-game", "zzz", "an-environment-of-many-words"]:
            for option in [[], ["--judged"]]:
                with self.subTest(name, option=option), tempfile.TemporaryDirectory() as folder:
                    result = run("new-env", name, folder, *option)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    sources = [
                        path for path in pathlib.Path(folder).iterdir()
                        if path.suffix in (".cc", ".h")
                    ]
                    self.assertGreaterEqual(len(sources), 6 if option else 4)
                    for path in pathlib.Path(folder).iterdir():
                        self.assertNotRegex(path.read_text(), "@[A-Z]+@", path.name)
                    check = subprocess.run(
                        ["clang-format", f"--style={style}", "--dry-run", "--Werror", *sources],
                        capture_output=True, text=True,
                    )
                    self.assertEqual(check.returncode, 0, check.stderr)


if __name__ == "__main__":
    unittest.main()
