"""Posting off-thread: in lanes that do not wait for one another, each attempt cut off when its time is up."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.client import HTTPConnection
    from ssl import SSLContext

SECONDS: Final = 4.5
"""How long an attempt may take, from name look-up to the end of the answer: less than anybody waits for it."""

LONGEST_SILENCE: Final = SECONDS + 1
"""After which a socket gives up by itself: later than an attempt is cut off, so that this is told in one way."""

MOST_THREADS: Final = 8
"""Lanes of one account that are worked at once; the others wait for one of these to pause."""

LARGEST_ANSWER: Final = 65_536
"""Bytes of an answer that are read."""

LONGEST_REASON: Final = 1000
"""Characters that are told of why an attempt failed."""

HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "sendpulse-mock", "Connection": "close"}
"""What comes with each post. Unverified: the vendor's other headers; a signature is not among them."""

THREAD: Final = "sendpulse-mock-courier"

log: Final = logging.getLogger("sendpulse_mock")


class Lanes:
    """Work in lanes: of one lane in order, one piece at a time; of several, in turns, by a few threads.

    The threads are made when they are needed and leave when nothing is left to do.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[Hashable, deque[Callable[[], None]]] = {}
        self._ready: deque[Hashable] = deque()
        self._threads = 0

    def add(self, lane: Hashable, work: Callable[[], None]) -> None:
        """Have `work` done after what is in its lane. Never waits."""
        with self._lock:
            if lane in self._waiting:
                self._waiting[lane].append(work)
            else:
                self._waiting[lane] = deque([work])
                self._ready.append(lane)
            if self._ready and self._threads < MOST_THREADS:
                self._start()

    def clear(self) -> None:
        """Forget all work that was not begun."""
        with self._lock:
            for lane in self._ready:
                del self._waiting[lane]
            self._ready.clear()
            for waiting in self._waiting.values():
                waiting.clear()

    def _start(self) -> None:
        try:
            Thread(target=self._run, name=THREAD, daemon=True).start()
        except RuntimeError as error:  # the machine gives no more threads: the next piece of work asks again
            log.warning("work in the background has to wait: %s", error)
        else:
            self._threads += 1

    def _run(self) -> None:
        while (begun := self._begin()) is not None:
            lane, work = begun
            try:
                work()
            except Exception:  # of a database, say: the next piece may fare better
                log.exception("work in the background failed")
            finally:
                self._end(lane)

    def _begin(self) -> tuple[Hashable, Callable[[], None]] | None:
        with self._lock:
            if not self._ready:
                self._threads -= 1
                return None
            lane = self._ready.popleft()
            return lane, self._waiting[lane].popleft()

    def _end(self, lane: Hashable) -> None:
        with self._lock:
            if self._waiting[lane]:
                self._ready.append(lane)
            else:
                del self._waiting[lane]


Post = Callable[[str, bytes, "Attempt"], int]
"""Posts a body to a URL and tells the status it was answered with. Whatever it raises is told as the reason why not."""


class Attempt:
    """One try to post something: answered with `status`, or failed for the reason `error`, or both."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.error: str | None = None
        self._lock = Lock()
        self._is_over = Event()
        self._cut: Callable[[], object] | None = None

    def make(self, post: Post, url: str, body: bytes, seconds: float = SECONDS) -> None:
        """Post, for so many seconds at most. What cannot be cut off then is left to itself."""
        Thread(target=self._run, args=(post, url, body), name=THREAD, daemon=True).start()
        if not self._is_over.wait(seconds):
            self.cut(f"no whole answer in {seconds:g} s")

    def cut_by(self, cut: Callable[[], object]) -> None:
        """How to cut it off from now on. Raises `TimeoutError` if it is over already."""
        with self._lock:
            if self._is_over.is_set():
                raise TimeoutError("too late")
            self._cut = cut

    def cut(self, why: str) -> None:
        """Let it have failed, unless it is over."""
        self._end(None, why)
        if self._cut is not None:
            self._cut()

    def _run(self, post: Post, url: str, body: bytes) -> None:
        try:
            status = post(url, body, self)
        except BaseException as error:
            self._end(None, f"{type(error).__name__}: {error}"[:LONGEST_REASON])
        else:
            self._end(status, _complaint(status))

    def _end(self, status: int | None, error: str | None) -> None:
        with self._lock:
            if not self._is_over.is_set():
                self.status, self.error = status, error
                self._is_over.set()


def _complaint(status: int) -> str | None:
    if 200 <= status <= 299:
        return None
    if 300 <= status <= 399:
        return f"answered {status}; redirects are not followed"
    return f"answered {status}"


def post(url: str, body: bytes, attempt: Attempt) -> int:
    """Post over HTTP, to that address and no other: neither through proxies, nor where an answer redirects to."""
    connection, target = _connection_to(url)
    try:
        connection.connect()
        attempt.cut_by(partial(_shut, connection.sock))
        connection.request("POST", target, body, HEADERS)
        answer = connection.getresponse()
        answer.read(LARGEST_ANSWER)
        return answer.status
    finally:
        connection.close()


def _connection_to(url: str) -> tuple[HTTPConnection, str]:
    from http.client import HTTPConnection, HTTPSConnection

    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    kind: Callable[..., HTTPConnection] = HTTPConnection
    if parts.scheme == "https":
        kind = partial(HTTPSConnection, context=_trusting_context())
    port = {"http": 80, "https": 443}[parts.scheme] if parts.port is None else parts.port
    return kind(parts.hostname, port, timeout=LONGEST_SILENCE), target


def _trusting_context() -> SSLContext:
    """Any certificate is good: who is posted to is this machine, or was named by its owner; none of it is secret."""
    from ssl import CERT_NONE, create_default_context

    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context


def _shut(connected: socket) -> None:
    """Wake up whoever waits for the other side."""
    with suppress(OSError):  # it is shut already
        connected.shutdown(SHUT_RDWR)
