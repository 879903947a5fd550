"""The candidate's program: answers calls until the tests have no more. It knows no expected value.

Whatever the candidate does to this process, all that it can send are answers.
"""
import builtins
import os
import sys
import types

import tesuji_wire as wire

MODULE = "solution"


def load(settings):
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module
    names = module.__dict__
    exec(settings.get("prelude", ""), names)
    with open("candidate.py", encoding="utf-8") as file:
        source = file.read()
    exec(compile(source, "candidate.py", "exec"), names)
    return names


class Server:
    def __init__(self, link):
        self.link = link
        self.names = {}
        self.missing = object()

    def find(self, name):
        """A function, or a method of class Solution."""
        solution = self.names.get("Solution")
        if isinstance(solution, type) and hasattr(solution, name):
            return getattr(solution(), name)
        if name in self.names:
            return self.names[name]
        raise NameError("the answer does not define '%s'" % name)

    def answer(self, request):
        """Every exception becomes an answer, but those that end a program."""
        try:
            decoder = wire.Decoder(self.link, request.get("rows", []))
            values = [decoder.value(v) for v in request.get("values", [])]
            words = {k: decoder.value(v) for k, v in request.get("words", {}).items()}
            before = self.changeable(values)
            result = getattr(self, "do_" + request["q"])(request, values, words)
            awaited = isinstance(result, types.CoroutineType)
            if awaited:
                import asyncio
                result = asyncio.run(result)
            rows = {id(v): i for i, v in enumerate(decoder.objects)}
            encoder = wire.Encoder(self.link, rows)
            answer = {"value": encoder.value(result), "awaited": awaited}
            for v in decoder.objects:
                encoder.value(v)
            after = [(i, encoder.value(values[i]), old) for i, old in before]
            answer["back"] = [[i, new] for i, new, old in after if new != old]
            answer["rows"] = encoder.table()
            return answer
        except StopIteration:
            return {"end": True}
        except (MemoryError, wire.Broken):
            raise
        except Exception as error:
            return {"error": self.describe(error)}

    def changeable(self, values):
        kinds = (list, dict, set, bytearray, wire.collections.deque)
        encoder = wire.Encoder(self.link)
        return [(i, encoder.value(v)) for i, v in enumerate(values) if isinstance(v, kinds)]

    def describe(self, error):
        kinds = [k.__name__ for k in type(error).__mro__
                 if getattr(builtins, k.__name__, None) is k
                 or self.link.classes.get(k.__name__) is k]
        encoder = wire.Encoder(self.link)
        try:
            values = [v for v in error.args if type(v) in wire.PLAIN]
            return [kinds[0], encoder.value(values), str(error)[:300]]
        except Exception:
            return [kinds[0], [], ""]

    def do_classes(self, request, values, words):
        self.names = load(request)
        for name in request["names"]:
            kind = self.names.get(name)
            if isinstance(kind, type) and wire.passes_by_fields(kind):
                self.link.classes[name] = kind

    def do_name(self, request, values, words):
        return self.find(request["name"])

    def do_call(self, request, values, words):
        return values[0](*values[1:], **words)

    def do_run(self, request, values, words):
        return self.find(request["name"])(*values, **words)

    def do_get(self, request, values, words):
        return getattr(values[0], request["name"])

    def do_set(self, request, values, words):
        setattr(values[0], request["name"], values[1])

    def do_item(self, request, values, words):
        return values[0][values[1]]

    def do_put(self, request, values, words):
        values[0][values[1]] = values[2]

    def do_iter(self, request, values, words):
        return iter(values[0])

    def do_next(self, request, values, words):
        return next(values[0])

    def do_is(self, request, values, words):
        return isinstance(values[1], values[0])

    def do_use(self, request, values, words):
        use = {"len": len, "str": str, "repr": repr, "bool": bool}
        return use[request["name"]](values[0])


class Remote:
    """A function of the tests that was given as an argument: it can be called, nothing else."""

    def __init__(self, link, number):
        self._link = link
        self._tesuji_number = number

    def __call__(self, *values):
        encoder = wire.Encoder(self._link)
        message = {"q": "call", "of": self._tesuji_number,
                   "values": [encoder.value(v) for v in values]}
        message["rows"] = encoder.table()
        answer = self._link.ask(message)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return wire.Decoder(self._link, answer.get("rows", [])).value(answer["value"])


def main():
    sys.setrecursionlimit(20000)
    link = wire.Link(3, 4, {})
    link.invents = True
    link.remote = lambda number: Remote(link, number)
    server = Server(link)
    link.handle = server.answer
    try:
        while True:
            link.send(server.answer(link.receive()))
    except wire.Gone:
        sys.stdout.flush()
        os._exit(0)


main()
