"""A writing run of `verify`, killed at random moments, and what its clean-up leaves.

`python -m bench.kills [SEED [KILLS]]` kills 50 times, with seed 0, unless it is told otherwise.

The emulator is the judge: its rows tell what is left, its journal how many calls were made and how fast. It kills the
run itself, some milliseconds after a call came, so that every moment is hit: before the call acts, while it is
answered, and between two calls.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from mock_server import AccountHandle, MockServer
from mock_server.serving.live import LiveServer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

KILLS: Final = 50
BUDGET: Final = 220
CALLS: Final = 130
"""About as many as the run makes that is killed."""

LONGEST: Final = 0.16
"""Seconds after a call within which the run is killed: a little longer than until the next call."""

PATIENCE: Final = 300


@dataclass(frozen=True)
class Outcome:
    """What was seen of one run that was killed, and of the clean-up after it."""

    killed_at: int
    calls: int
    most_in_a_second: int
    left: int
    code: int

    @property
    def is_good(self) -> bool:
        return self.left == 0 and self.code == 0 and self.calls <= BUDGET and self.most_in_a_second <= 10


class Killer:
    """An application that passes requests on, and kills a process when its calls have come to a number."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._left = 0
        self._delay = 0.0
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def arm(self, calls: int, delay: float) -> None:
        """Kill at a call, so many seconds after it came; with 0 before it acts."""
        self._left, self._delay = calls, delay

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            self._left -= 1
            is_the_one = self._left == 0
        if is_the_one and self._delay:
            threading.Timer(self._delay, self._kill).start()
        elif is_the_one:
            self._kill()
        return self._app(environ, start_response)

    def _kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)


def killed(folder: Path, kills: Sequence[tuple[int, float]], *options: str) -> Outcome:
    """A run that is killed at the first of `kills`, clean-ups that are killed at the others, and one that is not."""
    mock = MockServer()
    killer = Killer(mock.emulator)
    with mock.serve() as server, LiveServer(killer) as deadly:  # two ways to one account: ours, and the run's
        account = server.account()
        account.client.email.mailing_lists.create("Readers")
        before, journal = rows_of(account), len(account.journal.entries())
        verify = ("--url", deadly.url, "--allow-writes", "--budget", str(BUDGET), *options)
        for number, (calls, delay) in enumerate(kills):
            killer.arm(calls, delay)
            killer.process = _started(account, folder, *(("--resume-cleanup",) if number else verify))
            killer.process.wait(PATIENCE)
        killer.arm(0, 0)
        code = _started(account, folder, "--resume-cleanup").wait(PATIENCE)
        entries = account.journal.entries()[journal:]
        left = sum(1 for kind, rows in rows_of(account).items() for row in rows if row not in before.get(kind, []))
    mock.close()
    return Outcome(kills[0][0], len(entries), most_in_a_second([entry.at for entry in entries]), left, code)


def rows_of(account: AccountHandle) -> dict[str, list[Any]]:
    """What the account has, by entity, but for what the server keeps for itself."""
    rows = account.state.snapshot()["rows"]["rows"]
    return {kind: kept for kind, kept in rows.items() if kept and not kind.startswith("core.")}


def most_in_a_second(instants: Sequence[int]) -> int:
    """The most calls in any second, by their instants in microseconds."""
    return max((sum(start <= at < start + 1_000_000 for at in instants) for start in instants), default=0)


def _started(account: AccountHandle, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_")}
    credentials = {"SENDPULSE_CLIENT_ID": account.client_id, "SENDPULSE_CLIENT_SECRET": account.client_secret}
    command = [sys.executable, "-m", "mock_server", "verify", "--ledgers", str(folder), *options]
    here = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.Popen(
        command, env=environment | credentials | here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def outcomes(seed: int = 0, kills: int = KILLS) -> Iterator[Outcome]:
    """So many runs, each killed at a moment of its own; of every third the first clean-up is killed as well."""
    random = Random(seed)
    for number in range(kills):
        moments = [(random.randint(1, CALLS), random.uniform(0, LONGEST))]
        if number % 3 == 0:
            moments.append((random.randint(1, 5), random.uniform(0, LONGEST)))
        with tempfile.TemporaryDirectory() as folder:
            yield killed(Path(folder), moments, "--effect", "write")


def main() -> None:
    """Print a line for each run, and the worst of them."""
    seen = []
    for number, outcome in enumerate(outcomes(*map(int, sys.argv[1:])), 1):
        seen.append(outcome)
        print(f"{number:3}: {outcome}{'' if outcome.is_good else '  <- not as promised'}", flush=True)
    left, calls = sum(one.left for one in seen), max(one.calls for one in seen)
    fastest = max(one.most_in_a_second for one in seen)
    print(f"killed {len(seen)} times: {left} objects left, at most {calls} calls of {BUDGET}, {fastest} in a second")
    sys.exit(not all(one.is_good for one in seen))


if __name__ == "__main__":
    main()
