"""What a library writes to a connection, read as a call; and an answer as it would come back over one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from mock_server.serving.intercept.calls import Answer, Pause, answer_of, environ_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

_END_OF_HEAD, _END_OF_CHUNKS = b"\r\n\r\n", b"0\r\n\r\n"


class Origin(NamedTuple):
    """Where a connection leads."""

    scheme: str
    netloc: str


class Written(NamedTuple):
    """A request as it was written."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def answered_by(
        self, app: WSGIApplication, origin: Origin, *, time_out: float | None, pause: Pause | None = None
    ) -> Answer:
        """The answer of `app`; raises what `answer_of` raises."""
        scheme, netloc, target = _aim(origin, self.target)
        environ = environ_of(self.method, scheme, netloc, target, self.headers, time_out=time_out, pause=pause)
        return answer_of(app, environ, self.body)


class Wire:
    """Takes bytes as they are written, until they make a request."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._head: _Head | None = None

    def take(self, data: bytes) -> None:
        """More bytes."""
        self._bytes += data
        if self._head is None and _END_OF_HEAD in self._bytes:
            head, _, rest = bytes(self._bytes).partition(_END_OF_HEAD)
            self._head, self._bytes = _Head(head), bytearray(rest)

    def waits_for_leave(self) -> bool:
        """Whether the other side sent the head alone, and the body not before it hears `CONTINUE`."""
        head = self._head
        return head is not None and not self._bytes and head.get("expect").lower() == "100-continue"

    def written(self) -> Written | None:
        """The request, once it is whole."""
        if self._head is None:
            return None
        body = self._head.body_in(self._bytes)
        return None if body is None else Written(self._head.method, self._head.target, self._head.headers, body)


class _Head:
    """The first lines of a request."""

    def __init__(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, _, rest = first.partition(" ")
        self.target = rest.rpartition(" ")[0]
        self.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    def body_in(self, came: bytearray) -> bytes | None:
        """The body, if `came` holds all of it."""
        if self.get("transfer-encoding").lower() == "chunked":
            return _unchunked(bytes(came)) if came.endswith(_END_OF_CHUNKS) else None
        length = int(self.get("content-length") or 0)
        return bytes(came[:length]) if len(came) >= length else None


def _unchunked(came: bytes) -> bytes | None:
    try:
        return b"".join(_chunks(came))
    except ValueError:  # what looked like the end was in the middle
        return None


def _chunks(came: bytes) -> Iterator[bytes]:
    at = 0
    while size := int(came[at : (line := came.index(b"\r\n", at))].partition(b";")[0], 16):
        yield came[line + 2 : line + 2 + size]
        at = line + 2 + size + 2


def raw(answer: Answer) -> bytes:
    """An answer as bytes."""
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def host_of(origin: Origin, target: str) -> str | None:
    """The host that is asked for: whoever asks a proxy for it writes a whole URL."""
    return urlsplit(target if "://" in target.partition("?")[0] else f"//{origin.netloc}").hostname


def _aim(origin: Origin, target: str) -> tuple[str, str, str]:
    if target.startswith("/") or "://" not in target:
        return origin.scheme, origin.netloc, target
    url = urlsplit(target)
    path = url.path or "/"
    return url.scheme, url.netloc, f"{path}?{url.query}" if url.query else path
