"""A run of probes, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.model import SPENDS, WRITE
from contracts.questions import QUESTIONS, Question
from contracts.verify.findings import Finding, Severity
from contracts.verify.guard import Halt
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
    def finding(self) -> Finding:
        """What is seen, for a report: a note where it is as promised or not known."""
        question, asks = self.question, self.question.asks
        again = f"sendpulse-mock verify --probes {question.name}"
        if self.position is None:
            return Finding("probe.undecided", Severity.NOTE, question.name, f"{asks} {self.why}.", reproduce=again)
        summary = f"{asks} {_sentence(question.positions[self.position])}."
        if self.is_as_promised:
            return Finding("probe.position", Severity.NOTE, question.name, summary, reproduce=again)
        return Finding(
            "probe.position",
            Severity.WARNING,
            question.name,
            summary,
            place=self.position,
            expected=_answer(question, question.promised),
            seen=_answer(question, self.position),
            reproduce=again,
        )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _answer(question: Question, position: str) -> str:
    return f"{position}: {question.positions[position]}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What probes may do beyond reading: make lists of their own, exceed the limit of the second, spend."""

    writes: bool = False
    exceeding: bool = False
    spending: bool = False

    def objection(self, probe: Probe) -> str | None:
        """What the user has to allow before the probe is run; None where it may be."""
        if probe.is_fast and not self.exceeding:
            return "It has to call too fast: allow that with --exceed-limit"
        if probe.effect is SPENDS and not self.spending:
            return "It calls what may send: the safety rules let no probe do that on this target"
        if probe.effect is WRITE and not self.writes:
            return "It makes a list of its own: allow that with --allow-writes"
        return None


def chosen(names: Sequence[str] = ()) -> list[Probe]:
    """The probes called by `names`, or all. Raises `ValueError` for a name that no question has."""
    unknown = [name for name in names if name not in PROBES]
    if unknown:
        raise ValueError(f"no open question is called {unknown[0]!r}; there are {', '.join(PROBES)}")
    return [PROBES[name] for name in names] or [*PROBES.values()]


def observe(probes: Iterable[Probe], begin: Callable[[Probe], Probing], allowance: Allowance) -> Iterator[Observation]:
    """What each probe sees; `begin` gives it what it asks with."""
    for probe in probes:
        objection = allowance.objection(probe)
        yield Observation(QUESTIONS[probe.question], None, objection) if objection else _observed(probe, begin(probe))


def _observed(probe: Probe, probing: Probing) -> Observation:
    question = QUESTIONS[probe.question]
    try:
        with cleaned_up(probing):
            position = probe.ask(probing)
    except (Undecided, KeyError, TypeError, ValueError) as reason:  # another shape than was promised decides nothing
        return Observation(question, None, f"Undecided: {reason}", probing.calls)
    except Halt as halt:  # of which no probe after this one will get an answer either
        return Observation(question, None, f"Not asked to the end: {halt}", probing.calls)
    return Observation(question, position, calls=probing.calls)
