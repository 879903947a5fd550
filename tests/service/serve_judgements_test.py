#!/usr/bin/env python3
"""`tesuji serve` judges by /v1/judgements: verdicts, turns, deadlines, a full queue, cancellation.

usage: serve_judgements_test.py TESUJI HOSTILE_FOLDER
"""

import http.client
import json
import pathlib
import socket
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from service_process import Service, until  # noqa: E402

HOSTILE = pathlib.Path(sys.argv.pop(1)).resolve()


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
