"""A walk: the same steps on both sides, each answer compared, and after each change all that can be read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from contracts.messages import Answer
from contracts.model import READ, SPENDS, IdOf, Operation
from contracts.services.email.mailing_lists import list_emails
from contracts.strategies import Case, case_of, path_names
from contracts.suite.encodings import Encoding
from contracts.verify.twin.births import Births
from contracts.verify.twin.differences import Comparison, Difference, Kind, is_served
from contracts.verify.twin.divergences import Diverged, Divergence
from contracts.verify.twin.sides import Side, Stay, removal_of
from contracts.verify.twin.steps import Passed, Pause, Step, references_in, request_by
from contracts.verify.twin.volatile import TOLERANCE, ids_in


@dataclass(slots=True)
class Walk:
    """One walk on two sides.

    Attributes:
        about: the operations that may be called, and those among them that read are made use of after each change.
        accepted: fingerprints of findings that are let pass.
    """

    sides: tuple[Side, Side]
    stays: tuple[Stay, Stay]
    about: Sequence[Operation] = ()
    accepted: Collection[str] = ()
    births: Births = field(default_factory=Births)
    passed: list[Passed] = field(default_factory=list)
    done: set[Operation] = field(default_factory=set)
    """The operations that were served."""
    people: dict[str, None] = field(default_factory=dict)
    """The addresses that were seen in lists."""

    @property
    def is_free(self) -> bool:
        """Whether both accounts were made for the walk, so that anything may be asked."""
        return all(side.is_fresh for side in self.sides)

    def pause(self, seconds: int) -> None:
        """Let time pass on both sides."""
        self.passed.append(Passed(Pause(seconds)))
        for stay in self.stays:
            stay.pass_time(seconds)

    def take(self, step: Step) -> None:
        """Make a call on both sides. Raises `Diverged` where they differ in its answer or in what it leaves behind."""
        operation = step.case.operation
        taken = self._compare(step, about=operation)
        self.passed.append(taken)
        if operation.effect is not READ:
            for reading in self._readings(self.births.known() if self.is_free else self._touched(step, taken)):
                read = self._compare(Step(reading, Encoding.JSON), about=operation, is_reading=True)
                if read.born:
                    self.passed.append(read)
        if is_served(operation, taken.answers[0]):
            self._settle(step)

    def _settle(self, step: Step) -> None:
        operation = step.case.operation
        self.done.add(operation)
        for name, param in operation.params.items():
            if isinstance(param, IdOf) and removal_of(param.entity) is operation:
                self.births.bury(step.case.path[name])

    def leave(self) -> None:
        """Remove what the walk made."""
        for index, side in enumerate(self.sides):
            side.clean_up(self.births.there(index))

    def allows(self, step: Step) -> bool:
        """Whether both sides let a call be made."""
        return all(side.allows(step.case, self._names(index)) for index, side in enumerate(self.sides))

    def _touched(self, step: Step, taken: Passed) -> dict[str, list[str]]:
        """The objects that a call was about: where calls are counted, others are left alone."""
        named = references_in(step).union(taken.born)
        return {entity: [name for name in names if name in named] for entity, names in self.births.known().items()}

    def _readings(self, known: Mapping[str, Sequence[str]]) -> Iterator[Case]:
        """All that can be read by ids of known objects and by the address of a contact."""
        for operation in self.about:
            if operation.method == "GET" and operation.effect is READ and operation.service.needs_token:
                values = [self._values_of(operation, name, known) for name in path_names(operation)]
                yield from (case_of(operation, *chosen) for chosen in product(*values))

    def _values_of(self, operation: Operation, name: str, known: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """What a parameter of the path may be in a reading: any known object, and one of the contacts."""
        param = operation.params.get(name)
        if isinstance(param, IdOf):
            return known.get(param.entity, ())
        return [*self.people][:1] if name == "email" else ()

    def _compare(self, step: Step, *, about: Operation, is_reading: bool = False) -> Passed:
        operation = step.case.operation
        answers = self._answer(0, step), self._answer(1, step)
        own = self.stays[0].own, self.stays[1].own
        comparison = Comparison(operation, self.births, own, 0 if self.is_free else TOLERANCE)
        difference = next(comparison.differences(*answers), None)
        if difference is not None:
            self._judge(difference, about, Passed(step, answers), is_reading=is_reading)
            return Passed(step, answers, is_reading=is_reading)
        born = comparison.meet(*answers) if is_served(operation, answers[0]) else ()
        if operation is list_emails:
            self.people |= dict.fromkeys(_addresses_in(answers[0]))
        return Passed(step, answers, born, is_reading)

    def _judge(self, difference: Difference, about: Operation, last: Passed, *, is_reading: bool) -> None:
        divergence = Divergence(
            about,
            difference,
            Kind.SIDE_EFFECT if is_reading else difference.kind,
            (*self._needed(last), last),
            (self.sides[0].name, self.sides[1].name),
            (self._names(0), self._names(1)),
        )
        if divergence.finding.fingerprint not in self.accepted:
            raise Diverged(divergence)

    def _needed(self, last: Passed) -> Iterator[Passed]:
        """What was done so far, without readings that showed nothing that is named later."""
        calls = [passed.action for passed in (*self.passed, last) if isinstance(passed.action, Step)]
        named = set[str]().union(*map(references_in, calls))
        for passed in self.passed:
            if not passed.is_reading or named.intersection(passed.born):
                yield passed

    def _names(self, side: int) -> dict[str, Any]:
        return {**self.stays[side].names, **self.births.names(side)}

    def _answer(self, side: int, step: Step) -> Answer:
        stay = self.stays[side]
        answer = stay.send(request_by(step, self._names(side), stay.authorization))
        return answer if self.is_free else self._own_rows(side, step.case.operation, answer)

    def _own_rows(self, side: int, operation: Operation, answer: Answer) -> Answer:
        """An answer without the rows of objects that were there before the walk."""
        if not is_listing(operation) or not is_served(operation, answer):
            return answer
        entity = ids_in(operation)["id"]
        rows = answer.json()
        own = [row for row in rows if self.births.knows(entity, side, row["id"])] if isinstance(rows, list) else rows
        return replace(answer, body=json.dumps(own).encode())


def _addresses_in(answer: Answer) -> Iterator[str]:
    """The addresses of listed contacts."""
    with suppress(ValueError):
        for row in answer.json():
            if isinstance(row, dict) and isinstance(row.get("email"), str):
                yield row["email"]


def is_listing(operation: Operation) -> bool:
    """Whether an operation lists all objects of one kind that an account has."""
    is_bare = operation.returns.get("type") == "array" and not path_names(operation)
    return operation.effect is READ and is_bare and "id" in ids_in(operation)


def may_be_asked(operation: Operation, *, free: bool) -> bool:
    """Whether a call may be made, and says anything about the two sides.

    On accounts that are somebody's it may make objects that can be removed, name those, and list them: no more.
    """
    if free:
        return True
    if operation.effect is SPENDS:
        return False
    if operation.creates:
        made = operation.returns.get("items", operation.returns)
        return operation.created_id in made.get("properties", {}) and bool(removal_of(operation.creates))
    return is_listing(operation) or any(isinstance(param, IdOf) for param in operation.params.values())
