"""What somebody says of one operation, in the terms in which two are compared, and how our contracts say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from contracts.envelopes import DOCUMENT, Json
from contracts.evidence import Evidence, Grade
from contracts.model import Operation
from contracts.verify.drift.shapes import OBJECT, Shape, shape_of

PARAMETER: Final = re.compile(r"\{([^}]*)\}")


def route(method: str, path: str) -> tuple[str, str]:
    """What tells operations apart on the wire: parameters are called anything, slashes around are folded."""
    return method.upper(), f"/{PARAMETER.sub('{}', path).strip('/')}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A way in which an operation refuses, as far as it is told.

    `is_published` holds for those of ours that we know from a document of this very operation.
    """

    key: str
    status: int
    code: int | None = None
    message: str | None = None
    evidence: Evidence | None = None
    is_published: bool = False
    line: int | None = None


@dataclass(frozen=True)
class Description:
    """What is said of one operation.

    Attributes:
        label: the vendor's operation id.
        arguments: the shapes of what can be given, by where: ``path``, ``query`` and ``body``, if there is one.
        answer: what it answers, None where no word is said of it.
        statuses: all that it may answer with.
        refusals: those that are told with their code or wording.
    """

    method: str
    path: str
    label: str = ""
    arguments: Mapping[str, Shape] = field(default_factory=dict)
    answer: Shape | None = None
    statuses: frozenset[int] = frozenset()
    refusals: tuple[Refused, ...] = ()
    file: str = ""
    line: int | None = None


def promised(operation: Operation) -> Description:
    """What our contract says of `operation`."""
    refusals = tuple(_refusals(operation))
    return Description(
        method=operation.method,
        path=operation.path,
        label=operation.label,
        arguments=_arguments(operation),
        answer=_answer(operation),
        statuses=frozenset({operation.status, *(refusal.status for refusal in operation.refusals.values())}),
        refusals=refusals,
    )


def _arguments(operation: Operation) -> dict[str, Shape]:
    names = PARAMETER.findall(operation.path)
    path = {str(number): shape_of(operation.param_schema(name)) for number, name in enumerate(names, 1)}
    body = {"body": shape_of(operation.body)} if operation.body["properties"] else {}
    return {"path": Shape(OBJECT, properties=path), "query": shape_of(operation.query), **body}


def _answer(operation: Operation) -> Shape | None:
    envelope = operation.service.envelope
    return None if envelope is DOCUMENT else shape_of(envelope.success(operation.returns))


def routes_of(operation: Operation) -> Iterator[tuple[str, str]]:
    """The routes under which our contracts know `operation`."""
    for path in (operation.path, *operation.variants):
        yield route(operation.method, path)


def _refusals(operation: Operation) -> Iterator[Refused]:
    for known in operation.refusals.values():
        is_published = known.evidence.grade is Grade.DOCUMENTED and known not in operation.service.refuses
        for told in refused(known.key, known.status, operation.service.envelope.refuse(known)):
            yield replace(told, evidence=known.evidence, is_published=is_published)


def refused(key: str, status: int, body: Json, *, line: int | None = None) -> Iterator[Refused]:
    """How `body` refuses, if it tells a code or a wording, which some services wrap."""
    match body:
        case {"error_code": code} if _is_code(code):
            yield Refused(key, status, int(code), _message(body), line=line)
        case {"message": str(message)}:
            yield Refused(key, status, None, message, line=line)
        case {"data": dict(inner)} | {"error": dict(inner)}:
            yield from refused(key, status, inner, line=line)


def _is_code(code: object) -> bool:
    return isinstance(code, int) or (isinstance(code, str) and code.isdecimal())


def _message(body: dict[str, Json]) -> str | None:
    message = body.get("message")
    return message if isinstance(message, str) else None
