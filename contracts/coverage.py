"""How much of what is declared is served and was provoked, and how well it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.evidence import Grade
from contracts.model import Operation

Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Tally(Generic[Name]):
    """Promises of one kind, counted. `missing` are those that were not met; None where nobody knows."""

    declared: int
    missing: tuple[Name, ...] | None
    evidence: Mapping[Grade, int]

    @property
    def met(self) -> int | None:
        """How many were met; None where nobody knows."""
        return None if self.missing is None else self.declared - len(self.missing)

    @property
    def percent(self) -> float:
        """The share that was met: all where nothing is declared, none where nobody knows."""
        return 100 * (self.met or 0) / self.declared if self.declared else 100.0

    def as_json(self, met: str) -> dict[str, Any]:
        """``{"declared", met, "missing", "evidence"}``, the second under the name `met`."""
        evidence = {grade.value: self.evidence.get(grade, 0) for grade in Grade}
        return {"declared": self.declared, met: self.met, "missing": self.missing, "evidence": evidence}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Operations by name, met when they are served; refusals by operation and key, met when they were provoked."""

    operations: Tally[str]
    refusals: Tally[tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        return {"operations": self.operations.as_json("served"), "refusals": self.refusals.as_json("provoked")}


def coverage(
    operations: Iterable[Operation], *, served: Collection[str], provoked: Collection[tuple[str, str]] | None = None
) -> Coverage:
    """What of `operations` is among `served`, and what of their refusals among `provoked`; None: nobody knows."""
    declared = list(operations)
    promises = [(operation.name, operation.evidence.grade) for operation in declared]
    refusals = [
        ((operation.name, refusal.key), refusal.evidence.grade)
        for operation in declared
        for refusal in operation.refusals.values()
    ]
    return Coverage(_tally(promises, served), _tally(refusals, provoked))


def _tally(promises: Collection[tuple[Name, Grade]], met: Collection[Name] | None) -> Tally[Name]:
    missing = None if met is None else tuple(name for name, _ in promises if name not in met)
    return Tally(len(promises), missing, Counter(grade for _, grade in promises))
