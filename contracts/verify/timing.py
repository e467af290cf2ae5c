"""Clocks, sleep and chance: the only door of the verification run to them, so that a test may bring its own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_RUN_BYTES: Final = 4
_DAY: Final = 86_400


def _new_run() -> str:
    return secrets.token_hex(_RUN_BYTES)


@dataclass(frozen=True, slots=True)
class Timing:
    """Where a run takes its time and its name from.

    `wall` is the time of day in seconds since 1970, which a restart shares; `monotonic` never goes back; `new_run`
    makes up a name.
    """

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    new_run: Callable[[], str] = _new_run

    def moment(self) -> str:
        """The time of day as RFC 3339 writes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.wall()))

    def tomorrow(self) -> str:
        """The same moment of the next day, as the vendor writes moments."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.wall() + _DAY))
