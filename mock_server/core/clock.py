"""The time an account lives in: real until it is frozen, set or advanced. Nothing else reads the system's time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic_ns, time_ns
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Instant: TypeAlias = int
"""Microseconds since the Unix epoch, UTC; negative before 1970."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": SECOND // 1000}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_DURATION = re.compile(rf"(?:{_QUANTITY.pattern})+", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A calendar holds the years 1 to 9999. One at either end is spared: time runs on, tokens last, time zones differ.
_FIRST = (datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND - 1


def _uptime() -> int:
    return monotonic_ns() // 1000


# When the monotonic clock stood at zero. Wall time is read once: a step of the system's clock moves no account's time.
_REAL_ZERO: Instant = time_ns() // 1000 - _uptime()


class Clock:
    """An account's view on real time: a fixed distance away from it, or frozen at one instant.

    A running clock never goes backwards by itself. Anyone may read it; who changes it holds the account's lock.
    """

    __slots__ = ("_frozen_at", "_zero")

    def __init__(self) -> None:
        self._zero = _REAL_ZERO
        self._frozen_at: Instant | None = None

    def now(self) -> Instant:
        """The account's present instant."""
        frozen_at = self._frozen_at  # read once: another thread may unfreeze meanwhile
        if frozen_at is not None:
            return frozen_at
        return self._zero + monotonic_ns() // 1000  # _uptime() spelt out: every request comes through here

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def freeze(self) -> None:
        """Let time stand still at the present instant."""
        self._frozen_at = self.now()

    def unfreeze(self) -> None:
        """Let time run on from the instant at which it stood."""
        if self._frozen_at is not None:
            self._zero = self._frozen_at - _uptime()  # first, so that no reader sees the old one
            self._frozen_at = None

    def set(self, instant: Instant) -> None:
        """Move to any instant of the years 2 to 9998, earlier ones too, else ValueError; frozen stays frozen."""
        refuse_unwritable(instant)
        if self._frozen_at is None:
            self._zero = instant - _uptime()
        else:
            self._frozen_at = instant

    def advance(self, seconds: float | timedelta) -> Instant:
        """Move forward, exact to the microsecond, and return the new instant; frozen stays frozen.

        Raises ValueError for a negative or endless span, and for one that would leave the years 2 to 9998.
        """
        span = _microseconds_forward(seconds)
        refuse_unwritable(self.now() + span)
        if self._frozen_at is None:
            self._zero += span
        else:
            self._frozen_at += span
        return self.now()

    def until(self, instant: Instant) -> float | None:
        """Seconds of real time until `instant`, negative when it is past; None while time stands still."""
        return None if self.frozen else (instant - self.now()) / SECOND

    def state(self) -> dict[str, int]:
        """What `of_state` needs: `{"frozen_at": instant}`, or `{"offset": microseconds}` ahead of real time."""
        if self._frozen_at is not None:
            return {"frozen_at": self._frozen_at}
        return {"offset": self._zero - _REAL_ZERO}

    @classmethod
    def of_state(cls, state: Mapping[str, int]) -> Clock:
        """The clock that `state` was taken from, in this process or a later one. ValueError if it is no state."""
        clock = cls()
        match state:
            case {"frozen_at": int(instant)}:
                clock._frozen_at = instant
            case {"offset": int(offset)}:
                clock._zero += offset
            case _:
                raise ValueError(f'{state!r} is no state of a clock; it holds "frozen_at" or "offset", in microseconds')
        return clock


def parse_instant(text: str) -> Instant:
    """The instant of an RFC 3339 date and time; digits beyond the microsecond are dropped.

    Raises ValueError for anything else, a time without an offset included.
    """
    try:
        if not _RFC_3339.fullmatch(
            text.upper()
        ):  # the datetime module also takes week dates and times without an offset
            raise ValueError(text)
        instant = (datetime.fromisoformat(text.upper()) - _EPOCH) // _MICROSECOND
        refuse_unwritable(instant)  # an offset may lead out of the years that a clock is moved to
    except ValueError:
        raise ValueError(
            f"{text!r} is no instant; write RFC 3339, such as 2026-01-31T12:00:00Z, in the years 2 to 9998"
        ) from None
    return instant


def format_instant(instant: Instant) -> str:
    """RFC 3339 in UTC, always with six digits: `2026-01-31T12:00:00.000000Z`."""
    return moment_of(instant).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def format_for_mail(instant: Instant) -> str:
    """RFC 5322 in UTC, as mails have it: `Sat, 31 Jan 2026 12:00:00 +0000`."""
    from email.utils import format_datetime

    return format_datetime(moment_of(instant))


def moment_of(instant: Instant) -> datetime:
    """The instant as a `datetime` in UTC, for libraries that want one."""
    return _EPOCH + timedelta(microseconds=instant)


@lru_cache(maxsize=4096)  # lists show the same moments again and again
def local_time(instant: Instant, zone: str) -> str:
    """``YYYY-MM-DD HH:MM:SS`` in a time zone, without offset."""
    from zoneinfo import ZoneInfo

    moment = _EPOCH + timedelta(seconds=instant // SECOND)
    local = moment if zone == "UTC" else moment.astimezone(ZoneInfo(zone))
    return local.replace(tzinfo=None).isoformat(" ")  # strftime writes the year 999 with three digits


def parse_local_time(text: str, zone: str) -> Instant:
    """The instant that `local_time` writes so.

    `ValueError` for what is not ``YYYY-MM-DD HH:MM:SS``, no such day, or a year that no clock is moved to.
    """
    from zoneinfo import ZoneInfo

    if not _LOCAL.fullmatch(text):
        raise ValueError(f"{text!r} is no moment; write YYYY-MM-DD HH:MM:SS")
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone))
    instant = (moment - _EPOCH) // _MICROSECOND
    refuse_unwritable(instant)
    return instant


def parse_duration(text: str) -> int:
    """Microseconds of quantities such as `1h1m`, `90s`, `2d`, `1.5h`, `250ms`. ValueError for anything else."""
    from fractions import Fraction

    if not _DURATION.fullmatch(text):
        raise ValueError(f"{text!r} is no duration; write quantities of {', '.join(_UNITS)}, such as 1h1m or 1.5s")
    return round(sum(Fraction(number) * _UNITS[unit] for number, unit in _QUANTITY.findall(text)))


def _microseconds_forward(seconds: float | timedelta) -> int:
    try:
        span = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # infinite or immense; not a number
        raise ValueError(f"cannot advance by {seconds!r} seconds; give a number that a calendar can hold") from None
    if span < timedelta(0):
        raise ValueError(f"cannot advance by {seconds!r}, which is negative; set the clock to go back")
    return span // _MICROSECOND


def refuse_unwritable(instant: Instant) -> None:
    """Raise ValueError for an instant that no clock is moved to."""
    if not _FIRST <= instant <= _LAST:
        raise ValueError(f"instant {instant} lies outside the years 2 to 9998; give microseconds since 1970")
