"""What `verify --probes` does: puts the open questions to a target."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mock_server.cli.exits import GOOD
from mock_server.cli.targets import Progress, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.verify.findings import Report
    from contracts.verify.probes.asked import Probe
    from contracts.verify.probes.probing import Probing
    from contracts.verify.probes.running import Allowance, Observation
    from mock_server.cli.targets import Asked


class Room(NamedTuple):
    """A target that probes may be put to: how one begins there, and what is allowed."""

    begin: Callable[[Probe], Probing]
    allowance: Allowance
    target: str


def report_of_probes(asked: Asked, names: Sequence[str], *, exceed: bool, keep: Path | None) -> Report:
    """Put the questions called by `names`, or all, to a target; keep what is seen as evidence if there is a folder."""
    from contracts.verify.probes.running import chosen, observe
    from contracts.verify.timing import Timing

    try:
        probes = chosen(names)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    started = Timing().moment()
    with _room(asked, exceed=exceed) as room, closing(Progress(len(probes))) as progress:
        seen: list[Observation] = []
        for number, probe in enumerate(probes, 1):
            progress(number, probe.question)
            seen += observe([probe], room.begin, room.allowance)
    if keep is not None:
        _keep(seen, keep, asked, started)
    return _report(seen, room.target, started)


def tell_plan_of_probes(names: Sequence[str], style: str) -> int:
    """Tell what the probes would do."""
    from contracts.verify.probes.running import chosen

    try:
        plan = [
            {"probe": probe.question, "calls": probe.calls, "effect": str(probe.effect), "does": probe.tells}
            for probe in chosen(names)
        ]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if style == "json":
        click.echo(json.dumps(plan, indent=2))
        return GOOD
    for row in plan:
        click.echo(f"{row['probe']:<22} at most {row['calls']:>3} calls  {row['effect']:<7} {row['does']}")
    return GOOD


def _keep(seen: list[Observation], folder: Path, asked: Asked, started: str) -> None:
    from contracts.verify.places import VENDOR
    from contracts.verify.probes.keeping import keep
    from contracts.verify.recording import observations
    from contracts.verify.recording.files import Edited

    source = observations.VENDOR if asked.place == VENDOR else f"a server at {asked.place or 'hand'}"
    try:
        path = keep(seen, folder, source=source, day=started[:10])
    except Edited as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"what was seen is kept in {path}", err=True)


def _report(seen: list[Observation], target: str, started: str) -> Report:
    from contracts.verify.findings import Report, worst_first

    facts = {
        "questions": len(seen),
        "answered": sum(one.position is not None for one in seen),
        "as promised": sum(one.is_as_promised for one in seen),
        "calls": sum(one.calls for one in seen),
    }
    return Report("verify --probes", target, started, facts, worst_first(one.finding for one in seen))


@contextmanager
def _room(asked: Asked, *, exceed: bool) -> Iterator[Room]:
    with _foreign(asked, asked.place, exceed=exceed) if asked.place else _own() as room:
        yield room


@contextmanager
def _own() -> Iterator[Room]:
    """An account of an emulator in this process, with a clock that is moved instead of waited for."""
    from contracts.suite.accounts import fresh_account
    from contracts.suite.laboratories import AdminLaboratory
    from contracts.suite.targets import WSGITarget
    from contracts.verify.probes.probing import Probing
    from contracts.verify.probes.running import Allowance
    from contracts.verify.runs import Run
    from mock_server.app import make_emulator

    emulator = make_emulator()
    with closing(emulator), fresh_account(AdminLaboratory(WSGITarget(emulator)), limits={}) as account:
        passed = 0.0

        def wait(seconds: float) -> None:
            nonlocal passed
            passed += seconds
            account.advance(round(seconds * 1_000_000))

        def begin(probe: Probe) -> Probing:
            wait(_REST)
            asker = Asker(account.laboratory.target, lambda: account.authorization)
            return Probing(asker, probe.calls, Run("probes"), wait, lambda: passed, account.credentials.sender)

        yield Room(begin, Allowance(writes=True, exceeding=True, spending=True), "the emulator in process")


_REST = 1.5
"""Seconds between two probes, after which nothing that one called counts for the next."""


class Asker:
    """Who asks, with a token that is looked up when it is needed."""

    def __init__(self, target: Any, authorization: Callable[[], str]) -> None:
        self.target = target
        self._authorization = authorization

    @property
    def authorization(self) -> str:
        return self._authorization()


@contextmanager
def _foreign(asked: Asked, place: str, *, exceed: bool) -> Iterator[Room]:
    """Somebody's account, behind the guard."""
    from contracts.verify.cleanup import clean_up, survey
    from contracts.verify.kinds import KIND_OF
    from contracts.verify.opening import foreign_target
    from contracts.verify.probes.probing import Probing
    from contracts.verify.probes.running import Allowance
    from contracts.verify.timing import Timing
    from contracts.verify.visitors import Visitor

    timing, who = Timing(), identity()
    with foreign_target(place, who, asked.folder, permit=asked.permit, budget=asked.budget) as guard:
        visitor = Visitor(guard, who)
        owned = min(asked.permit.owned, default="")

        def begin(probe: Probe) -> Probing:
            if guard.is_exceeding:  # as the probe before was
                timing.sleep(_REST)
            guard.is_exceeding = probe.is_fast
            return Probing(visitor, probe.calls, guard.run, timing.sleep, timing.monotonic, owned)

        if asked.permit.writes:
            survey(KIND_OF["email.mailing_list"], visitor, guard)
        allowance = Allowance(asked.permit.writes, exceed, bool(asked.permit.spending))
        try:
            yield Room(begin, allowance, place)
        finally:
            guard.is_exceeding = False
            clean_up(visitor, guard)
