"""The one decision whether a request is let through: the limit of the second, then the quotas of minute and day."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from mock_server.core.choices import choose, keys_of
from mock_server.core.clock import DAY, MINUTE
from mock_server.core.limiter import ALGORITHMS, FixedWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_server.core.clock import Instant
    from mock_server.core.limiter import Limiter
    from mock_server.core.plans import Quota

OFF = "off"
ALGORITHM_NAMES = (*ALGORITHMS, OFF)


class Verdict(Enum):
    """What becomes of a request."""

    ADMITTED = "admitted"
    TOO_FAST = "too fast"  # over the second's limit
    OVER_QUOTA = "over quota"  # over the minute's or the day's


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account is held to; a quota of None is its plan's. ValueError for an unknown algorithm and below 1."""

    algorithm: str = "sliding-window"
    per_second: int = 10
    per_minute: int | None = None
    per_day: int | None = None

    def __post_init__(self) -> None:
        choose("algorithm", self.algorithm, ALGORITHM_NAMES)
        _refuse_uncountable("per_second", self.per_second)
        for name, quota in (("per_minute", self.per_minute), ("per_day", self.per_day)):
            if quota is not None:
                _refuse_uncountable(name, quota)

    def changed(self, changes: Mapping[str, Any]) -> Limits:
        """These limits with some named anew; None unsets a quota. ValueError for an unknown name or value."""
        return replace(self, **keys_of("the limits", changes, [field.name for field in fields(self)]))

    def quota(self, of_plan: Quota) -> Quota:
        """The quotas set here, and the plan's where none is set."""
        own = {"per_minute": self.per_minute, "per_day": self.per_day}
        return of_plan._replace(**{name: quota for name, quota in own.items() if quota is not None})


class Throttle:
    """Counts an account's requests and turns away what exceeds its limits.

    Not thread-safe: the caller holds the account's lock, and reads the clock inside it.
    """

    def __init__(self, limits: Limits, quota_of_plan: Quota) -> None:
        quota = limits.quota(quota_of_plan)
        self.limits = limits
        self._second = _limiter_of(limits)
        self._minute = FixedWindow(quota.per_minute, MINUTE)
        self._day = FixedWindow(quota.per_day, DAY)

    def configure(self, limits: Limits, quota_of_plan: Quota) -> None:
        """Hold the account to other limits. What was counted stays, but for a second that is now counted otherwise."""
        if (limits.algorithm, limits.per_second) != (self.limits.algorithm, self.limits.per_second):
            self._second = _limiter_of(limits)
        self.limits = limits
        self._minute.limit, self._day.limit = limits.quota(quota_of_plan)

    def admit(self, now: Instant) -> Verdict:
        """Decide on a request at `now`, and count it if it is admitted; one turned away counts nowhere."""
        # Unverified: the order, the windows, and that refused requests do not count.
        if self._second is None:
            return Verdict.ADMITTED
        if not self._second.fits(now):
            return Verdict.TOO_FAST
        if not (self._minute.fits(now) and self._day.fits(now)):
            return Verdict.OVER_QUOTA
        self._second.count(now)
        self._minute.count(now)
        self._day.count(now)
        return Verdict.ADMITTED

    def left(self, now: Instant) -> dict[str, int | None]:
        """How many more requests fit into the `second`, `minute` and `day` of `now`; None when nothing is limited."""
        if self._second is None:
            return {"second": None, "minute": None, "day": None}
        return {"second": self._second.left(now), "minute": self._minute.left(now), "day": self._day.left(now)}

    def leave(self, now: Instant, left: Mapping[str, Any]) -> None:
        """Let so many requests fit into the ``minute`` and ``day`` of `now`. ValueError for what does not fit."""
        windows = {"minute": self._minute, "day": self._day}
        for name, number in keys_of("the requests left", left, windows).items():
            most = windows[name].limit
            if type(number) is not int or not 0 <= number <= most:
                raise ValueError(f"the {name} cannot have {number!r} requests left; give a number from 0 to {most}")
            windows[name].leave(now, number)

    def as_json(self) -> dict[str, Any]:
        """The limits in force, the plan's quotas among them: `algorithm`, `per_second`, `per_minute`, `per_day`."""
        return {**asdict(self.limits), "per_minute": self._minute.limit, "per_day": self._day.limit}

    def state(self) -> dict[str, list[Any]]:
        """What has been counted, as JSON."""
        return {name: limiter.state() for name, limiter in self._limiters().items()}

    def restore(self, state: Mapping[str, list[Any]]) -> None:
        """Take over the `state()` of a throttle with the same limits."""
        for name, limiter in self._limiters().items():
            limiter.restore(state[name])

    def _limiters(self) -> dict[str, Limiter]:
        quotas: dict[str, Limiter] = {"minute": self._minute, "day": self._day}
        return quotas if self._second is None else {"second": self._second, **quotas}


def _limiter_of(limits: Limits) -> Limiter | None:
    return None if limits.algorithm == OFF else ALGORITHMS[limits.algorithm](limits.per_second)


def _refuse_uncountable(name: str, limit: object) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"{name} is {limit!r}; give an integer of at least 1")
