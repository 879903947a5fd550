#!/usr/bin/env python3
"""What `tesuji judge` shows while it judges: the submission at work, what is done, no estimate.

usage: judge_test.py TESUJI
"""

import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

TESUJI = sys.argv.pop(1)


class Progress(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        tests = self.folder / "tests"
        tests.mkdir()
        (tests / "1.in").write_text("5\n")
        (tests / "1.ans").write_text("5\n")
        submissions = self.folder / "mine"
        submissions.mkdir()
        for name, seconds in [("first", 0), ("sleepy", 5), ("third", 0)]:
            (submissions / f"{name}.py").write_text(
                f"import time\ntime.sleep({seconds})\nprint(input())\n")
        self.command = [TESUJI, "judge", str(tests), "--workers", "1", "--time-limit", "10",
                        *(str(submissions / f"{name}.py") for name in ("first", "sleepy", "third"))]

    def tearDown(self):
        self.temporary.cleanup()

    def on_a_terminal(self):
        """Standard error as a terminal has it."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = os.read(ours, 4096)
                except OSError:  # Nobody has the other end any more.
                    break
                if not part:
                    break
                shown += part
            self.assertEqual(process.wait(60), 0)
        os.close(ours)
        return re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown.decode()))

    def assert_estimates_nothing(self, text):
        self.assertNotRegex(text.lower(), r"\b(left|eta|remain\w*|estimat\w*)\b")

    def test_a_terminal_shows_which_submission_is_judged_now(self):
        lines = [line for line in self.on_a_terminal() if "judging" in line]
        sleepy = [line for line in lines if line.rstrip().endswith("judging mine/sleepy.py")]
        self.assertGreaterEqual(len(sleepy), 3, lines)  # About one a second.
        for line in sleepy:
            self.assertIn("1/3", line)
            self.assertIn("AC 1", line)
        seconds = [int(re.search(r"(\d+) s ", line)[1]) for line in sleepy]
        self.assertEqual(seconds, sorted(seconds))
        self.assertGreater(seconds[-1], seconds[0])
        self.assert_estimates_nothing(" ".join(lines))

    def test_a_log_names_it_too_when_it_takes_long(self):
        done = subprocess.run(self.command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("judging mine/sleepy.py", done.stderr)
        self.assert_estimates_nothing(done.stderr)
        self.assertNotIn("judging", done.stdout)


class Sanitizers(unittest.TestCase):
    def test_languages_without_sanitizers_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            tests = pathlib.Path(folder) / "tests"
            tests.mkdir()
            (tests / "1.in").write_text("5\n")
            (tests / "1.ans").write_text("5\n")
            script = pathlib.Path(folder) / "a.py"
            script.write_text("print(input())\n")
            program = pathlib.Path(folder) / "a.c"
            program.write_text('#include <stdio.h>\nint main(void) { puts("5"); }\n')
            done = subprocess.run([TESUJI, "judge", tests, script, program, "--sanitize"],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("--sanitize, 1 accepted: not run: there are none for Python 3",
                          done.stderr)
            self.assertNotIn("C17", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
