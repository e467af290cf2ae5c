"""What is wrong with a request: no such operation, or arguments that the vendor refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from contracts.arguments import arguments_of, given_arguments
from contracts.catalogue import Match, Miss, catalogue
from contracts.checks import Failure
from contracts.evidence import inferred
from contracts.exchanges import Exchange
from contracts.judging.fields import unknown_fields
from contracts.judging.severities import severity_of
from contracts.model import IdOf, Operation
from contracts.redaction import redact
from contracts.refusals import UNAUTHORIZED, Refusal, Refused
from contracts.suggestions import closest_operation, likeness
from contracts.verify.findings import Finding, Severity


class UnknownOperation(Failure):
    """No operation has that path."""


class WrongMethod(Failure):
    """An operation has that path, none with that method."""


class RequestBreaksSchema(Failure):
    """The vendor refuses these arguments, and here they were answered with a success."""


KINDS: Final[Mapping[str, type[Failure]]] = {
    "request.operation": UnknownOperation,
    "request.method": WrongMethod,
    "request.arguments": RequestBreaksSchema,
}
"""The failure that each kind of finding is raised as."""

UNDECLARED: Final = (
    "a360",
    "chatbots",
    "crm",
    "edu",
    "fm",
    "instagram",
    "live-chat",
    "messenger",
    "push",
    "sms",
    "telegram",
    "tiktok",
    "v2/pop-ups",
    "v2/viber-service",
    "verifier-service",
    "viber",
    "vk",
    "vk-ok",
    "whatsapp",
)
"""Where the paths of the vendor's other services begin. Of those that are not declared nothing is claimed."""

CLOSE: Final = 0.85
"""A path so like a declared one is taken for that, misspelt."""


_GUESSED: Final = inferred("the contracts declare whole services, and none has this")


def breach_of_miss(exchange: Exchange, miss: Miss) -> Finding:
    """A request that means no operation."""
    request = exchange.request
    asked = f"{request.method} {redact(request.path)}"
    if miss.allowed:
        is_refused = exchange.answer.status >= 400
        return Finding(
            "request.method",
            Severity.NOTE if is_refused else severity_of(_GUESSED),
            asked,
            f"No operation answers {request.method} there.",
            expected=", ".join(miss.allowed),
            seen=request.method,
            evidence=_GUESSED,
        )
    if _is_elsewhere(request.path):
        return Finding("request.operation", Severity.NOTE, asked, "The contracts do not declare this service yet.")
    closest = closest_operation(catalogue(), request.method, request.path)
    is_close = likeness(closest, request.method, request.path) >= CLOSE
    return Finding(
        "request.operation",
        Severity.WARNING,
        asked,
        "No operation has that path.",
        expected=f"{closest.method} {closest.path} ({closest.name})?" if is_close else "",
        evidence=_GUESSED,
    )


def _is_elsewhere(path: str) -> bool:
    return any(f"{path.strip('/')}/".startswith(f"{start}/") for start in undeclared())


@lru_cache(maxsize=1)
def undeclared() -> tuple[str, ...]:
    """Where the paths of services begin that are not declared."""
    declared = [f"{operation.path.strip('/')}/" for operation in catalogue()]
    return tuple(start for start in UNDECLARED if not any(path.startswith(f"{start}/") for path in declared))


def breaches_of_request(exchange: Exchange, meant: Match) -> Iterator[Finding]:
    """Arguments that the vendor refuses, or does not know. What was refused here too was rightly asked."""
    operation, request = meant.operation, exchange.request
    is_success = exchange.answer.status == operation.status
    if not exchange.is_request_whole:
        return
    given = given_arguments(request.query, request.content_type, request.body, operation.array_as)
    refused = _refusal_of(meant, given)
    if refused is not None and is_success:
        yield Finding(
            "request.arguments",
            severity_of(refused.evidence),
            operation.name,
            f"The vendor refuses this request, and here it was answered {exchange.answer.status}.",
            place=refused.key,
            expected=f"{refused.status} {refused.code}: {refused.message}",
            evidence=refused.evidence,
        )
    if operation.service.needs_token and not request.authorization and is_success:
        summary = "The request bears no token, and is answered as if it did."
        yield Finding("request.token", Severity.NOTE, operation.name, summary, evidence=UNAUTHORIZED.evidence)
    for place in dict.fromkeys(_unknown_arguments(operation, given)):
        summary = f"The operation takes no field {redact(place)!r}."
        yield Finding(
            "request.unknown_field", Severity.NOTE, operation.name, summary, place, "", "", operation.evidence
        )


def _refusal_of(meant: Match, given: Mapping[str, Any]) -> Refusal | None:
    """What the vendor would say to the arguments; None where they are good."""
    for name, param in meant.operation.params.items():
        if isinstance(param, IdOf) and not (meant.params[name].isascii() and meant.params[name].isdigit()):
            return param.refusal
    try:
        arguments_of(meant.operation).read({**given, **meant.params})
    except Refused as refused:
        return refused.refusal
    return None


def _unknown_arguments(operation: Operation, given: Mapping[str, Any]) -> Iterator[str]:
    schema = operation.arguments
    known = schema["properties"]
    if "additionalProperties" in schema:
        return
    for name, value in given.items():
        if name not in known:
            yield name
        else:
            yield from unknown_fields(known[name], value, name)
