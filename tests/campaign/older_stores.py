#!/usr/bin/env python3
"""Stores made by older programs open, are brought to the newest schema, verify and go on.

For each store of FIXTURES: reading it changes no byte, `tesuji verify` finds nothing, its campaign
makes a few more episodes, and then it has the newest schema and verifies again.

usage: older_stores.py TESUJI SOURCE_FOLDER [--only NAME]
"""

import argparse
import gzip
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

SMALL = ["network.blocks=1", "network.channels=4", "network.head_channels=4"]
QUICK = ["selfplay.workers=1", "selfplay.episodes_per_worker=2", "evaluation.final_games=0",
         "evaluation.every=0"]

# Fixture -> campaign, settings that the store was made with and that must stay.
CAMPAIGNS = {
    "tictactoe": ("tictactoe", ["network.blocks=1", "network.channels=4"]),
    "go5": ("go5", ["network.blocks=1", "network.channels=4", "search.simulations=8"]),
    "connect4": ("connect4", SMALL + ["search.simulations=8"]),
    "2048": ("2048", SMALL + ["environment.move_limit=60", "search.simulations=4"]),
    "programs": ("list-functions", ["network.blocks=1", "network.channels=8",
                                    "network.head_channels=4", "programs.candidates=20000"]),
    "unfinished": ("connect4", SMALL + ["search.simulations=64", "selfplay.episodes_per_worker=4"]),
    "matmul": (None, []),
}


def call(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=240)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout


def version(store):
    with sqlite3.connect(store) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def check(tesuji, source, name, store):
    campaign, settings = CAMPAIGNS[name]
    before = store.read_bytes()
    report = json.loads(call(tesuji, "verify", store, "--json"))
    assert report["failed"] == 0 and report["checked"] > 0, report
    assert not report["not_replayed"], report
    status = json.loads(call(tesuji, "status", store, "--json"))
    assert status["episodes"] == report["checked"], status
    assert store.read_bytes() == before, "reading an older store changed it"
    if campaign is None:
        call(tesuji, "discover", "2x2x2", "--target", "7", "--workers", "1", "--minutes", "0.02",
             "--store", store)
        more = 0
    else:
        more = 3
        arguments = []
        for setting in QUICK + settings + [f"campaign.episodes={status['episodes'] + more}"]:
            arguments += ["--set", setting]
        call(tesuji, "run", source / f"experiments/{campaign}.toml", "--store", store, *arguments)
    assert version(store) > 1, "not brought up"
    after = json.loads(call(tesuji, "verify", store, "--json"))
    assert after["failed"] == 0 and not after["not_replayed"], after
    assert after["checked"] >= report["checked"] + more, (report["checked"], after["checked"])
    print(f"{name}: {report['checked']} episodes, {after['checked']} now")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tesuji")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    fixtures = arguments.source / "tests/storage/fixtures"
    assert {path.name.split(".")[0] for path in fixtures.glob("*.gz")} == set(CAMPAIGNS)
    with tempfile.TemporaryDirectory() as folder:
        for name in CAMPAIGNS:
            if arguments.only not in ("", name):
                continue
            store = pathlib.Path(folder) / f"{name}.db"
            store.write_bytes(gzip.decompress((fixtures / f"{name}.db.gz").read_bytes()))
            check(arguments.tesuji, arguments.source, name, store)


if __name__ == "__main__":
    main()
