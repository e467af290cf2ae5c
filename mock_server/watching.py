"""Exchanges with the vendor seen as they pass through `requests` and `httpx`, whoever answers them, and judged.

Both are watched where a session or client sends, above all transports and mocks: what a mock answers is seen, too. What
the emulator answers in process is not judged, since it keeps the contracts by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from functools import wraps
from importlib.util import find_spec
from typing import Any, Final, Self
from urllib.parse import urlsplit
from weakref import WeakSet

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
        self._before: list[tuple[type, Any]] = []

    def turn_on(self, watch: Watch) -> None:
        if not self._on:
            self._patch()
        self._on.append(watch)

    def turn_off(self, watch: Watch) -> None:
        self._on.remove(watch)
        if not self._on:
            for kind, send in reversed(self._before):
                kind.send = send
            self._before.clear()

    def note(self, request: Any, answer: Any) -> None:
        for watch in [*self._on]:
            watch.note(request, answer)

    def _patch(self) -> None:
        import requests

        self._replace(requests.Session, _noting)
        if find_spec("httpx") is not None:
            import httpx

            self._replace(httpx.Client, _noting)
            self._replace(httpx.AsyncClient, _noting_later)

    def _replace(self, kind: Any, noting: Callable[[Any], Any]) -> None:
        self._before.append((kind, kind.send))
        kind.send = noting(kind.send)


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
