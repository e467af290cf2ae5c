"""How a request reaches the API: over sockets, or straight into a WSGI application."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from sendpulse_client._errors import ConnectionFailed, ConnectionLost, NetworkError, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from wsgiref.types import WSGIApplication

    import requests


@dataclass(frozen=True)
class Request:
    """What is sent. Headers and body may hold secrets, so no `repr` shows them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@dataclass(frozen=True)
class Response:
    """What came back; the names of headers are in lower case. A token is a body too, so no `repr` shows it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The decoded body. Raises ValueError where it is no JSON."""
        return json.loads(self.body)


class Transport(Protocol):
    """The seam between the client and the network."""

    def send(self, request: Request, timeout: float) -> Response:
        """Send once, from any thread, and follow no redirect.

        Raises ConnectionFailed only where surely nothing was sent: such a request is repeated whatever it does.
        Timeout, ConnectionLost and NetworkError leave open what the server did.
        """

    def close(self) -> None:
        """Give back every connection."""


class SocketTransport:
    """Sends with `requests`: pooled connections, TLS verification and proxies as it does them.

    `timeout` bounds the wait for a connection, and each wait for more of the answer.
    """

    def __init__(self, connections: int = 32) -> None:
        from http.cookiejar import DefaultCookiePolicy

        import requests
        from requests.adapters import HTTPAdapter

        self._session = requests.Session()
        self._session.auth = _leave_as_it_is
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # nothing shared between threads
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections))

    def send(self, request: Request, timeout: float) -> Response:
        import requests

        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise _situation(error)(request, str(error)) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.content)

    def close(self) -> None:
        self._session.close()


def _leave_as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that does nothing: without one, `requests` puts a netrc entry in the place of our token."""
    return prepared


def _situation(error: requests.RequestException) -> type[NetworkError]:
    import requests
    from urllib3.exceptions import NewConnectionError, ReadTimeoutError

    cause = error.args[0] if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(getattr(cause, "reason", None), NewConnectionError):
        return ConnectionFailed
    if isinstance(error, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        return Timeout
    if isinstance(error, requests.exceptions.SSLError):
        return NetworkError
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return ConnectionLost
    return NetworkError


class WSGITransport:
    """Calls a WSGI application in this process: no socket, no thread. What the application raises passes through."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(self, request: Request, timeout: float) -> Response:  # noqa: ARG002  # a call can't be cut short
        started: list[tuple[str, list[tuple[str, str]]]] = []
        written = io.BytesIO()

        def start_response(
            status: str, headers: list[tuple[str, str]], *_exc_info: object
        ) -> Callable[[bytes], object]:
            started.append((status, headers))
            return written.write

        chunks = self._app(_environ(request), start_response)
        try:
            written.writelines(chunks)
        finally:
            if (close := getattr(chunks, "close", None)) is not None:
                close()
        status, headers = started[-1]
        return Response(int(status.split()[0]), {name.lower(): value for name, value in headers}, written.getvalue())

    def close(self) -> None:
        """Nothing is open."""


def _environ(request: Request) -> dict[str, Any]:
    url = urlsplit(request.url)
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    content_type = headers.pop("HTTP_CONTENT_TYPE", "")
    return headers | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": target,  # as Gunicorn and Werkzeug have it: PATH_INFO can't tell %2F from a slash
        "REQUEST_URI": target,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_HOST": url.netloc,
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
