"""Receivers of webhooks on this machine: good ones, and ones that do what receivers should not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any

from mock_server.core.courier import THREAD

SECONDS = 30.0
"""No thread lives longer, whatever it waits for."""


class Received:
    """What came: the path, the headers and the body of each request."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self._news = Condition()

    def add(self, path: str, headers: dict[str, str], body: Any) -> None:
        with self._news:
            self.requests.append((path, headers, body))
            self._news.notify_all()

    def wait(self, number: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.requests) >= number, SECONDS), self.requests

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.requests]


@contextmanager
def answering(status: int = 200, **headers: str) -> Iterator[Received]:
    """A receiver that answers every request with `status`."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.add(self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests need no log of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    received.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield received
    finally:
        server.shutdown()
        serving.join(SECONDS)
        server.server_close()


@contextmanager
def dripping(head: bytes = b"") -> Iterator[str]:
    """The address of a receiver that answers with `head`, then a byte at a time; without `head`, nothing at all."""
    over = Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.01)
    open_ones: list[socket.socket] = []

    def serve() -> None:
        while not over.wait(0.01):
            try:
                open_ones.append(listener.accept()[0])
                open_ones[-1].sendall(head)
            except TimeoutError:
                pass
            for one in [*open_ones] if head else []:
                try:
                    one.sendall(b"x")
                except OSError:  # cut off
                    open_ones.remove(one)
                    one.close()

    serving = Thread(target=serve)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        over.set()
        serving.join(SECONDS)
        for one in [*open_ones, listener]:
            one.close()


def refusing() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def threads_left() -> list[Thread]:
    """The couriers' threads that are still there though each was given time to leave."""
    ours = [thread for thread in threading.enumerate() if thread.name == THREAD]
    for thread in ours:
        thread.join(SECONDS)
    return [thread for thread in ours if thread.is_alive()]
