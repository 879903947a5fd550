"""The tests' program: runs the checks, calls the candidate through a pipe, and reports each check
with a nonce that only this program has."""
import ast
import builtins
import json
import os
import re
import sys

import tesuji_wire as wire

UNCALLED, GONE, BROKEN, UNFIT = 96, 97, 98, 95
NONCE = os.environ.pop("TESUJI_NONCE", "")
FIRST = int(os.environ.pop("TESUJI_FIRST", "0"))
ORDER = [int(word) for word in os.environ.pop("TESUJI_ORDER", "0 1").split()]
ALL = os.environ.pop("TESUJI_ALL", "") == "1"
FAILING_CALL = re.compile("assert|fail|raises|expect|^_?exit$|^abort$", re.IGNORECASE)


class CandidateError(Exception):
    """What the candidate raised and has no class here."""


def stop(code, text):
    sys.stderr.write(text[-2000:] + "\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Candidate:
    """Requests to the other program. What it raises is raised here."""

    def __init__(self):
        self.calls = 0
        self.link = wire.Link(4, 3, {})
        self.link.remote = lambda number: Remote(self, number)
        self.link.handle = self.serve

    def ask(self, request, values=(), words=None):
        encoder = wire.Encoder(self.link)
        request["values"] = [encoder.value(v) for v in values]
        request["words"] = {k: encoder.value(v) for k, v in (words or {}).items()}
        request["rows"] = encoder.table()
        origin = list(encoder.kept)
        self.calls += request["q"] in ("call", "run")
        try:
            answer = self.link.ask(request)
            return self.read(answer, values, origin)
        except (wire.Gone, BrokenPipeError):
            stop(GONE, "the candidate is gone")
        except (wire.Broken, KeyError, TypeError, ValueError, LookupError, ArithmeticError,
                AttributeError, RecursionError, UnicodeError) as error:
            if getattr(error, "from_candidate", False):
                raise
            stop(BROKEN, "its answer is no value: %r" % error)

    def read(self, answer, values, origin):
        if "error" in answer:
            raise self.error(*answer["error"])
        if "end" in answer:
            error = StopIteration()
            error.from_candidate = True
            raise error
        decoder = wire.Decoder(self.link, answer["rows"], origin)
        result = decoder.value(answer["value"])
        for i, new in answer["back"]:
            replace(values[i], decoder.value(new))
        if answer["awaited"]:
            return done(result)
        return result

    def error(self, name, values, text):
        kind = self.link.classes.get(name) or getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = CandidateError
        try:
            error = kind(*wire.Decoder(self.link, []).values(values))
        except Exception:
            error = CandidateError(text)
        error.from_candidate = True
        return error

    def serve(self, request):
        """The candidate calls a function that it was given. It may do nothing else here."""
        if request.get("q") != "call":
            raise wire.Broken("no call")
        function = self.link.given[request["of"]]
        decoder = wire.Decoder(self.link, request["rows"])
        try:
            result = function(*decoder.values(request["values"]))
        except Exception as error:
            return {"error": type(error).__name__}
        encoder = wire.Encoder(self.link)
        return {"value": encoder.value(result), "rows": encoder.table()}


async def done(value):
    return value


def replace(old, new):
    if type(old) is not type(new):
        raise wire.Broken("another type")
    if isinstance(old, (list, bytearray)):
        old[:] = new
    else:
        old.clear()
        (old.update if isinstance(old, (dict, set)) else old.extend)(new)


class Remote:
    """A thing of the candidate's. No comparison is sent there: it would show the expected value,
    and its answer would prove nothing."""

    def __init__(self, candidate, number):
        object.__setattr__(self, "_candidate", candidate)
        object.__setattr__(self, "_tesuji_number", number)

    def _ask(self, q, *values, name=""):
        return self._candidate.ask({"q": q, "name": name}, (self, *values))

    def __call__(self, *values, **words):
        return self._candidate.ask({"q": "call"}, (self, *values), words)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._ask("get", name=name)

    def __setattr__(self, name, value):
        self._ask("set", value, name=name)

    def __getitem__(self, key):
        return self._ask("item", key)

    def __setitem__(self, key, value):
        self._ask("put", key, value)

    def __iter__(self):
        return self._ask("iter")

    def __next__(self):
        return self._ask("next")

    def __len__(self):
        return self._ask("use", name="len")

    def __str__(self):
        return self._ask("use", name="str")

    def __repr__(self):
        return self._ask("use", name="repr")

    def __bool__(self):
        return self._ask("use", name="bool")

    def __instancecheck__(self, v):
        return isinstance(v, Remote) and self._ask("is", v)

    def __eq__(self, other):
        return isinstance(other, Remote) and other._tesuji_number == self._tesuji_number

    def __hash__(self):
        return hash(self._tesuji_number)


class Names(dict):
    """The tests' names. What they do not define is the candidate's."""

    def __init__(self, candidate, entries):
        super().__init__(__name__="__main__", __builtins__=builtins)
        self.candidate = candidate
        self.entries = entries

    def __missing__(self, name):
        if name not in self.entries and (hasattr(builtins, name) or name.startswith("__")):
            raise KeyError(name)
        return self.candidate.ask({"q": "name", "name": name})


class Counted(ast.NodeTransformer):
    """Counts the assertions that are reached."""

    def visit_Assert(self, node):
        count = ast.parse("__tesuji_count__()").body[0]
        return [ast.copy_location(ast.fix_missing_locations(count), node), node]


def fails_otherwise(tree):
    """Whether code can fail in another way than by an assertion that it reaches: where an exception
    is awaited, a right answer reaches none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Try) and node.handlers:
            if any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
                return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if FAILING_CALL.search(name):
                return True
    return False


class Tests:
    def __init__(self, task):
        self.task = task
        self.candidate = Candidate()
        self.names = Names(self.candidate, entries(task))
        self.names["__tesuji_count__"] = self.count
        self.names["__tesuji_same__"] = same
        self.checks = 0
        self.otherwise = False  # Whether what ran last can fail without reaching an assertion.
        self.setup_otherwise = False
        self.cases = set()

    def count(self):
        self.checks += 1

    def run(self, text, name):
        tree = ast.parse(text)
        self.otherwise = fails_otherwise(tree)
        if "unittest" in text:
            import unittest
            unittest.main = lambda *values, **words: self.run_cases()
        tree = Counted().visit(tree)
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), self.names)

    def run_cases(self):
        """Runs the cases of unittest that the tests define; their first failure is raised here."""
        import unittest
        errors = []

        class Result(unittest.TestResult):
            def addError(self, test, error):
                errors.append(error[1])

            def addFailure(self, test, error):
                errors.append(error[1])

            def addSubTest(self, test, subtest, error):
                if error is not None:
                    errors.append(error[1])

        for kind in list(self.names.values()):
            if not isinstance(kind, type) or not issubclass(kind, unittest.TestCase):
                continue
            if kind.__module__ != "__main__" or kind in self.cases:
                continue
            self.cases.add(kind)
            unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(Result())
            if errors:
                raise errors[0]

    def prepare(self):
        exec(compile(preamble(self.task), "prompt", "exec"), self.names)
        self.share()
        self.candidate.ask({"q": "classes", "names": list(self.candidate.link.classes),
                            "prelude": self.task["prelude"]})
        self.run(self.task["setup"], "setup")
        self.setup_otherwise = self.otherwise
        self.share()

    def share(self):
        for name, kind in list(self.names.items()):
            if (isinstance(kind, type) and kind.__module__ == "__main__"
                    and kind.__name__ == name and wire.passes_by_fields(kind)):
                self.candidate.link.classes[name] = kind

    def check(self, check):
        if "code" in check:
            try:
                self.run(check["code"], check["name"])
            except SystemExit as error:
                if error.code not in (None, 0):
                    raise AssertionError("exit(%r)" % (error.code,)) from None
            if "unittest" in sys.modules:
                self.run_cases()
            return
        self.checks += 1
        result = self.candidate.ask({"q": "run", "name": self.task["entry"]}, check["arguments"])
        if not any(same(result, expected) for expected in check["expected"]):
            raise AssertionError("returned %s, expected %s" % (short(result),
                                                               short(check["expected"][0])))


def preamble(task):
    """What the prompt has besides the function: imports, helpers, classes."""
    for ending in ("", "    pass", "        pass", "  pass", "\tpass"):
        try:
            tree = ast.parse(task["prompt"] + "\n" + ending + "\n")
        except SyntaxError:
            continue
        own = (task["entry"], "Solution")
        tree.body = [node for node in tree.body if getattr(node, "name", "") not in own]
        return tree
    return ast.Module([], [])


def same(result, expected):
    """Equal as JSON: a tuple is a list, keys of objects are strings, floats may differ by 1e-6."""
    if isinstance(result, (tuple, list)) and isinstance(expected, list):
        return len(result) == len(expected) and all(map(same, result, expected))
    if isinstance(result, dict) and isinstance(expected, dict):
        found = {str(k): v for k, v in result.items()}
        return found.keys() == expected.keys() and all(same(found[k], expected[k])
                                                       for k in expected)
    if isinstance(result, float) or isinstance(expected, float):
        if not (isinstance(result, (int, float)) and isinstance(expected, (int, float))):
            return False
        return result == expected or abs(result - expected) <= 1e-6 * max(1, abs(expected))
    return result == expected and isinstance(result, bool) == isinstance(expected, bool)


def short(value):
    text = repr(value)
    return text if len(text) <= 120 else text[:120] + "…"


def entries(task):
    """Names that mean the candidate's even where Python has such a name itself."""
    names = {task["entry"]} if task["entry"] else set()
    called = [call_names(check.get("code", "")) for check in task["checks"]]
    if called and all(all(hasattr(builtins, n) for n in one) for one in called):
        names |= set.intersection(*called)  # Nothing else is called: it is what is tested.
    return names


def call_names(text):
    """Functions that a piece of code calls; a piece that is no Python calls none here."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    return {node.func.id for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def reason_of(error):
    import traceback
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.endswith(".py"):
            return "%s, line %d: %s" % (frame.filename, frame.lineno, text)
    return text


def report(kind, number, text):
    sys.stdout.write("\n%s %s %d %s\n" % (NONCE, kind, number, json.dumps(text[:400])))
    sys.stdout.flush()


def main():
    with open("task.json", encoding="utf-8") as file:
        task = json.load(file)
    os.unlink("task.json")
    try:
        tests = Tests(task)
        tests.prepare()
    except Exception as error:
        gave = getattr(error, "from_candidate", False)
        stop(GONE if gave else UNFIT, reason_of(error))
    count = len(task["checks"])
    for place in range(FIRST, count):
        number = (ORDER[0] + ORDER[1] * place) % count
        check = task["checks"][number]
        report("start", number, check["name"])
        try:
            checks, calls = tests.checks, tests.candidate.calls
            tests.check(check)
            held = tests.checks - checks
            otherwise = tests.otherwise or tests.setup_otherwise
            if held == 0 and (not otherwise or tests.candidate.calls == calls):
                stop(UNCALLED, "%s asserts nothing" % check["name"])
            if tests.candidate.calls == 0:
                stop(UNCALLED, "the assertions never call the function")
            report("held", number, "%d assertions held" % held if held else "came to its end")
            continue
        except Exception as error:
            raised = getattr(error, "from_candidate", False)
            if not raised and (tests.candidate.calls == 0 or isinstance(error, ImportError)):
                stop(UNFIT, reason_of(error))  # The tests' own fault.
            report("raised" if raised else "failed", number, reason_of(error))
        if not ALL:
            break
    report("end", tests.candidate.calls, "")
    sys.stdout.flush()
    os._exit(0)


sys.setrecursionlimit(20000)
main()
