"""In what two answers to the same call differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, Final, TypeAlias

from contracts.checks import promise_of
from contracts.messages import Answer
from contracts.model import Operation
from contracts.verify.twin.births import Births
from contracts.verify.twin.volatile import DATA, MOMENT, VOLATILE, ids_in

Path: TypeAlias = tuple[str | int, ...]


class Kind(StrEnum):
    """In what two answers differ."""

    STATUS = "status"
    CODE = "code"
    """Both refuse, for different reasons."""
    WORDING = "wording"
    """Both refuse for the same reason, in different words."""
    MISSING = "missing"
    """The second side leaves out a field or a row."""
    EXTRA = "extra"
    """The second side has a field or a row more."""
    TYPE = "type"
    VALUE = "value"
    ORDER = "order"
    """The same rows stand in another order."""
    SIDE_EFFECT = "side_effect"
    """A call was answered alike, and what can be read after it is not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two answers differ: where in the body, and what each side has there."""

    kind: Kind
    path: Path
    one: Any
    other: Any

    @property
    def place(self) -> str:
        """Where, without what differs from run to run."""
        return ".".join(step if isinstance(step, str) and step.isidentifier() else "*" for step in self.path)


_CODES: Final = frozenset({"error_code", "code", "error"})
_WORDS: Final = frozenset({"message", "description", "error_description", "hint"})
_NO_ID: Final = (None, 0, "", "0")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How answers to an operation are compared: by the births so far, dates within `tolerance` seconds.

    `own` are texts that are each side's own, with what is to be read in their place.
    """

    operation: Operation
    births: Births
    own: tuple[dict[str, str], dict[str, str]] = ({}, {})
    tolerance: float = 0

    def differences(self, one: Answer, other: Answer) -> Iterator[Difference]:
        """Every difference; none in ids of objects that both sides show for the first time."""
        if one.status != other.status:
            yield Difference(Kind.STATUS, (), _told(one), _told(other))
            return
        media = [answer.headers.get("content-type") for answer in (one, other)]
        if media[0] != media[1]:
            yield Difference(Kind.TYPE, ("content-type",), *media)
        if one.body == other.body and self.births.are_alike and self.own[0] == self.own[1]:
            return  # which spares most of the work where both sides count alike
        yield from self._between(_body(one), _body(other), ())

    def meet(self, one: Answer, other: Answer) -> tuple[str, ...]:
        """Remember the objects that two answers without differences show; references to the newly born."""
        met = [self.births.meet(entity, *ids) for entity, *ids in self._ids(_body(one), _body(other))]
        return tuple(name for name in met if name)

    def _ids(self, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
        if isinstance(one, list):
            yield from chain.from_iterable(map(self._ids, one, other))
        elif isinstance(one, dict):
            for name, value in one.items():
                entity = ids_in(self.operation).get(name)
                if entity and not isinstance(value, dict | list) and value not in _NO_ID:
                    yield entity, value, other[name]
                elif name not in DATA and name in other:  # a name may hold what is each side's own
                    yield from self._ids(value, other[name])

    def _between(self, one: Any, other: Any, path: Path) -> Iterator[Difference]:
        if type(one) is not type(other):
            yield Difference(Kind.TYPE, path, one, other)
        elif isinstance(one, dict):
            yield from self._of_objects(one, other, path)
        elif isinstance(one, list):
            yield from self._of_arrays(one, other, path)
        elif not self._is_same(one, other, path):
            yield Difference(_kind_at(path), path, one, other)

    def _of_objects(self, one: dict[str, Any], other: dict[str, Any], path: Path) -> Iterator[Difference]:
        one, other = self._anonymous_keys(one, 0), self._anonymous_keys(other, 1)
        for name, value in one.items():
            if name not in other:
                yield Difference(Kind.MISSING, (*path, name), value, None)
            else:
                yield from self._between(value, other[name], (*path, name))
        for name, value in other.items():
            if name not in one:
                yield Difference(Kind.EXTRA, (*path, name), None, value)

    def _of_arrays(self, one: list[Any], other: list[Any], path: Path) -> Iterator[Difference]:
        if len(one) != len(other):
            first = min(len(one), len(other))
            kind = Kind.MISSING if len(one) > len(other) else Kind.EXTRA
            yield Difference(kind, (*path, first), one[first:] or None, other[first:] or None)
            return
        found = [
            difference
            for index, pair in enumerate(zip(one, other, strict=True))
            for difference in self._between(*pair, (*path, index))
        ]
        if found and self._is_permuted(one, other, path):
            yield Difference(Kind.ORDER, path, one, other)
        else:
            yield from found

    def _is_permuted(self, one: list[Any], other: list[Any], path: Path) -> bool:
        left = [*other]
        for item in one:
            same = next((rest for rest in left if not [*self._between(item, rest, (*path, 0))]), _NOTHING)
            if same is _NOTHING:
                return False
            left.remove(same)
        return True

    def _is_same(self, one: Any, other: Any, path: Path) -> bool:
        name = path[-1] if path else ""
        if name in VOLATILE:
            return True
        entity = ids_in(self.operation).get(str(name))
        if entity and DATA.isdisjoint(path) and not {one, other} & {*_NO_ID}:
            return self.births.agree(entity, one, other)
        if isinstance(one, str):
            one, other = self._anonymous(one, 0), self._anonymous(other, 1)
        return bool(one == other) or self._is_near(one, other)

    def _is_near(self, one: Any, other: Any) -> bool:
        if not (self.tolerance and isinstance(one, str) and MOMENT.fullmatch(one) and MOMENT.fullmatch(other)):
            return False
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
        return abs(apart.total_seconds()) <= self.tolerance

    def _anonymous(self, text: str, side: int) -> str:
        for own, name in self.own[side].items():
            text = text.replace(own, name)
        return text

    def _anonymous_keys(self, fields: dict[str, Any], side: int) -> dict[str, Any]:
        return {self._anonymous(name, side): value for name, value in fields.items()} if self.own[side] else fields


def _kind_at(path: Path) -> Kind:
    """What a difference in a scalar is; in a refusal, one of the reason or of the words for it."""
    name = path[-1] if path else ""
    if name in _CODES:
        return Kind.CODE
    return Kind.WORDING if name in _WORDS else Kind.VALUE


_NOTHING: Final = object()


def _told(answer: Answer) -> Any:
    return [answer.status, _body(answer)]


def _body(answer: Answer) -> Any:
    """The body as JSON, else as text."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return answer.body.decode(errors="backslashreplace")


def is_served(operation: Operation, answer: Answer) -> bool:
    """Whether the operation did what it was asked for."""
    return promise_of(operation).is_success(answer)
