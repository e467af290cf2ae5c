"""A figure: what was measured in several turns, what we want it to be, whether it is."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

TURNS = 7
"""How often contenders take turns; what counts is the median of the turns."""


@dataclass(frozen=True)
class Figure:
    """What was measured, a value a turn. A `goal` is the most that it may be, or with `at_least` the least."""

    what: str
    turns: Sequence[float]
    goal: float | None = None
    unit: str = "x"
    at_least: bool = False

    @property
    def measured(self) -> float:
        return statistics.median(self.turns)

    @property
    def is_met(self) -> bool | None:
        """Whether the median keeps the goal; None where there is none, and the figure only explains others."""
        if self.goal is None:
            return None
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {
            "figure": self.what,
            "goal": self.goal,
            "at_least": self.at_least,
            "unit": self.unit,
            "measured": self.measured,
            "least": min(self.turns),
            "most": max(self.turns),
            "turns": len(self.turns),
            "met": self.is_met,
        }


def cost(call: Callable[[], object], calls: int) -> float:
    """Microseconds of CPU a call, the least of three times: what else runs on the machine only ever adds."""
    return min(_once(call, calls) for _ in range(3)) / calls * 1e6


def _once(call: Callable[[], object], calls: int) -> float:
    began = process_time()
    for _ in range(calls):
        call()
    return process_time() - began


def ratios(ours: Iterable[float], theirs: Iterable[float]) -> list[float]:
    """How many times what each turn of theirs cost ours did, so that what slows a turn slows both."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def row(figure: Figure) -> str:
    """A line of the table."""
    bound = "" if figure.goal is None else f"{'≥' if figure.at_least else '≤'} {number(figure.goal)}"
    verdict = {True: "met", False: "NOT MET", None: ""}[figure.is_met]
    spread = f"{number(min(figure.turns))}-{number(max(figure.turns))}"
    return f"{figure.what:62}{bound:>9}{number(figure.measured):>10} {figure.unit:6}{spread:>17}  {verdict}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


HEAD = f"{'figure':62}{'goal':>9}{'median':>10} {'':6}{'least-most':>17}"
