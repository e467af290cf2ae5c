"""Calls of `requests` to the vendor's hosts answered by a WSGI application in this process, through `responses`.

`responses` answers in place of `HTTPAdapter.send`, so it does not matter when a session or client was made. Matching
URLs and recording calls, its own work, is skipped: one of its mocks is told apart by host and nothing else. The mocks
of the user keep working and never see the vendor's calls, whichever was activated first.

Importing this module imports `requests` and `responses`.
"""

import sys
import threading
from errno import ECONNRESET
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

try:
    import responses
except ModuleNotFoundError as missing:
    raise ImportError("interception in process needs responses: pip install 'sendpulse-mock[pytest]'") from missing
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ReadTimeout, RetryError
from urllib3 import HTTPHeaderDict, HTTPResponse, Timeout
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.wsgi import CONSTANT_ENVIRON, StartResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import PreparedRequest, Response

    Send = Callable[..., Response]


class Interception:
    """While it is on, `requests` to `hosts`, over http and https and on any port, are answered by `app`.

    Several may be on at once, one of them repeatedly: of those for a host the one started last answers, and each
    `stop` takes back one `start`, in whatever order. Every other host goes where it went before. An exception of the
    application reaches the caller, except the two of `mock_server.core.dropped`, which become what a failing network
    raises. `environ["sendpulse_mock.timeout"]` is the caller's read timeout in seconds, or None.
    """

    def __init__(self, app: "WSGIApplication", *, hosts: "Sequence[str]" = ("api.sendpulse.com",)) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    def start(self) -> None:
        """Answer from now on."""
        _switch.turn_on(self)

    def stop(self) -> None:
        """Take back one start; without one, do nothing."""
        _switch.turn_off(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Switch:
    """The interceptions of this process that are on, and the two patches that are in place as long as any is."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._on: tuple[Interception, ...] = ()
        self._send: Send = HTTPAdapter.send
        self._beneath: Send = HTTPAdapter.send

    def app_for(self, host: str | None) -> "WSGIApplication | None":
        for interception in reversed(self._on):
            if host in interception.hosts:
                return interception.app
        return None

    def turn_on(self, interception: Interception) -> None:
        with self._changing:
            if not self._on:
                self._patch()
            self._on = (*self._on, interception)

    def turn_off(self, interception: Interception) -> None:
        with self._changing:
            remaining = list(self._on)
            if interception not in remaining:
                return
            del remaining[len(remaining) - 1 - remaining[::-1].index(interception)]
            self._on = tuple(remaining)
            if not remaining:
                self._unpatch()

    def _patch(self) -> None:
        self._beneath = HTTPAdapter.send
        self._send = _TransparentMock(self._beneath).unbound_on_send()
        HTTPAdapter.send = self._send  # type: ignore[method-assign, assignment]
        # Without this the mocks of the user would refuse the vendor's calls, or answer them.
        responses.RequestsMock._on_request = _on_users_request  # type: ignore[method-assign]  # noqa: SLF001 - no public seam

    def _unpatch(self) -> None:
        # A mock that was activated after us and is still active must not be torn out. It will put our function back,
        # which by itself does nothing but to call what is beneath.
        if HTTPAdapter.send is self._send:
            HTTPAdapter.send = self._beneath  # type: ignore[method-assign]
        responses.RequestsMock._on_request = _original_on_request  # type: ignore[method-assign]  # noqa: SLF001 - as above


def is_intercepted(host: str | None) -> bool:
    """Whether calls to a host are answered in this process now."""
    return _switch.app_for(host) is not None


def _emulating(otherwise: "Callable[..., Response]") -> "Callable[..., Response]":
    """An `_on_request` of a mock that answers what is intercepted and leaves the rest to `otherwise`."""

    def on_request(
        mock: responses.RequestsMock, adapter: HTTPAdapter, request: "PreparedRequest", **options: Any
    ) -> "Response":
        target = urlsplit(str(request.url))
        app = _switch.app_for(target.hostname)
        if app is None:
            return otherwise(mock, adapter, request, **options)
        environ = _environ_of(request, target)
        environ["sendpulse_mock.timeout"] = _read_timeout(options.get("timeout"))
        return _answer(app, environ, adapter, request)

    return on_request


class _TransparentMock(responses.RequestsMock):
    """What we put in place of `HTTPAdapter.send`. It hands other hosts on as they come, and records nothing."""

    def __init__(self, beneath: "Send") -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self.beneath = beneath

    _on_request = _emulating(lambda mock, *request, **options: mock.beneath(*request, **options))


_original_on_request = responses.RequestsMock._on_request  # noqa: SLF001 - as above
_on_users_request = _emulating(_original_on_request)
_switch = _Switch()


def _answer(
    app: "WSGIApplication", environ: "WSGIEnvironment", adapter: HTTPAdapter, request: "PreparedRequest"
) -> "Response":
    """One call, with the retries that the adapter is set to and the exceptions that it would raise."""
    retries, method = adapter.max_retries, environ["REQUEST_METHOD"]
    body = _body_of(request)
    answer: HTTPResponse | None = None
    try:
        while True:
            failure: ProtocolError | ReadTimeoutError | None = None
            try:
                answer = _call(app, {**environ, "wsgi.input": BytesIO(body)}, adapter)
            except (ProtocolError, ReadTimeoutError) as error:
                answer, failure = None, error
            else:
                if not retries.is_retry(method, answer.status, "Retry-After" in answer.headers):
                    return adapter.build_response(request, answer)
            retries = retries.increment(method, environ["RAW_URI"], answer, failure, _pool_of(adapter, environ))
            retries.sleep(answer)
    except ProtocolError as error:
        raise RequestsConnectionError(error, request=request) from error
    except ReadTimeoutError as error:
        raise ReadTimeout(error, request=request) from error
    except MaxRetryError as error:
        if answer is not None and not retries.raise_on_status:
            return adapter.build_response(request, answer)
        kind = RetryError if isinstance(error.reason, ResponseError) else RequestsConnectionError
        raise kind(error, request=request) from error


def _call(app: "WSGIApplication", environ: "WSGIEnvironment", adapter: HTTPAdapter) -> HTTPResponse:
    start_response = StartResponse()
    try:
        body = _joined(app(environ, start_response))
    except ConnectionDropped as dropped:
        if not dropped.sent:
            reset = ConnectionResetError(ECONNRESET, "Connection reset by peer")
            raise ProtocolError("Connection aborted.", reset) from None
        body = dropped.sent  # shorter than its Content-Length, at which urllib3 fails as it does on the wire
    except ReadTimedOut:
        message = f"Read timed out. (read timeout={environ['sendpulse_mock.timeout']})"
        raise ReadTimeoutError(_pool_of(adapter, environ), environ["RAW_URI"], message) from None
    method = environ["REQUEST_METHOD"]
    return HTTPResponse(
        body=BytesIO(b"" if method == "HEAD" else body),
        headers=HTTPHeaderDict(start_response.headers),
        status=start_response.status,
        reason=start_response.reason,
        version=11,
        preload_content=False,
        decode_content=False,
        request_method=method,
    )


def _joined(chunks: "Iterable[bytes]") -> bytes:
    try:
        return b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _environ_of(request: "PreparedRequest", target: SplitResult) -> "WSGIEnvironment":
    """The environ of `request` but for its input."""
    path = target.path
    environ = {
        **_environ_of_origin(target.scheme, target.netloc),
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": target.query,
        "RAW_URI": f"{path}?{target.query}" if target.query else path,
        "wsgi.errors": sys.stderr,
    }
    for name, value in request.headers.items():
        environ[_environ_name(name)] = _text(value)
    return environ


@lru_cache(maxsize=64)
def _environ_of_origin(scheme: str, netloc: str) -> "Mapping[str, object]":
    origin = urlsplit(f"//{netloc}")
    return {
        **CONSTANT_ENVIRON,
        "SERVER_NAME": origin.hostname,
        "SERVER_PORT": str(origin.port or (443 if scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "responses",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": netloc.rpartition("@")[2],
        "wsgi.url_scheme": scheme,
    }


@lru_cache(maxsize=1024)
def _environ_name(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _body_of(request: "PreparedRequest") -> bytes:
    """The body, of whatever kind `requests` sends: text goes out as UTF-8, a file or iterable is read up."""
    body: Any = request.body
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return b"".join(chunk.encode() if isinstance(chunk, str) else chunk for chunk in body)


def _read_timeout(timeout: Any) -> float | None:
    """The second of `(connect, read)`, or the only number; urllib3's own `Timeout` is taken, too."""
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    if isinstance(timeout, Timeout):
        started = timeout.clone()
        started.start_connect()
        return started.read_timeout
    return timeout  # type: ignore[no-any-return]


def _pool_of(adapter: HTTPAdapter, environ: "WSGIEnvironment") -> Any:
    """The connection pool that the messages of urllib3's exceptions name."""
    return adapter.poolmanager.connection_from_url(f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}")
