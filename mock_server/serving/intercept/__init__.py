"""Calls to the vendor's hosts answered by a WSGI application in this process, whichever library makes them.

`calls` is the one core: from what a library sends to the application, and back. Beside it stands one module a library,
which says where the library is caught and how it tells of a network that fails. Each is caught as low as keeps mocks of
the user's own working, and no lower: what it does above, such as to retry, to follow and to decode, it does itself.

A library is patched if the process imports it, before or while an interception is on, and is never imported by us;
except `requests`, for which importing this module imports `responses`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Self

from contracts.exchanges import VENDOR
from mock_server.serving.intercept import active
from mock_server.serving.intercept.patches import Seam, Seams

try:
    import responses  # noqa: F401 - to say at once that it is missing
except ModuleNotFoundError as missing:
    raise ImportError("interception in process needs responses: pip install 'sendpulse-mock[pytest]'") from missing

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["Interception", "is_intercepted"]

SEAMS: Final = (
    Seam("requests", f"{__name__}.requests_"),
    Seam("http.client", f"{__name__}.http_client"),
    Seam("urllib3.connection", f"{__name__}.urllib3_"),
    Seam("httpx", f"{__name__}.httpx_"),
    Seam("aiohttp", f"{__name__}.aiohttp_"),
    Seam("aioresponses", f"{__name__}.aioresponses_"),
)


class Interception:
    """While it is on, calls to `hosts`, over http and https and on any port, are answered by `app`.

    Caught are `requests`, `urllib3`, `http.client` with what stands on it, such as `urllib.request`, `httpx` and
    `aiohttp`. For the two that are asynchronous the application runs on a thread, so that it never holds up a loop.

    Several may be on at once, one of them repeatedly: of those for a host the one started last answers, and each
    `stop` takes back one `start`, in whatever order. Every other host goes where it went before. An exception of the
    application reaches the caller, except the two of `mock_server.core.dropped`, which become what a failing network
    raises. `environ["sendpulse_mock.timeout"]` is the caller's read timeout in seconds, or None; in place of sleeping,
    call `environ["sendpulse_mock.pause"]`, where it is given: it returns early once nobody waits any more.
    """

    def __init__(self, app: WSGIApplication, *, hosts: Sequence[str] = (VENDOR,)) -> None:
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
    """Turns interceptions on and off, and patches as long as any is on."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._seams = Seams(SEAMS)

    def turn_on(self, interception: Interception) -> None:
        with self._changing:
            if not active.answering:
                self._seams.open()
            active.add(interception)

    def turn_off(self, interception: Interception) -> None:
        with self._changing:
            if active.remove(interception) and not active.answering:
                self._seams.close()


def is_intercepted(host: str | None) -> bool:
    """Whether calls to a host are answered in this process now."""
    return active.app_for(host) is not None


_switch = _Switch()
