"""What is done to both sides alike: calls, and pauses between them.

What each side calls by a name of its own stands in a call as a *reference*, a text such as ``<email.mailing_list 1>``:
the first mailing list that both of them made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from contracts.messages import Answer, Request
from contracts.strategies import Case
from contracts.suite.encodings import Encoding, request_of, usual_encoding

SENDER: Final = "<sender>"
CLIENT_ID: Final = "<client_id>"
CLIENT_SECRET: Final = "<client_secret>"  # noqa: S105 - what stands for one
"""References to what an account has from the start."""


_REFERENCE: Final = re.compile(r"<[a-z_0-9.]+(?: [0-9]+)?>")


def reference(entity: str, number: int) -> str:
    """What stands for the object that was born as the `number`-th of its kind."""
    return f"<{entity} {number}>"


@dataclass(frozen=True, slots=True)
class Step:
    """A call, its arguments written in one of the ways of real clients."""

    case: Case
    encoding: Encoding

    def __str__(self) -> str:
        return f"{self.case}, {self.encoding}" if self.case.arguments else repr(self.case)


@dataclass(frozen=True, slots=True)
class Pause:
    """So many seconds pass, on both sides."""

    seconds: int

    def __str__(self) -> str:
        return f"{self.seconds} seconds pass"


Action: TypeAlias = Step | Pause


@dataclass(frozen=True, slots=True)
class Passed:
    """An action of a walk, what both sides answered to a call, and references to what both showed there first."""

    action: Action
    answers: tuple[Answer, ...] = ()
    born: tuple[str, ...] = ()
    is_reading: bool = False
    """Whether nobody chose the call: it was made to see what another had left."""


def references_in(step: Step) -> set[str]:
    """The references that a call makes use of."""
    return {*_REFERENCE.findall(repr([step.case.path, step.case.arguments]))}


def in_usual_encoding(step: Step) -> Step:
    return replace(step, encoding=usual_encoding(step.case.operation))


def renamed(step: Step, names: Mapping[str, str]) -> Step:
    """The same call with other references."""
    case = step.case
    path = {name: names.get(value, value) for name, value in case.path.items()}
    return replace(step, case=replace(case, path=path, arguments=_resolved(case.arguments, names)))


def resolved(case: Case, names: Mapping[str, Any]) -> Case:
    """A call where each reference means what `names` says."""
    path = {name: str(names.get(value, value)) for name, value in case.path.items()}
    return replace(case, path=path, arguments=_resolved(case.arguments, names))


def request_by(step: Step, names: Mapping[str, Any], authorization: str) -> Request:
    """The request that a step is where each reference means what `names` says."""
    told = resolved(step.case, names)
    return request_of(told, step.encoding, authorization if told.operation.service.needs_token else "")


def _resolved(value: Any, names: Mapping[str, Any]) -> Any:
    match value:
        case str():
            return names.get(value, value)
        case {**fields}:
            return {name: _resolved(inner, names) for name, inner in fields.items()}
        case [*items]:
            return [_resolved(item, names) for item in items]
        case _:
            return value
