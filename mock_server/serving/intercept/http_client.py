"""`http.client`, and what stands on it: `urllib.request`, and `urllib3` for what it sends.

Caught is the connection where it would open a socket. A `Line` takes its place: all that is above, from how a body is
sent to how an answer is read and what is raised, stays the library's own.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from errno import ECONNRESET
from functools import wraps
from http.client import HTTP_PORT, HTTPS_PORT, HTTPConnection, HTTPSConnection
from socket import getdefaulttimeout
from typing import Any, Final

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept.active import app_for
from mock_server.serving.intercept.patches import Patch
from mock_server.serving.intercept.wires import Origin, Wire, host_of, raw

Connect = Callable[[Any], None]


class Line:
    """In the place of a connection's socket: one request that is answered when it is asked for the answer.

    With that it leaves the connection, as if the other side had hung up; so no pool keeps it for later.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._origin = origin_of(connection)
        self._wire = Wire()
        self._time_out: float | None = None
        self.settimeout(connection.timeout)

    def settimeout(self, seconds: Any) -> None:
        """For how long an answer will be waited for; `http.client` has a mark for the default."""
        self._time_out = seconds if seconds is None or isinstance(seconds, (int, float)) else getdefaulttimeout()

    def gettimeout(self) -> float | None:
        return self._time_out

    def setsockopt(self, *_: object) -> None:
        """There is nothing to set."""

    def sendall(self, data: Any) -> None:
        self._wire.take(memoryview(data).tobytes())

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """What will be read as the answer."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is self:
            connection.sock = None
        return io.BufferedReader(_Reading(self._answer))

    def shutdown(self, _how: int) -> None:
        """Nothing is open."""

    def close(self) -> None:
        self._connection = None

    def _answer(self) -> bytes:
        written = self._wire.written()
        app = written and app_for(host_of(self._origin, written.target))
        if not written or not app:
            raise _reset()  # half a request, or nobody is there any more
        try:
            return raw(written.answered_by(app, self._origin, time_out=self._time_out))
        except ConnectionDropped:
            raise _reset() from None
        except ReadTimedOut:
            raise TimeoutError("timed out") from None


class _Reading(io.RawIOBase):
    """Bytes that are got when the first of them is read."""

    def __init__(self, get: Callable[[], bytes]) -> None:
        self._get = get
        self._got: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._got is None:
            self._got = io.BytesIO(self._get())
        return self._got.readinto(buffer)


def _reset() -> ConnectionResetError:
    return ConnectionResetError(ECONNRESET, "Connection reset by peer")


def origin_of(connection: Any) -> Origin:
    """Where a connection leads, through a tunnel if there is one."""
    host, port = connection.host, connection.port
    if connection._tunnel_host:  # noqa: SLF001 - http.client tells it nowhere else
        host, port = connection._tunnel_host, connection._tunnel_port  # noqa: SLF001 - as above
    scheme = "https" if HTTPS_PORT in {connection.default_port, port} else "http"
    return Origin(scheme, host if port in {None, HTTP_PORT, HTTPS_PORT} else f"{host}:{port}")


def connecting(connect: Connect) -> Connect:
    """`connect`, but to hosts that are intercepted by a line."""

    @wraps(connect)
    def connect_or_stand_in(connection: Any) -> None:
        if app_for(host_of(origin_of(connection), "/")) is None:
            connect(connection)
        else:
            connection.sock = Line(connection)

    return connect_or_stand_in


def _requesting(putrequest: Callable[..., None]) -> Callable[..., None]:
    """`putrequest` of connections that may be open already, or lead to a proxy that is to ask for us."""

    @wraps(putrequest)
    def put(connection: Any, method: str, url: str, *args: Any, **options: Any) -> None:
        if app_for(host_of(origin_of(connection), url)) is not None and not isinstance(connection.sock, Line):
            if connection.sock is not None:
                connection.sock.close()
            connection.sock = Line(connection)
        putrequest(connection, method, url, *args, **options)

    return put


PATCHES: Final = (
    Patch(HTTPConnection, "connect", connecting),
    Patch(HTTPSConnection, "connect", connecting),
    Patch(HTTPConnection, "putrequest", _requesting),
)
