"""`requests`, caught through `responses`.

`responses` answers in place of `HTTPAdapter.send`, so it does not matter when a session or client was made. Matching
URLs and recording calls, its own work, is skipped: one of its mocks is told apart by host and nothing else. The mocks
of the user keep working and never see the vendor's calls, whichever was activated first.

To leave `requests` to `urllib3` beneath it would do as well, at several times the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from errno import ECONNRESET
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

import responses
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ReadTimeout, RetryError
from urllib3 import HTTPHeaderDict, HTTPResponse, Timeout
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept.active import app_for
from mock_server.serving.intercept.calls import answer_of, environ_of
from mock_server.serving.intercept.patches import Patch

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import PreparedRequest, Response

    Send = Callable[..., Response]


def _emulating(otherwise: Send) -> Send:
    """An `_on_request` of a mock that answers what is intercepted and leaves the rest to `otherwise`."""

    def on_request(
        mock: responses.RequestsMock, adapter: HTTPAdapter, request: PreparedRequest, **options: Any
    ) -> Response:
        target = urlsplit(str(request.url))
        app = app_for(target.hostname)
        if app is None:
            return otherwise(mock, adapter, request, **options)
        return _answer(app, _environ_of(request, target, _read_timeout(options.get("timeout"))), adapter, request)

    return on_request


class _TransparentMock(responses.RequestsMock):
    """What we put in place of `HTTPAdapter.send`. It hands other hosts on as they come, and records nothing."""

    def __init__(self, beneath: Send) -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self.beneath = beneath

    _on_request = _emulating(lambda mock, *request, **options: mock.beneath(*request, **options))


PATCHES: Final = (
    Patch(HTTPAdapter, "send", lambda beneath: _TransparentMock(beneath).unbound_on_send()),
    # Without this the mocks of the user would refuse the vendor's calls, or answer them.
    Patch(responses.RequestsMock, "_on_request", _emulating),
)


def _answer(app: WSGIApplication, environ: WSGIEnvironment, adapter: HTTPAdapter, request: PreparedRequest) -> Response:
    """One call, with the retries that the adapter is set to and the exceptions that it would raise."""
    retries, method = adapter.max_retries, environ["REQUEST_METHOD"]
    body = _body_of(request)
    answer: HTTPResponse | None = None
    try:
        while True:
            failure: ProtocolError | ReadTimeoutError | None = None
            try:
                answer = _call(app, environ, body, adapter)
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


def _call(app: WSGIApplication, environ: WSGIEnvironment, body: bytes, adapter: HTTPAdapter) -> HTTPResponse:
    try:
        answer = answer_of(app, environ, body)
    except ConnectionDropped:
        reset = ConnectionResetError(ECONNRESET, "Connection reset by peer")
        raise ProtocolError("Connection aborted.", reset) from None
    except ReadTimedOut:
        message = f"Read timed out. (read timeout={environ['sendpulse_mock.timeout']})"
        raise ReadTimeoutError(_pool_of(adapter, environ), environ["RAW_URI"], message) from None
    return HTTPResponse(
        body=BytesIO(answer.body),  # one that was cut is shorter than it says, at which urllib3 fails as on the wire
        headers=HTTPHeaderDict(answer.headers),
        status=answer.status,
        reason=answer.reason,
        version=11,
        preload_content=False,
        decode_content=False,
        request_method=environ["REQUEST_METHOD"],
    )


def _environ_of(request: PreparedRequest, url: SplitResult, time_out: float | None) -> WSGIEnvironment:
    target = f"{url.path}?{url.query}" if url.query else url.path
    headers = request.headers.items()
    return environ_of(str(request.method), url.scheme, url.netloc, target, headers, time_out=time_out)


def _body_of(request: PreparedRequest) -> bytes:
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


def _pool_of(adapter: HTTPAdapter, environ: WSGIEnvironment) -> Any:
    """The connection pool that the messages of urllib3's exceptions name."""
    return adapter.poolmanager.connection_from_url(f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}")
