#!/usr/bin/env python3
"""Kills a running campaign with SIGKILL at random moments and checks that nothing is lost.

After each kill the store must open, pass `tesuji verify`, hold every earlier episode still, each
once, and the campaign must go on. At the end the campaign runs to its limit undisturbed and must
hold exactly the episodes 0 … limit-1.

usage: kill_campaign.py TESUJI CAMPAIGN.toml [--rounds 50] [--seed 1] [--extra=--set=key=value …]
       [--plugin FILE.so] [--variable KEY=VALUE]
"""

import argparse
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time


def episodes(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT episode FROM trajectories")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tesuji")
    parser.add_argument("campaign")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=3.0, help="seconds before a kill")
    parser.add_argument("--final-episodes", type=int, default=50, help="more at the end")
    parser.add_argument("--plugin", help="for run and verify")
    parser.add_argument("--variable", action="append", default=[], help="KEY=VALUE, for run alone")
    parser.add_argument("--extra", action="append", default=[], help="argument for tesuji run")
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)

    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "campaign.db"
        base = [arguments.tesuji, "run", arguments.campaign, "--store", str(store)]
        base += arguments.extra
        verify = [arguments.tesuji, "verify", str(store), "--json"]
        if arguments.plugin:
            base += ["--plugin", arguments.plugin]
            verify += ["--plugin", arguments.plugin]
        variables = os.environ | dict(pair.split("=", 1) for pair in arguments.variable)
        known = set()
        for round_number in range(arguments.rounds):
            wait = draw.uniform(0.02, arguments.longest)
            process = subprocess.Popen(
                base + ["--episodes", "0"], env=variables, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            time.sleep(wait)
            process.kill()
            complaint = process.communicate()[1].decode(errors="replace")
            if process.returncode != -9:
                sys.exit(f"round {round_number}: ended by itself: {complaint}")
            if not store.exists():
                continue
            check = subprocess.run(verify, capture_output=True, text=True)
            # A kill before the very first commit leaves no store yet; anything later must verify.
            if check.returncode != 0 and known:
                sys.exit(f"round {round_number}: verify: {check.stdout} {check.stderr}")
            if check.returncode == 0 and json.loads(check.stdout)["failed"] != 0:
                sys.exit(f"round {round_number}: {check.stdout}")
            now = episodes(store) if check.returncode == 0 else []
            if len(now) != len(set(now)):
                sys.exit(f"round {round_number}: an episode is stored twice")
            lost = known - set(now)
            if lost:
                sys.exit(f"round {round_number}: episodes {sorted(lost)[:5]} were lost")
            known = set(now)
            print(f"round {round_number}: killed after {wait:.2f} s, {len(known)} episodes", flush=True)
        limit = max(known, default=0) + 1 + arguments.final_episodes
        done = subprocess.run(
            base + ["--episodes", str(limit)], env=variables, capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.exit(f"the last run failed: {done.stderr}")
        held = episodes(store)
        wanted = set(range(limit))
        if sorted(held) != sorted(wanted):
            sys.exit(f"the finished campaign does not hold each of {limit} episodes once: missing "
                     f"{sorted(wanted - set(held))[:5]}, too many {sorted(set(held) - wanted)[:5]}, "
                     f"stored twice {len(held) - len(set(held))}; it said: {done.stderr[-500:]}")
        check = subprocess.run(verify, capture_output=True, text=True)
        print(check.stdout.strip())
        sys.exit(check.returncode)


if __name__ == "__main__":
    main()
