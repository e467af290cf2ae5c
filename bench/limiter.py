"""Prints what one decision of the limits costs, in microseconds: each algorithm alone, the whole throttle, the clock.

Run with `python bench/limiter.py`. The client sends 20 a second where 10 are allowed, so half is turned away.
"""

from __future__ import annotations

from timeit import repeat
from typing import TYPE_CHECKING

from mock_server.core.clock import SECOND, Clock, Instant
from mock_server.core.limiter import ALGORITHMS, Limiter
from mock_server.core.plans import Quota
from mock_server.core.throttle import ALGORITHM_NAMES, Limits, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

INSTANTS = range(0, 10_000 * SECOND, SECOND // 20)
BOUNDLESS = Quota(per_minute=1_000_000, per_day=1_000_000_000)


def main() -> None:
    report("clock.now()", min(repeat(Clock().now, number=len(INSTANTS), repeat=5)))
    for name, limiter_of in ALGORITHMS.items():
        report(name, seconds_for_all(decision_by(limiter_of(10))))
    for name in ALGORITHM_NAMES:
        report(f"throttle, {name}", seconds_for_all(Throttle(Limits(algorithm=name), BOUNDLESS).admit))


def report(what: str, seconds: float) -> None:
    print(f"{what:<28} {seconds / len(INSTANTS) * 1_000_000:5.2f}")


def seconds_for_all(decide: Callable[[Instant], object]) -> float:
    def run() -> None:
        for instant in INSTANTS:
            decide(instant)

    return min(repeat(run, number=1, repeat=5))


def decision_by(limiter: Limiter) -> Callable[[Instant], None]:
    def decide(now: Instant) -> None:
        if limiter.fits(now):
            limiter.count(now)

    return decide


if __name__ == "__main__":
    main()
