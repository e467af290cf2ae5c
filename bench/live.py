"""What one request costs the live server, in CPU time of its process, beside static bytes on the same server.

The GET lists ten mailing lists, the POST creates one; token, limiter, journal and store are all on. The load generator
keeps eight connections busy from the other core.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bench.figures import TURNS, Figure, ratios
from bench.processes import SERVER, run_module, start

REQUESTS, WARM_UP = 2_000, 200


class Contender:
    """A server process, `bench.server`."""

    def __init__(self, kind: str) -> None:
        self._process = start(
            [sys.executable, "-m", "bench.server", kind], SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._facts = json.loads(self._line())
        self._sent = 0

    def cost(self, method: str) -> float:
        """Microseconds of CPU a request."""
        self._load(method, WARM_UP)
        before = self._cpu()
        self._load(method, REQUESTS)
        return (self._cpu() - before) / REQUESTS * 1e6

    def _load(self, method: str, requests: int) -> None:
        token = self._facts["reader" if method == "GET" else "writer"]
        body = '{"bookName": "Book #"}' if method == "POST" else ""
        port, first = self._facts["port"], str(self._sent)
        run_module("bench.load", port, method, "/addressbooks", f"Bearer {token}", body, first, str(requests))
        self._sent += requests

    def _cpu(self) -> float:
        assert self._process.stdin
        print(file=self._process.stdin, flush=True)
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def figures() -> Iterator[Figure]:
    costs = take_turns()
    for method, goal in (("GET", 2.5), ("POST", 3)):
        static, memory, file = (costs[kind, method] for kind in ("static", "memory", "file"))
        yield Figure(f"live {method} / static bytes on that server", ratios(memory, static), goal)
        yield Figure(f"live {method}, SQLite / memory", ratios(file, memory), 2)
        for name, cost in (("static bytes", static), ("in memory", memory), ("in SQLite", file)):
            yield Figure(f"  CPU of a {method}, {name}", cost, unit="µs")


def take_turns() -> dict[tuple[str, str], list[float]]:
    costs = defaultdict(list)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        kinds = {"static": "static", "memory": "memory", "file": f"sqlite:///{Path(folder, 'bench.db')}"}
        contenders = {name: stack.enter_context(Contender(kind)) for name, kind in kinds.items()}
        for _ in range(TURNS):
            for method in ("GET", "POST"):
                for name, contender in contenders.items():
                    costs[name, method].append(contender.cost(method))
    return costs
