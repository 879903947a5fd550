#!/usr/bin/env python3
"""`tesuji serve` as a whole: its documentation, many clients at once, the way it starts and stops.

usage: serve_test.py TESUJI
TESUJI_SERVE_SECONDS=600 lets the test with 128 clients run that long.
"""

import base64
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service_process import TESUJI, TOKEN, Service, children, until  # noqa: E402


class Documentation(unittest.TestCase):
    """docs/service.md and docs/service-api.yaml hold what they say."""

    DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"

    def test_the_python_client_works(self):
        text = (self.DOCS / "service.md").read_text()
        client = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
        with Service(env={"TESUJI_TOKEN": TOKEN}) as service:
            scope = {"__name__": "client"}
            exec(client, scope)  # pylint: disable=exec-used
            judge = scope["Judge"](port=service.port, token=TOKEN)
            results = judge.judge(tests=[{"input": "", "output": "1"}], submissions=[
                {"language": "python", "code": "print(1)"},
                {"language": "python", "code": "print(2)"}])
            self.assertEqual([one["verdict"] for one in results], ["AC", "WA"])
            with self.assertRaisesRegex(RuntimeError, "400: .*tests"):
                judge.judge(submission={"language": "python", "code": ""})
            with self.assertRaisesRegex(RuntimeError, "401"):
                scope["Judge"](port=service.port).judge()

    def test_the_examples_of_requests_work(self):
        text = (self.DOCS / "service.md").read_text()
        examples = re.findall(r"curl -s '?http://127\.0\.0\.1:8080(\S+?)'?(?: \\\n )? -d '(.*?)'\n",
                              text, re.DOTALL)
        self.assertEqual(len(examples), 3)
        with Service() as service:
            for path, body in examples:
                status, answer = service.ask(path, body.encode())
                self.assertEqual(status, 200, answer)
                self.assertIn(answer.get("status", answer.get("state")), ("Success", "done"))

    def test_every_path_of_the_description_is_served(self):
        paths = re.findall(r"^  (/\S+):$", (self.DOCS / "service-api.yaml").read_text(),
                           re.MULTILINE)
        self.assertGreaterEqual(len(paths), 7)
        with Service() as service:
            for path in paths:
                status, answer = service.ask(path.replace("{id}", "x"), method="PUT")
                self.assertEqual(status, 405, (path, answer))


class Stopping(unittest.TestCase):
    def test_finishes_what_it_took_refuses_what_is_new_and_exits_0(self):
        with Service("--workers", 1) as service:
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                code = "import time\ntime.sleep(0.7)\nprint('done')"
                answers = [pool.submit(service.run, code) for _ in range(3)]
                self.assertTrue(until(lambda: service.metric("tesuji_queued") == 2))
                service.process.send_signal(signal.SIGTERM)
                time.sleep(0.3)
                with self.assertRaises(OSError):
                    socket.create_connection(("127.0.0.1", service.port), 5).close()
                for answer in answers:
                    self.assertEqual(answer.result()["run_result"]["stdout"], "done\n")
            self.assertEqual(service.process.wait(20), 0)

    def test_does_not_wait_longer_than_it_was_told(self):
        with Service("--workers", 1, "--drain", 0.5) as service:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                codes = [pool.submit(service.ask, "/run_code",
                                     {"code": "while True: pass", "language": "python",
                                      "run_timeout": 60}) for _ in range(2)]
                self.assertTrue(until(lambda: service.metric("tesuji_queued") == 1))
                start = time.monotonic()
                self.assertEqual(service.stop(), 0)
                self.assertLess(time.monotonic() - start, 8)
                self.assertEqual([code.result()[0] for code in codes], [504, 504])

    def test_killed_it_leaves_no_process_and_starts_again_at_once(self):
        service = Service("--workers", 2)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            lost = [pool.submit(service.ask, "/run_code",
                                {"code": "while True: pass", "language": "python",
                                 "run_timeout": 60}) for _ in range(2)]
            self.assertTrue(until(lambda: service.metric("tesuji_running") == 2))
            left = children(service.process.pid)
            self.assertGreaterEqual(len(left), 4)
            service.process.kill()
            for one in lost:
                self.assertIsInstance(one.exception(), (OSError, http.client.HTTPException))
        self.assertTrue(until(lambda: not any(
            pathlib.Path(f"/proc/{pid}").exists() for pid in left)))
        service.process.communicate()
        with Service("--workers", 1, port=service.port) as again:
            self.assertEqual(again.run("print(1)")["run_result"]["stdout"], "1\n")

    def test_busy_run_code_waits_and_then_says_504(self):
        with Service("--workers", 1) as service:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                first = pool.submit(service.ask, "/run_code",
                                    {"code": "import time\ntime.sleep(14)", "language": "python",
                                     "run_timeout": 30})
                self.assertTrue(until(lambda: service.metric("tesuji_running") == 1))
                start = time.monotonic()
                status, _ = service.ask("/run_code", {"code": "", "language": "python",
                                                      "compile_timeout": 1, "run_timeout": 1})
                took = time.monotonic() - start
                self.assertEqual(status, 504)
                self.assertGreater(took, 8)
                self.assertLess(took, 12)  # Its client waits for compile + run + 10 seconds.
                self.assertEqual(first.result()[0], 200)


class ManyClients(unittest.TestCase):
    KINDS = [
        ("print(int(input()) ** 2)", "python", "Finished", lambda n: f"{n * n}\n"),
        ("#include <iostream>\nint main() { long n; std::cin >> n; std::cout << n + 1; }", "cpp",
         "Finished", lambda n: f"{n + 1}"),
        ("import sys\nsys.stderr.write('no')\nsys.exit(3)", "python", "Finished", lambda n: ""),
        ("while True: pass", "python", "TimeLimitExceeded", lambda n: ""),
    ]

    def test_128_clients_get_every_answer_and_the_right_one(self):
        seconds = float(os.environ.get("TESUJI_SERVE_SECONDS", "5"))
        wrong, times = [], {kind: [] for kind in range(len(self.KINDS))}
        with Service() as service:
            service.run(self.KINDS[1][0], "cpp", stdin="1")
            pid = service.process.pid
            end = time.monotonic() + seconds

            def memory():
                return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4

            def descriptors():
                return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))

            def client(number):
                turn = number
                while time.monotonic() < end:
                    turn += 1
                    # One in a hundred runs into its time limit.
                    kind = 3 if turn % 100 == 0 else turn % 3
                    code, language, status, output = self.KINDS[kind]
                    start = time.monotonic()
                    try:
                        http_status, got = service.ask("/run_code", {
                            "code": code, "language": language, "stdin": f"{turn}\n",
                            "run_timeout": 0.2 if kind == 3 else 10, "compile_timeout": 10})
                        if http_status != 200 or got["run_result"]["status"] != status or \
                                got["run_result"]["stdout"] != output(turn):
                            wrong.append((http_status, got))
                    except Exception as error:  # pylint: disable=broad-except
                        wrong.append(repr(error))
                    times[kind].append(time.monotonic() - start)

            threads = [threading.Thread(target=client, args=(i,)) for i in range(128)]
            for thread in threads:
                thread.start()
            time.sleep(min(seconds / 2, 30))
            early = memory()
            for thread in threads:
                thread.join()
            late = memory()
            self.assertTrue(until(lambda: descriptors() < 100), descriptors())
            self.assertEqual(service.metric("tesuji_container_restarts"), 0)
            self.assertEqual(service.stop(), 0)
        for kind, taken in times.items():
            taken.sort()
            if taken:
                print(f"\n{self.KINDS[kind][1]} {self.KINDS[kind][0][:20]!r}: {len(taken)} answers, "
                      f"p50 {taken[len(taken) // 2]:.3f} s, p99 {taken[len(taken) * 99 // 100]:.3f} s",
                      file=sys.stderr)
        print(f"memory {early} KiB, then {late} KiB", file=sys.stderr)
        self.assertEqual(wrong[:3], [], f"{len(wrong)} answers are wrong or lost")
        self.assertLess(late, early + 64 * 1024)


class Starting(unittest.TestCase):
    def refused(self, *arguments, env=None):
        done = subprocess.run([TESUJI, "serve", *map(str, arguments)], capture_output=True,
                              text=True, timeout=60, env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_listens_beyond_this_machine_only_with_a_token(self):
        self.assertIn("token", self.refused("--listen", "0.0.0.0:0"))
        self.assertIn("token", self.refused("--listen", "[::]:0"))
        self.assertIn("HOST:PORT", self.refused("--listen", "8080"))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "token"
            path.write_text(TOKEN)
            path.chmod(0o644)
            self.assertIn("chmod 600", self.refused("--token-file", path))

    def test_a_port_that_is_taken_is_named(self):
        with Service() as service:
            self.assertIn(str(service.port),
                          self.refused("--listen", f"127.0.0.1:{service.port}"))

    def test_asks_for_the_token_and_never_shows_it(self):
        with Service(env={"TESUJI_TOKEN": TOKEN}) as service:
            self.assertEqual(service.ask("/run_code", {"code": "", "language": "python"})[0], 401)
            self.assertEqual(service.ask("/healthz")[0], 200)
            self.assertEqual(service.ask("/metrics")[0], 401)
            bearer = {"Authorization": "Bearer " + TOKEN}
            status, got = service.ask(
                "/run_code", {"code": "import os\nprint(dict(os.environ))", "language": "python"},
                bearer)
            self.assertEqual(status, 200)
            self.assertNotIn(TOKEN, json.dumps(got))
            pair = base64.b64encode(f"verl:{TOKEN}".encode()).decode()
            self.assertEqual(service.ask("/run_code", {"code": "", "language": "python"},
                                         {"Authorization": "Basic " + pair})[0], 200)
            for pid in children(service.process.pid):
                try:
                    shown = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
                except OSError:
                    continue
                self.assertNotIn(TOKEN.encode(), shown)
            self.assertEqual(service.stop(), 0)
            out, err = service.process.communicate()
            self.assertNotIn(TOKEN, out + err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
