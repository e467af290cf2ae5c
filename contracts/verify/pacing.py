"""How fast a foreign target is called: well below its limit, whoever calls, and however often a run is restarted."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from contracts.verify.timing import Timing

PER_SECOND: Final = 8
"""The vendor allows 10, and does not tell how it counts: the rest is margin for a way that jitters."""


class Busy(Exception):
    """Another run calls the same target at this moment; together they would be too fast."""


class Pace:
    """Lets one call pass at a time, `per_second` a second at most, measured from start to start.

    With a `file`, whose age tells when the last call was made, a run that begins waits for the one before it, and two
    at once are refused: `Busy`.
    """

    def __init__(
        self, file: Path | None = None, *, per_second: float = PER_SECOND, timing: Timing | None = None
    ) -> None:
        self._timing = timing or Timing()
        self._spacing = 1 / per_second
        self._lock = threading.Lock()
        self._file = None if file is None else _locked(file)
        self._next = self._timing.monotonic() + (0 if file is None else self._left_of_the_last(file))

    def wait(self) -> None:
        """Return when the next call may start: call it right before that."""
        with self._lock:
            early = self._next - self._timing.monotonic()
            if early > 0:
                self._timing.sleep(early)
            if self._file is not None:
                now = self._timing.wall()
                os.utime(self._file.name, (now, now))
            self._next = self._timing.monotonic() + self._spacing

    def close(self) -> None:
        """Let others call the target."""
        if self._file is not None:
            self._file.close()

    def _left_of_the_last(self, file: Path) -> float:
        """Seconds until the spacing after the last call is over, whoever made it; a clock that was set back counts."""
        age = self._timing.wall() - file.stat().st_mtime
        return min(max(self._spacing - age, 0), self._spacing)


def _locked(file: Path) -> IO[bytes]:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        _lock(opened)
    except OSError as error:
        opened.close()
        raise Busy(f"another run calls this target now ({file} is locked); wait for its end, or end it") from error
    return opened


def _lock(file: IO[bytes]) -> None:
    """Lock a file until it is closed or its process ends. Raises `OSError` where another has it."""
    with suppress(ModuleNotFoundError):  # there is none on Windows
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt  # type: ignore[import-not-found, unused-ignore]

    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
