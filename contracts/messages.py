"""What goes over the wire: one request and one answer, as values. Written as text, neither shows a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.redaction import redact_text


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `path` is raw (percent-encoded), `query` the raw text after the question mark."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    authorization: str = ""
    body: bytes = b""

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {redact_text(self.path + query)} {_shortened(self.body)}".rstrip()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. The names of its `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.status} {_shortened(self.body)}"

    def json(self) -> Any:
        """The decoded body. Raises `ValueError` if it is no JSON."""
        return json.loads(self.body)


_SHOWN = 300


def _shortened(body: bytes) -> str:
    text = redact_text(body[:_SHOWN].decode("utf-8", "backslashreplace"))
    return text if len(body) <= _SHOWN else f"{text}... ({len(body)} bytes)"
