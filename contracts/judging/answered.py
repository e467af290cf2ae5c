"""What is wrong with an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from contracts.checks import (
    CHECKS,
    BodyBreaksSchema,
    Failure,
    NotJson,
    Promise,
    UndeclaredRefusal,
    UndeclaredStatus,
    WrongMediaType,
    WrongStatus,
    WrongWording,
    breaches,
    promise_of,
)
from contracts.exchanges import Exchange, json_of
from contracts.judging.fields import unknown_fields
from contracts.judging.severities import severity_of
from contracts.model import Operation
from contracts.verify.findings import Finding, Severity

KINDS: Final[Mapping[str, type[Failure]]] = {
    "answer.status": UndeclaredStatus,
    "answer.media_type": WrongMediaType,
    "answer.json": NotJson,
    "answer.schema": BodyBreaksSchema,
    "answer.refusal": UndeclaredRefusal,
    "answer.refusal_status": WrongStatus,
    "answer.wording": WrongWording,
}
"""The failure that each kind of finding is raised as."""

_KIND_OF: Final = {failure: kind for kind, failure in KINDS.items()}


def breaches_of_answer(exchange: Exchange, operation: Operation) -> Iterator[Finding]:
    """An answer that the operation does not promise, and fields that it does not name."""
    answer, promise = exchange.answer, promise_of(operation)
    if answer.status >= 500:
        summary = f"The server failed with {answer.status}; no contract says how."
        yield Finding("answer.server_error", Severity.NOTE, operation.name, summary, place=str(answer.status))
        return
    judged = [*_judgements(exchange, promise)]
    for failure, severity in judged:
        evidence = failure.evidence or operation.evidence
        yield Finding(
            _KIND_OF[type(failure)],
            severity or severity_of(evidence),
            operation.name,
            type(failure).__doc__ or "",
            place=failure.place,
            expected=failure.expected,
            seen=failure.seen,
            evidence=evidence,
        )
    if promise.is_success(answer) and exchange.is_answer_whole and promise.returns is not None and not judged:
        for place in dict.fromkeys(unknown_fields(promise.returns, json_of(exchange))):
            summary = "The answer has a field that is not declared."
            yield Finding(
                "answer.unknown_field", Severity.NOTE, operation.name, summary, place, evidence=operation.evidence
            )


class _Judged(NamedTuple):
    failure: Failure
    severity: Severity | None = None


def _judgements(exchange: Exchange, promise: Promise) -> Iterator[_Judged]:
    """The failures of one answer: all places that break the schema, of all else the first."""
    for check_one in CHECKS:
        if not _applies(check_one.__name__, exchange):
            continue
        try:
            check_one(promise, exchange.answer)
        except WrongMediaType as failure:  # few clients look at it, and the body can still be read
            yield _Judged(failure, Severity.WARNING)
        except WrongWording as failure:  # the code, by which clients tell refusals apart, is right
            yield _Judged(failure, Severity.WARNING)
            return
        except BodyBreaksSchema:
            yield from map(_Judged, breaches(promise, exchange.answer))
            return
        except Failure as failure:
            yield _Judged(failure)
            return


def _applies(name: str, exchange: Exchange) -> bool:
    """Whether an exchange holds what a check looks at."""
    if name == "media_type_is_the_envelopes":
        return "content-type" in exchange.answer.headers
    if name in {"body_is_json", "success_keeps_schema", "refusal_is_declared"}:
        return exchange.is_answer_whole and exchange.request.method != "HEAD"
    return True
