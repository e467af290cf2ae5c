"""The processes that a process has started, directly or not, and their end."""

from __future__ import annotations

import os
import signal
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Final

from mock_server.core import stopwatch

GRACE: Final = 2.0
"""Seconds that they have to leave after they are asked to."""

_LAST_GRACE: Final = 1.0
_PAUSE: Final = 0.01


def end_descendants(besides: AbstractSet[int] = frozenset()) -> None:
    """Ask the descendants of this process to leave, then make them. It must have adopted their orphans.

    `besides`, and what is below them, may stay.
    """
    for kind, seconds in ((signal.SIGTERM, GRACE), (signal.SIGKILL, _LAST_GRACE)):
        until = stopwatch.now() + seconds
        asked: set[int] = set()
        while (left := descendants_of(os.getpid(), besides)) and stopwatch.now() < until:
            for process in left - asked:
                _send(process, kind)
            asked |= left
            reap()
            stopwatch.pause(_PAUSE)
        if not left:
            return


def reap() -> dict[int, int]:
    """The children that have ended and were not asked for yet, each with its exit code as a shell would give it."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                break
            code = os.waitstatus_to_exitcode(status)
            ended[process] = code if code >= 0 else 128 - code
    return ended


def descendants_of(ancestor: int, besides: AbstractSet[int] = frozenset()) -> set[int]:
    """All below a process, but for `besides` and what is below them."""
    parents = _parents()
    found: set[int] = set()
    newest = {ancestor}
    while newest:
        newest = {process for process, parent in parents.items() if parent in newest} - found - besides
        found |= newest
    return found


def _parents() -> dict[int, int]:
    """Every process with its parent."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it may have left meanwhile
                after_name = (folder / "stat").read_bytes().rpartition(b")")[2]
                parents[int(folder.name)] = int(after_name.split()[1])
    return parents


def _send(process: int, kind: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # gone, or become somebody else's
        os.kill(process, kind)
