"""`httpx`, caught where its own transports send. One of the user's own is theirs, unless it ends in one of these.

A client that is asynchronous has the application run on a thread. That costs 0.1 to 0.2 ms a call, and never
holds up the loop, whatever the application waits for: a planned latency, or the lock of an account.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from errno import ECONNRESET
from functools import partial, wraps
from math import inf
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

from anyio import CapacityLimiter, get_cancelled_exc_class, to_thread
from httpx import (
    AsyncByteStream,
    AsyncHTTPTransport,
    HTTPTransport,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    Request,
    Response,
    SyncByteStream,
)

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept.active import app_for
from mock_server.serving.intercept.calls import Answer, Pause, answer_of, environ_of
from mock_server.serving.intercept.patches import Patch

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

Handle = Callable[[Any, Request], Response]
HandleAsync = Callable[[Any, Request], Awaitable[Response]]


def _handling(otherwise: Handle) -> Handle:
    @wraps(otherwise)
    def handle_request(transport: Any, request: Request) -> Response:
        app = app_for(request.url.host)
        if app is None:
            return otherwise(transport, request)
        return _answer(app, request, b"".join(cast("SyncByteStream", request.stream)))

    return handle_request


def _handling_async(otherwise: HandleAsync) -> HandleAsync:
    @wraps(otherwise)
    async def handle_async_request(transport: Any, request: Request) -> Response:
        app = app_for(request.url.host)
        if app is None:
            return await otherwise(transport, request)
        body = b"".join([chunk async for chunk in cast("AsyncByteStream", request.stream)])
        return await _on_thread(partial(_answer, app, request, body))

    return handle_async_request


async def _on_thread(answer: Callable[..., Response]) -> Response:
    given_up = Event()
    try:
        return await to_thread.run_sync(
            partial(answer, pause=given_up.wait), abandon_on_cancel=True, limiter=CapacityLimiter(inf)
        )
    except get_cancelled_exc_class():
        given_up.set()
        raise


PATCHES: Final = (
    Patch(HTTPTransport, "handle_request", _handling),
    Patch(AsyncHTTPTransport, "handle_async_request", _handling_async),
)


def _answer(app: WSGIApplication, request: Request, body: bytes, *, pause: Pause | None = None) -> Response:
    url, time_out = request.url, request.extensions.get("timeout", {}).get("read")
    headers = [(name.decode("latin-1"), value) for name, value in request.headers.raw]
    netloc, target = url.netloc.decode("ascii"), url.raw_path.decode("ascii")
    environ = environ_of(request.method, url.scheme, netloc, target, headers, time_out=time_out, pause=pause)
    try:
        answer = answer_of(app, environ, body)
    except ConnectionDropped:
        reset = ConnectionResetError(ECONNRESET, "Connection reset by peer")
        raise ReadError(str(reset), request=request) from reset
    except ReadTimedOut:
        raise ReadTimeout("The read operation timed out", request=request) from None
    extensions = {"http_version": b"HTTP/1.1", "reason_phrase": answer.reason.encode("latin-1")}
    return Response(answer.status, headers=answer.headers, stream=_Body(answer, request), extensions=extensions)


class _Body(SyncByteStream, AsyncByteStream):
    """The body of an answer, which may end before its end."""

    def __init__(self, answer: Answer, request: Request) -> None:
        self._answer = answer
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._answer.body
        if self._answer.is_cut:
            cut = "peer closed connection without sending complete message body"
            raise RemoteProtocolError(f"{cut} (received {len(self._answer.body)} bytes)", request=self._request)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk
