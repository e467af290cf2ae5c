"""Calls that a page sends to the emulator as its account does, and what came of the latest of them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson

from contracts.model import Operation
from contracts.redaction import redact
from mock_server import pipeline
from mock_server.control import AccountControl
from mock_server.core import stopwatch
from mock_server.core.world import World
from mock_server.exchange import Exchange
from mock_server.ui.examples import SECRET

KEPT: Final = 50
_LONGEST: Final = 262_144


@dataclass(frozen=True)
class Trial:
    """One call: what was filled in, and what was answered, or what was wrong with what was filled in."""

    client_id: str
    operation: str
    path: Mapping[str, str]
    arguments: str
    wrong: str | None = None
    status: int = 0
    answer: str = ""
    dropped_after: int | None = None
    duration: float = 0
    number: int | None = None


class Trials:
    """The latest calls that pages have sent, by a name that nobody guesses."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Trial] = OrderedDict()

    def keep(self, trial: Trial) -> str:
        name = secrets.token_urlsafe(12)
        self._kept[name] = trial
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return name

    def find(self, name: str, client_id: str, operation: str) -> Trial | None:
        """The call of that name, if it was one of this operation for this account and is still kept."""
        trial = self._kept.get(name)
        return trial if trial and (trial.client_id, trial.operation) == (client_id, operation) else None


def attempt(
    world: World, account: AccountControl, operation: Operation, path: Mapping[str, str], arguments: str
) -> Trial:
    """Send a call through the whole pipeline, with a token made for it. `arguments` is the JSON of its body."""
    asked = Trial(account.client_id, operation.name, path, arguments)
    wrong = _complaint(arguments)
    if wrong:
        return Trial(account.client_id, operation.name, path, arguments, wrong)
    exchange = _exchange(world, account, operation, path, arguments)
    started = stopwatch.now()
    pipeline.run(exchange)
    return _answered(asked, exchange, stopwatch.now() - started)


def _complaint(arguments: str) -> str | None:
    if not arguments.strip():
        return None
    try:
        given = orjson.loads(arguments)
    except orjson.JSONDecodeError as error:
        return f"The arguments are no JSON: {error}"
    return None if isinstance(given, dict | list) else "The arguments are no JSON object; write one in braces"


def _exchange(
    world: World, account: AccountControl, operation: Operation, path: Mapping[str, str], arguments: str
) -> Exchange:
    names = operation.path.strip("/").split("/")
    segments = [path.get(name[1:-1], "") if name.startswith("{") else name for name in names]
    body = arguments.strip().replace(SECRET, account.client_secret)
    return Exchange(
        world,
        operation.method,
        "/" + "/".join(quote(segment, safe="@+,:", errors="replace") for segment in segments),
        segments,
        content_type="application/json",
        authorization=f"Bearer {_token(world, account)}" if operation.service.needs_token else "",
        body=body.encode(errors="replace"),
    )


def _token(world: World, account: AccountControl) -> str:
    its = account.account
    return world.tokens.issue(its.client_id, its.user_id, its.token_epoch, its.clock.now())


def _answered(asked: Trial, exchange: Exchange, duration: float) -> Trial:
    sent = exchange.answer if exchange.dropped_after is None else exchange.answer[: exchange.dropped_after]
    return Trial(
        asked.client_id,
        asked.operation,
        asked.path,
        asked.arguments,
        status=exchange.status,
        answer=_readable(sent),
        dropped_after=exchange.dropped_after,
        duration=duration,
        number=exchange.number if exchange.account.client_id == asked.client_id else None,
    )


def _readable(answer: bytes) -> str:
    """An answer without secrets, indented where it is JSON."""
    text = answer[:_LONGEST].decode(errors="replace")
    try:
        value: Any = redact(orjson.loads(text))
    except orjson.JSONDecodeError:  # YAML, a page, or what a fault has left
        return str(redact(text))
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
