#!/usr/bin/env python3
"""One worker and one seed give the same trajectories as an earlier program, to the byte.

Plays short campaigns whose searches ask random playouts instead of a network, so that neither the
processor nor the version of LibTorch matters, and compares the content hashes of their episodes with
reference_trajectories.json. The hash holds the software's version: after a release, or a change of
the rules that is meant, renew the file with --write and say so in the changelog.

usage: reference_trajectories.py TESUJI EXPERIMENTS [--write]
"""

import argparse
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

REFERENCE = pathlib.Path(__file__).with_suffix(".json")
COMMON = [
    "selfplay.workers=1", "selfplay.episodes_per_worker=4", "selfplay.first_rollouts=2",
    "learner.first_rows=1000000", "evaluation.final_games=0", "network.blocks=1",
    "network.channels=4",
]
CAMPAIGNS = {
    "go5": ["campaign.episodes=8", "search.simulations=8"],
    "connect4": ["campaign.episodes=16", "search.simulations=8"],
    "2048": ["campaign.episodes=3", "search.simulations=4", "environment.move_limit=60"],
}


def play(tesuji, experiments, name, folder):
    store = pathlib.Path(folder) / f"{name}.db"
    command = [tesuji, "run", str(experiments / f"{name}.toml"), "--store", str(store)]
    for assignment in COMMON + CAMPAIGNS[name]:
        command += ["--set", assignment]
    result = subprocess.run(command, capture_output=True, text=True, timeout=240)
    if result.returncode != 0:
        sys.exit(f"{name}: exit code {result.returncode}: {result.stderr}")
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return dict(database.execute("SELECT episode, hash FROM trajectories ORDER BY episode"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tesuji")
    parser.add_argument("experiments", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hashes = {
            name: {str(episode): value for episode, value in
                   play(arguments.tesuji, arguments.experiments, name, folder).items()}
            for name in CAMPAIGNS
        }
    if arguments.write:
        REFERENCE.write_text(json.dumps(hashes, indent=1) + "\n")
        return
    reference = json.loads(REFERENCE.read_text())
    different = 0
    for name, episodes in reference.items():
        for episode, value in episodes.items():
            if hashes[name].get(episode) != value:
                different += 1
                print(f"{name}, episode {episode}: {hashes[name].get(episode)}, was {value}")
        if len(hashes[name]) != len(episodes):
            different += 1
            print(f"{name}: {len(hashes[name])} episodes, were {len(episodes)}")
    if different:
        sys.exit(1)
    print(f"{sum(map(len, reference.values()))} trajectories are the same")


if __name__ == "__main__":
    main()
