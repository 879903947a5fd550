#!/usr/bin/env python3
"""`tesuji serve` answers /run_code as SandboxFusion does, also to hostile programs and clients.

usage: serve_run_code_test.py TESUJI HOSTILE_FOLDER
"""

import base64
import concurrent.futures
import json
import pathlib
import socket
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service_process import Service, children, until  # noqa: E402

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
