"""What tests with other programs' readers share: the readers themselves, and the content hash,
computed again from the text of docs/datasets.md.
Importing it ends the program with 77 when a reader is missing.
"""

import hashlib
import os
import shutil
import struct
import subprocess
import sys

try:
    import datasets
    import mlcroissant
    import numpy
    import pyarrow
    import pyarrow.parquet
    import safetensors.numpy
    import sgfmill.sgf
    import sgfmill.sgf_moves
    import webdataset
    import zstandard
except ImportError as missing:
    print(f"skipped: {missing}; scripts/setup.sh --readers installs the readers")
    sys.exit(77)
os.environ["PATH"] += ":/usr/games"  # Where Debian keeps GNU Go.
for program in ("gnugo", "jq", "zstd"):
    if shutil.which(program) is None:
        print(f"skipped: no {program}; scripts/setup.sh installs it")
        sys.exit(77)

TESUJI = sys.argv[1]
datasets.disable_progress_bars()


def run_tesuji(*arguments):
    result = subprocess.run([TESUJI, *map(str, arguments)], capture_output=True, text=True,
                            timeout=600)
    assert result.returncode == 0, result.stderr
    return result.stdout


TYPES = ["int64", "float32", "bool", "text", "int8[]", "int32[]", "float32[]", "bool[]", "text[]",
         "messages", "record"]
SCALARS = {"int64": "<q", "float32": "<f", "bool": "<?"}
ELEMENTS = {"int8[]": "b", "int32[]": "i", "float32[]": "f", "bool[]": "?"}


def text_bytes(text):
    data = text.encode()
    return struct.pack("<I", len(data)) + data


def value_bytes(column, value):
    kind = column["type"]
    if kind in SCALARS:
        return struct.pack(SCALARS[kind], value)
    if kind == "text":
        return text_bytes(value)
    if kind in ELEMENTS:
        flat = numpy.asarray(value).reshape(-1).tolist()
        return struct.pack("<I", len(flat)) + struct.pack(f"<{len(flat)}{ELEMENTS[kind]}", *flat)
    if kind == "text[]":
        return struct.pack("<I", len(value)) + b"".join(text_bytes(one) for one in value)
    if kind == "messages":
        return struct.pack("<I", len(value)) + b"".join(
            text_bytes(one["role"]) + text_bytes(one["content"]) for one in value)
    out = struct.pack("<I", len(column["fields"]))
    for field in column["fields"]:
        one = value[field["name"]]
        out += struct.pack("<q", one) if field["type"] == "int64" else text_bytes(one)
    return out


def content_hash(view, rows):
    total = 0
    columns = sorted(view["columns"], key=lambda column: column["name"].encode())
    for row in rows:
        data = b"".join(
            text_bytes(column["name"]) + bytes([TYPES.index(column["type"])])
            + value_bytes(column, row[column["name"]]) for column in columns)
        total += int.from_bytes(hashlib.sha256(data).digest(), "little")
    return (total % (1 << 256)).to_bytes(32, "little").hex()
