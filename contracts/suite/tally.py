"""What a run of the suite covered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from contracts.catalogue import Match, catalogue
from contracts.checks import promise_of
from contracts.messages import Answer, Request


@dataclass(slots=True)
class Tally:
    """How many examples were tried and answers checked, which operations served, which refusals were provoked.

    `written` counts the calls that were made in each habit of clients, `unwritten` those that could not be.
    """

    examples: int = 0
    answers: int = 0
    served: set[str] = field(default_factory=set)
    provoked: set[tuple[str, str]] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)
    unwritten: Counter[str] = field(default_factory=Counter)

    def count(self, request: Request, answer: Answer) -> None:
        """Count one answer, and the operation that it shows to be served."""
        self.answers += 1
        meant = catalogue().match(request.method, request.path)
        if isinstance(meant, Match) and promise_of(meant.operation).is_success(answer):
            self.served.add(meant.operation.name)

    def __str__(self) -> str:
        declared = sum(len(operation.refusals) for operation in catalogue())
        return (
            f"{self.examples} examples, {self.answers} answers checked, "
            f"{len(self.served)} of {len(catalogue())} operations served, "
            f"{len(self.provoked)} of {declared} refusals provoked, "
            f"{self.written.total()} calls written in {len(self.written)} habits of clients "
            f"({self.unwritten.total()} more cannot be written so)"
        )
