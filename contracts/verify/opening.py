"""Foreign targets, opened: a server, and between it and the run the guard, with its ledger and its pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from contracts.suite.targets import SocketTarget
from contracts.verify.guard import GuardedTarget
from contracts.verify.ledger import Ledger, LedgerUnusable
from contracts.verify.pacing import Pace
from contracts.verify.permits import Permit
from contracts.verify.places import Identity
from contracts.verify.recording.files import read_all
from contracts.verify.recording.replay import RecordedTarget
from contracts.verify.runs import Run
from contracts.verify.timing import Timing

MANY: Final = 1_000_000
BUDGET: Final = 400
"""Calls of a run, those for tokens included, unless the user says otherwise."""


@contextmanager
def foreign_target(
    place: str,
    identity: Identity,
    folder: Path,
    *,
    permit: Permit,
    budget: int = BUDGET,
    timing: Timing | None = None,
) -> Iterator[GuardedTarget]:
    """A new run against the server at `place`. Its ledger lies in `folder`, and stays there if it holds anything.

    Raises `Busy` where another run of the same folder calls that server now.
    """
    timing = timing or Timing()
    run = Run(timing.new_run())
    with closing(_pace_of(place, folder, timing)) as pace, closing(SocketTarget(place)) as server:
        head = {"run": run.id, "target": place, "account": identity.alias(run.id), "budget": budget}
        path = folder / f"{run.id}.jsonl"
        with closing(Ledger.begin(path, **head, started=timing.moment())) as ledger:
            yield GuardedTarget(server, ledger, pace, run=run, permit=permit, budget=budget, timing=timing)
            is_empty = not ledger.awaited
        if is_empty:
            path.unlink()


@contextmanager
def resumed_target(
    path: Path, identity: Identity, *, budget: int | None = None, timing: Timing | None = None
) -> Iterator[GuardedTarget]:
    """The target of an earlier run, to remove what that left. What is left of its `budget` is, unless one is given.

    Raises `LedgerUnusable` where the credentials are those of another account, or the file is no ledger.
    """
    timing = timing or Timing()
    with closing(Ledger.resume(path)) as ledger:
        run, place = Run(ledger.head["run"]), ledger.head["target"]
        if identity.alias(run.id) != ledger.head["account"]:
            raise LedgerUnusable(f"{path} was written with other credentials; set those, or nothing would be found")
        with closing(_pace_of(place, path.parent, timing)) as pace, closing(SocketTarget(place)) as server:
            yield GuardedTarget(
                server,
                ledger,
                pace,
                run=run,
                permit=Permit(writes=True),
                budget=budget or ledger.head["budget"],
                timing=timing,
            )


@contextmanager
def recorded_target(folder: Path) -> Iterator[GuardedTarget]:
    """Recordings, which anybody may read as fast as they like. Raises `Edited` for a file that is none."""
    target, run = RecordedTarget(read_all(folder)), Run("recorded")
    with TemporaryDirectory() as scratch, closing(Ledger.begin(Path(scratch) / "ledger", run=run.id)) as ledger:
        yield GuardedTarget(target, ledger, Pace(per_second=inf), run=run, permit=Permit(), budget=MANY)


def _pace_of(place: str, folder: Path, timing: Timing) -> Pace:
    """One for each server and folder."""
    name = urlsplit(place).netloc.replace(":", "_").replace("[", "").replace("]", "")
    return Pace(folder / f"{name}.lock", timing=timing)
