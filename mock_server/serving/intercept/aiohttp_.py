"""`aiohttp`, caught where a connector hands out a connection.

What it hands out is `aiohttp`'s own connection with a transport of ours: time-outs, traces, redirects, streaming and
what is raised stay the library's own. The application runs on a thread, as for `httpx`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from errno import ECONNRESET
from functools import wraps
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from aiohttp import BaseConnector, ClientTimeout
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept.active import app_for
from mock_server.serving.intercept.calls import Answer
from mock_server.serving.intercept.patches import Patch
from mock_server.serving.intercept.wires import CONTINUE, Origin, Wire, Written, raw

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

Connect = Callable[..., Awaitable[Connection]]


def _connecting(otherwise: Connect) -> Connect:
    @wraps(otherwise)
    async def connect(connector: BaseConnector, req: Any, traces: Any, timeout: ClientTimeout) -> Connection:
        app = app_for((req.url.raw_host or "").lower())
        if app is None:
            return await otherwise(connector, req, traces, timeout)
        loop = asyncio.get_running_loop()
        protocol = ResponseHandler(loop)
        origin = Origin(req.url.scheme, req.url.raw_authority)
        protocol.connection_made(_Transport(loop, protocol, app, origin, _patience(timeout)))
        protocol.force_close()  # or the connector would keep it for later
        return Connection(connector, req.connection_key, protocol, loop)

    return connect


PATCHES: Final = (Patch(BaseConnector, "connect", _connecting),)


def _patience(timeout: ClientTimeout) -> float | None:
    return min((bound for bound in (timeout.sock_read, timeout.total) if bound), default=None)


class _Transport(asyncio.Transport):
    """Takes one request from a protocol, and gives it the answer of an application."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: ResponseHandler,
        app: WSGIApplication,
        origin: Origin,
        time_out: float | None,
    ) -> None:
        super().__init__()
        self._loop = loop
        self._protocol = protocol
        self._app = app
        self._origin = origin
        self._time_out = time_out
        self._wire = Wire()
        self._is_asked = False
        self._given_up = Event()

    def write(self, data: Any) -> None:
        self._wire.take(bytes(data))
        written = None if self._is_asked else self._wire.written()
        if written is not None:
            self._is_asked = True
            Thread(target=self._answer, args=[written], name="sendpulse-mock answer", daemon=True).start()
        elif self._wire.waits_for_leave():
            self._loop.call_soon(self._protocol.data_received, CONTINUE)

    def is_closing(self) -> bool:
        return self._given_up.is_set()

    def close(self) -> None:
        self._end(None)

    def abort(self) -> None:
        self._end(None)

    def can_write_eof(self) -> bool:
        return False

    def _end(self, error: Exception | None) -> None:
        if not self.is_closing():
            self._given_up.set()
            self._loop.call_soon(self._protocol.connection_lost, error)

    def _answer(self, written: Written) -> None:
        outcome: Answer | BaseException
        try:
            outcome = written.answered_by(self._app, self._origin, time_out=self._time_out, pause=self._given_up.wait)
        except BaseException as error:  # it is the caller's
            outcome = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver, outcome)

    def _deliver(self, outcome: Answer | BaseException) -> None:
        if self.is_closing() or isinstance(outcome, ReadTimedOut):  # aiohttp looks at the time itself
            return
        if isinstance(outcome, ConnectionDropped):
            self._end(ConnectionResetError(ECONNRESET, "Connection reset by peer"))
        elif isinstance(outcome, BaseException):
            self._protocol.set_exception(outcome)
        else:
            self._protocol.data_received(raw(outcome))
            if outcome.is_cut or not _tells_length(outcome):
                self._end(None)


def _tells_length(answer: Answer) -> bool:
    return any(name.lower() == "content-length" for name, _ in answer.headers)
