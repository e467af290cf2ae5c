"""What a fresh account costs a test: entering and leaving, in process and live, beside `responses`' own mock.

Run it with `python bench/fixture.py`; microseconds, the contenders in turns, medians.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import responses

from mock_server import MockServer

ROUNDS, TURNS = 200, 15


def cost(open_one: Callable[[], AbstractContextManager[Any]]) -> float:
    began = time.perf_counter()
    for _ in range(ROUNDS):
        with open_one():
            pass
    return (time.perf_counter() - began) / ROUNDS * 1e6


def main() -> None:
    mock = MockServer()
    with mock.serve() as server:
        contenders: dict[str, Callable[[], AbstractContextManager[Any]]] = {
            "RequestsMock": responses.RequestsMock,
            "in process": mock.intercept,
            "live": server.lend,
        }
        turns = [[cost(open_one) for open_one in contenders.values()] for _ in range(TURNS)]
    for name, column in zip(contenders, zip(*turns, strict=True), strict=True):
        print(f"{name:12} {statistics.median(column):6.0f} µs")


if __name__ == "__main__":
    main()
