"""What an answer breaks, told without a word of what it holds: it may be a real account's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts import checks
from contracts.checks import Failure, Promise, check_answer, promise_of
from contracts.evidence import Evidence, Grade
from contracts.messages import Answer
from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.validation import reference_validator
from contracts.verify.findings import Finding, Severity
from contracts.verify.vocabulary import known_words, media_type

MOST: Final = 20
"""Places of one answer that are told of."""
_LONGEST: Final = 120

_KINDS: Final[Mapping[type[Failure], tuple[str, Severity, str]]] = {
    checks.ServerError: ("answer.failure", Severity.ERROR, "The server failed instead of answering."),
    checks.UndeclaredStatus: ("answer.status", Severity.ERROR, "No success and no refusal travels with this status."),
    checks.WrongMediaType: ("answer.media_type", Severity.WARNING, "The answer has another Content-Type."),
    checks.NotJson: ("answer.json", Severity.ERROR, "The body is no JSON object or array."),
    checks.UndeclaredRefusal: ("refusal.undeclared", Severity.WARNING, "The operation does not list this refusal."),
    checks.WrongStatus: ("refusal.status", Severity.ERROR, "The refusal travels with another status."),
    checks.WrongWording: ("refusal.wording", Severity.WARNING, "The refusal is worded otherwise."),
}


def judge(operation: Operation, answer: Answer) -> list[Finding]:
    """What an answer of `operation` breaks."""
    try:
        check_answer(operation, answer)
    except checks.BodyBreaksSchema:
        return [*_breaches(operation, answer)]
    except Failure as failure:
        return [_told(operation, answer, failure)]
    return []


def expected_refusal(operation: Operation, refusal: Refusal, answer: Answer) -> list[Finding]:
    """What is wrong where `refusal` was to come; what already breaks the contract is told as that."""
    broken = judge(operation, answer)
    promise = promise_of(operation)
    if broken or (answer.status == refusal.status and _body(answer) == promise.envelope.refuse(refusal)):
        return broken
    kind, summary = ("refusal.missing", "It was to be refused, and was served.")
    if not promise.is_success(answer):
        kind, summary = ("refusal.other", "It was refused, but as another refusal.")
    expected = f"{refusal.status} {refusal.code} {refusal.message}"
    return [
        Finding(
            kind,
            weighed(Severity.ERROR, refusal.evidence),
            operation.name,
            summary,
            place=refusal.key,
            expected=expected,
            seen=shown(answer),
            evidence=refusal.evidence,
        )
    ]


def weighed(severity: Severity, evidence: Evidence) -> Severity:
    """What breaks a promise that we only inferred is no more than a warning."""
    return Severity.WARNING if severity is Severity.ERROR and evidence.grade is Grade.INFERRED else severity


def shown(answer: Answer) -> str:
    """Status, and of a refusal its code and wording, of which the words that the contracts know."""
    body = _body(answer)
    told = body.get("data") if isinstance(body, dict) and isinstance(body.get("data"), dict) else body
    if answer.status < 400 or not isinstance(told, dict):
        return str(answer.status)
    parts = [told.get("error_code", told.get("error", told.get("code"))), told.get("message", told.get("description"))]
    return " ".join([str(answer.status), *(known_words(str(part)) for part in parts if part is not None)])


def _told(operation: Operation, answer: Answer, failure: Failure) -> Finding:
    kind, severity, summary = _KINDS[type(failure)]
    promise = promise_of(operation)
    expected, seen = _sides(promise, answer, failure)
    refusal = next((one for one in promise.refusals if _is_meant(promise, one, answer)), None)
    evidence = refusal.evidence if refusal else operation.evidence
    place = seen if kind != "answer.media_type" else ""
    return Finding(kind, weighed(severity, evidence), operation.name, summary, place, expected, seen, evidence=evidence)


def _sides(promise: Promise, answer: Answer, failure: Failure) -> tuple[str, str]:
    if isinstance(failure, checks.WrongMediaType):
        return promise.envelope.media_type, media_type(answer.headers.get("content-type", ""))
    if isinstance(failure, checks.UndeclaredStatus):
        declared = {promise.status, *(refusal.status for refusal in promise.refusals)}
        return ", ".join(sorted(str(status) for status in declared)), str(answer.status)
    meant = [refusal for refusal in promise.refusals if _is_meant(promise, refusal, answer)]
    return " or ".join(f"{one.status} {one.code} {one.message}" for one in meant), shown(answer)


def _is_meant(promise: Promise, refusal: Refusal, answer: Answer) -> bool:
    """Whether a refusal bears the code of the answer."""
    body, said = _body(answer), promise.envelope.refuse(refusal)
    names = ("error_code", "error", "code")
    return isinstance(body, dict) and any(name in said and body.get(name) == said[name] for name in names)


def _breaches(operation: Operation, answer: Answer) -> Iterator[Finding]:
    """Each place of the schema that is not kept, once."""
    schema = operation.service.envelope.success(operation.returns)
    body = answer.json() if operation.service.envelope.media_type == "application/json" else answer.body.decode()
    broken = {_place(breach.keyword): breach for breach in reference_validator(schema).broken(body)}
    for (place, rule), breach in [*broken.items()][:MOST]:
        yield Finding(
            "answer.schema",
            weighed(Severity.ERROR, operation.evidence),
            operation.name,
            f"The answer lacks what was promised: {rule}.",
            place=f"{place}: {rule}",
            expected=_expected(schema, breach.keyword),
            seen=_type_of(breach.value),
            evidence=operation.evidence,
        )


def _place(keyword: Any) -> tuple[str, str]:
    """Where in an answer, in words of the schema alone: the answer's own keys may be somebody's."""
    words, steps = [], iter([str(step) for step in keyword])
    rule = ""
    for step in steps:
        rule = step
        if step == "properties":
            words.append(next(steps))
        elif step in {"items", "additionalProperties"}:
            words.append("*")
    return ".".join(words) or "the whole", rule


def _expected(schema: Any, keyword: Any) -> str:
    for step in keyword:
        schema = schema[int(step)] if isinstance(schema, list) else schema[step]
    text = str(schema)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _type_of(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return names.get(type(value), "null")


def _body(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
