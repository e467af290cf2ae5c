"""The positions on open questions that an account may be set to take instead of those that the contracts promise.

Each is a stage of the life of a request, that changes what comes in, or what goes out. `contracts.questions` tells what
each means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson

from contracts.arguments import arguments_of
from contracts.decoding import Undecodable, decode_body
from contracts.envelopes import Json
from contracts.evidence import inferred
from contracts.model import Operation
from contracts.questions import QUESTIONS
from contracts.refusals import NOT_PERMITTED, OVER_QUOTA, TOO_FAST, UNKNOWN_PATH, WRONG_METHOD, Refusal, Refused
from mock_server.behaviour import refuse
from mock_server.exchange import Exchange, Proceed

Position = Callable[[Exchange, Proceed], None]

TAKEN: Final = inferred("a position that the account was set to take")
"""The evidence of what is refused otherwise than promised."""

_positions: dict[tuple[str, str], Position] = {}


def takes(question: str, position: str) -> Callable[[Position], Position]:
    """Make a function what an account does to a request that takes a position other than the promised one."""

    def register(stage: Position) -> Position:
        if position not in QUESTIONS[question].positions:
            raise ValueError(f"{position!r} is no position on {question!r}")
        _positions[question, position] = stage
        return stage

    return register


def is_taken(question: str, position: str) -> bool:
    """Whether the emulator can take a position."""
    return position == QUESTIONS[question].promised or (question, position) in _positions


def take_positions(exchange: Exchange, proceed: Proceed) -> None:
    """Answer as the vendor would, had it the account's positions on what is not known."""
    for taken in exchange.account.settings.positions.items():
        stage = _positions.get(taken)
        if stage is not None:
            proceed = partial(_after, stage, proceed)
    proceed(exchange)


def _after(stage: Position, proceed: Proceed, exchange: Exchange) -> None:
    stage(exchange, proceed)


def refusing(change: Callable[[Refusal], Refusal], *refusals: Refusal, of: Collection[Operation] = ()) -> Position:
    """Refuse otherwise where one of `refusals` is due, by one of certain operations if there are any."""

    def stage(exchange: Exchange, proceed: Proceed) -> None:
        try:
            proceed(exchange)
        except Refused as refused:
            if refused.refusal not in refusals or (of and exchange.operation not in of):
                raise
            raise Refused(replace(change(refused.refusal), evidence=TAKEN)) from refused

    return stage


def with_status(status: int, *refusals: Refusal, of: Collection[Operation] = ()) -> Position:
    """Refuse with another status where one of `refusals` is due."""
    return refusing(lambda refusal: replace(refusal, status=status), *refusals, of=of)


def answering(change: Callable[[Any], Json], *operations: Operation) -> Position:
    """Have successes of `operations` answered with what `change` makes of the whole body."""

    def stage(exchange: Exchange, proceed: Proceed) -> None:
        proceed(exchange)
        if exchange.operation in operations and exchange.spoil is None:
            exchange.spoil = spoil

    def spoil(exchange: Exchange) -> None:
        exchange.answer = orjson.dumps(change(orjson.loads(exchange.answer)))

    return stage


takes("too_fast_status", "as_403")(with_status(403, TOO_FAST))
takes("too_fast_status", "as_422")(with_status(422, TOO_FAST))
takes("quota_body", "as_too_fast")(refusing(lambda _: replace(TOO_FAST, status=OVER_QUOTA.status), OVER_QUOTA))
takes("unknown_path", "as_403")(refusing(lambda _: NOT_PERMITTED, UNKNOWN_PATH))
takes("wrong_method", "as_404")(refusing(lambda _: UNKNOWN_PATH, WRONG_METHOD))


@takes("object_or_rule", "rule_first")
def look_at_the_arguments_first(exchange: Exchange, proceed: Proceed) -> None:
    if exchange.operation is not None:
        arguments_of(exchange.operation).read({**exchange.given, **exchange.params})
    proceed(exchange)


@takes("broken_json", "as_400")
def refuse_broken_json(exchange: Exchange, proceed: Proceed) -> None:
    _refuse_broken_json(exchange, 400)
    proceed(exchange)


@takes("broken_json", "as_415")
def refuse_another_type(exchange: Exchange, proceed: Proceed) -> None:
    _refuse_broken_json(exchange, 415)
    proceed(exchange)


def _refuse_broken_json(exchange: Exchange, status: int) -> None:
    try:
        decode_body(exchange.content_type, exchange.body)
    except Undecodable:
        refuse(Refusal("body.decodable", status, status, "The body is no JSON", TAKEN))


@takes("first_rule", "last")
def tell_the_last_rule(exchange: Exchange, proceed: Proceed) -> None:
    """Judge the arguments one by one, from the last, where none of them has to be given."""
    schema = exchange.operation.arguments if exchange.operation else {}
    if exchange.operation is not None and schema.keys().isdisjoint({"required", "allOf"}):
        for name in reversed(schema["properties"]):
            arguments_of(exchange.operation).read({name: exchange.given.get(name)})
    proceed(exchange)
