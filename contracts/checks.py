"""Whether an answer keeps its contract: one check, one function, one named failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from contracts.catalogue import Match, catalogue
from contracts.envelopes import CLASSIC, Envelope, Json
from contracts.evidence import Evidence
from contracts.messages import Answer, Request
from contracts.model import Operation
from contracts.redaction import redact
from contracts.refusals import NOWHERE, UNKNOWN_PATH, WRONG_METHOD, Refusal
from contracts.schema import Schema
from contracts.validation import Breach, Validator, reference_validator

_JSON: Final = "application/json"
_SHOWN: Final = 200
"""Characters of a value that are shown."""


class Failure(AssertionError):
    """A promise was broken. The subclass tells which.

    Attributes:
        place: where in the body, dotted, with ``*`` for any index; empty for the whole.
        expected, seen: what was promised, and what was there instead; empty where the message says it all.
        evidence: how we know the promise; None where it is that of the operation.
    """

    def __init__(
        self, message: str, *, place: str = "", expected: str = "", seen: str = "", evidence: Evidence | None = None
    ) -> None:
        super().__init__(message)
        self.place = place
        self.expected = expected
        self.seen = seen
        self.evidence = evidence


class ServerError(Failure):
    """The server failed instead of answering."""


class UndeclaredStatus(Failure):
    """No success and no refusal of the operation travels with this status."""


class WrongMediaType(Failure):
    """The type of the content is not the envelope's."""


class NotJson(Failure):
    """The body is no JSON object or array."""


class BodyBreaksSchema(Failure):
    """The answer to a success lacks what was promised."""


class UndeclaredRefusal(Failure):
    """The operation does not list this refusal."""


class WrongStatus(Failure):
    """The refusal is listed, and travels with another status."""


class WrongWording(Failure):
    """The refusal is listed, and worded otherwise."""


@dataclass(frozen=True, eq=False, slots=True)
class Promise:
    """What may be answered: `returns` with `status`, where there is an operation, or one of `refusals`."""

    about: str
    envelope: Envelope
    refusals: tuple[Refusal, ...]
    status: int | None = None
    returns: Schema | None = None

    def is_success(self, answer: Answer) -> bool:
        return answer.status == self.status


@cache
def promise_of(operation: Operation) -> Promise:
    """What an operation promises."""
    envelope = operation.service.envelope
    return Promise(
        operation.name,
        envelope,
        tuple(operation.refusals.values()),
        operation.status,
        envelope.success(operation.returns),
    )


_UNKNOWN: Final = Promise("an unknown path", CLASSIC, tuple(known for known in NOWHERE if known is not WRONG_METHOD))
_MISUSED: Final = Promise("a wrong method", CLASSIC, tuple(known for known in NOWHERE if known is not UNKNOWN_PATH))


def check(request: Request, answer: Answer) -> None:
    """Check a recorded exchange by the contract its request falls under. Raises the `Failure` that names the breach."""
    _check(promise_to(request), answer)


def check_answer(operation: Operation, answer: Answer) -> None:
    """Check an answer of `operation`. Raises the `Failure` that names the breach."""
    _check(promise_of(operation), answer)


def promise_to(request: Request) -> Promise:
    """What a request is promised, whether or not it names an operation."""
    meant = catalogue().match(request.method, request.path)
    if isinstance(meant, Match):
        return promise_of(meant.operation)
    return _MISUSED if meant.allowed else _UNKNOWN


def _check(promise: Promise, answer: Answer) -> None:
    _check_what_matters(promise, answer.status, answer.headers.get("content-type", ""), answer.body)


@lru_cache(maxsize=4096)  # a suite that looks whether anything changed gets the same answers again and again
def _check_what_matters(promise: Promise, status: int, media_type: str, body: bytes) -> None:
    answer = Answer(status, {"content-type": media_type}, body)
    for check_one in CHECKS:
        check_one(promise, answer)


def served_without_failing(promise: Promise, answer: Answer) -> None:
    if answer.status >= 500:
        raise ServerError(f"{promise.about} failed: {answer}")


def status_is_declared(promise: Promise, answer: Answer) -> None:
    declared = {promise.status, *(refusal.status for refusal in promise.refusals)}
    if answer.status not in declared:
        raise UndeclaredStatus(
            f"{promise.about} answers with one of {_listed(declared)}, not {answer}",
            place=str(answer.status),
            expected=_listed(declared),
            seen=str(answer.status),
        )


def media_type_is_the_envelopes(promise: Promise, answer: Answer) -> None:
    expected = promise.envelope.media_type if promise.is_success(answer) else _JSON
    given = answer.headers.get("content-type")
    if given != expected:
        message = f"{promise.about} answers {expected!r}, not {given!r}: {answer}"
        raise WrongMediaType(message, place="content-type", expected=expected, seen=str(given))


def body_is_json(promise: Promise, answer: Answer) -> None:
    """Several clients crash on an empty body, a scalar or a null."""
    if _is_document(promise, answer):
        return
    try:
        body = answer.json()
    except ValueError as error:
        raise NotJson(f"{promise.about} answers JSON ({error}): {answer}") from None
    if not isinstance(body, list | dict):
        raise NotJson(f"{promise.about} answers an object or an array: {answer}")


def success_keeps_schema(promise: Promise, answer: Answer) -> None:
    for breach in breaches(promise, answer):
        raise breach


def breaches(promise: Promise, answer: Answer) -> Iterator[BodyBreaksSchema]:
    """Every place at which a success breaks its schema."""
    if not promise.is_success(answer):
        return
    body = answer.body.decode() if _is_document(promise, answer) else answer.json()
    for breach in _validator_of(promise).broken(body):
        yield from _told(promise, breach, answer)


def _told(promise: Promise, breach: Breach, answer: Answer) -> Iterator[BodyBreaksSchema]:
    where, rule = ("/".join(map(str, path)) or "the whole" for path in (breach.at, breach.keyword))
    message = f"{promise.about}: {where} breaks {rule} of the schema: {answer}"
    at = ["*" if isinstance(step, int) else step for step in breach.at]
    keyword, wanted = breach.keyword[-1], _at(promise.returns, breach.keyword)
    seen = _shown(breach.value)
    if keyword != "required":
        expected = "one of several shapes" if keyword == "anyOf" else f"{keyword} {_shown(wanted)}"
        yield BodyBreaksSchema(message, place=".".join(at), expected=expected, seen=seen)
        return
    for name in wanted:
        if name not in breach.value:
            yield BodyBreaksSchema(message, place=".".join([*at, name]), expected=f"a field {name!r}", seen=seen)


def _at(schema: Any, way: Iterable[str | int]) -> Any:
    for step in way:
        schema = schema[step]
    return schema


def _shown(value: Any) -> str:
    text = json.dumps(redact(value), ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def refusal_is_declared(promise: Promise, answer: Answer) -> None:
    """A refusal is known by status and body together: the same code is one thing here and another there."""
    if promise.is_success(answer):
        return
    body = answer.json()
    worded = [(refusal, promise.envelope.refuse(refusal)) for refusal in promise.refusals]
    if any(refusal.status == answer.status and said == body for refusal, said in worded):
        return
    if any(said == body for _, said in worded):
        [meant, *_] = [refusal for refusal, said in worded if said == body]
        message = f"{promise.about} refuses so with another status: {answer}"
        raise WrongStatus(message, place=meant.key, expected=str(meant.status), evidence=meant.evidence)
    meant_so = [
        (refusal, said) for refusal, said in worded if refusal.status == answer.status and _code(said) == _code(body)
    ]
    if meant_so:
        expected = _listed(_shown(said) for _, said in meant_so)
        raise WrongWording(
            f"{promise.about} says one of {expected}, not {answer}",
            place=str(_code(body)),
            expected=expected,
            seen=_shown(body),
            evidence=meant_so[0][0].evidence,
        )
    message = f"{promise.about} does not list this refusal: {answer}"
    raise UndeclaredRefusal(message, place=f"{answer.status} {_code(body)}", seen=_shown(body))


CHECKS: Final[tuple[Callable[[Promise, Answer], None], ...]] = (
    served_without_failing,
    status_is_declared,
    media_type_is_the_envelopes,
    body_is_json,
    success_keeps_schema,
    refusal_is_declared,
)
"""Every check, each resting on those before it."""


@cache
def _validator_of(promise: Promise) -> Validator:
    return reference_validator(promise.returns or {})


def _is_document(promise: Promise, answer: Answer) -> bool:
    return promise.is_success(answer) and promise.envelope.media_type != _JSON


def _code(body: Json) -> object:
    """What tells situations apart in a body: a number at most services, a name at the token endpoint and for tags."""
    if not isinstance(body, dict):
        return None
    told = body["data"] if isinstance(body.get("data"), dict) else body
    return told.get("error_code", told.get("error", told.get("code")))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(sorted({str(value) for value in values if value is not None}))
