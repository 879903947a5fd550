#!/usr/bin/env python3
"""Holds `tesuji serve` to its promises: answers, limits, turns, cancellation, the way it stops.

usage: serve_test.py TESUJI HOSTILE_FOLDER
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

HOSTILE = pathlib.Path(sys.argv.pop(1)).resolve()


class RunCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--workers", 2)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def test_runs_programs_and_gives_their_output(self):
        got = self.service.run("print(input()[::-1])", stdin="abc")
        self.assertEqual(got["status"], "Success")
        self.assertEqual(got["run_result"]["stdout"], "cba\n")
        self.assertIsNone(got["compile_result"])
        got = self.service.run('#include <cstdio>\nint main() { puts("hi"); return 4; }', "cpp")
        self.assertEqual(got["status"], "Failed")
        self.assertEqual(got["compile_result"]["status"], "Finished")
        self.assertEqual(got["compile_result"]["return_code"], 0)
        self.assertEqual(got["run_result"]["return_code"], 4)
        self.assertEqual(got["run_result"]["stdout"], "hi\n")

    def test_knows_sandboxfusions_names_for_unit_tests_in_d_and_kotlin_scripts(self):
        listed = self.service.ask("/v1/languages")[1]["languages"]
        missing = {name: one["missing"] for one in listed for name in [one["id"], *one["aliases"]]}
        for language, right, wrong in [
                ("D_ut", "int f(int x) { return x + 1; }\nunittest { assert(f(1) == 2); }",
                 "int f(int x) { return x; }\nunittest { assert(f(1) == 2); }\nvoid main() {}"),
                ("kotlin_script", "fun f(x: Int) = x + 1\nif (f(1) != 2) throw Exception()",
                 "fun f(x: Int) = x\nif (f(1) != 2) throw Exception()")]:
            if missing[language]:
                print("skipped:", missing[language], file=sys.stderr)
                continue
            limits = {"compile_timeout": 60, "run_timeout": 20}
            self.assertEqual(self.service.run(right, language, **limits)["status"], "Success")
            got = self.service.run(wrong, language, **limits)
            self.assertEqual((got["status"], got["run_result"]["return_code"]), ("Failed", 1), got)

    def test_tells_compile_errors_from_failing_runs(self):
        got = self.service.run("int main() { return x; }", "cpp")
        self.assertEqual(got["status"], "Failed")
        self.assertNotEqual(got["compile_result"]["return_code"], 0)
        self.assertIn("'x'", got["compile_result"]["stderr"].replace("‘", "'").replace("’", "'"))
        self.assertIsNone(got["run_result"])
        got = self.service.run("def f(:")
        self.assertEqual(got["run_result"]["return_code"], 1)
        self.assertIn("SyntaxError", got["run_result"]["stderr"])

    def test_ends_programs_at_their_limits(self):
        start = time.monotonic()
        got = self.service.run("import time\nprint(1, flush=True)\ntime.sleep(30)", run_timeout=1)
        self.assertEqual(got["run_result"]["status"], "TimeLimitExceeded")
        self.assertEqual(got["run_result"]["stdout"], "1\n")
        self.assertLess(time.monotonic() - start, 10)
        got = self.service.run("while True: pass", run_timeout=0.5)
        self.assertEqual(got["run_result"]["status"], "TimeLimitExceeded")
        got = self.service.run("x = 'a' * (1 << 30)\nprint(len(x))", memory_limit_MB=100)
        self.assertEqual(got["status"], "Failed")
        self.assertEqual(got["run_result"]["status"], "Finished")
        self.assertNotEqual(got["run_result"]["return_code"], 0)
        got = self.service.run("while True: print('x' * 1000)")
        self.assertEqual(got["status"], "Failed")
        self.assertIn("wrote more", got["message"])

    def test_takes_and_gives_files(self):
        files = {"data/in.txt": base64.b64encode(b"\0\1two").decode(), "helper.py":
                 base64.b64encode(b"def f(x): return x + b'!'").decode()}
        got = self.service.run(
            "import helper\nopen('out/deep.bin' if False else 'out.bin', 'wb')"
            ".write(helper.f(open('data/in.txt', 'rb').read()))",
            files=files, fetch_files=["out.bin", "missing", "data/in.txt"])
        self.assertEqual(got["status"], "Success", got)
        self.assertEqual(base64.b64decode(got["files"]["out.bin"]), b"\0\1two!")
        self.assertEqual(set(got["files"]), {"out.bin", "data/in.txt"})
        got = self.service.run('#include "h.h"\nint main() { return VALUE; }', "cpp",
                               files={"h.h": base64.b64encode(b"#define VALUE 7").decode()})
        self.assertEqual(got["run_result"]["return_code"], 7)

    def test_does_not_follow_links_of_the_program(self):
        got = self.service.run("import os\nos.symlink('/etc/passwd', 'out')\nos.mkfifo('pipe')\n",
                               fetch_files=["out", "pipe", "tmp", "."[:0] or "main.py"])
        self.assertEqual(set(got["files"]), {"main.py"})

    def test_malformed_requests_are_told_what_is_wrong(self):
        for body, words in [(b"", "JSON"), (b"{", "JSON"), (b"\xff\xfe", "JSON"), (b"[]", "object"),
                            (b'{"code": "x"}', "language is missing"),
                            (b'{"code": 1, "language": "c"}', "code must be a string"),
                            (b'{"code": "", "code": "", "language": "c"}', "twice"),
                            (b"[" * 100000, "deeper"),
                            (b'{"code": "", "language": "python", "files": {"../x": ""}}', "'..'")]:
            status, answer = self.service.ask("/run_code", body)
            self.assertEqual(status, 400, body[:50])
            self.assertIn(words, answer["error"])
        self.assertEqual(self.service.ask("/run_code", b"a" * (17 << 20))[0], 413)
        self.assertEqual(self.service.ask("/../etc/passwd")[0], 404)
        self.assertEqual(self.service.ask("/run_code", method="DELETE")[0], 405)
        self.assertEqual(self.service.run("print(1)")["status"], "Success")

    def test_random_bytes_harm_nobody(self):
        seed = 12345
        for i in range(200):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            with socket.create_connection(("127.0.0.1", self.service.port)) as client:
                text = b"POST /run_code HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n" \
                       b'{"code": "print(1)", "language": "python", "stdin": null   }'
                spoiled = bytearray(text)
                for _ in range(1 + seed % 4):
                    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
                    spoiled[seed % len(spoiled)] = (seed >> 8) & 0xFF
                client.sendall(spoiled)
                if i % 2:
                    client.shutdown(socket.SHUT_WR)
                    client.settimeout(30)
                    try:
                        client.recv(4096)
                    except ConnectionError:
                        pass
        self.assertEqual(self.service.run("print(1)")["run_result"]["stdout"], "1\n")

    def test_a_client_that_goes_takes_its_work_along(self):
        body = json.dumps({"code": "while True: pass", "language": "python", "run_timeout": 60})
        sockets = []
        for _ in range(6):
            client = socket.create_connection(("127.0.0.1", self.service.port))
            client.sendall(f"POST /run_code HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                           f"{len(body)}\r\n\r\n{body}".encode())
            sockets.append(client)
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 2 and
                              self.service.metric("tesuji_queued") == 4))
        start = time.monotonic()
        for client in sockets:
            client.close()
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 0 and
                              self.service.metric("tesuji_queued") == 0))
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.service.run("print(1)")["status"], "Success")

    def test_hostile_programs_get_out_nowhere(self):
        expected = {}
        languages = {".c": "c", ".cc": "cpp", ".py": "python"}  # Others start slower than 0.6 s.
        for line in (HOSTILE / "table.txt").read_text().splitlines():
            words = line.split()
            if words and pathlib.Path(words[0]).suffix in languages:
                expected[words[0]] = set(words[1:])
        limits = {"run_timeout": 0.6, "memory_limit_MB": 128, "stdin": "3 4\n",
                  "compile_timeout": 5}

        def one(name):
            source = (HOSTILE / "programs" / name).read_text(errors="replace")
            for _ in range(20):  # A crowded machine says 504, to be asked again.
                got = self.service.run(source, languages[pathlib.Path(name).suffix], **limits)
                if "status" in got:
                    break
            return name, got

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for name, got in pool.map(one, sorted(expected)):
                self.assertIn(got["status"], ("Success", "Failed"), (name, got))
                accepted = got["status"] == "Success" and got["run_result"]["stdout"].split() == ["7"]
                if "AC" not in expected[name]:
                    self.assertFalse(accepted, (name, got))
                if expected[name] == {"AC"}:
                    self.assertTrue(accepted, (name, got))
                if expected[name] == {"CE"} and not name.endswith(".py"):
                    self.assertIsNone(got["run_result"], name)
        self.assertEqual(self.service.metric("tesuji_container_restarts"), 0)
        # An answer leaves before its lane is free again.
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 0))
        # Four containers a lane, each bubblewrap outside and the agent inside; in two of them Python
        # and Java may wait for a run.
        self.assertLessEqual(len(children(self.service.process.pid)), 2 * 10)


class Judgements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        problem = pathlib.Path(cls.folder.name) / "sum"
        problem.mkdir()
        for number, (given, answer) in enumerate([("3 4", "7"), ("1 1", "2")]):
            (problem / f"{number}.in").write_text(given + "\n")
            (problem / f"{number}.ans").write_text(answer + "\n")
        (pathlib.Path(cls.folder.name) / "broken").mkdir()
        cls.service = Service("--workers", 1, "--problems", cls.folder.name, "--queue", 8)
        # It compiles headers first: on a busy machine that takes longer than any test waits.
        until(lambda: cls.service.metric("tesuji_running") == 0, 300)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()
        cls.folder.cleanup()

    RIGHT = {"language": "python", "code": "print(sum(map(int, input().split())))"}
    WRONG = {"language": "python", "code": "print(7)"}
    ENDLESS = {"language": "python", "code": "while True: pass"}

    def judge(self, wait=60, **body):
        return self.service.ask(f"/v1/judgements?wait={wait}", body)

    def test_judges_by_the_name_of_a_problem(self):
        self.assertEqual(self.service.ask("/v1/problems")[1], {"problems": ["broken", "sum"]})
        status, got = self.judge(problem="sum", submissions=[self.RIGHT, self.WRONG],
                                 all_tests=True)
        self.assertEqual((status, got["state"], got["finished"], got["total"]), (200, "done", 2, 2))
        first, second = got["results"]
        self.assertEqual(first["verdict"], "AC")
        self.assertEqual([test["verdict"] for test in second["tests"]], ["AC", "WA"])
        self.assertEqual(second["verdict"], "WA")
        self.assertTrue(first["evidence"]["isolation"]["isolated"])
        self.assertNotIn(self.folder.name, json.dumps(got))

    def test_judges_by_tests_in_the_request(self):
        _, got = self.judge(tests=[{"input": "", "output": "1.0000001"}],
                            validator_flags="float_tolerance 1e-3",
                            submission={"language": "python", "code": "print(1)"})
        self.assertEqual(got["results"][0]["verdict"], "AC")
        _, got = self.judge(tests=[{"input": "", "output": "1"}], time_limit=0.2,
                            submission=self.ENDLESS)
        self.assertEqual(got["results"][0]["verdict"], "TLE")
        _, got = self.judge(tests=[{"input": "", "output": "1"}],
                            submission={"language": "cpp", "code": "int main() {"})
        self.assertEqual(got["results"][0]["verdict"], "CE")

    def test_refuses_names_that_are_paths(self):
        for name in ["../sum", "/etc", "sum/../sum", ".", "..", "sum\0", "s" * 1000, "missing"]:
            status, answer = self.judge(problem=name, submission=self.RIGHT)
            self.assertEqual(status, 404, name)
        status, got = self.judge(problem="broken", submission=self.RIGHT)
        self.assertEqual(got["results"][0]["state"], "failed")
        self.assertIn("broken", got["results"][0]["error"])

    def test_hostile_programs_get_their_verdicts(self):
        names = ["busy_loop.c", "malloc_all.c", "endless_stdout.c", "fork_bomb.c", "static_exit.cc",
                 "forged_verdict.c", "read_answer.c", "include_answer.c", "socket.c", "call_mount.c",
                 "link_trap.c", "kill_everyone.c", "template_bomb.cc", "python_memory.py"]
        table = {line.split()[0]: set(line.split()[1:])
                 for line in (HOSTILE / "table.txt").read_text().splitlines() if line.strip()}
        table["fork_bomb.c"].add("MLE")  # As many processes as are allowed may take 128 MiB.
        sources = [{"name": name, "files": {
            name: (HOSTILE / "programs" / name).read_text(errors="replace")}} for name in names]
        for source in sources:  # The queue of this service takes eight.
            _, got = self.judge(tests=[{"input": "3 4\n", "output": "7\n"}], time_limit=0.6,
                                memory_limit=128, submission=source)
            self.assertIn(got["results"][0].get("verdict"), table[source["name"]], got)
        self.assertEqual(self.service.metric("tesuji_container_restarts"), 0)

    def test_can_be_polled_and_cancelled(self):
        status, got = self.judge(0, problem="sum", time_limit=60,
                                 submissions=[self.ENDLESS, self.RIGHT])
        self.assertEqual((status, got["finished"]), (202, 0))
        path = "/v1/judgements/" + got["id"]
        self.assertTrue(until(lambda: self.service.ask(path)[1]["state"] == "running"))
        self.assertEqual(self.service.ask(path + "?wait=0.2")[0], 202)
        self.service.ask(path, method="DELETE")
        status, got = self.service.ask(path + "?wait=20")
        self.assertEqual((status, got["state"]), (200, "done"))
        self.assertEqual([one["state"] for one in got["results"]], ["cancelled"] * 2)
        self.assertNotIn("verdict", got["results"][0])
        self.assertEqual(self.service.ask("/v1/judgements/unknown")[0], 404)

    def test_deadlines_end_what_is_late_without_a_verdict(self):
        _, got = self.judge(problem="sum", time_limit=60, deadline=0.5,
                            submissions=[self.ENDLESS, self.RIGHT])
        self.assertEqual([one["state"] for one in got["results"]], ["late"] * 2)
        self.assertNotIn("verdict", got["results"][0])

    def test_a_full_queue_says_429_and_when_to_come_again(self):
        _, got = self.judge(0, problem="sum", time_limit=60, submissions=[self.ENDLESS])
        path = "/v1/judgements/" + got["id"]
        try:
            self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 1))
            connection = http.client.HTTPConnection("127.0.0.1", self.service.port)
            connection.request("POST", "/v1/judgements", json.dumps(
                {"problem": "sum", "submissions": [self.RIGHT] * 7}))
            answer = connection.getresponse()
            self.assertEqual(answer.status, 429)
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
            connection.close()
        finally:
            self.service.ask(path, method="DELETE")

    def test_clients_are_served_in_turn(self):
        _, first = self.judge(0, problem="sum", time_limit=60, submissions=[self.ENDLESS])
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 1))
        many = self.service.ask("/v1/judgements", {"problem": "sum", "submissions":
                                                   [self.RIGHT] * 5}, {"X-Client": "many"})[1]
        order = []

        def one():
            self.service.ask("/v1/judgements?wait=60", {"problem": "sum", "submission":
                                                        self.RIGHT}, {"X-Client": "one"})
            order.append("one")

        def all_of_many():
            self.service.ask(f"/v1/judgements/{many['id']}?wait=60")
            order.append("many")

        threads = [threading.Thread(target=all_of_many), threading.Thread(target=one)]
        for thread in threads:
            thread.start()
        self.assertTrue(until(lambda: self.service.metric("tesuji_queued") == 6))
        self.service.ask("/v1/judgements/" + first["id"], method="DELETE")
        for thread in threads:
            thread.join()
        self.assertEqual(order, ["one", "many"])

    def test_a_client_that_goes_while_it_waits_takes_its_work_along(self):
        body = json.dumps({"problem": "sum", "time_limit": 60,
                           "submissions": [self.ENDLESS, self.ENDLESS]})
        client = socket.create_connection(("127.0.0.1", self.service.port))
        client.sendall(f"POST /v1/judgements?wait=60 HTTP/1.1\r\nHost: localhost\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 1))
        client.close()
        self.assertTrue(until(lambda: self.service.metric("tesuji_running") == 0 and
                              self.service.metric("tesuji_queued") == 0))


class Documentation(unittest.TestCase):
    """docs/service.md and docs/service-api.yaml hold what they say."""

    DOCS = HOSTILE.parent.parent / "docs"

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
