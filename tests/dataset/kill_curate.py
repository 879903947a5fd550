#!/usr/bin/env python3
"""Kills `tesuji curate` with SIGKILL at random moments and lets it go on: the bytes must be those of
an undisturbed run.

usage: kill_curate.py TESUJI
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import time

from small_campaign import TINY, UNTAUGHT

TESUJI = sys.argv[1]
CAMPAIGN = """
[environment]
id = "go"
size = 5
[search]
root = "gumbel"
simulations = 4
gumbel_considered = 2
[selfplay]
workers = 1
""" + TINY + UNTAUGHT
RECIPE = """
[dedup]
near = true
[export]
views = ["positions", "trajectories", "rl"]
formats = ["jsonl", "npz", "sgf", "webdataset", "safetensors"]
shard_rows = 1000
level = 9
"""


def curate(folder, out, threads):
    return [TESUJI, "curate", folder / "s.db", "--recipe", folder / "r.toml", "--out", folder / out,
            "--threads", str(threads)]


def same(a, b):
    result = subprocess.run(["diff", "-r", a, b], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[:2000]


def main():
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "c.toml").write_text(CAMPAIGN)
        (folder / "r.toml").write_text(RECIPE)
        subprocess.run([TESUJI, "run", folder / "c.toml", "--store", folder / "s.db", "--episodes",
                        "400"], check=True, capture_output=True)
        started = time.monotonic()
        subprocess.run(curate(folder, "whole", 1), check=True, capture_output=True)
        whole = time.monotonic() - started
        for round_ in range(3):
            out = f"killed{round_}"
            kills = 0
            for attempt in range(60):
                process = subprocess.Popen(curate(folder, out, 1 + attempt % 2),
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                try:
                    # Later and later, so that it finishes in the end.
                    process.wait(timeout=rng.uniform(0.02, 0.3 + 0.1 * attempt) * whole)
                    assert process.returncode == 0, process.stderr.read()
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    kills += 1
                # Also when it was killed after its last act: then all of it must be there.
                if (folder / out).exists():
                    break
            assert (folder / out).exists()
            assert not (folder / f"{out}.partial").exists()
            print(f"round {round_}: killed {kills} times")
            assert kills > 0
            same(folder / "whole", folder / out)
    print("the same bytes")


main()
