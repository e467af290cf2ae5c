"""The command `verify`: whether a target keeps what the contracts promise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mock_server.cli.exits import COULD_NOT_RUN, GOOD, INTERRUPTED
from mock_server.cli.probes import report_of_probes, tell_plan_of_probes
from mock_server.cli.reports import Wanted, reporting, tell
from mock_server.cli.targets import (
    Asked,
    Progress,
    asked_of,
    asking,
    ending_as_interrupted,
    identity,
    need_hypothesis,
    told_apart,
)
from mock_server.cli.twins import report_of_twins

if TYPE_CHECKING:
    from contracts.verify.findings import Report
    from contracts.verify.inspection import Outcome
    from contracts.verify.plans import Plan

ALL: Final = ""
"""Every ledger of the folder."""


@click.command
@asking
@click.option("--database", metavar="URL", help="Keep the emulator's data there; in memory when left out.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done; call nothing.")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", help="How to tell it.")
@click.option(
    "--resume-cleanup",
    is_flag=False,
    flag_value=ALL,
    metavar="[LEDGER]",
    help="Remove what an earlier run left, by its ledger; by all of them when none is named.",
)
@click.option(
    "--probes",
    is_flag=False,
    flag_value=ALL,
    metavar="[NAME,…]",
    help="Put open questions to the target, those of these names or all.",
)
@click.option("--exceed-limit", is_flag=True, help="Let probes call faster than is allowed, some hundred times.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep what probes see in this folder, as evidence."
)
@click.option("--against", metavar="TARGET", help="Do the same on two targets: emulator, live or a URL, and …")
@click.option("--and", "beside", metavar="TARGET", help="… this one; tell the first difference.")
@click.option("--seed", type=int, default=0, help="Walk other ways on the two targets.")
@click.option("--walks", type=click.IntRange(min=1), default=100, show_default=True, help="So many ways.")
@click.option(
    "--reproduce",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write scripts for curl and a test for pytest that show the difference.",
)
@reporting
def verify(
    *,
    database: str | None,
    dry_run: bool,
    style: str,
    resume_cleanup: str | None,
    probes: str | None,
    exceed_limit: bool,
    keep: Path | None,
    against: str | None,
    beside: str | None,
    seed: int,
    walks: int,
    reproduce: Path | None,
    report: tuple[Wanted, ...],
    **options: Any,
) -> int:
    """Compare a target with the contracts: the emulator in this process, --url, --live or --recordings.

    In process the whole suite runs, on accounts made for it. Every other target is somebody's: what is there is read,
    and nothing else is done unless it is allowed. It is called at most 8 times a second, never beyond the budget, and
    no more after it says that this was too fast.

    With --probes the open questions are put to the target; with --against and --and two targets are compared.
    """
    need_hypothesis()
    asked = asked_of(**options, names_targets=against is not None)
    if resume_cleanup is not None:
        return _resume(asked, resume_cleanup, options["budget"])
    names = [name.strip() for name in (probes or "").split(",") if name.strip()]
    if dry_run:
        return _tell_plan(asked, style) if probes is None else tell_plan_of_probes(names, style)
    with told_apart(), ending_as_interrupted():
        if probes is not None:
            return tell(report_of_probes(asked, names, exceed=exceed_limit, keep=keep), report)
        if against is not None or beside is not None:
            return tell(report_of_twins(asked, against, beside, seed=seed, walks=walks, reproduce=reproduce), report)
        return _verify(asked, database, report)


def _verify(asked: Asked, database: str | None, wanted: tuple[Wanted, ...]) -> int:
    if asked.place is not None:
        return _inspect(asked, asked.place, wanted)
    if asked.recordings is not None:
        return _inspect_recordings(asked, asked.recordings, wanted)
    return _examine(asked, database, wanted)


def _examine(asked: Asked, database: str | None, wanted: tuple[Wanted, ...]) -> int:
    from contracts.suite.laboratories import AdminLaboratory
    from contracts.suite.targets import WSGITarget
    from contracts.verify.examination import examine, exams_of, report_of
    from contracts.verify.timing import Timing
    from mock_server.app import make_emulator

    chosen, started = exams_of(asked.selection), Timing().moment()
    with closing(_made(make_emulator, database)) as emulator, closing(Progress(len(chosen))) as progress:
        laboratory = AdminLaboratory(WSGITarget(emulator))
        findings = examine(laboratory, chosen, progress=lambda number, exam: progress(number, _topic(exam.about)))
    target = f"the emulator in process{f' with {database}' if database else ''}"
    return tell(report_of(findings, chosen, laboratory.tally, target=target, started=started), wanted)


def _made(make_emulator: Any, database: str | None) -> Any:
    from mock_server.core.store import DatabaseUnusable

    try:
        return make_emulator(database=database)
    except (ValueError, DatabaseUnusable) as error:
        raise click.ClickException(str(error)) from None


def _topic(about: str) -> str:
    return about.partition(":")[0]


def _inspect(asked: Asked, place: str, wanted: tuple[Wanted, ...]) -> int:
    from contracts.verify.gate import Gate
    from contracts.verify.inspection import inspect, report_of
    from contracts.verify.opening import foreign_target
    from contracts.verify.tasks import told
    from contracts.verify.timing import Timing
    from contracts.verify.visitors import Visitor

    plan, who, started = plan_for(asked), identity(), Timing().moment()
    with (
        foreign_target(place, who, asked.folder, permit=asked.permit, budget=asked.budget) as guard,
        closing(Progress(len(plan.tasks))) as progress,
    ):
        visitor = Visitor(guard, who)
        outcome = inspect(plan, guard, visitor, progress=lambda number, task: progress(number, told(task)))
        report = report_of(outcome, plan, guard, target=place, started=started)
        gate = Gate([*who.secrets, *visitor.tokens])
        gate.check({"the ledger": guard.ledger.path.read_bytes(), **_rendered(report)})
    code = tell(report, wanted)
    warn_of_leftovers(outcome, guard.ledger.path)
    if outcome.is_interrupted:
        return INTERRUPTED
    return code if outcome.could_run else COULD_NOT_RUN


def _inspect_recordings(asked: Asked, folder: Path, wanted: tuple[Wanted, ...]) -> int:
    from contracts.verify.inspection import inspect, report_of
    from contracts.verify.opening import recorded_target
    from contracts.verify.places import Identity
    from contracts.verify.recording.files import Edited
    from contracts.verify.tasks import told
    from contracts.verify.timing import Timing
    from contracts.verify.visitors import Visitor

    plan, started = plan_for(asked), Timing().moment()
    try:
        with recorded_target(folder) as guard, closing(Progress(len(plan.tasks))) as progress:
            visitor = Visitor(guard, Identity(api_key="recorded"))
            outcome = inspect(plan, guard, visitor, progress=lambda number, task: progress(number, told(task)))
            report = report_of(outcome, plan, guard, target=str(folder), started=started)
    except Edited as error:
        raise click.ClickException(str(error)) from None
    return tell(report, wanted)


def _rendered(report: Report) -> dict[str, bytes]:
    """The report in every format, for the gate."""
    from contracts.verify.reports import FORMATS

    return {f"the report as {name}": write(report).encode() for name, write in FORMATS.items()}


def warn_of_leftovers(outcome: Outcome, ledger: Path) -> None:
    """Tell how to remove what a run had to leave."""
    if not outcome.is_clean:
        click.echo(f"something may be left; remove it with: {_resuming(ledger)}", err=True)


def _resuming(ledger: Path) -> str:
    return f"sendpulse-mock verify --resume-cleanup {ledger}"


def _resume(asked: Asked, named: str, budget: int | None) -> int:
    ledgers = [Path(named)] if named else sorted(asked.folder.glob("*.jsonl"))
    with ending_as_interrupted():
        codes = [_clean_up(ledger, budget) for ledger in ledgers]
    if not ledgers:
        click.echo(f"no ledger in {asked.folder}: nothing to remove", err=True)
    return max(codes, default=GOOD)


def _clean_up(path: Path, budget: int | None) -> int:
    from contracts.verify.cleanup import CLEAN, clean_up
    from contracts.verify.gate import Gate
    from contracts.verify.ledger import is_unbegun
    from contracts.verify.opening import resumed_target
    from contracts.verify.visitors import Visitor

    with told_apart():
        if is_unbegun(path):
            path.unlink()
            click.echo(f"{path.name}: nothing was ever sent", err=True)
            return GOOD
        who = identity()
        with resumed_target(path, who, budget=budget) as guard:
            if guard.ledger.ended == CLEAN:
                return GOOD
            visitor = Visitor(guard, who)
            try:
                clean_up(visitor, guard)
            except KeyboardInterrupt:
                click.echo(f"interrupted; go on with: {_resuming(path)}", err=True)
                return INTERRUPTED
            finally:
                Gate([*who.secrets, *visitor.tokens]).check({"the ledger": path.read_bytes()})
            click.echo(f"{path.name}: nothing is left", err=True)
    return GOOD


def plan_for(asked: Asked) -> Plan:
    """The plan of what is asked for."""
    from contracts.verify.plans import plan_of

    try:
        return plan_of(asked.selection, asked.permit, asked.budget)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _tell_plan(asked: Asked, style: str) -> int:
    told = plan_for(asked).as_json() if asked.is_foreign or asked.recordings else _exams_as_json(asked)
    plan = {"target": asked.place or str(asked.recordings or "the emulator in process"), **told}
    click.echo(json.dumps(plan, indent=2) if style == "json" else "\n".join(_table(plan)))
    return GOOD


def _exams_as_json(asked: Asked) -> dict[str, Any]:
    """In process nothing is spent: accounts are made for it, and vanish with it."""
    from collections import Counter

    from contracts.verify.examination import exams_of

    counted = Counter(_topic(exam.about) for exam in exams_of(asked.selection))
    tasks = [{"task": "examine", "about": about, "checks": checks} for about, checks in counted.items()]
    return {"calls": 0, "tasks": tasks, "makes_and_removes": {}, "spends": [], "cost": {"money": 0, "mails": 0}}


def _table(plan: dict[str, Any]) -> Iterator[str]:
    yield f"target   {plan['target']}"
    rows = plan.get("operations") or plan["tasks"]
    names = [*rows[0]] if rows else []
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in names}
    yield from (
        "  ".join(str(row[name]).ljust(widths[name]) for name in names).rstrip() for row in [_titles(names), *rows]
    )
    if "budget" in plan:
        yield f"calls    at most {plan['calls']}, of a budget of {plan['budget']}{_shortage(plan)}"
    else:
        yield "calls    none but to accounts that are made for it in this process"
    made = ", ".join(f"{number} {entity}" for entity, number in plan["makes_and_removes"].items())
    yield f"makes    {made or 'nothing'}{', and removes all of it' if made else ''}"
    yield f"spends   {', '.join(plan['spends']) or 'nothing'}: no money, {plan['cost']['mails']} mails at most"


def _titles(names: list[str]) -> dict[str, str]:
    return {name: name for name in names}


def _shortage(plan: dict[str, Any]) -> str:
    return "" if plan["calls"] <= plan["budget"] else "; what comes last may not be done"
