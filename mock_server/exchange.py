"""One request on its way through the pipeline, and the answer it gathers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contracts.arguments import given_arguments
from contracts.catalogue import Miss
from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import Refusal
from mock_server.core import stopwatch
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.store import Changes
from mock_server.core.tokens import Claims
from mock_server.core.world import World

LARGEST_BODY: Final = 32 * 1024 * 1024
"""Bytes of a body that are read. Unverified: the vendor's bound is unknown, and lower than this."""


class Exchange:
    """What came in, what the stages found out about it, and what goes back.

    Attributes:
        path: decoded, as every server tells it.
        segments: those of the path as it was sent, decoded; where a server does not tell that, of the decoded path.
        stand_in: the account that unknown credentials stand for, if any; in process alone.
        only: the account whose credentials alone are good, if there is one; in process alone.
        time_out: the caller's read time-out in seconds where it is known; in process alone.
        pause: sits out so many seconds, or less once nobody waits any more; in process alone.
        is_loud: whether our own bugs reach the caller as exceptions; in process alone.
        at: the instant at which the limiter saw the request, `number` its place in the journal.
        spoil: what a planned fault does to the finished answer; `dropped_after` bytes of the body the connection ends.
    """

    __slots__ = (
        "_given",
        "account",
        "answer",
        "arguments",
        "at",
        "authorization",
        "body",
        "changes",
        "claims",
        "content_type",
        "dropped_after",
        "explanation",
        "found",
        "headers",
        "is_loud",
        "method",
        "miss",
        "number",
        "only",
        "operation",
        "params",
        "path",
        "pause",
        "payload",
        "query_string",
        "refusal",
        "segments",
        "spoil",
        "stand_in",
        "status",
        "time_out",
        "world",
    )

    def __init__(
        self,
        world: World,
        method: str,
        path: str,
        segments: Sequence[str],
        *,
        query_string: str = "",
        content_type: str = "",
        authorization: str = "",
        body: bytes = b"",
        stand_in: Account | None = None,
        only: Account | None = None,
        time_out: float | None = None,
        pause: Callable[[float], object] | None = None,
        is_loud: bool = False,
    ) -> None:
        self.world = world
        self.method = method
        self.path = path
        self.segments = segments
        self.query_string = query_string
        self.content_type = content_type
        self.authorization = authorization
        self.body = body
        self.stand_in = stand_in
        self.only = only
        self.time_out = time_out
        self.pause = pause or stopwatch.pause
        self.is_loud = is_loud

        self.operation: Operation | None = None
        self.miss: Miss | None = None
        self.params: Mapping[str, str] = {}
        self.account: Account = world.nobody
        self.claims: Claims | None = None
        self.found: dict[type, Any] = {}
        self.arguments: Mapping[str, Any] = {}
        self.at: Instant | None = None
        self.number: int | None = None

        self.status = 200
        self.headers: list[tuple[str, str]] = []
        self.payload: Json = None
        self.refusal: Refusal | None = None
        self.changes: Changes | None = None
        self.answer = b""
        self.explanation: str | Callable[[], str] | None = None
        self.spoil: Callable[[Exchange], None] | None = None
        self.dropped_after: int | None = None
        self._given: Mapping[str, Any] | None = None

    @property
    def given(self) -> Mapping[str, Any]:
        """The arguments as they came, those of the body before those of the query, neither validated nor converted."""
        if self._given is None:
            self._given = given_arguments(self.query_string, self.content_type, self.body, self.array_as)
        return self._given

    def replace_given(self, **arguments: Any) -> None:
        """Go on as if other arguments had come."""
        self._given = {**self.given, **arguments}

    @property
    def array_as(self) -> str | None:
        """The argument that a body which is a bare array stands for."""
        return self.operation.array_as if self.operation else None

    @property
    def served(self) -> Operation:
        """The operation that the request means. Raises `LookupError` where it means none: a stage stands too early."""
        if self.operation is None:
            raise LookupError(f"{self.method} {self.path} means no operation")
        return self.operation

    @property
    def instant(self) -> Instant:
        """The instant of the request: the limiter's own, or the present one where it never got that far."""
        return self.account.clock.now() if self.at is None else self.at

    @property
    def is_public(self) -> bool:
        """Whether the answer needs no token: a service without them, or a document that is not there."""
        if self.operation is not None:
            return not self.operation.service.needs_token
        return self.segments[0] == ".well-known"  # seen 2026-08-13: its unknown names answer 404 without a token


Proceed = Callable[[Exchange], None]
"""What lies further in: a stage of the pipeline calls it, or answers itself."""
