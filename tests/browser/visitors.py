"""Somebody with a browser, and a canary that hears of every connection."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request

PATIENCE = 10_000
"""Milliseconds for which the browser waits for what must come."""


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
