"""A WSGI application on a port of this process: granian's HTTP worker without granian's processes.

granian's public ways in were weighed and don't fit: its command and `Granian(...).serve()` put the application into a
second process, which survives a SIGKILL of its parent and costs another start-up; `granian.server.embed` serves ASGI
and RSGI, but not WSGI. So this module drives the worker beneath them, as `granian.server.mt` does. It alone knows
those private names, and `pyproject.toml` pins granian to the series it was written for.
"""

import atexit
import importlib.util
import logging
import socket
import sys
import threading
from contextlib import contextmanager
from importlib.machinery import PathFinder
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

from mock_server.core.dropped import ConnectionDropped
from mock_server.exchange import LARGEST_BODY
from mock_server.serving.sockets import listen
from mock_server.serving.wsgi import CONSTANT_ENVIRON, StartResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from mock_server.authority import Identity

STOP_SECONDS = 5.0
"""How long `LiveServer.stop` waits for open requests."""

THREADS = 128
"""How many requests the application can hold at once, asleep in a latency fault or waiting for a message."""

IDLE_SECONDS = 5
"""After which a thread that no request needed leaves; one always stays."""

CONNECTIONS = 1024
"""How many are served at once, and how many more wait to be accepted."""

PIECE = 65_536
"""Bytes that are read at once of a body of unknown or excessive length."""

log = logging.getLogger(__name__)


class LiveServer:
    """`app` on an address of this machine, from `start` to `stop`; any number in one process, from any thread.

    Request bodies are read whole before the application runs, `wsgi.input` is seekable; of a body beyond `LARGEST_BODY`
    the application sees one byte more than that. An application that raises is logged and answered with 500;
    `ConnectionDropped` breaks the connection off.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        identity: "Identity | None" = None,
        listener: socket.socket | None = None,
    ) -> None:
        """With an `identity` it speaks TLS. A `listener` is a socket that listens already, in place of host and port.

        The listener is closed when the server stops, which can then not be started again.
        """
        self._app = app
        self._host = host
        self._port = port
        self._identity = identity
        self._listener = listener
        self._url = ""
        self._shut_down: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        """The root, `http://127.0.0.1:49152`, or with https, without a slash at its end."""
        if self._shut_down is None:
            raise RuntimeError(f"The live server on {self._host}:{self._port} has no URL yet: call start() first.")
        return self._url

    def start(self) -> None:
        """Accept connections from now on; a started server stays as it is.

        Raises `OSError`, naming host and port, when the address is in use or isn't ours.
        """
        if self._shut_down is not None:
            return
        listener = self._listener or listen(self._host, self._port, CONNECTIONS)
        self._url = f"{'https' if self._identity else 'http'}://{_address_of(listener)}"
        self._shut_down = _serve(self._app, listener, self._identity)
        # Native threads that want the GIL while the interpreter ends would abort the process.
        atexit.register(self.stop)

    def stop(self) -> None:
        """Accept no more, let open requests finish for `STOP_SECONDS`, leave. Harmless when stopped."""
        shut_down, self._shut_down = self._shut_down, None
        if shut_down is not None:
            atexit.unregister(self.stop)
            shut_down()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _serve(app: "WSGIApplication", listener: socket.socket, identity: "Identity | None") -> "Callable[[], None]":
    """Hand `listener` and `app` to a worker; the function returned ends it."""
    granian = _load_granian()
    # Only granian's asynchronous workers use the event loop and its tasks; for ours they need but exist.
    no_loop = SimpleNamespace(call_soon=None)
    callback = granian.CallbackScheduler(no_loop, _runner(app), None, None, None)
    signal, left = granian.WorkerSignal(), threading.Event()
    signal.add_cb(left.set)
    with _tls(identity) as tls:
        worker = granian.WSGIWorker(
            worker_id=1,
            sock=(None, _held(granian, listener)),
            ipc=None,
            threads=1,
            py_threads=THREADS,
            py_threads_idle_timeout=IDLE_SECONDS,
            backpressure=CONNECTIONS,
            http_mode="1",  # under HTTP/2 it breaks answers to HEAD, and a connection is not one request's to break off
            **tls,
        )
        worker.serve_mtr(callback, no_loop, signal)

    def shut_down() -> None:
        signal.set()
        if not left.wait(STOP_SECONDS):
            log.warning("Requests were still open %s seconds after the server was stopped.", STOP_SECONDS)

    return shut_down


@contextmanager
def _tls(identity: "Identity | None") -> "Iterator[Mapping[str, Any]]":
    """The worker's arguments for TLS. It reads the files as it begins to serve, before that returns."""
    if identity is None:
        yield {}
        return
    from mock_server.authority.certificates import identity_file

    with identity_file(identity) as file:
        yield {
            "ssl_enabled": True,
            "ssl_cert": str(file),
            "ssl_key": str(file),
            "ssl_key_password": None,
            "ssl_protocol_min": "tls1.2",
            "ssl_ca": None,
            "ssl_crl": [],
            "ssl_client_verify": False,
        }


def _held(granian: "ModuleType", listener: socket.socket) -> Any:
    """The socket as granian takes it; the worker closes it."""
    if sys.platform == "win32":
        return granian.SocketHolder(listener.detach())
    if sys.platform.startswith(("linux", "freebsd")):
        return granian.SocketHolder(listener.detach(), False, CONNECTIONS)
    return granian.SocketHolder(listener.detach(), False)


_loading = threading.Lock()


def _load_granian() -> "ModuleType":
    """granian's compiled module without its package, which imports asyncio, multiprocessing and ssl for nothing here.

    After Flask that is 2 ms instead of 35, of a start-up that is promised to take hardly longer than importing Flask.
    """
    name = "granian._granian"
    with _loading:
        if name not in sys.modules:
            package = importlib.util.find_spec("granian")
            spec = PathFinder.find_spec(name, package.submodule_search_locations) if package else None
            if spec is None or spec.loader is None:
                raise ImportError("granian is not installed completely: install granian>=2.8,<2.9")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            sys.modules[name] = module
        return sys.modules[name]


def _runner(app: "WSGIApplication") -> "Callable[[Any, WSGIEnvironment], None]":
    """What granian calls for each request, with its reply object and the request's part of the environ.

    granian's own, `granian.wsgi._callback_wrapper`, adds the whole process environment to each request's.
    """
    constants = {**CONSTANT_ENVIRON, "SERVER_SOFTWARE": "granian", "wsgi.errors": sys.stderr}

    def run(reply: Any, environ: "WSGIEnvironment") -> None:
        environ.update(constants)
        start_response = StartResponse()
        try:
            _read_body(environ)
            body = app(environ, start_response)
            if isinstance(body, list):
                reply.response_bytes(start_response.status, start_response.headers, b"".join(body))
                return
            chunks = iter(body)
            first = next(chunks, b"")
            reply.response_iter(start_response.status, start_response.headers, _rest_of(body, first, chunks))
        except ConnectionDropped as dropped:
            _drop(reply, start_response, dropped.sent)
        except Exception:
            log.exception("%s %s failed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            reply.response_bytes(
                500, [("content-type", "application/json")], b'{"error":"internal error: see its log"}'
            )

    return run


def _read_body(environ: "WSGIEnvironment") -> None:
    """Put the whole body in memory: one left unread would be taken for the next request, or break the connection.

    granian's own stream, besides, loses bytes between `read(n)` and `read()` and never gets past a line's end.
    """
    declared = environ.get("CONTENT_LENGTH")
    if declared is None and "HTTP_TRANSFER_ENCODING" not in environ:
        environ["wsgi.input"] = BytesIO()
        return
    is_small = declared is not None and int(declared) <= LARGEST_BODY
    body, length = _whole(environ["wsgi.input"]) if is_small else _beginning(environ["wsgi.input"])
    if declared is not None and length != int(declared):
        raise ConnectionDropped  # by the client; half a request must not act
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = BytesIO(body)


def _whole(stream: Any) -> tuple[bytes, int]:
    body = stream.read()
    return body, len(body)


def _beginning(stream: Any) -> tuple[bytes, int]:
    """As much of a body as shows that it is too large, and the length of it all: the rest is read and let go."""
    body, length = bytearray(), 0
    while piece := stream.read(PIECE):
        length += len(piece)
        body += piece[: LARGEST_BODY + 1 - len(body)]
    return bytes(body), length


def _rest_of(body: "Iterable[bytes]", first: bytes, chunks: "Iterator[bytes]") -> "Iterator[bytes]":
    """A response after its first chunk, when its head may go out. When it fails there is no status left to tell it."""
    try:
        yield first
        yield from chunks
    except Exception:
        log.exception("A response broke off")
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _drop(reply: Any, response: StartResponse, sent: bytes) -> None:
    """Break the connection off, after the head and `sent` or, when that is empty, before the head.

    granian has no call for either, its HTTP library does: it believes a body of known length without comparing it with
    the declared Content-Length, and given two different lengths it sends nothing and closes.
    """
    if sent:
        reply.response_bytes(response.status, [*response.headers, ("connection", "close")], sent)
    else:
        reply.response_iter(200, [("content-length", "1"), ("content-length", "2")], iter(()))
