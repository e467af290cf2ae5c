"""What a fresh account costs a test: entering and leaving, in process and live, beside `responses`' own mock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import responses

from bench.figures import TURNS, Figure, cost
from mock_server import MockServer

ROUNDS = 100


def figures() -> Iterator[Figure]:
    mock = MockServer()
    with mock.serve() as server:
        contenders = (mock.intercept, server.lend, responses.RequestsMock)
        turns = [[milliseconds(open_one) for open_one in contenders] for _ in range(2 * TURNS)]
    in_process, live, theirs = zip(*turns, strict=True)
    yield Figure("fixture with a fresh account, in process", in_process, 0.1, "ms")
    yield Figure("fixture with a fresh account, live", live, 2, "ms")
    yield Figure("  RequestsMock", theirs, unit="ms")


def milliseconds(open_one: Callable[[], AbstractContextManager[Any]]) -> float:
    """CPU time to enter and leave."""

    def enter_and_leave() -> None:
        with open_one():
            pass

    return cost(enter_and_leave, ROUNDS) / 1e3
