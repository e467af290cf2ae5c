"""One request on its way through the pipeline, and the answer it gathers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contracts.catalogue import Miss
from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import Refusal
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.decoding import Undecodable, decode_body, decode_query
from mock_server.core.store import Changes
from mock_server.core.tokens import Claims
from mock_server.core.world import World


@dataclass(eq=False)
class Exchange:
    """What came in, what the stages found out about it, and what goes back.

    `segments` are the path's decoded segments; `stand_in` is the account that unknown credentials stand for, if any;
    `time_out` the caller's read time-out in seconds where it is known (in process alone).
    """

    world: World
    method: str
    path: str
    segments: Sequence[str]
    query_string: str
    content_type: str
    authorization: str
    body: bytes
    stand_in: Account | None = None
    time_out: float | None = None

    operation: Operation | None = None
    miss: Miss | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    claims: Claims | None = None
    has_key: bool = False
    found: dict[type, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)

    at: Instant | None = None
    status: int = 200
    payload: Json = None
    refusal: Refusal | None = None
    changes: Changes | None = None
    explanation: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    answer: bytes = b""
    spoil: Callable[[Exchange], None] | None = None
    dropped_after: int | None = None

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """The arguments as they came, those of the body before those of the query, neither validated nor converted."""
        return given_arguments(self.query_string, self.content_type, self.body)


def given_arguments(query_string: str, content_type: str, body: bytes) -> dict[str, Any]:
    """What query and body give. A body that does not decode gives nothing (Q15: the first "missing" error follows)."""
    query = decode_query(query_string) if query_string else {}
    if not body:
        return query
    try:
        decoded = decode_body(content_type, body)
    except Undecodable:
        return query
    return query | decoded if isinstance(decoded, dict) else query
