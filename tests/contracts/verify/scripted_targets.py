"""A clock and a target for tests of the verification run: time that passes when somebody sleeps, answers by heart."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from contracts.catalogue import Match, catalogue
from contracts.messages import Answer, Request
from contracts.strategies import Case
from contracts.verify.timing import Timing


class ScriptedTime:
    """Time that stands still but for sleep."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def timing(self) -> Timing:
        return Timing(wall=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep, new_run=lambda: "a1b2c3d4")

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class ScriptedTarget:
    """Answers every request as it is told to, and keeps it."""

    def __init__(self, reply: Callable[[Case], tuple[int, Any]] = lambda _: (200, {})) -> None:
        self.reply = reply
        self.cases: list[Case] = []

    def send(self, request: Request) -> Answer:
        meant = catalogue().match(request.method, request.path)
        assert isinstance(meant, Match)
        case = Case(meant.operation, meant.params, json.loads(request.body or b"{}"))
        self.cases.append(case)
        status, body = self.reply(case)
        return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())
