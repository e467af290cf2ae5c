"""`exec`, started and ended again and again, one after another and many at once, and what is left of that.

`python -m bench.cycles [CYCLES [PARALLEL TURNS]]` makes 500 cycles, then 50 turns of 16 at once, unless it is told
otherwise. Each runs a program that logs in at the vendor's own address, and must end with that program's exit code.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CYCLES, PARALLEL, TURNS = 500, 16, 50
PATIENCE: Final = 120
CODE: Final = 7
"""The exit code of the program, which nothing else has."""

LOGS_IN: Final = (
    "curl -sf https://api.sendpulse.com/oauth/access_token -o /dev/null"
    f" -d grant_type=client_credentials -d client_id=mine -d client_secret=secret && exit {CODE}"
)


@dataclass
class Seen:
    """What was seen of some cycles."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        median, most = statistics.median(self.seconds), max(self.seconds)
        failed = f"{len(self.failures)} failures{': ' + self.failures[0] if self.failures else ''}"
        return f"{len(self.seconds)} runs, {failed}; {median:.2f} s each in the median, {most:.2f} s at most"


class Cycles:
    """Runs of `exec` that keep their temporary files in a folder, which they shall leave empty."""

    def __init__(self, folder: Path) -> None:
        self._temporary = folder / "tmp"
        self._temporary.mkdir()
        self._mark = f"BENCH_CYCLES={folder}"
        self._environment = {
            **os.environ,
            "TMPDIR": str(self._temporary),
            "SENDPULSE_MOCK_AUTHORITY": str(folder / "authority"),
            "BENCH_CYCLES": str(folder),
        }

    def one(self, *command: str) -> float:
        """Seconds that one run takes."""
        seen = Seen()
        self.at_once(1, seen, command, code=0)
        if seen.failures:
            raise AssertionError(seen.failures[0])
        return seen.seconds[0]

    def at_once(
        self, number: int, seen: Seen, command: Sequence[str] = ("sh", "-c", LOGS_IN), *, code: int = CODE
    ) -> None:
        """So many runs beside each other, of a command that ends with that code."""
        began = time.monotonic()
        line = [sys.executable, "-m", "mock_server", "exec", "-q", "--through", "namespace", "--", *command]
        runs = [subprocess.Popen(line, env=self._environment, stderr=subprocess.PIPE, text=True) for _ in range(number)]
        for run in runs:
            _, told = run.communicate(timeout=PATIENCE)
            seen.seconds.append(time.monotonic() - began)
            if run.returncode != code or told:
                seen.failures.append(f"exit code {run.returncode}: {told.strip()}")

    def left(self) -> list[str]:
        """Files and processes that should not be there any more."""
        processes = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit() and self._is_ours(folder)]
        return [*map(str, processes), *(str(file) for file in self._temporary.rglob("*"))]

    def _is_ours(self, process: Path) -> bool:
        try:
            return self._mark.encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:
            return False


def main() -> None:
    """Print what was seen."""
    cycles, parallel, turns = [*map(int, sys.argv[1:]), *(CYCLES, PARALLEL, TURNS)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        bench = Cycles(Path(folder))
        bench.one("true")  # makes the authority
        overhead = [bench.one("true") for _ in range(7)]
        print(f"start and end around `true`: {statistics.median(overhead):.2f} s in the median")
        alone, beside = Seen(), Seen()
        for _ in range(cycles):
            bench.at_once(1, alone)
        print(f"one after another: {alone}", flush=True)
        for _ in range(turns):
            bench.at_once(parallel, beside)
        print(f"{parallel} at once: {beside}")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        each = (used.ru_utime + used.ru_stime) / (len(alone.seconds) + len(beside.seconds) + len(overhead) + 1)
        left = bench.left()
        print(f"{each:.2f} s of CPU each; left: {len(left)} processes and files {left[:3] or ''}")
    sys.exit(bool(alone.failures or beside.failures or left))


if __name__ == "__main__":
    main()
