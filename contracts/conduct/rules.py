"""A rule of good conduct: what it forbids, why, what to do instead, and how we know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from contracts.conduct.calls import Call, Conversation
from contracts.evidence import Evidence
from contracts.verify.findings import Finding, Severity

MOST_NAMED: Final = 5
"""So many calls of a breach are named by their number."""


class Breach(NamedTuple):
    """What broke a rule: the calls, what they are about, and what happened, in a sentence; a note where it is minor."""

    about: str
    happened: str
    calls: tuple[Call, ...]
    is_minor: bool = False


Find = Callable[[Conversation], Iterable[Breach]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: what it forbids: ``rate_peak``. A finding of it is of the kind ``conduct.rate_peak``.
        explanation: why it matters.
        remedy: what a client does instead.
        needs_time: whether it says anything about calls on a clock that stands still.
    """

    name: str
    severity: Severity
    explanation: str
    remedy: str
    evidence: Evidence
    find: Find
    needs_time: bool = False

    @property
    def kind(self) -> str:
        return f"conduct.{self.name}"

    def findings(self, conversation: Conversation) -> Iterator[Finding]:
        """Where a conversation breaks the rule."""
        if self.needs_time and not conversation.time_passes:
            return
        for breach in self.find(conversation):
            yield Finding(
                self.kind,
                Severity.NOTE if breach.is_minor else self.severity,
                breach.about,
                f"{breach.happened} {self.explanation}",
                expected=self.remedy,
                seen=_named(breach.calls),
                evidence=self.evidence,
            )


RULES: Final[dict[str, Rule]] = {}
"""Every rule, by its name."""


def rule(
    *, severity: Severity, explanation: str, remedy: str, evidence: Evidence, needs_time: bool = False
) -> Callable[[Find], Find]:
    """Make a function a rule: it finds what breaks it, and bears its name."""

    def register(find: Find) -> Find:
        name: str = find.__name__
        RULES[name] = Rule(name, severity, explanation, remedy, evidence, find, needs_time)
        return find

    return register


def _named(calls: tuple[Call, ...]) -> str:
    numbers = ", ".join(str(call.number) for call in calls[:MOST_NAMED])
    more = f" and {len(calls) - MOST_NAMED} more" if len(calls) > MOST_NAMED else ""
    return f"call{'' if len(calls) == 1 else 's'} {numbers}{more}"
