#!/usr/bin/env python3
"""Loads a dataset with other programs and holds what they read against the manifest.

usage: load_elsewhere.py TESUJI [WORK_FOLDER]

A small campaign of the program's own makes the store; then every format is read by a program that
was not written here: datasets, pyarrow, numpy, safetensors, webdataset, sgfmill, GNU Go, mlcroissant,
jq, zstd. load_programs_elsewhere.py does the same for programs.
Exit code 77 when a reader is missing (scripts/setup.sh --readers installs them).
"""

import collections
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from readers import (content_hash, datasets, mlcroissant, numpy, pyarrow, run_tesuji, safetensors,
                     sgfmill, webdataset, zstandard)
from small_campaign import TINY

CAMPAIGN = """
[campaign]
seed = 3
[environment]
id = "go"
size = 5
komi = 0.5
komi_jitter = 1
[search]
root = "gumbel"
simulations = 8
gumbel_considered = 4
[selfplay]
workers = 1
opening_policy_moves = 4
[learner]
generation_episodes = 40
first_rows = 100
batch = 16
""" + TINY
RECIPE = """
[dataset]
name = "Small Go"
description = "Made by a test."
license = "cc0-1.0"
date = "2024-01-01"
url = "https://example.org/small-go"
[split]
opening_moves = 3
validation = 0.15
test = 0.15
[export]
views = ["positions", "trajectories", "solutions", "preferences", "steps", "traces", "rl"]
formats = ["jsonl", "parquet", "npz", "safetensors", "sgf", "sgfs", "webdataset", "trl", "verl"]
shard_rows = 400
"""


class GnuGo:
    """One engine process for all games."""

    def __init__(self):
        self.process = subprocess.Popen(["gnugo", "--mode", "gtp", "--level", "1"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        lines = []
        while line := self.process.stdout.readline().rstrip("\n"):
            lines.append(line)
        return " ".join(lines)

    def close(self):
        self.process.communicate("quit\n", timeout=30)


class LoadElsewhere(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = None
        if len(sys.argv) > 2:
            cls.folder = pathlib.Path(sys.argv[2])
            cls.folder.mkdir(parents=True, exist_ok=True)
        else:
            cls.temporary = tempfile.TemporaryDirectory()
            cls.folder = pathlib.Path(cls.temporary.name)
        (cls.folder / "campaign.toml").write_text(CAMPAIGN)
        (cls.folder / "recipe.toml").write_text(RECIPE)
        cls.data = cls.folder / "data"
        if not cls.data.exists():
            run_tesuji("run", cls.folder / "campaign.toml", "--store", cls.folder / "go.db",
                       "--episodes", 80)
            run_tesuji("curate", cls.folder / "go.db", "--recipe", cls.folder / "recipe.toml",
                       "--out", cls.data)
        cls.manifest = json.loads((cls.data / "manifest.json").read_text())
        cls.views = {view["name"]: view for view in cls.manifest["views"]}
        cls.rows = {}

    @classmethod
    def tearDownClass(cls):
        if cls.temporary:
            cls.temporary.cleanup()

    def files(self, view=None, fmt=None, split=None):
        found = [f for f in self.manifest["files"]
                 if view in (None, f["view"]) and fmt in (None, f["format"])
                 and split in (None, f["split"])]
        self.assertTrue(found, (view, fmt, split))
        return found

    def jsonl(self, file):
        """Rows of one .jsonl.zst, each file read once."""
        path = file["path"]
        if path not in self.rows:
            with open(self.data / path, "rb") as stream:
                text = zstandard.ZstdDecompressor().stream_reader(stream).read().decode()
            self.rows[path] = [json.loads(line) for line in text.splitlines()]
        return self.rows[path]

    def by_id(self, view):
        return {row["id"]: row for f in self.files(view, "jsonl") for row in self.jsonl(f)}

    def test_files_are_what_the_manifest_says(self):
        for f in self.manifest["files"] + [self.manifest["ledger"]]:
            path = self.data / f["path"]
            if path.is_dir():
                names = [game for game in path.iterdir()]
                self.assertEqual(len(names), f["rows"])
                self.assertEqual(sum(game.stat().st_size for game in names), f["bytes"])
            else:
                data = path.read_bytes()
                self.assertEqual(len(data), f["bytes"])
                self.assertEqual(hashlib.sha256(data).hexdigest(), f["sha256"])

    def test_one_zstd_frame_and_jq(self):
        for f in self.files(fmt="jsonl"):
            subprocess.run(["zstd", "-tq", self.data / f["path"]], check=True)
            listing = subprocess.run(["zstd", "-l", self.data / f["path"]], check=True,
                                     capture_output=True, text=True).stdout.splitlines()
            self.assertEqual(listing[1].split()[0], "1", "one frame a file")
            unpacked = subprocess.run(["zstd", "-dcq", self.data / f["path"]], check=True,
                                      capture_output=True).stdout
            ids = subprocess.run(["jq", "-r", ".id, .source"], input=unpacked, check=True,
                                 capture_output=True).stdout.decode().split()
            self.assertEqual(len(ids), 2 * f["rows"])

    def test_content_hashes_of_jsonl_and_parquet(self):
        for view in self.views.values():
            totals = collections.Counter()
            for f in self.files(view["name"], "jsonl"):
                rows = self.jsonl(f)
                self.assertEqual(len(rows), f["rows"])
                self.assertEqual(content_hash(view, rows), f["content_hash"], f["path"])
                totals[f["split"]] += f["rows"]
            for f in self.files(view["name"], "parquet"):
                table = pyarrow.parquet.read_table(self.data / f["path"])
                table.validate(full=True)
                rows = table.to_pylist()
                self.assertEqual(len(rows), f["rows"])
                self.assertEqual(content_hash(view, rows), f["content_hash"], f["path"])
            for split, total in view["splits"].items():
                self.assertEqual(totals[split], total["rows"])

    def test_equal_rows_have_equal_hashes_in_every_format(self):
        hashes = collections.defaultdict(set)
        for f in self.manifest["files"]:
            shard = re.sub(r"\..*", "", pathlib.Path(f["path"]).name)
            hashes[f["view"], shard].add((f["rows"], f["content_hash"]))
        for where, found in hashes.items():
            self.assertEqual(len(found), 1, where)

    def test_load_dataset(self):
        for name, view in self.views.items():
            loaded = datasets.load_dataset(str(self.data), name,
                                           cache_dir=str(self.folder / "cache"))
            for split, total in view["splits"].items():
                if total["rows"] == 0:
                    continue
                self.assertEqual(loaded[split].num_rows, total["rows"], (name, split))
                self.assertEqual(sorted(loaded[split].column_names),
                                 sorted(column["name"] for column in view["columns"]))
            self.assertEqual(content_hash(view, loaded["train"]),
                             view["splits"]["train"]["content_hash"], name)

    def test_load_dataset_from_json_lines(self):
        files = [str(self.data / f["path"]) for f in self.files("trajectories", "jsonl", "train")]
        loaded = datasets.load_dataset("json", data_files=files,
                                       cache_dir=str(self.folder / "cache"))["train"]
        self.assertEqual(loaded.num_rows, self.views["trajectories"]["splits"]["train"]["rows"])

    def test_safetensors(self):
        rows = self.by_id("positions")
        for f in self.files("positions", "safetensors"):
            tensors = safetensors.numpy.load_file(self.data / f["path"])
            self.assertEqual(len(tensors["id"]), f["rows"])
            for i in range(f["rows"]):
                row = rows[bytes(tensors["id"][i]).rstrip(b"\0").decode()]
                for name in ("features", "policy", "ownership"):
                    self.assertTrue(numpy.array_equal(
                        tensors[name][i].reshape(-1),
                        numpy.asarray(row[name], dtype=tensors[name].dtype)), (f["path"], i, name))
                for name in ("value", "root_value", "score", "visits", "step", "action"):
                    self.assertEqual(tensors[name][i], tensors[name].dtype.type(row[name]))

    def test_webdataset(self):
        for view in ("positions", "trajectories"):
            for f in self.files(view, "webdataset"):
                rows = []
                for sample in webdataset.WebDataset(str(self.data / f["path"]),
                                                    shardshuffle=False).decode():
                    row = sample["json"]
                    for key, value in sample.items():
                        if key.endswith(".npy"):
                            row[key[:-4]] = value
                    rows.append(row)
                self.assertEqual(len(rows), f["rows"])
                self.assertEqual(content_hash(self.views[view], rows), f["content_hash"])

    def test_katago_arrays(self):
        area = 25
        for f in self.files("positions", "npz"):
            rows = self.jsonl(next(j for j in self.files("positions", "jsonl")
                                   if j["path"].split(".")[0] ==
                                   f["path"].replace("/npz/", "/jsonl/").split(".")[0]))
            with numpy.load(self.data / f["path"]) as arrays:
                shapes = {name: (arrays[name].dtype.str, arrays[name].shape) for name in arrays}
                n = f["rows"]
                self.assertEqual(shapes, {
                    "binaryInputNCHWPacked": ("|u1", (n, 22, 4)),
                    "globalInputNC": ("<f4", (n, 19)),
                    "policyTargetsNCMove": ("<i2", (n, 2, area + 1)),
                    "globalTargetsNC": ("<f4", (n, 64)),
                    "scoreDistrN": ("|i1", (n, 2 * area + 120)),
                    "valueTargetsNCHW": ("|i1", (n, 5, 5, 5))})
                planes = numpy.unpackbits(arrays["binaryInputNCHWPacked"], axis=2)[:, :, :area]
                ours = numpy.asarray([row["features"] for row in rows],
                                     dtype=numpy.float32).reshape(n, 16, area)
                self.assertTrue((planes[:, 0] == 1).all())
                self.assertTrue(numpy.array_equal(planes[:, 1], ours[:, 0]), "own stones")
                self.assertTrue(numpy.array_equal(planes[:, 2], ours[:, 1]), "opponent's stones")
                for liberties in (1, 2, 3):
                    self.assertTrue(numpy.array_equal(planes[:, 2 + liberties],
                                                      ours[:, 1 + liberties]), liberties)
                self.assertTrue(numpy.array_equal(planes[:, 6], ours[:, 5]), "ko")
                self.assertTrue(numpy.array_equal(planes[:, 9:14], ours[:, 6:11]), "last moves")
                self.assertTrue(numpy.allclose(arrays["globalInputNC"][:, 5], ours[:, 12, 0]))
                policy = numpy.asarray([row["policy"] for row in rows])
                self.assertLess(abs(arrays["policyTargetsNCMove"][:, 0] / 10000 - policy).max(),
                                1e-4)
                value = numpy.asarray([row["value"] for row in rows])
                targets = arrays["globalTargetsNC"]
                self.assertTrue(numpy.allclose(targets[:, 0] - targets[:, 1], value))
                self.assertTrue(numpy.allclose(targets[:, 0:3].sum(axis=1), 1))
                self.assertTrue(numpy.allclose(targets[:, 3], [row["score"] for row in rows]))
                self.assertTrue(numpy.array_equal(
                    arrays["valueTargetsNCHW"][:, 0].reshape(n, area),
                    [row["ownership"] for row in rows]))
                self.assertTrue((arrays["scoreDistrN"].sum(axis=1) == 100).all())
                # The filled bins lie around the score.
                bins = numpy.arange(2 * area + 120) - (area + 60) + 0.5
                mean = (arrays["scoreDistrN"] * bins).sum(axis=1) / 100
                self.assertTrue(numpy.allclose(mean, targets[:, 3]))

    def test_every_sgf_in_sgfmill_and_gnugo(self):
        rows = self.by_id("trajectories")
        engine = GnuGo()
        seen = 0
        try:
            for f in self.files("trajectories", "sgf"):
                for path in sorted((self.data / f["path"]).iterdir()):
                    row = rows[path.stem]
                    game = sgfmill.sgf.Sgf_game.from_bytes(path.read_bytes())
                    board, plays = sgfmill.sgf_moves.get_setup_and_moves(game)
                    for colour, move in plays:
                        if move is not None:
                            board.play(*move, colour)
                    self.assertEqual(len(plays), row["length"])
                    komi = game.get_komi()
                    self.assertEqual(board.area_score() - komi, row["score"], path)
                    answer = engine.ask(f"loadsgf {path}")
                    self.assertTrue(answer.startswith("="), (path, answer))
                    # `list_stones` is the engine's own board after the last move.
                    for colour in ("black", "white"):
                        stones = engine.ask(f"list_stones {colour}")[1:].split()
                        ours = [f"{'ABCDE'[c]}{r + 1}" for r in range(5) for c in range(5)
                                if board.get(r, c) == colour[0]]
                        self.assertEqual(sorted(stones), sorted(ours), path)
                    seen += 1
        finally:
            engine.close()
        self.assertEqual(seen, len(rows))
        games = sum((self.data / f["path"]).read_text().count("(;FF[4]")
                    for f in self.files("trajectories", "sgfs"))
        self.assertEqual(games, len(rows))

    def test_trl_columns(self):
        wanted = {"solutions": {"prompt": str, "completion": str},
                  "preferences": {"prompt": str, "chosen": str, "rejected": str},
                  "steps": {"prompt": str, "completions": list, "labels": list}}
        for view, columns in wanted.items():
            for f in self.files(view, "trl"):
                lines = (self.data / f["path"]).read_text().splitlines()
                self.assertEqual(len(lines), f["rows"])
                for line in lines:
                    row = json.loads(line)
                    self.assertEqual({key: type(value) for key, value in row.items()}, columns)
                    if view == "steps":
                        self.assertEqual(len(row["completions"]), len(row["labels"]))
                        self.assertTrue(all(label in (True, False) for label in row["labels"]))
                    if view == "preferences":
                        self.assertNotEqual(row["chosen"], row["rejected"])

    def test_verl_columns(self):
        for f in self.files("rl", "verl"):
            table = pyarrow.parquet.read_table(self.data / f["path"])
            self.assertEqual(table.column_names, ["data_source", "prompt", "ability",
                                                  "reward_model", "extra_info"])
            for row in table.to_pylist():
                self.assertEqual(row["reward_model"]["style"], "rule")
                self.assertTrue(row["reward_model"]["ground_truth"])
                self.assertEqual(row["extra_info"]["split"], f["split"])
                self.assertEqual(row["prompt"][-1]["role"], "user")
            self.assertEqual(len({row["extra_info"]["index"] for row in table.to_pylist()}),
                             f["rows"])

    def test_croissant(self):
        metadata = mlcroissant.Dataset(jsonld=str(self.data / "croissant.json"))
        self.assertFalse(metadata.metadata.issues.errors)
        self.assertFalse(metadata.metadata.issues.warnings)
        names = {record.name for record in metadata.metadata.record_sets}
        self.assertEqual(names, set(self.views))
        first = next(iter(metadata.records("trajectories")))
        self.assertIn("trajectories/value", first)

    def test_no_group_is_in_two_splits(self):
        for view in self.views:
            splits = collections.defaultdict(set)
            for f in self.files(view, "jsonl"):
                for row in self.jsonl(f):
                    splits[row["group"]].add(f["split"])
            self.assertTrue(all(len(found) == 1 for found in splits.values()))
        self.assertEqual(len({split for found in splits.values() for split in found}), 3)

    def test_replay_gives_the_same_bytes(self):
        again = self.folder / "again"
        if again.exists():
            shutil.rmtree(again)
        run_tesuji("export", "--replay", self.data / "manifest.json", "--out", again)
        result = subprocess.run(["diff", "-r", self.data, again], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], warnings="ignore")
