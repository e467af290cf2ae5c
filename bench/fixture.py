"""What a fresh account costs a test: entering and leaving, in process and live, beside `responses`' own mock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import responses

from bench.figures import TURNS, Figure
from mock_server import MockServer

ROUNDS = 100


def figures() -> Iterator[Figure]:
    mock = MockServer()
    with mock.serve() as server:
        contenders = (mock.intercept, server.lend, responses.RequestsMock)
        turns = [[cost(open_one) for open_one in contenders] for _ in range(2 * TURNS)]
    in_process, live, theirs = zip(*turns, strict=True)
    yield Figure("fixture with a fresh account, in process", in_process, 0.1, "ms")
    yield Figure("fixture with a fresh account, live", live, 2, "ms")
    yield Figure("  RequestsMock", theirs, unit="ms")


def cost(open_one: Callable[[], AbstractContextManager[Any]]) -> float:
    """Milliseconds of CPU to enter and leave."""
    began = time.process_time()
    for _ in range(ROUNDS):
        with open_one():
            pass
    return (time.process_time() - began) / ROUNDS * 1e3
