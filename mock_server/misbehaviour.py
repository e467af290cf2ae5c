"""Planned faults, performed: the stage that does what a script says instead of what the vendor would."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Final

import orjson

from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.evidence import inferred
from contracts.model import READ, Operation
from contracts.refusals import UNAUTHORIZED, Refusal, Refused, refusal
from mock_server.core.dropped import ReadTimedOut
from mock_server.core.faults import ANY, CALLS, READS, WRITES, Step
from mock_server.exchange import Exchange, Proceed

PLANNED: Final = inferred("a planned fault")


def misbehave(exchange: Exchange, proceed: Proceed) -> None:
    """Do what a planned fault says, before the vendor's own checks."""
    account = exchange.account
    with account.lock:
        step = account.faults.step_for(_names_of(exchange.operation))
    if step is None:
        proceed(exchange)
    else:
        _FAULTS[step.kind](exchange, proceed, step)


@cache
def _names_of(operation: Operation | None) -> frozenset[str]:
    """What faults may call a request: its operation, and the groups that it is in."""
    if operation is None:
        return frozenset({ANY})
    if not operation.service.needs_token:
        return frozenset({ANY, operation.name})
    return frozenset({ANY, operation.name, CALLS, READS if operation.effect is READ else WRITES})


def _refuse_on_purpose(exchange: Exchange, _: Proceed, step: Step) -> None:
    exchange.explanation = f"a planned fault refused this request with {step.value!r}"
    raise Refused(refusal_named(exchange.operation, step.value))


def _answer_status(exchange: Exchange, _: Proceed, step: Step) -> None:
    exchange.explanation = f"a planned fault answered with status {step.value}"
    if step.value == HTTPStatus.UNAUTHORIZED:
        raise Refused(UNAUTHORIZED)
    exchange.refusal = _planned(step.value, _phrase(step.value))
    if step.value >= HTTPStatus.INTERNAL_SERVER_ERROR:
        exchange.spoil = _answer_html


def _planned(status: int, message: str) -> Refusal:
    return Refusal("fault", status, status, message, PLANNED)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # a number without a name
        return "Error"


def _answer_html(exchange: Exchange) -> None:
    # Seen 2019 (Node SDK issue 23): a fault of the vendor's own answers with a page, not with JSON.
    exchange.headers = [("Content-Type", "text/html; charset=UTF-8")]
    exchange.answer = b"<!DOCTYPE html><html><body><h1>Whoops, looks like something went wrong.</h1></body></html>\n"


def _delay(exchange: Exchange, proceed: Proceed, step: Step) -> None:
    delayed = exchange.explanation = f"a planned fault delayed this request by {step.value} seconds"
    if exchange.time_out is not None and exchange.time_out < step.value:
        exchange.pause(exchange.time_out)
        exchange.explanation = f"{delayed}; the caller gave up after {exchange.time_out}"
        proceed(exchange)  # as on the wire: the server does not know that nobody waits
        raise ReadTimedOut
    exchange.pause(step.value)
    proceed(exchange)


def _reset(exchange: Exchange, _: Proceed, __: Step) -> None:
    exchange.explanation = "a planned fault reset the connection; the request did nothing"
    exchange.refusal = _planned(500, "The connection was reset.")
    exchange.dropped_after = 0


def _truncate(exchange: Exchange, proceed: Proceed, step: Step) -> None:
    exchange.explanation = f"a planned fault cut the answer after {step.value} bytes"
    exchange.dropped_after = step.value
    proceed(exchange)


def _malform(exchange: Exchange, proceed: Proceed, _: Step) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.answer = exchange.answer[:-1] + b',"'

    exchange.explanation = "a planned fault made the answer malformed JSON"
    exchange.spoil = cut
    proceed(exchange)


def _answer_otherwise(exchange: Exchange, _: Proceed, step: Step) -> None:
    def put_in(exchange: Exchange) -> None:
        exchange.answer = orjson.dumps(step.value)

    exchange.explanation = "a planned fault answered this request with something else; the request did nothing"
    exchange.refusal = _planned(HTTPStatus.OK, "OK")
    exchange.spoil = put_in


def _pass(exchange: Exchange, proceed: Proceed, _: Step) -> None:
    proceed(exchange)


_FAULTS: Final[dict[str, Callable[[Exchange, Proceed, Step], None]]] = {
    "refuse": _refuse_on_purpose,
    "status": _answer_status,
    "latency": _delay,
    "reset": _reset,
    "truncate": _truncate,
    "malformed": _malform,
    "answer": _answer_otherwise,
    "pass": _pass,
}


def refusal_named(operation: Operation | None, name: int | str) -> Refusal:
    """The refusal that a fault names by code or key, as `operation` words it. Raises `ValueError` if there is none."""
    declared = operation.refusals.values() if operation else ()
    for known in declared:
        if name in {known.code, known.key}:
            return known
    if name in CODES:
        return refusal(f"code.{name}", int(name), PLANNED)
    for other in catalogue():
        if name in other.refusals:
            return other.refusals[str(name)]
    raise ValueError(f"no operation refuses with {name!r}; use a code of the vendor's or a refusal's key")


def check_refusal(operation: Operation | None, name: int | str) -> None:
    """Raise `ValueError` for a code or key that names no refusal, or several that `operation` words differently.

    Without an operation each request's own decides, and of several refusals with the code the one declared first.
    """
    refusal_named(operation, name)
    if operation is None:
        return
    meant = [known for known in operation.refusals.values() if known.code == name]
    if len({(known.status, known.message) for known in meant}) > 1:
        keys = ", ".join(known.key for known in meant)
        raise ValueError(f"{name} has several meanings in {operation.name}; refuse with the key of one: {keys}")
