"""Receivers of webhooks on this machine: good ones, and ones that do what receivers should not."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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
def answering(
    status: int = 200, *, host: str = "127.0.0.1", port: int = 0, tls: Path | None = None, **headers: str
) -> Iterator[Received]:
    """A receiver that answers every request with `status`; with `tls`, under a certificate that is put there."""
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

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = Server((host, port), Handler)
    if tls is not None:
        server.socket = _certified(tls).wrap_socket(server.socket, server_side=True)
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    name = f"[{host}]" if ":" in host else host
    received.url = f"{'http' if tls is None else 'https'}://{name}:{server.server_port}/"
    try:
        yield received
    finally:
        server.shutdown()
        serving.join(SECONDS)
        server.server_close()


def _certified(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody knows me")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


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


def has_ipv6() -> bool:
    """Whether this machine has its loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def may_listen(host: str, port: int) -> bool:
    """Whether that port is free, and this process allowed to have it."""
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False


def threads_left() -> list[Thread]:
    """The couriers' threads that are still there though each was given time to leave."""
    ours = [thread for thread in threading.enumerate() if thread.name == THREAD]
    for thread in ours:
        thread.join(SECONDS)
    return [thread for thread in ours if thread.is_alive()]
