"""Exchanges with the vendor seen as they pass through HTTP libraries, whoever answers them, and judged.

`requests` and `httpx` are watched where a session or client sends, above all transports and mocks: what a mock answers
is seen, too; `urllib3` where a pool opens a URL, `aiohttp` where an answer is read, of which the request's body is not
known any more. What `http.client` reads is read by whoever called it, so it is left alone. What the emulator answers in
process is not judged, since it keeps the contracts by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from importlib.util import find_spec
from typing import Any, Final, Self
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

from contracts.exchanges import VENDOR, exchange_of, is_among
from contracts.judging import judge_exchange
from contracts.verify.findings import Finding, worst_first
from contracts.verify.reports import assert_good


class Watch:
    """While it is on, exchanges with the vendor and with further `hosts` are judged.

    Attributes:
        seen: how many exchanges were judged.
    """

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset({VENDOR, *hosts})
        self._findings: list[Finding] = []
        self._noted: WeakSet[Any] = WeakSet()
        self.seen = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is not as promised, worst first."""
        return worst_first(self._findings)

    def assert_good(self) -> None:
        """That nothing worse than a note was found. Raises `AssertionError` telling each breach."""
        __tracebackhide__ = True
        assert_good(self.findings)

    def __enter__(self) -> Self:
        _patches.turn_on(self)
        return self

    def __exit__(self, *_: object) -> None:
        _patches.turn_off(self)

    def note(self, request: Any, answer: Any) -> None:
        """Judge an answer to a request, once: a redirected call brings its answers more than once."""
        for each in (*getattr(answer, "history", ()), answer):
            if each not in self._noted:
                self._noted.add(each)
                self._judge(getattr(each, "request", None) or request, each)  # a mock may leave it out

    def _judge(self, request: Any, answer: Any) -> None:
        target = urlsplit(str(request.url))
        if not is_among(self._hosts, target.netloc.rpartition("@")[2].lower()) or _is_emulated(target.hostname):
            return
        if _is_unread(answer):
            return
        try:
            exchange = exchange_of(request, answer)
        except TypeError:  # a body that is streamed: to read it would take it away
            return
        self.seen += 1
        self._findings += judge_exchange(exchange)


def _is_unread(answer: Any) -> bool:
    """Whether the body of an answer is still on its way: `requests` would fetch it now."""
    return getattr(answer, "_content", None) is False


def _is_emulated(host: str | None) -> bool:
    intercept = sys.modules.get("mock_server.serving.intercept")
    return intercept is not None and intercept.is_intercepted(host)


class _Patches:
    """The watches of this process that are on, and the methods that are replaced as long as any is."""

    def __init__(self) -> None:
        self._on: list[Watch] = []
        self._before: list[tuple[type, str, Any]] = []

    def turn_on(self, watch: Watch) -> None:
        if not self._on:
            self._patch()
        self._on.append(watch)

    def turn_off(self, watch: Watch) -> None:
        self._on.remove(watch)
        if not self._on:
            for kind, name, before in reversed(self._before):
                setattr(kind, name, before)
            self._before.clear()

    def note(self, request: Any, answer: Any) -> None:
        for watch in [*self._on]:
            watch.note(request, answer)

    def _patch(self) -> None:
        import requests
        import urllib3

        self._replace(requests.Session, "send", _noting)
        self._replace(urllib3.HTTPConnectionPool, "urlopen", _noting_opened)
        if find_spec("httpx") is not None:
            import httpx

            self._replace(httpx.Client, "send", _noting)
            self._replace(httpx.AsyncClient, "send", _noting_later)
        if find_spec("aiohttp") is not None:
            import aiohttp

            self._replace(aiohttp.ClientResponse, "read", _noting_read)

    def _replace(self, kind: type, name: str, noting: Callable[[Any], Any]) -> None:
        before = getattr(kind, name)
        self._before.append((kind, name, before))
        setattr(kind, name, noting(before))


_patches: Final = _Patches()


def _noting(send: Any) -> Any:
    @wraps(send)
    def noting(self: Any, request: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        answer = send(self, request, **options)
        _patches.note(request, answer)
        return answer

    return noting


def _noting_later(send: Any) -> Any:
    @wraps(send)
    async def noting(self: Any, request: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        answer = await send(self, request, **options)
        _patches.note(request, answer)
        return answer

    return noting


@dataclass(frozen=True, eq=False)
class _Asked:
    """A request of a library that keeps none."""

    method: str
    url: str
    headers: Any
    body: Any


@dataclass(frozen=True, eq=False)
class _Answered:
    """An answer of a library that does not keep its body beside it."""

    status: int
    headers: Any
    body: bytes


_opened: Final = WeakKeyDictionary[Any, _Answered]()
"""So that an answer is the same one for each of the calls within one another that a repeat is made of."""

_GONE: Final = object()
"""The body of a request that nobody kept."""


def _noting_opened(urlopen: Any) -> Any:
    """What streams is left alone; so is what `requests` opens, which is seen above."""

    @wraps(urlopen)
    def noting(self: Any, method: str, url: str, body: Any = None, headers: Any = None, *args: Any, **kept: Any) -> Any:
        __tracebackhide__ = True
        answer = urlopen(self, method, url, body, headers, *args, **kept)
        if kept.get("preload_content", True):
            whole = url if "://" in url else f"{self.scheme}://{self.host}:{self.port}{url}"
            sent = headers if headers is not None else self.headers
            answered = _opened.setdefault(answer, _Answered(answer.status, answer.headers, answer.data))
            _patches.note(_Asked(method, whole, sent, body), answered)
        return answer

    return noting


def _noting_read(read: Any) -> Any:
    @wraps(read)
    async def noting(self: Any) -> Any:
        __tracebackhide__ = True
        is_new = self._body is None
        body = await read(self)
        if is_new:
            asked = _Asked(self.method, str(self.url), self.request_info.headers, _GONE)
            _patches.note(asked, _Answered(self.status, self.headers, body))
        return body

    return noting
