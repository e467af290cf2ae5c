"""The command `coverage`: what is declared, served and provoked, which codes that brings, and how well it is known."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli.exits import FINDINGS, GOOD

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from contracts.coverage import Coverage, Observed, Tally
    from contracts.evidence import Grade


@click.command
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    default=0,
    help="Leave with exit code 1 if fewer of the operations are served, or of the refusals provoked.",
)
@click.option(
    "--badge",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write an SVG that tells which share of the answers is documented or observed.",
)
@click.option(
    "--recordings",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Count what the vendor was recorded to answer there as observed.",
)
def coverage(*, style: str, fail_under: float, badge: Path | None, recordings: Path | None) -> int:
    """Show what is declared, served by the emulator and provoked by the suite, and which of the vendor's codes come.

    The evidence tells how a promise is known: observed on the wire, documented by the vendor, inferred by us. Answers
    are the success and the refusals of each operation. A code is reached when a refusal that the suite provokes brings
    it, and comes by fault when one can be planned by its number.
    """
    total, services = _counted(_observed_in(recordings))
    codes = _codes()
    if badge is not None:
        _write_badge(badge, total)
    click.echo(_as_json(total, services, codes) if style == "json" else "\n".join(_report(total, services, codes)))
    complaints = [*_shortfall(total.operations, "operations are served", fail_under)]
    complaints += _shortfall(total.refusals, "refusals are provoked", fail_under)
    for complaint in complaints:
        click.echo(complaint, err=True)
    return FINDINGS if complaints else GOOD


def _write_badge(file: Path, total: Coverage) -> None:
    from contracts.badge import badge

    try:
        file.write_text(badge("documented or observed", total.well_known), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error


def _shortfall(tally: Tally[Any], what: str, wanted: float) -> Iterator[str]:
    if tally.percent >= wanted:
        return
    if tally.missing is None:
        yield f"nobody knows how many {what}: install the extra `contracts`"
    else:
        yield f"{tally.percent:.1f} % of the {what}, not {wanted:g} %"


def _observed_in(folder: Path | None) -> Observed:
    """What recordings and probes prove; nothing where there are none."""
    if folder is None:
        return {}
    from contracts.verify.probes.keeping import proven
    from contracts.verify.recording.files import Edited, read_all
    from contracts.verify.recording.observations import observations

    try:
        return {**observations(read_all(folder).values()), **proven(folder)}
    except (Edited, OSError) as error:
        raise click.ClickException(str(error)) from None


def _counted(observed: Observed) -> tuple[Coverage, Mapping[str, Coverage]]:
    """All operations, and those of each service."""
    from contracts.catalogue import catalogue
    from contracts.coverage import coverage
    from mock_server.behaviour import behaviours
    from mock_server.services import load_behaviours

    load_behaviours()
    served = {operation.name for operation in catalogue() if operation in behaviours}
    provoked = _provocations()
    services: dict[str, list[Any]] = {}
    for operation in catalogue():
        services.setdefault(operation.service.name, []).append(operation)
    return coverage(catalogue(), served=served, provoked=provoked, observed=observed), {
        name: coverage(operations, served=served, provoked=provoked, observed=observed)
        for name, operations in services.items()
    }


def _provocations() -> Collection[tuple[str, str]] | None:
    """The refusals that the suite provokes, by operation and key; None where there is no suite that tells."""
    try:
        return frozenset(importlib.import_module("contracts.suite").provoked())
    except ModuleNotFoundError:  # the extra `contracts`, which the suite needs, is not installed
        return None


def _codes() -> Mapping[str, Tally[int]]:
    """The vendor's codes, and which of them the suite's provocations bring."""
    from contracts.catalogue import catalogue
    from contracts.coverage import codes_reached

    return codes_reached(catalogue(), _provocations())


def _as_json(total: Coverage, services: Mapping[str, Coverage], codes: Mapping[str, Tally[int]]) -> str:
    parts = {name: part.as_json() for name, part in services.items()}
    numbers = {name: tally.as_json("reached") | {"by_fault": tally.declared} for name, tally in codes.items()}
    document = {"total": total.as_json(), "services": parts, "codes": numbers, "ledger": _ledger()}
    return json.dumps(document, indent=2)


def _ledger() -> Mapping[str, Mapping[Grade, int]]:
    from contracts.catalogue import catalogue
    from contracts.coverage import ledger

    return ledger(catalogue())


def _report(total: Coverage, services: Mapping[str, Coverage], codes: Mapping[str, Tally[int]]) -> Iterator[str]:
    parts = {**services, "total": total}
    yield from _table("operations", {"served": _met}, {name: part.operations for name, part in parts.items()})
    yield ""
    yield from _table("refusals", {"provoked": _met}, {name: part.refusals for name, part in parts.items()})
    yield ""
    yield from _table("answers", {}, {name: part.answers for name, part in parts.items()})
    yield ""
    yield from _table("codes", {"reached": _met, "by fault": _declared}, codes)
    for name in total.operations.missing or ():
        yield f"not served: {name}"
    for name, key in total.refusals.missing or ():
        yield f"not provoked: {name}: {key}"


def _declared(tally: Tally[Any]) -> int:
    """As many codes can be planned as faults: a fault takes each of the registry."""
    return tally.declared


def _met(tally: Tally[Any]) -> int | None:
    return tally.met


def _table(
    title: str, columns: Mapping[str, Callable[[Tally[Any]], int | None]], tallies: Mapping[str, Tally[Any]]
) -> Iterator[str]:
    """A line per tally, the total in bold, red what is not met; without the columns that nobody knows."""
    from contracts.evidence import Grade

    first = max(len(title), *map(len, tallies))
    known = {name: count for name, count in columns.items() if None not in map(count, tallies.values())}
    titles = ["declared", *known, *Grade]
    yield click.style("  ".join([title.ljust(first), *titles]), bold=True)
    for name, tally in tallies.items():
        numbers = [
            tally.declared,
            *(count(tally) for count in known.values()),
            *(tally.evidence.get(grade, 0) for grade in Grade),
        ]
        cells = [str(number).rjust(len(column)) for number, column in zip(numbers, titles, strict=True)]
        yield click.style(
            "  ".join([name.ljust(first), *cells]), bold=name == "total", fg="red" if tally.missing else None
        )
