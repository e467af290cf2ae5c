"""What it costs to declare all operations, and to find the one that a request means."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from bench.figures import TURNS, Figure, cost
from bench.processes import SERVER, start
from contracts.catalogue import Catalogue, Match, catalogue

MATCHES = 2_000

LOADING = """
import dataclasses, enum, typing, time
import contracts
began = time.perf_counter()
from contracts.catalogue import catalogue
catalogue()
print((time.perf_counter() - began) * 1e3)
"""


def figures() -> Iterator[Figure]:
    known = catalogue()
    paths = {operation.path: operation.method for operation in known}
    deepest = max(paths, key=lambda path: (path.count("{"), path.count("/")))
    for name, path in (("plain", "/addressbooks"), ("with the most parameters", deepest)):
        took = [matching(known, paths[path], path) for _ in range(TURNS)]
        yield Figure(f"match of a path, {name}, of {len(known)} operations", took, 3, "µs")
    yield Figure(f"all {len(known)} declarations loaded", [loading() for _ in range(TURNS)], 40, "ms")


def matching(known: Catalogue, method: str, path: str) -> float:
    assert isinstance(known.match(method, path), Match)
    return cost(lambda: known.match(method, path), MATCHES)


def loading() -> float:
    with start([sys.executable, "-c", LOADING], SERVER, stdout=subprocess.PIPE) as process:
        assert process.stdout
        return float(process.stdout.read())
