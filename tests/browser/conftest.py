"""A real browser, Debian's Chromium driven by Playwright, and a canary that hears of every connection.

The browser lives as long as a module: while it does, this thread has an event loop, which tests beside it may not bear.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

FLAGS = [
    "--no-sandbox",  # root has no other way, and what the browser is shown is ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000
"""Milliseconds for which the browser waits for what must come."""


def chromium() -> str:
    """Where the browser is; without one, its tests are skipped and say so."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("there is no browser on this machine: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    driver = pytest.importorskip("playwright.sync_api", reason="there is no Playwright: pip install '.[dev]'")
    path = chromium()
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser, in a profile of their own; notes what it asks for, and what goes wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.asked: list[str] = []
        self.troubles: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("requestfailed", self._note_blocked)
        context.on("page", self._watch)
        self.page = context.new_page()

    def _note_blocked(self, request: Request) -> None:
        """What a policy forbids is announced as a request, too, before it fails."""
        if request.failure == "csp":
            self.asked.remove(request.url)

    def _watch(self, page: Page) -> None:
        page.on("dialog", self._refuse)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _refuse(self, dialog: Any) -> None:
        self.troubles.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def abroad(self, home: str) -> list[str]:
        """What was asked for elsewhere than below `home`."""
        return [url for url in self.asked if not url.startswith((f"{home}/", "data:", "about:"))]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context()
    yield Visitor(context)
    context.close()


@pytest.fixture
def home(sendpulse_live: Any) -> str:
    """Where the pages of the account begin."""
    return f"{sendpulse_live.base_url}/_mock/ui/{sendpulse_live.client_id}"


class Canary:
    """A server that answers nobody, and remembers who came: the first line of each, or that nothing was said."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard: list[str] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                Thread(target=self._hear, args=(connection,), daemon=True).start()

    def _hear(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE / 1000)
            self.heard.append("somebody")
            self.heard[-1] = connection.recv(1000).partition(b"\r\n")[0].decode(errors="replace") or "a mere connection"
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()
