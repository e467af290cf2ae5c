"""The life of a request, as one tuple of stages that reads from the outside in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial, reduce
from http import HTTPStatus
from typing import Final

import orjson

from contracts.arguments import arguments_of, given_arguments
from contracts.catalogue import Match, catalogue
from contracts.envelopes import CLASSIC, Envelope, Json
from contracts.evidence import inferred
from contracts.model import Gate, IdOf, Operation
from contracts.refusals import (
    ACCOUNT_EXPIRED,
    NOT_PERMITTED,
    OVER_QUOTA,
    PLAN_REQUIRED,
    TOO_FAST,
    TOO_LARGE,
    UNAUTHORIZED,
    UNKNOWN_PATH,
    WRONG_METHOD,
    Refusal,
    Refused,
)
from contracts.suggestions import closest_operation
from contracts.validation import Validator, validator
from mock_server.behaviour import BrokenPromise, Call, Found, behaviours, refuse
from mock_server.core import stopwatch
from mock_server.core.accounts import Account
from mock_server.core.dropped import ReadTimedOut
from mock_server.core.journal import LONGEST_KEPT, Entry
from mock_server.core.store import entity_named
from mock_server.core.throttle import Verdict
from mock_server.exchange import LARGEST_BODY, Exchange, Proceed
from mock_server.logs import log_request, shown
from mock_server.misbehaviour import misbehave
from mock_server.positions import take_positions

Stage = Callable[[Exchange, Proceed], None]

log: Final = logging.getLogger("sendpulse_mock")

API_KEY: Final = "sp_apikey_"

NO_ANSWER: Final = 0
"""The journal's status of a request whose caller got an exception instead: it timed out, or met a bug, in process."""


def record(exchange: Exchange, proceed: Proceed) -> None:
    """Write the exchange into the journal of its account, or of nobody."""
    started = stopwatch.now()
    try:
        proceed(exchange)
    finally:
        _write(exchange, stopwatch.now() - started)


def _write(exchange: Exchange, duration: float) -> None:
    account = exchange.account
    with account.lock:
        entry = _entry(exchange, duration)
        account.journal.add(entry, turned_away=exchange.refusal is TOO_FAST or exchange.refusal is OVER_QUOTA)
        account.stir()
    log_request(entry)


def _entry(exchange: Exchange, duration: float) -> Entry:
    account, operation, refused = exchange.account, exchange.operation, exchange.refusal
    body = exchange.body if len(exchange.body) <= LONGEST_KEPT else b'{"[left out]": "%d bytes"}' % len(exchange.body)
    answer = bytes(memoryview(exchange.answer)[:LONGEST_KEPT])  # orjson's own buffer is larger
    evidence = refused.evidence if refused else operation.evidence if operation else None
    if exchange.changes:
        exchange.changes.shorten()
    return Entry(
        id=exchange.number or account.journal.next_id(),
        at=exchange.instant,
        operation=operation.name if operation else None,
        method=exchange.method,
        path=exchange.path,
        given=partial(given_arguments, exchange.query_string, exchange.content_type, body, exchange.array_as),
        status=exchange.status,
        error_code=refused.code if refused else None,
        answer=answer,
        changes=exchange.changes or None,
        evidence=evidence,
        duration=duration,
        size=len(body) + len(answer) + len(exchange.path) + len(exchange.query_string),
        told=exchange.explanation,
        query=exchange.query_string,
        authorization=exchange.authorization,
        issued=_token_in(exchange.payload),
    )


def _token_in(payload: Json) -> str:
    return payload.get("access_token", "") if isinstance(payload, dict) else ""


def wrap(exchange: Exchange, proceed: Proceed) -> None:
    """Put payload or refusal into the service's envelope, and that into bytes."""
    try:
        proceed(exchange)
    except Refused as refused:
        exchange.refusal = refused.refusal
        exchange.changes = None
    except ReadTimedOut:
        exchange.status = NO_ANSWER
        raise
    except Exception:
        if exchange.is_loud:
            exchange.status = NO_ANSWER
            raise
        log.exception("%s %s failed; this is a bug of the emulator", exchange.method, shown(exchange.path))
        exchange.refusal = BROKEN
    envelope = exchange.operation.service.envelope if exchange.operation else CLASSIC
    if exchange.refusal is None:
        _wrap_payload(exchange, envelope)
    else:
        _wrap_refusal(exchange, exchange.refusal, envelope)
    if exchange.spoil is not None:
        exchange.spoil(exchange)


BROKEN: Final = Refusal(
    "emulator.bug", 500, 500, "The emulator broke its own promise; see its log.", inferred("not the vendor's answer")
)


def _wrap_payload(exchange: Exchange, envelope: Envelope) -> None:
    exchange.status = exchange.operation.status if exchange.operation else 200
    exchange.headers.append(("Content-Type", envelope.media_type))
    wrapped = envelope.wrap(exchange.payload)
    exchange.answer = wrapped.encode() if isinstance(wrapped, str) else orjson.dumps(wrapped)


def _wrap_refusal(exchange: Exchange, refused: Refusal, envelope: Envelope) -> None:
    exchange.status = refused.status
    exchange.headers.append(("Content-Type", "application/json"))
    if envelope.challenge and refused.status == HTTPStatus.UNAUTHORIZED and exchange.authorization:
        exchange.headers.append(("WWW-Authenticate", envelope.challenge))
    exchange.answer = orjson.dumps(envelope.refuse(refused))


def route(exchange: Exchange, proceed: Proceed) -> None:
    """Find the operation that method and path mean, if the body came whole."""
    meant = catalogue().match_segments(exchange.method, exchange.segments)
    if isinstance(meant, Match):
        exchange.operation = meant.operation
        exchange.params = meant.params
    else:
        exchange.miss = meant
    if len(exchange.body) > LARGEST_BODY:
        refuse(TOO_LARGE)
    proceed(exchange)


def identify(exchange: Exchange, proceed: Proceed) -> None:
    """Tell whose request it is: by its token or key, or by the client id of a request for a token."""
    if exchange.operation is not None and not exchange.operation.service.needs_token:
        exchange.account = exchange.stand_in or _claimed(exchange) or exchange.world.nobody
    else:
        _identify_bearer(exchange)
    if exchange.only not in {None, exchange.account}:
        exchange.account, exchange.claims = exchange.world.nobody, None
    proceed(exchange)


def _claimed(exchange: Exchange) -> Account | None:
    client_id, client_secret = (exchange.given.get(name) for name in ("client_id", "client_secret"))
    if not isinstance(client_id, str) or not isinstance(client_secret, str):
        return None
    if exchange.only is not None and client_id != exchange.only.client_id:
        return None  # nor may it make an account of its own
    return exchange.world.claim(client_id, client_secret)


def _identify_bearer(exchange: Exchange) -> None:
    scheme, _, credential = exchange.authorization.partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        return
    if credential.startswith(API_KEY) or (exchange.stand_in is not None and credential.count(".") != 2):
        exchange.account = exchange.world.account_of_key(credential) or exchange.stand_in or exchange.world.nobody
        return
    known = exchange.world.account_of_token(credential)
    if known is not None:
        exchange.account, exchange.claims = known


def authenticate(exchange: Exchange, proceed: Proceed) -> None:
    """Let through good tokens and keys, and what needs neither."""
    account, claims = exchange.account, exchange.claims
    if not exchange.is_public:
        if account is exchange.world.nobody:
            refuse(UNAUTHORIZED)
        if claims is not None and not claims.is_current(account.clock.now()):
            exchange.explanation = "the token is not good at the account's present time"
            refuse(UNAUTHORIZED)
    proceed(exchange)


def take_turn(exchange: Exchange, proceed: Proceed) -> None:
    """One request of an account at a time, each at an instant of its own, with all done that was due by then."""
    account = exchange.account
    with account.lock:
        if account.is_removed and not exchange.is_public:  # while the request waited
            refuse(UNAUTHORIZED)
        exchange.at = account.clock.now()
        exchange.number = account.journal.next_id()
        account.run_due(exchange.at)
        proceed(exchange)


def throttle(exchange: Exchange, proceed: Proceed) -> None:
    """Ten a second, and the plan's quotas of the minute and the day: one decision."""
    if not exchange.is_public:
        verdict = exchange.account.throttle.admit(exchange.instant)
        if verdict is not Verdict.ADMITTED:
            if exchange.account.clock.frozen:
                exchange.explanation = "the account's clock is frozen; advance or unfreeze it to let time pass"
            refuse(TOO_FAST if verdict is Verdict.TOO_FAST else OVER_QUOTA)
    proceed(exchange)


def require_operation(exchange: Exchange, proceed: Proceed) -> None:
    """Turn away paths and methods that mean nothing, now that the caller is known."""
    if exchange.miss is not None:
        exchange.explanation = partial(_suggestion, exchange.method, exchange.path)
        if not exchange.miss.allowed:
            refuse(UNKNOWN_PATH)
        exchange.headers.append(("Allow", ", ".join(exchange.miss.allowed)))
        refuse(WRONG_METHOD)
    proceed(exchange)


def _suggestion(method: str, path: str) -> str:
    closest = closest_operation(catalogue(), method, path)
    return f"no such operation; did you mean {closest.method} {closest.path} ({closest.name})?"


def check_plan(exchange: Exchange, proceed: Proceed) -> None:
    """What the account may do at all, and what its plan includes."""
    if not exchange.is_public:
        settings = exchange.account.settings
        if settings.account_expired:
            refuse(ACCOUNT_EXPIRED)
        if exchange.served.name in settings.forbidden:
            refuse(NOT_PERMITTED)
        gate = exchange.served.gate
        if gate and _applies(gate, exchange) and not exchange.account.plan.includes(gate.feature):
            refuse(PLAN_REQUIRED)
    proceed(exchange)


def _applies(gate: Gate, exchange: Exchange) -> bool:
    return gate.argument is None or exchange.given.get(gate.argument) is not None


def find(exchange: Exchange, proceed: Proceed) -> None:
    """The objects that the path names: the vendor answers 404 before it looks at the body."""
    for name, param in exchange.served.params.items():
        if isinstance(param, IdOf):
            kind = entity_named(param.entity).cls
            number = exchange.params[name]
            row = exchange.account.store[kind].get(int(number)) if _is_id(number) else None
            exchange.found[kind] = row or refuse(param.refusal)
    proceed(exchange)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def keep_contract(exchange: Exchange, proceed: Proceed) -> None:
    """Convert and validate the arguments."""
    exchange.arguments = arguments_of(exchange.served).read({**exchange.given, **exchange.params})
    proceed(exchange)


def behave(exchange: Exchange, _: Proceed) -> None:
    """Let the operation's behaviour act, wholly or not at all."""
    operation, account = exchange.served, exchange.account
    behaviour = behaviours.get(operation)
    if behaviour is None:
        raise BrokenPromise(f"{operation!r} is declared and not served")
    arguments = exchange.arguments
    call = Call(exchange.world, account, exchange.instant, exchange.params, arguments, arguments, Found(exchange.found))
    try:
        with account.store.transaction() as exchange.changes:
            exchange.payload = behaviour(call)
    except Refused as refused:
        if refused.refusal.key not in operation.refusals:
            raise BrokenPromise(f"{operation!r} does not list {refused.refusal}") from refused
        raise
    if exchange.is_loud and not _payload_validator(operation).is_valid(exchange.payload):
        raise BrokenPromise(f"{operation!r} does not return {exchange.payload!r}")


@cache
def _payload_validator(operation: Operation) -> Validator:
    return validator(operation.returns)


STAGES: Final[tuple[Stage, ...]] = (
    record,
    wrap,
    route,
    identify,
    misbehave,
    authenticate,
    take_positions,
    take_turn,
    throttle,
    require_operation,
    check_plan,
    find,
    keep_contract,
    behave,
)
"""The life of a request. What stands further out sees what the inner stages answered."""


def _end(_: Exchange) -> None:
    """Beyond the last stage there is nothing."""


def _around(proceed: Proceed, stage: Stage) -> Proceed:
    return lambda exchange: stage(exchange, proceed)


_END: Final[Proceed] = _end
run: Final[Proceed] = reduce(_around, reversed(STAGES), _END)
"""Send an exchange through all stages."""
