"""The command `record`: answers of a target, kept as recordings."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli.exits import COULD_NOT_RUN, GOOD, INTERRUPTED
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
from mock_server.cli.verify import plan_for, warn_of_leftovers

if TYPE_CHECKING:
    from contracts.verify.recording.files import Recording


@click.command
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@asking
def record(*, folder: Path, **options: Any) -> int:
    """Ask a target as `verify` does, and keep its answers in FOLDER: a file for each operation.

    No file holds anybody's data: ids are references, secrets are tokens that only the account's own secret makes, and
    what the contracts do not list is its type. Recordings of the vendor are evidence, which `coverage` counts.
    """
    need_hypothesis()
    asked = asked_of(**options)
    if asked.place is None:
        raise click.UsageError("name what to record: --url or --live")
    with told_apart(), ending_as_interrupted():
        return _record(asked, asked.place, folder)


def _record(asked: Asked, place: str, folder: Path) -> int:
    from contracts.verify.gate import Gate
    from contracts.verify.inspection import inspect
    from contracts.verify.opening import foreign_target
    from contracts.verify.places import VENDOR
    from contracts.verify.recording import observations
    from contracts.verify.recording.recorder import Recorder
    from contracts.verify.tasks import told
    from contracts.verify.timing import Timing
    from contracts.verify.visitors import Visitor

    plan, who, timing = plan_for(asked), identity(), Timing()
    with (
        foreign_target(place, who, asked.folder, permit=asked.permit, budget=asked.budget) as guard,
        closing(Progress(len(plan.tasks))) as progress,
    ):
        recorder = Recorder(guard, key=who.client_secret or who.api_key)
        visitor = Visitor(recorder, who)
        outcome = inspect(plan, guard, visitor, progress=lambda number, task: progress(number, told(task)))
        source = observations.VENDOR if place == VENDOR else f"a server at {place}"
        recordings = recorder.recordings(source=source, recorded=timing.moment()[:10])
        gate = Gate([*who.secrets, *visitor.tokens])
        gate.check({"the ledger": guard.ledger.path.read_bytes(), **_contents(recordings)})
    _write(recordings, folder)
    warn_of_leftovers(outcome, guard.ledger.path)
    if outcome.is_interrupted:
        return INTERRUPTED
    if outcome.halted:
        click.echo(f"stopped early: {outcome.halted}", err=True)
    return GOOD if outcome.could_run else COULD_NOT_RUN


def _contents(recordings: list[Recording]) -> dict[str, bytes]:
    return {recording.file_name: recording.written().encode() for recording in recordings}


def _write(recordings: list[Recording], folder: Path) -> None:
    from contracts.verify.recording.files import Edited, write_all

    try:
        written = write_all(recordings, folder)
    except Edited as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(written)} recordings written to {folder}", err=True)
