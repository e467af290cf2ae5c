"""What `verify --against … --and …` does: walks the same ways on two targets, and tells the first difference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mock_server.cli.targets import identity

if TYPE_CHECKING:
    from contracts.verify.findings import Report
    from contracts.verify.twin.divergences import Divergence
    from contracts.verify.twin.sides import Side
    from mock_server.cli.targets import Asked

EMULATOR, LIVE = "emulator", "live"
OWN_KIND: Final = "email.mailing_list"


def report_of_twins(
    asked: Asked, one: str | None, other: str | None, *, seed: int, walks: int, reproduce: Path | None
) -> Report:
    """Compare two targets. Raises `click.UsageError` where one is missing, or may not be written to."""
    from contracts.verify.findings import Report
    from contracts.verify.guard import OutOfBudget
    from contracts.verify.timing import Timing
    from contracts.verify.twin.machine import Twin

    if one is None or other is None:
        raise click.UsageError("a twin run needs two targets: --against emulator --and http://127.0.0.1:8480")
    if EMULATOR not in {one, other}:
        raise click.UsageError("one of the two is to be the emulator: compare both with that")
    if not asked.permit.writes and {one, other} != {EMULATOR}:
        raise click.UsageError("a twin run makes mailing lists of its own and removes them: allow it by --allow-writes")
    started, ended = Timing().moment(), "all walks"
    with ExitStack() as stack:
        sides = [stack.enter_context(_side(name, asked)) for name in (one, other)]
        try:
            found = Twin(sides[0], sides[1], seed=seed, walks=walks, operations=asked.selection.operations).run()
        except OutOfBudget as reason:
            found, ended = None, str(reason)
    if found is not None and reproduce is not None:
        _write(found, reproduce)
    facts: dict[str, int | str] = {"seed": seed, "walks at most": walks, "ended": "a difference" if found else ended}
    findings = () if found is None else (found.finding,)
    return Report(f"verify --against {one} --and {other}", f"{one} beside {other}", started, facts, findings)


@contextmanager
def _side(name: str, asked: Asked) -> Iterator[Side]:
    with _emulator() if name == EMULATOR else _foreign(name, asked) as side:
        yield side


@contextmanager
def _emulator() -> Iterator[Side]:
    from contracts.suite.laboratories import AdminLaboratory
    from contracts.suite.targets import WSGITarget
    from contracts.verify.twin.sides import FreshSide
    from mock_server.app import make_emulator

    with closing(make_emulator()) as emulator:
        yield FreshSide(EMULATOR, AdminLaboratory(WSGITarget(emulator)))


@contextmanager
def _foreign(name: str, asked: Asked) -> Iterator[Side]:
    from contracts.verify.cleanup import clean_up, survey
    from contracts.verify.kinds import KIND_OF
    from contracts.verify.opening import foreign_target
    from contracts.verify.places import VENDOR, place_of
    from contracts.verify.twin.sides import SharedSide
    from contracts.verify.visitors import Visitor

    try:
        place = VENDOR if name == LIVE else place_of(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    who = identity()
    with foreign_target(place, who, asked.folder, permit=asked.permit, budget=asked.budget) as guard:
        visitor = Visitor(guard, who)
        survey(KIND_OF[OWN_KIND], visitor, guard)
        try:
            yield SharedSide(name, visitor, guard)
        finally:
            clean_up(visitor, guard)


def _write(found: Divergence, folder: Path) -> None:
    from contracts.verify.twin.scripts import curl_script, pytest_file

    folder.mkdir(parents=True, exist_ok=True)
    files = {"one.sh": curl_script(found, side=0), "other.sh": curl_script(found, side=1)}
    for name, text in {**files, "test_difference.py": pytest_file(found)}.items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"written: {folder / name}", err=True)
