"""What the suite is run against: anything that answers a request."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from io import BytesIO
from threading import local
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from contracts.messages import Answer, Request

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class Target(Protocol):
    """Answers requests."""

    def send(self, request: Request) -> Answer: ...


class WSGITarget:
    """A WSGI application in this process."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(self, request: Request) -> Answer:
        """The application's answer. What it raises reaches the caller."""
        started = _Started()
        chunks = self._app(_environ(request), started)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        return Answer(started.status, started.headers, body)


class _Started:
    """What the application told of its answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}

    def __call__(self, status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        self.status = int(status.partition(" ")[0])
        self.headers = {name.lower(): value for name, value in headers}
        return self._write

    def _write(self, _: bytes) -> None:
        raise NotImplementedError("the suite reads what an application returns, not what it writes")


def _environ(request: Request) -> dict[str, Any]:
    target = f"{request.path}?{request.query}" if request.query else request.path
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "REQUEST_URI": target,
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_AUTHORIZATION": request.authorization,
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class SocketTarget:
    """A server at a URL such as ``http://127.0.0.1:8480``. Each thread keeps one connection."""

    PATIENCE = 30.0
    """Seconds for which an answer is waited for."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._own = local()

    def send(self, request: Request) -> Answer:
        """The server's answer. Raises `OSError` or `http.client.HTTPException` where there is none."""
        connection = self._connection()
        target = f"{request.path}?{request.query}" if request.query else request.path
        headers = {"Content-Type": request.content_type, "Authorization": request.authorization}
        try:
            connection.request(
                request.method, target, request.body, {name: value for name, value in headers.items() if value}
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()  # the next request opens it anew
            raise
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def close(self) -> None:
        """Close this thread's connection."""
        self._connection().close()

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
            self._own.connection = kind(self._url.hostname or "", self._url.port, timeout=self.PATIENCE)
        connection: http.client.HTTPConnection = self._own.connection
        return connection
