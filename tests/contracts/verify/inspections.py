"""Runs of the verification against an account of the emulator, in process and without waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from contracts.messages import Answer, Request
from contracts.suite.targets import Target, WSGITarget
from contracts.verify.findings import Report
from contracts.verify.guard import GuardedTarget
from contracts.verify.inspection import Outcome, inspect, report_of
from contracts.verify.ledger import Ledger
from contracts.verify.pacing import Pace
from contracts.verify.permits import Permit
from contracts.verify.places import Identity
from contracts.verify.plans import plan_of
from contracts.verify.runs import Run
from contracts.verify.selection import Selection
from contracts.verify.timing import Timing
from contracts.verify.visitors import Visitor
from mock_server import AccountHandle, MockServer

RUN = Run("a1b2c3d4")
EVERYTHING, READS = Selection(), Permit()
NOON = {"now": "2026-01-31T12:00:00Z", "frozen": True}


class Altered:
    """A target whose answers somebody changes on their way."""

    def __init__(self, target: Target, alter: Callable[[Request, Answer], Answer]) -> None:
        self._target = target
        self._alter = alter

    def send(self, request: Request) -> Answer:
        return self._alter(request, self._target.send(request))


def with_body(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    """The same answer, its JSON changed."""
    return replace(answer, body=json.dumps(change(answer.json())).encode())


@dataclass(frozen=True)
class Inspected:
    """How a run went, what it tells, and the account afterwards."""

    outcome: Outcome
    report: Report
    guard: GuardedTarget
    visitor: Visitor

    @property
    def kinds(self) -> set[tuple[str, str]]:
        return {(finding.about, finding.kind) for finding in self.report.findings if finding.about != "the run"}


@contextmanager
def an_account(**options: Any):
    server = MockServer()
    with server.intercept(credentials="strict", limits="off", clock=NOON, **options) as sendpulse:
        yield sendpulse, WSGITarget(server.emulator)
    server.close()


def inspected(
    sendpulse: AccountHandle,
    target: Target,
    folder: Path,
    *,
    selection: Selection = EVERYTHING,
    permit: Permit = READS,
    budget: int = 1000,
    through: Callable[[Target], Target] = lambda guard: guard,
    progress: Callable[..., None] = lambda *_: None,
) -> Inspected:
    """A run whose waiting moves the account's clock."""
    timing = Timing(wall=lambda: 1e6, monotonic=lambda: 0.0, sleep=sendpulse.clock.advance, new_run=lambda: RUN.id)
    identity = Identity(sendpulse.client_id, sendpulse.client_secret)
    ledger = Ledger.begin(folder / f"{RUN.id}.jsonl", run=RUN.id)
    guard = GuardedTarget(
        target, ledger, Pace(per_second=inf, timing=timing), run=RUN, permit=permit, budget=budget, timing=timing
    )
    visitor = Visitor(through(guard), identity, timing=timing)
    plan = plan_of(selection, permit, budget)
    outcome = inspect(plan, guard, visitor, progress=progress, timing=timing)
    report = report_of(outcome, plan, guard, target="the emulator", started=timing.moment())
    return Inspected(outcome, report, guard, visitor)
