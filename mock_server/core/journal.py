"""What was asked and what was answered, bounded and without secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import unquote

import orjson

from contracts.evidence import Evidence
from contracts.redaction import redact, redact_text
from mock_server.core.clock import Instant, format_instant

KEPT: Final = 10_000
"""Entries a journal keeps, of admitted requests and of limiter refusals each."""

LONGEST_KEPT: Final = 65_536
"""Bytes of a body or answer that are kept."""

TOKENS_KNOWN: Final = 1000
"""Tokens, the newest, of which a journal knows by which request they were issued."""

MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of requests and answers a journal keeps, of either kind."""


class Summary(Protocol):
    """What happened to the store's rows; see `mock_server.core.store.Changes`."""

    def summary(self, limit: int = ...) -> dict[str, Any]: ...


@dataclass(slots=True, eq=False)
class Entry:
    """One request and its answer, or what a recipient was made to do, under the name ``simulate.click`` and the like.

    `given` decodes the arguments when asked; `at` is the limiter's own instant.
    `size` tells how many bytes of request and answer the entry holds; `query` and `authorization` are as they came.
    `issued` is the token that was answered, `token` the id of the entry that answered the one the request bore.
    """

    id: int
    at: Instant
    operation: str | None
    method: str
    path: str
    given: Callable[[], Mapping[str, Any]] = field(repr=False)  # which may hold a secret
    status: int
    error_code: int | None
    answer: bytes = field(repr=False)  # which may hold a token
    changes: Summary | None
    evidence: Evidence | None
    duration: float
    size: int
    told: str | Callable[[], str] | None = None
    query: str = field(default="", repr=False)  # as the two below, it may hold a secret
    authorization: str = field(default="", repr=False)
    issued: str = field(default="", repr=False)
    token: int | None = None

    @property
    def explanation(self) -> str | None:
        """Why the answer is what it is, where that is not plain; some are only worked out when asked for."""
        return self.told() if callable(self.told) else self.told

    @property
    def arguments(self) -> Any:
        """What the request gave, secrets made unreadable."""
        return redact(dict(self.given()))

    def as_json(self) -> dict[str, Any]:
        """The entry as the admin API shows it; `query`, `token` and `explanation` only where there is one."""
        further = {"query": redact_text(unquote(self.query)), "token": self.token, "explanation": self.explanation}
        evidence = self.evidence and {"grade": self.evidence.grade, "source": self.evidence.source}
        return {
            "id": self.id,
            "at": format_instant(self.at),
            "operation": self.operation,
            "method": self.method,
            "path": redact(self.path),
            "arguments": self.arguments,
            "status": self.status,
            "error_code": self.error_code,
            "answer": redact(_readable(self.answer)),
            "changes": redact(self.changes.summary()) if self.changes else {"added": [], "changed": [], "removed": []},
            "evidence": evidence,
            "duration_ms": round(self.duration * 1000, 3),
            **{name: told for name, told in further.items() if told},
        }


def _readable(answer: bytes) -> Any:
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError:
        return answer.decode(errors="replace")


class _Ring:
    """The newest entries: so many, and of so many bytes together."""

    __slots__ = ("_size", "entries")

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self._size = 0

    def add(self, entry: Entry) -> int:
        """Keep an entry, and return how many old ones had to go."""
        self.entries.append(entry)
        self._size += entry.size
        gone = 0
        while len(self.entries) > KEPT or self._size > MOST_BYTES:
            self._size -= self.entries.popleft().size
            gone += 1
        return gone


class Basis(NamedTuple):
    """What answers rested on: the promise that an operation answers so, and how we know it."""

    operation: str | None
    status: int
    error_code: int | None
    evidence: Evidence


class Journal:
    """The entries of one account, or of nobody. The caller holds the lock that guards it."""

    __slots__ = ("_admitted", "_evidence", "_issued", "_number", "_turned_away", "dropped")

    def __init__(self) -> None:
        self._number = 0
        self._issued: dict[str, int] = {}
        self._evidence: dict[tuple[str | None, int, int | None, str], Evidence] = {}
        self.clear()

    def next_id(self) -> int:
        self._number += 1
        return self._number

    def add(self, entry: Entry, *, turned_away: bool = False) -> None:
        """Keep an entry; what the limiter turned away has a ring of its own and never pushes out the rest."""
        if entry.evidence is not None:
            self._evidence[entry.operation, entry.status, entry.error_code, entry.evidence.source] = entry.evidence
        self._trace_token(entry)
        ring = self._turned_away if turned_away else self._admitted
        self.dropped += ring.add(entry)

    def _trace_token(self, entry: Entry) -> None:
        """Tell where the token came from that a request bore."""
        if entry.authorization:
            entry.token = self._issued.get(entry.authorization.rpartition(" ")[2])
        if entry.issued:
            self._issued[entry.issued] = entry.id
            if len(self._issued) > TOKENS_KNOWN:
                del self._issued[next(iter(self._issued))]

    def bases(self) -> list[Basis]:
        """What all answers so far rested on, those too whose entries are gone: each once, in the order they came."""
        return [
            Basis(operation, status, error_code, evidence)
            for (operation, status, error_code, _), evidence in self._evidence.items()
        ]

    def __len__(self) -> int:
        return len(self._admitted.entries) + len(self._turned_away.entries)

    def __iter__(self) -> Iterator[Entry]:
        """All entries, oldest first."""
        return iter(sorted([*self._admitted.entries, *self._turned_away.entries], key=lambda entry: entry.id))

    def find(self, number: int) -> Entry | None:
        """The entry with that id, if it is still kept."""
        return next((entry for entry in self if entry.id == number), None)

    def entries(
        self,
        *,
        operation: str | None = None,
        status: int | None = None,
        error_code: int | None = None,
        since: Instant | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """The newest `limit` entries that match, oldest first."""
        matching = [
            entry
            for entry in self
            if (operation is None or entry.operation == operation)
            and (status is None or entry.status == status)
            and (error_code is None or entry.error_code == error_code)
            and (since is None or entry.at >= since)
        ]
        return matching if limit is None else matching[len(matching) - min(limit, len(matching)) :]

    def clear(self) -> None:
        """Forget all entries; ids go on."""
        self._admitted = _Ring()
        self._turned_away = _Ring()
        self.dropped = 0
