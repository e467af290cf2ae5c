"""How much of what is declared is served and was provoked, which codes that brings, and how well it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from contracts.codes import CODES, TABLE
from contracts.evidence import Evidence, Grade
from contracts.model import Operation
from contracts.refusals import OVER_QUOTA, Refusal

Name = TypeVar("Name")

VENDORS_CODES: Final = (*TABLE, OVER_QUOTA.code)
"""The codes of the vendor's table, and the one that an exhausted quota is answered with."""
FURTHER_CODES: Final = tuple(number for number in CODES if number not in VENDORS_CODES)


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
    """Operations by name, met when they are served; refusals by operation and key, met when they were provoked.

    `answers` are the successes and the refusals together, each as well known as its evidence says.
    """

    operations: Tally[str]
    refusals: Tally[tuple[str, str]]

    @property
    def answers(self) -> Tally[str]:
        evidence = Counter(self.operations.evidence) + Counter(self.refusals.evidence)
        return Tally(self.operations.declared + self.refusals.declared, (), evidence)

    @property
    def well_known(self) -> float:
        """The share of answers, in percent, that are documented by the vendor or were observed."""
        known = self.answers.declared - self.answers.evidence.get(Grade.INFERRED, 0)
        return 100 * known / self.answers.declared if self.answers.declared else 100.0

    def as_json(self) -> dict[str, Any]:
        answers = self.answers.as_json("declared")
        return {
            "operations": self.operations.as_json("served"),
            "refusals": self.refusals.as_json("provoked"),
            "answers": {"declared": answers["declared"], "evidence": answers["evidence"]},
        }


Observed = Mapping[tuple[str, str | None], Evidence]
"""Better evidence than is declared: for an operation, by its name and None, or for one of its refusals by its key."""


def coverage(
    operations: Iterable[Operation],
    *,
    served: Collection[str],
    provoked: Collection[tuple[str, str]] | None = None,
    observed: Observed = MappingProxyType({}),
) -> Coverage:
    """What of `operations` is among `served`, and what of their refusals among `provoked`; None: nobody knows."""
    declared = list(operations)
    promises = [(one.name, observed.get((one.name, None), one.evidence).grade) for one in declared]
    refusals = [
        ((operation.name, refusal.key), observed.get((operation.name, refusal.key), refusal.evidence).grade)
        for operation in declared
        for refusal in operation.refusals.values()
    ]
    return Coverage(_tally(promises, served), _tally(refusals, provoked))


def ledger(operations: Iterable[Operation]) -> dict[str, dict[Grade, int]]:
    """How many answers of each operation, its success and its refusals, are known how well."""
    return {operation.name: _by_grade(operation) for operation in operations}


def _by_grade(operation: Operation) -> dict[Grade, int]:
    known = Counter([operation.evidence.grade, *(refused.evidence.grade for refused in operation.refusals.values())])
    return {grade: known[grade] for grade in Grade}


def codes_reached(
    operations: Iterable[Operation], provoked: Collection[tuple[str, str]] | None = None
) -> dict[str, Tally[int]]:
    """The codes there are, the vendor's own and further ones; met are those that a provoked refusal brings."""
    reached = None if provoked is None else _numbers(operations, provoked)
    parts = {"vendor": VENDORS_CODES, "further": FURTHER_CODES, "total": tuple(CODES)}
    return {
        name: _tally([(number, CODES[number].evidence.grade) for number in numbers], reached)
        for name, numbers in parts.items()
    }


def number_told(operation: Operation, refusal: Refusal) -> int | None:
    """The code that goes over the wire when `operation` refuses so; None where its envelope has no place for one."""
    told: int | None = operation.service.envelope.refuse(refusal).get("error_code")
    return told


def _numbers(operations: Iterable[Operation], provoked: Collection[tuple[str, str]]) -> set[int | None]:
    return {
        number_told(operation, refusal)
        for operation in operations
        for refusal in operation.refusals.values()
        if (operation.name, refusal.key) in provoked
    }


def _tally(promises: Collection[tuple[Name, Grade]], met: Collection[Name | None] | None) -> Tally[Name]:
    missing = None if met is None else tuple(name for name, _ in promises if name not in met)
    return Tally(len(promises), missing, Counter(grade for _, grade in promises))
