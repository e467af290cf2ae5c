"""A run of probes, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from contracts.model import READ, SPENDS
from contracts.questions import QUESTIONS, Question
from contracts.verify.findings import Finding, Severity
from contracts.verify.probes.asked import PROBES, Probe
from contracts.verify.probes.probing import Probing, Undecided, cleaned_up


@dataclass(frozen=True, slots=True)
class Observation:
    """What a probe saw: the position, None where it is undecided, and why; how many calls that took."""

    question: Question
    position: str | None
    why: str = ""
    calls: int = 0

    @property
    def is_as_promised(self) -> bool:
        return self.position == self.question.promised

    @property
    def finding(self) -> Finding | None:
        """What is otherwise than promised, or not known; None where all is as promised."""
        if self.is_as_promised:
            return None
        asks, promised = self.question.asks, self.question.positions[self.question.promised]
        reproduce = f"sendpulse-mock verify --probes {self.question.name}"
        if self.position is None:
            return Finding(
                "probe.undecided",
                Severity.NOTE,
                self.question.name,
                f"{asks} Undecided: {self.why}.",
                reproduce=reproduce,
            )
        return Finding(
            "probe.position",
            Severity.WARNING,
            self.question.name,
            f"{asks} The target takes another position than is promised.",
            place=self.position,
            expected=f"{self.question.promised}: {promised}",
            seen=f"{self.position}: {self.question.positions[self.position]}",
            reproduce=reproduce,
        )


def chosen(
    names: Iterable[str] = (), *, writes: bool = False, spending: bool = False, fast: bool = False
) -> list[Probe]:
    """The probes called by `names`, or all, of which only those are run that the user allows.

    Raises `ValueError` for a name that no question has.
    """
    unknown = [name for name in names if name not in PROBES]
    if unknown:
        raise ValueError(f"no open question is called {unknown[0]!r}; there are {', '.join(PROBES)}")
    among = [PROBES[name] for name in names] or [*PROBES.values()]
    return [one for one in among if _is_allowed(one, writes=writes, spending=spending, fast=fast)]


def _is_allowed(probe: Probe, *, writes: bool, spending: bool, fast: bool) -> bool:
    if probe.is_fast and not fast:
        return False
    return probe.effect is READ or (spending if probe.effect is SPENDS else writes)


def observe(probes: Iterable[Probe], begin: Callable[[int], Probing]) -> Iterator[Observation]:
    """What each probe sees; `begin` gives it so many calls to ask with."""
    for probe in probes:
        yield _observed(probe, begin(probe.calls))


def _observed(probe: Probe, probing: Probing) -> Observation:
    question = QUESTIONS[probe.question]
    try:
        with cleaned_up(probing):
            position = probe.ask(probing)
    except (Undecided, KeyError, TypeError, ValueError) as reason:  # another shape than was promised decides nothing
        return Observation(question, None, f"{reason}", probing.calls)
    return Observation(question, position, calls=probing.calls)
