"""Faults as scripts with receipts: what shall go wrong, step by step, and what did."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final

from contracts.codes import CODES

ANY: Final = "*"
CALLS, READS, WRITES = "calls", "reads", "writes"
GROUPS: Final = {
    ANY: "every request",
    CALLS: "every call that needs a token",
    READS: "those of them that change nothing",
    WRITES: "those of them that change something",
}
"""What a fault may concern besides one operation."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to one request: `kind` is its only key (``refuse``, ``latency`` …), `value` what that holds."""

    kind: str
    value: Any

    def as_json(self) -> dict[str, Any]:
        return {self.kind: self.value}

    @classmethod
    def from_json(cls, given: object) -> Step:
        """Raises `ValueError` naming what does not fit."""
        if not isinstance(given, Mapping) or len(given) != 1:
            raise ValueError(f'a step is an object with one key, such as {{"refuse": 707}}, not {given!r}')
        ((kind, value),) = given.items()
        if kind not in _STEPS:
            raise ValueError(f"unknown step: {kind!r}; use one of: {', '.join(_STEPS)}")
        fits, expected = _STEPS[kind]
        if not fits(value):
            raise ValueError(f"step {kind!r} cannot be {value!r}; it takes {expected}")
        return cls(kind, value)


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_refusal(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and value in CODES)


def _is_latency(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_LATENCY


LONGEST_LATENCY: Final = 300
_STEPS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "refuse": (_is_refusal, "one of the vendor's codes, or a refusal's key"),
    "status": (lambda value: _is_whole(value, 400, 599), "an HTTP status from 400 to 599"),
    "latency": (_is_latency, f"seconds, from 0 to {LONGEST_LATENCY}"),
    "reset": (lambda value: value is True, "true"),
    "truncate": (lambda value: _is_whole(value, 0, 2**31), "the number of bytes that are sent"),
    "malformed": (lambda value: value is True, "true"),
    "answer": (lambda value: isinstance(value, dict | list), "a JSON object or array, which is answered with 200"),
    "pass": (lambda value: _is_whole(value, 1, 2**31), "how many requests pass"),
}


class Fault:
    """A script for requests of one operation, or of a group of them such as ``*``.

    Each request takes one step; after the last, all is normal. With a `probability` below 1, one that is spared
    takes no step. `met` counts how often each step was taken.
    """

    def __init__(self, number: int, operation: str, script: list[Step], probability: float, seed: int) -> None:
        self.id = number
        self.operation = operation
        self.script = script
        self.probability = probability
        self.met = [0] * len(script)
        self._random = Random(seed)
        self._at = 0

    @property
    def is_over(self) -> bool:
        return self._at == len(self.script)

    def take(self) -> Step | None:
        """The step for the request at hand, or None if chance spares it."""
        if self.probability < 1 and self._random.random() >= self.probability:
            return None
        step = self.script[self._at]
        self.met[self._at] += 1
        if step.kind != "pass" or self.met[self._at] == step.value:
            self._at += 1
        return step

    def unmet(self) -> list[Step]:
        """The steps no request has taken, passes aside: they are no faults."""
        return [step for step, met in zip(self.script, self.met, strict=True) if not met and step.kind != "pass"]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "operation": self.operation,
            "script": [step.as_json() for step in self.script],
            "met": self.met,
        }


class Faults:
    """The faults planned for one account, oldest first. The caller holds the account's lock."""

    def __init__(self) -> None:
        self._planned: dict[int, Fault] = {}
        self._numbers = count(1)

    def __iter__(self) -> Any:
        return iter(list(self._planned.values()))

    def add(self, *script: Mapping[str, Any], operation: str = ANY, probability: float = 1, seed: int = 0) -> Fault:
        """Plan a script of steps such as ``{"refuse": 707}, {"latency": 1.5}, {"reset": True}``.

        Raises `ValueError` for a step, operation or probability that does not fit.
        """
        steps = [Step.from_json(step) for step in script]
        if not steps:
            raise ValueError('a fault needs at least one step, such as {"status": 500}')
        if not 0 < probability <= 1:
            raise ValueError(f"the probability of a fault cannot be {probability!r}; it takes more than 0, at most 1")
        fault = Fault(next(self._numbers), operation, steps, probability, seed)
        self._planned[fault.id] = fault
        return fault

    def remove(self, number: int) -> bool:
        """Forget one fault; false if there is none with that id."""
        return self._planned.pop(number, None) is not None

    def clear(self) -> None:
        self._planned.clear()

    def step_for(self, names: Collection[str]) -> Step | None:
        """The step that a request has to take whose operation, and the groups that it is in, have these names."""
        for fault in self._planned.values():
            if fault.operation in names and not fault.is_over:
                return fault.take()
        return None

    def unmet(self) -> list[Fault]:
        """Faults with steps that no request has taken."""
        return [fault for fault in self._planned.values() if fault.unmet()]
