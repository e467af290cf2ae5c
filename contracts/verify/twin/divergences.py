"""The first answer in which two sides differ, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from contracts.messages import Answer
from contracts.model import Operation
from contracts.verify.findings import Finding, Severity
from contracts.verify.twin.differences import Difference, Kind
from contracts.verify.twin.steps import Passed, Step

_SERIOUS: Final = frozenset({Kind.STATUS, Kind.CODE, Kind.MISSING, Kind.TYPE, Kind.SIDE_EFFECT})


@dataclass(frozen=True, slots=True)
class Divergence:
    """What differs, and what was done to see it.

    Attributes:
        about: the operation that is answered differently or, with a side effect, leaves another trace.
        steps: everything that was done, the call whose answers differ last.
        sides: what the sides are called; `names` what references mean on each.
    """

    about: Operation
    difference: Difference
    kind: Kind
    steps: tuple[Passed, ...]
    sides: tuple[str, str]
    names: tuple[dict[str, Any], dict[str, Any]]

    @property
    def last(self) -> Step:
        """The call whose answers differ."""
        calls = [passed.action for passed in self.steps if isinstance(passed.action, Step)]
        return calls[-1]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What each side answered at last."""
        return self.steps[-1].answers

    @property
    def place(self) -> str:
        """Where in the answer; for a side effect, in the answer of which reading."""
        where = self.difference.place
        return f"{self.last.case.operation.name}: {where}" if self.kind is Kind.SIDE_EFFECT else where

    @property
    def summary(self) -> str:
        """What differs, in one sentence."""
        where = f" at {self.difference.place}" if self.difference.place else ""
        if self.kind is Kind.SIDE_EFFECT:
            reading = self.last.case.operation.name
            return f"{self.about.name} leaves another trace, which {reading} shows{where}"
        return f"{self.about.name} is answered with another {_NOUNS[self.kind]}{where}"

    @property
    def finding(self) -> Finding:
        """The same for a report, with a script that shows it on the second side."""
        from contracts.verify.twin.scripts import curl_script

        return Finding(
            kind=f"twin.{self.kind}",
            severity=Severity.ERROR if self.kind in _SERIOUS else Severity.WARNING,
            about=self.about.name,
            summary=self.summary,
            place=self.place,
            expected=f"{self.sides[0]}: {self.difference.one!r}",
            seen=f"{self.sides[1]}: {self.difference.other!r}",
            evidence=self.about.evidence,
            reproduce=curl_script(self, side=1),
        )


_NOUNS: Final = {
    Kind.STATUS: "status",
    Kind.CODE: "code",
    Kind.WORDING: "wording",
    Kind.MISSING: "set of fields or rows, one of which is missing",
    Kind.EXTRA: "set of fields or rows, one of which is extra",
    Kind.TYPE: "type",
    Kind.VALUE: "value",
    Kind.ORDER: "order of rows",
}


class Diverged(Exception):
    """The sides differ."""

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence.summary)
        self.divergence = divergence
