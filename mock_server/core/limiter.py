"""The rules by which the requests of one second may be limited. The vendor's own is unknown, so there are five.

Time is passed in and all arithmetic is on integers. A limiter is not thread-safe: the caller holds the account's lock,
and reads the clock inside it, because an instant earlier than the last one counted means that the clock was set back.
What then lies in the future is forgotten by the next request that is counted, so that nobody is locked out for ever.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from mock_server.core.clock import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_server.core.clock import Instant


class Limiter(Protocol):
    """Decides whether one more request fits, from what it has counted so far."""

    def fits(self, now: Instant) -> bool:
        """Whether a request at `now` may be admitted. Changes nothing."""

    def count(self, now: Instant) -> None:
        """Count a request that was admitted at `now`, after `fits(now)` said yes."""

    def left(self, now: Instant) -> int:
        """How many requests would be admitted at this very instant."""

    def state(self) -> list[Any]:
        """What has been counted, as JSON."""

    def restore(self, state: list[Any]) -> None:
        """Take over the `state()` of a limiter with the same rule."""


class SlidingWindow:
    """At most `limit` in any half-open window of one second."""

    __slots__ = ("_counted", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counted: deque[Instant] = deque()  # ascending, the last `limit` of them

    def fits(self, now: Instant) -> bool:
        counted = self._counted
        return len(counted) < self._limit or counted[0] <= now - SECOND or counted[-1] > now

    def count(self, now: Instant) -> None:
        counted = self._counted
        while counted and counted[-1] > now:
            counted.pop()
        if len(counted) == self._limit:
            counted.popleft()
        counted.append(now)

    def left(self, now: Instant) -> int:
        return self._limit - sum(now - SECOND < instant <= now for instant in self._counted)

    def state(self) -> list[Any]:
        return list(self._counted)

    def restore(self, state: list[Any]) -> None:
        self._counted = deque(state)


class FixedWindow:
    """At most `limit` in each calendar window of `length` microseconds: a second, a minute, a UTC day.

    A clock set back inside the window changes nothing: a counter cannot tell which of its requests lie in the future.
    """

    __slots__ = ("_counted", "_length", "_window", "limit")

    def __init__(self, limit: int, length: int) -> None:
        self.limit = limit
        self._length = length
        self._window = 0
        self._counted = 0

    def fits(self, now: Instant) -> bool:
        return self._counted < self.limit or now // self._length != self._window

    def count(self, now: Instant) -> None:
        window = now // self._length
        if window != self._window:
            self._window = window
            self._counted = 0
        self._counted += 1

    def leave(self, now: Instant, number: int) -> None:
        """Count as if so many were left of the window of `now`."""
        self._window = now // self._length
        self._counted = self.limit - number

    def left(self, now: Instant) -> int:
        if now // self._length != self._window:
            return self.limit
        return max(0, self.limit - self._counted)  # the limit may have been lowered meanwhile

    def state(self) -> list[Any]:
        return [self._window, self._counted]

    def restore(self, state: list[Any]) -> None:
        self._window, self._counted = state


class TokenBucket:
    """Holds up to `capacity` tokens, gains `rate` of them a second; a request takes one.

    GCRA is the same rule, told by the arrival times it expects instead of the tokens left: its burst is the capacity.
    A clock set back finds the bucket full.
    """

    __slots__ = ("_at", "_full", "_level", "_rate")

    def __init__(self, rate: int, capacity: int) -> None:
        self._rate = rate
        self._full = capacity * SECOND  # in millionths of a token: each microsecond brings exactly `rate` of them
        self._level = self._full
        self._at: Instant = 0

    def fits(self, now: Instant) -> bool:
        return self._level_at(now) >= SECOND

    def count(self, now: Instant) -> None:
        self._level = self._level_at(now) - SECOND
        self._at = now

    def left(self, now: Instant) -> int:
        return self._level_at(now) // SECOND

    def state(self) -> list[Any]:
        return [self._level, self._at]

    def restore(self, state: list[Any]) -> None:
        self._level, self._at = state

    def _level_at(self, now: Instant) -> int:
        if now < self._at:
            return self._full
        return min(self._full, self._level + (now - self._at) * self._rate)


class Strictest:
    """Admits what all of several limiters admit; each counts only that."""

    __slots__ = ("_limiters",)

    def __init__(self, *limiters: Limiter) -> None:
        self._limiters = limiters

    def fits(self, now: Instant) -> bool:
        return all(limiter.fits(now) for limiter in self._limiters)

    def count(self, now: Instant) -> None:
        for limiter in self._limiters:
            limiter.count(now)

    def left(self, now: Instant) -> int:
        return min(limiter.left(now) for limiter in self._limiters)

    def state(self) -> list[Any]:
        return [limiter.state() for limiter in self._limiters]

    def restore(self, state: list[Any]) -> None:
        for limiter, its_state in zip(self._limiters, state, strict=True):
            limiter.restore(its_state)


def _fixed_window(per_second: int) -> Limiter:
    return FixedWindow(per_second, SECOND)


def _token_bucket(per_second: int) -> Limiter:
    return TokenBucket(per_second, capacity=per_second)


def _gcra(per_second: int) -> Limiter:
    return TokenBucket(per_second, capacity=max(1, per_second // 2))


def _strictest(per_second: int) -> Limiter:
    # Sliding window and GCRA imply the other two while time only advances; naming all four needs no proof.
    return Strictest(SlidingWindow(per_second), _fixed_window(per_second), _token_bucket(per_second), _gcra(per_second))


ALGORITHMS: Mapping[str, Callable[[int], Limiter]] = {
    "sliding-window": SlidingWindow,
    "fixed-window": _fixed_window,
    "token-bucket": _token_bucket,
    "gcra": _gcra,
    "strictest": _strictest,
}
"""How to make each limiter from the number of requests a second."""
