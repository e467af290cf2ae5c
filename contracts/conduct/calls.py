"""A client's calls as the rules see them, from whatever kept them: a journal, a HAR file, a cassette."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from contracts.arguments import given_arguments
from contracts.catalogue import Match, catalogue
from contracts.exchanges import Exchange, json_of
from contracts.model import Effect, Operation
from contracts.redaction import REDACTED, redact, redact_text
from contracts.services import oauth

NO_ANSWER: Final = 0
"""The status of a call whose caller got none."""

TOKEN_SECONDS: Final = 3600
"""How long a token is good where its answer does not say."""

_GONE_WRONG: Final = ("a planned fault cut", "a planned fault reset", "a planned fault made", "gave up")
"""What the emulator's journal explains an answer with that its caller never got whole."""

_BAD_TOKEN: Final = "the token is not good"  # noqa: S105 - no token


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        number: its place, by which somebody finds it again: the id in a journal, the entry in a file.
        at: when it was made, in seconds since any instant.
        operation: what it means; None where that is not declared.
        has_secret_in_url: whether its address holds a secret.
        token: what tells the credential apart that it bore; empty where there was none, or nobody knows.
        issued, expires_in: the same of the token that it was answered, and the seconds for which that is good.
        answer: the decoded body; None where it is unknown or no JSON.
        is_lost: whether the caller cannot know what became of it.
        is_expired: whether it was refused because its token was too old.
    """

    number: int
    at: float
    method: str
    path: str
    operation: Operation | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    answer: Any = None
    token: str = field(default="", repr=False)  # out of files, these two are secrets
    issued: str = field(default="", repr=False)
    expires_in: float = TOKEN_SECONDS
    has_secret_in_url: bool = False
    is_lost: bool = False
    is_expired: bool = False

    @property
    def about(self) -> str:
        """What it is called: its operation, or method and path."""
        return self.operation.name if self.operation else f"{self.method} {redact(self.path)}"

    @property
    def is_token_request(self) -> bool:
        return self.operation is not None and self.operation.service is oauth.issue_token.service

    @property
    def is_counted(self) -> bool:
        """Whether the vendor's limits count it: what needs no token is free."""
        return self.operation is None or self.operation.service.needs_token

    @property
    def is_read(self) -> bool:
        return self.method in {"GET", "HEAD"} if self.operation is None else self.operation.effect is Effect.READ

    @property
    def is_unsafe(self) -> bool:
        """Whether doing it twice may do more than doing it once."""
        if self.operation is not None and self.operation.effect is Effect.SPENDS:
            return True
        return self.method == "POST" and not self.is_read and not self.is_token_request

    @property
    def same(self) -> tuple[str, str, str]:
        """Equal for calls that ask the same."""
        return self.method, self.path, json.dumps(self.arguments, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The calls of one client, oldest first; `time_passes` unless they were made on a clock that stood still."""

    calls: Sequence[Call]
    time_passes: bool = True


class NoJournal(ValueError):
    """A value is no journal. The message says why."""


def from_journal(document: Any) -> Conversation:
    """What a journal of the emulator tells, as ``GET …/journal`` answers it. Raises `NoJournal`."""
    entries = document.get("entries") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise NoJournal("it has no entries; a journal is what GET /_mock/accounts/{account}/journal answers")
    calls = [_from_entry(entry) for entry in entries if not _is_simulated(entry)]
    calls.sort(key=lambda call: (call.at, call.number))
    # The emulator gives each call of an account an instant of its own, unless its clock is frozen.
    moments = [call.at for call in calls]
    return Conversation(calls, time_passes=len(set(moments)) == len(moments))


def _is_simulated(entry: Any) -> bool:
    operation = entry.get("operation") if isinstance(entry, dict) else None
    return isinstance(operation, str) and operation.startswith("simulate.")


def _from_entry(entry: Any) -> Call:
    try:
        at = datetime.fromisoformat(entry["at"]).timestamp()
        number, method, path, status = entry["id"], str(entry["method"]), str(entry["path"]), int(entry["status"])
        explanation, query = str(entry.get("explanation", "")), str(entry.get("query", ""))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise NoJournal(f"it has an entry that is none of a journal's: {type(error).__name__} {error}") from None
    arguments = entry.get("arguments")
    answer = entry.get("answer")
    return _call(
        number=number if isinstance(number, int) else 0,
        at=at,
        method=method,
        path=path,
        arguments=arguments if isinstance(arguments, dict) else {},
        status=status,
        answer=answer if isinstance(answer, dict | list) else None,
        token=str(entry.get("token") or ""),
        issued=str(number) if status == 200 and _issues(answer) else "",
        has_secret_in_url=REDACTED in f"{path}?{query}",
        is_lost=any(told in explanation for told in _GONE_WRONG),
        is_expired=status == 401 and _BAD_TOKEN in explanation,
    )


def _issues(answer: Any) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("access_token"), str)


def from_exchanges(exchanges: Iterable[tuple[int, Exchange]]) -> Conversation:
    """What numbered exchanges tell; without instants of all of them time does not pass."""
    kept = list(exchanges)
    calls = [_from_exchange(number, exchange) for number, exchange in kept]
    has_time = all(exchange.at is not None for _, exchange in kept)
    return Conversation(sorted(calls, key=lambda call: (call.at, call.number)), time_passes=has_time)


def _from_exchange(number: int, exchange: Exchange) -> Call:
    request, answer = exchange.request, json_of(exchange)
    address = f"{request.path}?{unquote(request.query)}"
    return _call(
        number=number,
        at=exchange.at or 0.0,
        method=request.method,
        path=request.path,
        arguments=given_arguments(request.query, request.content_type, request.body),
        status=exchange.answer.status,
        answer=answer,
        token=request.authorization.rpartition(" ")[2],
        issued=answer["access_token"] if _issues(answer) else "",
        has_secret_in_url=redact_text(address) != address,
    )


def _call(*, method: str, path: str, answer: Any, **facts: Any) -> Call:
    meant = catalogue().match(method, path)
    operation, params = meant if isinstance(meant, Match) else (None, {})
    good_for = answer.get("expires_in") if isinstance(answer, dict) else None
    seconds = good_for if isinstance(good_for, int | float) else TOKEN_SECONDS
    return Call(
        method=method,
        path=path,
        answer=answer,
        operation=operation,
        params=params,
        expires_in=seconds,
        **facts,
    )
