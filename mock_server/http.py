"""From a WSGI environ to an `Exchange` and back: the only file that reads an environ."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from contracts.catalogue import segments_of
from mock_server import pipeline
from mock_server.core.dropped import ConnectionDropped
from mock_server.exchange import LARGEST_BODY, Exchange

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mock_server.core.world import World

STAND_IN: Final = "sendpulse_mock.stand_in"
ONLY: Final = "sendpulse_mock.only"
TIME_OUT: Final = "sendpulse_mock.timeout"
PAUSE: Final = "sendpulse_mock.pause"
LOUD: Final = "sendpulse_mock.loud"
"""What callers in the same process tell about a request in its environ; see `Exchange`."""

_STATUS_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Gateway:
    """The vendor's API as a WSGI application."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = exchange_of(self._world, environ)
        pipeline.run(exchange)
        headers = [*exchange.headers, ("Content-Length", str(len(exchange.answer)))]
        start_response(_STATUS_LINES.get(exchange.status) or f"{exchange.status} Error", headers)
        if exchange.dropped_after is not None:
            raise ConnectionDropped(exchange.answer[: exchange.dropped_after])
        return [b"" if exchange.method == "HEAD" else exchange.answer]


def exchange_of(world: World, environ: WSGIEnvironment) -> Exchange:
    """What `environ` asks of `world`. The body is read whole: the next request on the connection begins after it."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace")
    return Exchange(
        world,
        environ["REQUEST_METHOD"],
        path,
        segments_of(_path_of(raw)) if raw else path.strip("/").split("/"),
        query_string=environ.get("QUERY_STRING", ""),
        content_type=environ.get("CONTENT_TYPE") or "",
        authorization=environ.get("HTTP_AUTHORIZATION") or "",
        body=_body_of(environ),
        stand_in=environ.get(STAND_IN),
        only=environ.get(ONLY),
        time_out=environ.get(TIME_OUT),
        pause=environ.get(PAUSE),
        is_loud=environ.get(LOUD, False),
    )


def _path_of(target: str) -> str:
    """The raw path of a request target, which proxies send as a whole URL."""
    if not target.startswith("/"):
        target = urlsplit(target).path if "://" in target else target
    return target.partition("?")[0]


def _body_of(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH")
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body: bytes = stream.read(LARGEST_BODY + 1)
    else:
        body = stream.read(min(int(length or 0), LARGEST_BODY + 1))
    return body
