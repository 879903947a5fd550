"""A running `tesuji serve` for tests, and a look at its processes.

The first argument of the test that imports this is the path of tesuji; it is taken off sys.argv.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

TESUJI = pathlib.Path(sys.argv.pop(1)).resolve()
TOKEN = "a-token-for-tests-only"


class Service:
    """A running `tesuji serve` on a free port."""

    def __init__(self, *arguments, env=None, port=0):
        self.process = subprocess.Popen(
            [TESUJI, "serve", "--listen", f"127.0.0.1:{port}", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})})
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise RuntimeError(line + self.process.stderr.read())
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, path, body=None, headers=None, method=None):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def run(self, code, language="python", **more):
        return self.ask("/run_code", {"code": code, "language": language, **more})[1]

    def metric(self, name):
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.split()[1])
        return 0.0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def children(pid):
    """Living descendants of a process."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found, open_ = set(), [pid]
    while open_:
        parent = open_.pop()
        for child, its in parents.items():
            if its == parent and child not in found:
                found.add(child)
                open_.append(child)
    return found
