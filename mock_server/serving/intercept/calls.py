"""One call: the WSGI environ of what a library sends, and the answer that the application gives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from mock_server.core.dropped import ConnectionDropped
from mock_server.serving.wsgi import CONSTANT_ENVIRON, StartResponse

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

Pause = Callable[[float], object]
"""Waits for so many seconds, or less, if nobody waits for an answer any more."""


class Answer(NamedTuple):
    """What came back. `is_cut`: the connection broke before the end of the body."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    is_cut: bool


def environ_of(
    method: str,
    scheme: str,
    netloc: str,
    target: str,
    headers: Iterable[tuple[str, str | bytes]],
    *,
    time_out: float | None,
    pause: Pause | None = None,
) -> WSGIEnvironment:
    """The environ of a call but for its input. `target` is a path with its query, as it goes over the wire."""
    path, _, query = target.partition("?")
    environ: WSGIEnvironment = {
        **_environ_of_origin(scheme, netloc),
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
        "RAW_URI": target,
        "wsgi.errors": sys.stderr,
        "sendpulse_mock.timeout": time_out,
    }
    if pause is not None:
        environ["sendpulse_mock.pause"] = pause
    told = set()
    for header, value in headers:
        name, text = _environ_name(header), value if isinstance(value, str) else value.decode("latin-1")
        environ[name] = f"{environ[name]},{text}" if name in told else text
        told.add(name)
    return environ


def answer_of(app: WSGIApplication, environ: WSGIEnvironment, body: bytes) -> Answer:
    """The answer to a call.

    Raises `ConnectionDropped` where not even its head arrives, `ReadTimedOut`, and whatever the application raises.
    """
    start_response, is_cut = StartResponse(), False
    try:
        content = _joined(app({**environ, "wsgi.input": BytesIO(body)}, start_response))
    except ConnectionDropped as dropped:
        if not dropped.sent:
            raise
        content, is_cut = dropped.sent, True
    if environ["REQUEST_METHOD"] == "HEAD":
        content = b""
    return Answer(start_response.status, start_response.reason, start_response.headers, content, is_cut)


def _joined(chunks: Iterable[bytes]) -> bytes:
    try:
        return b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


@lru_cache(maxsize=64)
def _environ_of_origin(scheme: str, netloc: str) -> Mapping[str, object]:
    origin = urlsplit(f"//{netloc}")
    return {
        **CONSTANT_ENVIRON,
        "SERVER_NAME": origin.hostname,
        "SERVER_PORT": str(origin.port or (443 if scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "sendpulse-mock",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": netloc.rpartition("@")[2],
        "wsgi.url_scheme": scheme,
    }


@lru_cache(maxsize=1024)
def _environ_name(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
