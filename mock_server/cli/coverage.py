"""The command `coverage`: what is declared, served and provoked, and how well it is known."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from contracts.coverage import Coverage, Tally

FINDINGS = 1


@click.command
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    default=0,
    help="Leave with exit code 1 if fewer of the operations are served.",
)
def coverage(*, style: str, fail_under: float) -> int:
    """Show what is declared, served by the emulator and provoked by the suite.

    The evidence tells how a promise is known: observed on the wire, documented by the vendor, inferred by us.
    """
    total, services = _counted()
    click.echo(_as_json(total, services) if style == "json" else "\n".join(_report(total, services)))
    if total.operations.percent >= fail_under:
        return 0
    click.echo(f"{total.operations.percent:.1f} % of the operations are served, not {fail_under:g} %", err=True)
    return FINDINGS


def _counted() -> tuple[Coverage, Mapping[str, Coverage]]:
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
    return coverage(catalogue(), served=served, provoked=provoked), {
        name: coverage(operations, served=served, provoked=provoked) for name, operations in services.items()
    }


def _provocations() -> Collection[tuple[str, str]] | None:
    """The refusals that the suite provokes, by operation and key; None where there is no suite that tells."""
    try:
        return frozenset(importlib.import_module("contracts.suite").provoked())
    except ModuleNotFoundError:  # the extra `contracts`, which the suite needs, is not installed
        return None


def _as_json(total: Coverage, services: Mapping[str, Coverage]) -> str:
    parts = {name: part.as_json() for name, part in services.items()}
    return json.dumps({"total": total.as_json(), "services": parts}, indent=2)


def _report(total: Coverage, services: Mapping[str, Coverage]) -> Iterator[str]:
    parts = {**services, "total": total}
    yield from _table("operations", "served", {name: part.operations for name, part in parts.items()})
    yield ""
    yield from _table("refusals", "provoked", {name: part.refusals for name, part in parts.items()})
    for name in total.operations.missing or ():
        yield f"not served: {name}"


def _table(title: str, met: str, tallies: Mapping[str, Tally[Any]]) -> Iterator[str]:
    """A line per tally, the last one in bold, red what is not met; without the column `met` where nobody knows it."""
    from contracts.evidence import Grade

    is_known = all(tally.missing is not None for tally in tallies.values())
    first = max(len(title), *map(len, tallies))
    columns = ["declared", *[met] * is_known, *Grade]
    yield click.style("  ".join([title.ljust(first), *columns]), bold=True)
    for name, tally in tallies.items():
        numbers = [tally.declared, *[tally.met] * is_known, *(tally.evidence.get(grade, 0) for grade in Grade)]
        cells = [str(number).rjust(len(column)) for number, column in zip(numbers, columns, strict=True)]
        yield click.style(
            "  ".join([name.ljust(first), *cells]), bold=name == "total", fg="red" if tally.missing else None
        )
