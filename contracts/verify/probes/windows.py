"""Which rule a target limits the requests of a second by, told from when it let requests through and when not.

Nothing here guesses. Of each call is known when it was sent and when its answer was there; the target looked at it some
time between. A rule is *refuted* by a call that it cannot have answered so, whenever in between that was. The rule that
is left when all others are refuted is the target's; as long as several are, it is undecided. So a slow or uneven way
makes the answer later, or keeps it from coming, and never makes it wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Final, Protocol

LIMIT: Final = 10
"""Requests a second (documented)."""

BURST: Final = LIMIT // 2
"""What GCRA lets through at one instant."""

MARGIN: Final = 0.003
"""Seconds that the two clocks may run apart during an experiment."""

PHASES: Final = 100
"""At how many places within our second the target's calendar second may begin."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: when it was sent, when its answer was there, and whether it was let through."""

    sent: float
    received: float
    admitted: bool


Calls = Sequence[Call]


class Rule(Protocol):
    """What a rule demands for a call, after those that were let through, whenever exactly all of them came."""

    def must_refuse(self, calls: Calls, call: Call, /) -> bool:
        """Whether the call cannot be let through."""

    def must_admit(self, calls: Calls, call: Call, /) -> bool:
        """Whether it cannot be turned away."""


class SlidingWindow:
    """At most ten in any second."""

    def must_refuse(self, calls: Calls, call: Call) -> bool:
        return sum(call.received - one.sent < 1 - MARGIN for one in calls) >= LIMIT

    def must_admit(self, calls: Calls, call: Call) -> bool:
        return sum(one.received > call.sent - 1 - MARGIN for one in calls) < LIMIT


class Bucket:
    """In any span no more than so many at once, and ten for each second of it."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity

    def must_refuse(self, calls: Calls, call: Call) -> bool:
        return any(
            number > self._capacity + LIMIT * (call.received - first.sent + MARGIN) for number, first in _spans(calls)
        )

    def must_admit(self, calls: Calls, call: Call) -> bool:
        return all(
            number <= self._capacity + LIMIT * (max(call.sent - first.received, 0) - MARGIN)
            for number, first in _spans(calls)
        )


def _spans(calls: Calls) -> Iterator[tuple[int, Call]]:
    """Each span of `calls` that ends with one more: how many it holds with that, and its first."""
    for index, first in enumerate(calls):
        yield len(calls) - index + 1, first


class FixedWindow:
    """At most ten in each calendar second, where that begins at a `phase` of our own second."""

    def __init__(self, phase: float) -> None:
        self._phase = phase

    def must_refuse(self, calls: Calls, call: Call) -> bool:
        first, last = self._windows(call)
        return first == last and sum(self._windows(one) == (first, first) for one in calls) >= LIMIT

    def must_admit(self, calls: Calls, call: Call) -> bool:
        first, last = self._windows(call)
        return all(
            sum(low <= window <= high for low, high in map(self._windows, calls)) < LIMIT
            for window in range(first, last + 1)
        )

    def _windows(self, call: Call) -> tuple[int, int]:
        """The first and the last window that a call can have fallen into."""
        slack = MARGIN + 0.5 / PHASES
        return floor(call.sent - self._phase - slack), floor(call.received - self._phase + slack)


class All:
    """What all of several rules let through."""

    def __init__(self, *rules: Rule) -> None:
        self._rules = rules

    def must_refuse(self, calls: Calls, call: Call) -> bool:
        return any(rule.must_refuse(calls, call) for rule in self._rules)

    def must_admit(self, calls: Calls, call: Call) -> bool:
        return all(rule.must_admit(calls, call) for rule in self._rules)


class Off:
    """Everything."""

    def must_refuse(self, _: Calls, __: Call) -> bool:
        return False

    def must_admit(self, _: Calls, __: Call) -> bool:
        return True


HORIZON: Final = 5.0
"""Seconds after which a call matters no more: between it and now lies a rest in which every bucket was filled."""


def _suspects() -> dict[str, list[Rule]]:
    return {
        "sliding-window": [SlidingWindow()],
        "fixed-window": [FixedWindow(number / PHASES) for number in range(PHASES)],
        "token-bucket": [Bucket(LIMIT)],
        "gcra": [Bucket(BURST)],
        "strictest": [All(SlidingWindow(), Bucket(BURST))],  # while time only advances, these imply the other two
        "off": [Off()],
    }


@dataclass(slots=True)
class Suspects:
    """The rules that no call has refuted, by name; a rule with an unknown in it as one for each of its values."""

    rules: dict[str, list[Rule]] = field(default_factory=_suspects)
    _admitted: list[Call] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The rules that the target may have."""
        return [name for name, rules in self.rules.items() if rules]

    def see(self, call: Call) -> None:
        """Take one more call into account; they come in the order in which they were sent."""
        calls = [one for one in self._admitted if one.received > call.sent - HORIZON]
        for name, rules in self.rules.items():
            self.rules[name] = [rule for rule in rules if not _refutes(rule, calls, call)]
        if call.admitted:
            self._admitted = [*calls, call]


def _refutes(rule: Rule, calls: Calls, call: Call) -> bool:
    return rule.must_refuse(calls, call) if call.admitted else rule.must_admit(calls, call)


REST: Final = 1.3
"""Seconds after which nothing that was counted before matters."""

POLLING: Final = 0.12
"""Seconds between two calls that look whether there is room again: longer than it takes a bucket to gain one."""

MOST_CALLS: Final = 300
_BURST_MOST: Final = 25
_ROUND: Final = 1.25
_ROUNDS: Final = 9
_STRIDE: Final = 0.37
"""Seconds by which rounds begin at another place of the calendar second."""


@dataclass(slots=True)
class Experiment:
    """Calls in a pattern that tells rules apart: all at once until one is turned away, then now and again.

    `admits` makes a call and tells whether it was let through, `wait` lets seconds pass, `now` tells the time in them.
    """

    admits: Callable[[], bool]
    wait: Callable[[float], None]
    now: Callable[[], float]
    most: int = MOST_CALLS
    calls: list[Call] = field(default_factory=list)
    suspects: Suspects = field(default_factory=Suspects)

    def run(self) -> list[str]:
        """The rules that the target may have, in the end: one where it is told for certain."""
        for number in range(_ROUNDS):
            self.wait(REST + number * _STRIDE % 1)
            seen = len(self.calls)
            self._round()
            for call in self.calls[seen:]:  # only now: to judge takes time
                self.suspects.see(call)
            if len(self.suspects.names) <= 1 or len(self.calls) >= self.most:
                break
        return self.suspects.names

    def _round(self) -> None:
        began = self.now()
        self._burst()
        while self.now() - began < _ROUND and len(self.calls) < self.most:
            self.wait(POLLING)
            self._burst()

    def _burst(self) -> None:
        """Call until one call is turned away."""
        for _ in range(min(_BURST_MOST, self.most - len(self.calls))):
            sent = self.now()
            admitted = self.admits()
            self.calls.append(Call(sent, self.now(), admitted))
            if not admitted:
                return
