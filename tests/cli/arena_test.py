#!/usr/bin/env python3
"""`tesuji arena`: what is refused before play, what counts, and what the exit code says.

usage: arena_test.py TESUJI
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TESUJI = sys.argv.pop(1)

# A GTP engine that plays the first free point of a list until its `fault` is due.
ENGINE = """
import os, sys, time
fault, after = sys.argv[1], int(sys.argv[2])
moves = 0
for line in sys.stdin:
    words = line.split()
    answer = ""
    if words[0] == "quit":
        print("=\\n", flush=True)
        break
    if words[0] == "clear_board":
        moves = 0
    if words[0] == "genmove":
        moves += 1
        answer = "pass"
        if moves > after:
            if fault == "crash":
                sys.exit(7)
            if fault == "hang":
                time.sleep(600)
            if fault == "illegal":
                answer = "Z25"
            if fault == "resign":
                answer = "resign"
            if fault == "slow":
                time.sleep(1.5)
    print("= " + answer + "\\n", flush=True)
"""


class Arena(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.script = self.folder / "engine.py"
        self.script.write_text(ENGINE)

    def tearDown(self):
        self.temporary.cleanup()

    def engine(self, fault, after=0):
        return f"gtp:{sys.executable} {self.script} {fault} {after}"

    def start(self, players, *options):
        command = [TESUJI, "arena", *map(str, options)]
        if "--env" not in options:
            command += ["--board", "5"]
        for player in players:
            command += ["-p", player]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder
        )

    def interrupt_after_a_game(self, players, number, *options):
        records = self.folder / "records"
        process = self.start(players, *options, "--sgf", records)
        for _ in range(1000):
            if records.exists() and records.stat().st_size > 0:
                break
            time.sleep(0.1)
        process.send_signal(number)
        out, err = process.communicate(timeout=100)
        self.assertEqual(process.returncode, 1, err)
        return json.loads(out), err

    def arena(self, players, *options):
        process = self.start(players, *options)
        out, err = process.communicate(timeout=250)
        return process.returncode, out, err

    def refused(self, players, *options):
        code, out, err = self.arena(players, *options)
        self.assertEqual((code, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        return err

    def test_forfeits_are_losses_with_their_reason(self):
        faults = (("crash", "exit code 7", 60), ("illegal", "Z25", 60), ("hang", "in time", 1))
        for fault, reason, timeout in faults:
            with self.subTest(fault):
                code, out, err = self.arena(
                    ["random", self.engine(fault)], "--name", "random", "--name", "weak", "--games",
                    4, "--engine-timeout", timeout, "--json",
                )
                self.assertEqual(code, 1, err)
                result = json.loads(out)
                good, weak = result["players"]
                self.assertEqual(
                    (weak["name"], weak["games"], weak["losses"], weak["forfeits"]),
                    ("weak", 4, 4, 4),
                )
                self.assertEqual((good["wins"], good["forfeits"]), (4, 0))
                self.assertLess(weak["elo"], good["elo"])
                self.assertIsNotNone(weak["elo_error"])
                for game in result["games"]:
                    self.assertEqual((game["end"], game["winner"]), ("forfeit", "random"))
                    self.assertIn(reason, game["reason"])
                code, out, _ = self.arena(
                    ["random", self.engine(fault)], "--games", 2, "--engine-timeout", timeout
                )
                self.assertEqual(code, 1)
                self.assertIn(reason, out)

    def test_a_crash_ranks_no_higher_than_resigning(self):
        players = ["random", self.engine("resign"), self.engine("crash", 2)]
        code, out, err = self.arena(
            players, "--name", "r", "--name", "resign", "--name", "crash", "--games", 4, "--json"
        )
        self.assertEqual(code, 1, err)
        elo = {player["name"]: player["elo"] for player in json.loads(out)["players"]}
        self.assertLess(elo["resign"], elo["r"])
        self.assertLess(elo["crash"], elo["r"])

    def test_as_many_games_as_asked(self):
        for games in (1, 5):
            code, out, err = self.arena(
                ["random", "uniform"], "--games", games, "--visits", 2, "--json"
            )
            self.assertEqual(code, 0, err)
            result = json.loads(out)
            self.assertEqual(len(result["games"]), games)
            self.assertTrue(result["complete"])
            self.assertEqual([player["games"] for player in result["players"]], [games, games])

    def test_is_refused_before_play(self):
        self.assertIn("given twice", self.refused(["random", "random"]))
        self.assertIn("given twice", self.refused(["random", "random"], "--env", "2048"))
        self.assertIn(
            "--sgf", self.refused(["random", "uniform"], "--sgf", self.folder / "no" / "x.sgf")
        )
        self.assertIn("--sgf", self.refused(["random", "uniform"], "--sgf", self.folder))
        self.assertIn("--name", self.refused(["random", "uniform"], "--name", "one"))
        self.assertIn("exit code 127", self.refused(["random", "gtp:/no/such/engine"]))
        self.assertIn("visits", self.refused(["random", "uniform"], "--move-time", 1))
        self.assertIn("5x30", self.refused(["random", self.engine("x")], "--byo-yomi", "5*30"))
        self.assertIn(
            "stands alone",
            self.refused(["random", self.engine("x")], "--move-time", 1, "--main-time", 2),
        )
        self.refused(["random", self.engine("x")], "--main-time", "nan")
        openings = self.folder / "openings.txt"
        openings.write_text("# three\nC3 B2\nC3 C3\n")
        self.assertIn(
            "line 3", self.refused(["random", "uniform"], "--openings", openings)
        )
        self.assertIn("size", self.refused(["random", "uniform"], "--env", "2048", "--board", 5))
        self.assertIn("Go only", self.refused(["random", "gtp:cat"], "--env", "tictactoe"))

    def test_a_player_meets_itself_under_two_names(self):
        code, out, err = self.arena(
            ["random", "random"], "--name", "a", "--name", "b", "--games", 2, "--json"
        )
        self.assertEqual(code, 0, err)
        self.assertEqual([p["name"] for p in json.loads(out)["players"]], ["a", "b"])

    def test_what_is_interrupted_is_reported_as_incomplete(self):
        result, err = self.interrupt_after_a_game(
            ["random", self.engine("slow", 1)], signal.SIGINT, "--games", 500, "--json"
        )
        self.assertFalse(result["complete"])
        self.assertEqual(result["asked"], 500)
        self.assertEqual(result["played"], len(result["games"]))
        self.assertGreater(result["played"], 0)
        self.assertLess(result["played"], 500)
        self.assertIn("incomplete", err)
        self.assertIn("interrupted", err)

    def test_lone_agents_say_when_they_are_incomplete(self):
        result, err = self.interrupt_after_a_game(
            ["rollouts:20"], signal.SIGTERM, "--env", "2048", "--games", 4000, "--visits", 200,
            "--json",
        )
        self.assertFalse(result["complete"])
        self.assertLess(result["played"], 4000)
        self.assertIn("incomplete", err)

    def test_losing_on_time_is_named_and_is_no_forfeit(self):
        sgf = self.folder / "games.sgf"
        code, out, err = self.arena(
            ["random", self.engine("slow")], "--name", "r", "--name", "slow", "--games", 2,
            "--move-time", 0.5, "--time-margin", 0.2, "--json", "--sgf", sgf,
        )
        self.assertEqual(code, 0, err)
        result = json.loads(out)
        slow = result["players"][1]
        self.assertEqual((slow["losses"], slow["time_losses"], slow["forfeits"]), (2, 2, 0))
        self.assertEqual({game["end"] for game in result["games"]}, {"time"})
        self.assertIn("+T]", sgf.read_text())

    def test_a_record_that_cannot_be_written_stops_the_match(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        code, out, err = self.arena(
            ["random", "uniform"], "--games", 200, "--visits", 50, "--json", "--sgf", "/dev/full"
        )
        self.assertEqual(code, 3, err)
        self.assertFalse(json.loads(out)["complete"])
        self.assertIn("/dev/full", err)

    def test_listed_openings_begin_the_games(self):
        openings = self.folder / "openings.txt"
        openings.write_text("C3 B2\n")
        sgf = self.folder / "games.sgf"
        code, _, err = self.arena(
            ["random", "uniform"], "--games", 3, "--visits", 2, "--openings", openings, "--sgf", sgf
        )
        self.assertEqual(code, 0, err)
        self.assertEqual(sgf.read_text().count(";B[cc]\n;W[bd]"), 3)


if __name__ == "__main__":
    unittest.main()
