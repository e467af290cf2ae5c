"""A forward proxy: what is meant for the vendor's hosts is answered by an emulator, all else goes where it was going.

Programs find it by the variable HTTPS_PROXY and its relatives. TLS to the vendor's hosts ends at the emulator, which
has a certificate for them; all other TLS passes through unopened.

h11 reads requests and writes them anew: framing is where proxies are fooled. What comes back is passed on as it is.

Importing this module imports asyncio and h11.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import h11

from contracts.verify.places import is_loopback, is_vendors
from mock_server.serving.background import Background
from mock_server.serving.beyond import Beyond, Declined, Place, Reach, UsersProxy, line_to, tunnel_to
from mock_server.serving.lines import (
    LONGEST_HEAD,
    PIECE,
    Line,
    Traffic,
    at_once,
    carry,
    first_of,
    hang_up,
    join,
    open_line,
    outlast,
    take_leave,
)
from mock_server.serving.sockets import listen

if TYPE_CHECKING:
    import socket

CONNECTIONS: Final = 1024
"""How many are carried at once; one more is told to come again."""

IDLE_SECONDS: Final = 30.0
"""How long a client may take to say where it wants to go."""

STOP_SECONDS: Final = 5.0
"""How long `ForwardProxy.stop` waits for its thread."""

_TURNS: Final = 5
"""Of the loop, which asyncio takes from accepting a connection to having it greeted: it leaks one in between."""

log: Final = logging.getLogger("sendpulse_mock")


class ForwardProxy:
    """A proxy on an address of this machine, from `start` to `stop`.

    What is beyond the vendor is reached as `environment` says, by its proxies and with its exceptions. On an address
    that other machines reach, it leads to the vendor's hosts alone: a proxy to everywhere would be anybody's. The
    emulator takes whoever comes by it for somebody on this machine, so there it wants an admin key.
    """

    def __init__(
        self,
        *,
        plain: str,
        tls: str,
        host: str = "127.0.0.1",
        port: int = 0,
        offline: bool = False,
        environment: Mapping[str, str] = os.environ,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`plain` and `tls` are the emulator's addresses; `offline` keeps everything on this machine."""
        self.idle_seconds = idle_seconds
        self._plain, self._tls = _place_of(plain), _place_of(tls)
        self._host = host
        self._port = port
        near = Reach.THIS_MACHINE if offline else Reach.EVERYWHERE
        self._beyond = Beyond(environment, near if is_loopback(host) else Reach.VENDOR)
        self._bound: Place | None = None
        self._background: Background | None = None
        self._carried: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Its address, `http://127.0.0.1:49152`, as HTTPS_PROXY names it."""
        if self._bound is None:
            raise RuntimeError(f"The proxy on {self._host}:{self._port} has no URL yet: call start() first.")
        return f"http://{self._bound.authority}"

    def start(self) -> None:
        """Accept connections from now on; a started proxy stays as it is.

        Raises `OSError`, naming host and port, when the address is in use or isn't ours.
        """
        if self._background is not None:
            return
        listener = listen(self._host, self._port, CONNECTIONS)
        self._bound = Place("http", *listener.getsockname()[:2])
        self._background = Background("sendpulse-mock-proxy", partial(self._serve, listener))
        self._background.start()

    def stop(self) -> None:
        """Accept no more, and hang up. Harmless when stopped."""
        background, self._background = self._background, None
        if background is not None:
            self._bound = None
            background.stop(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self, listener: socket.socket, ready: Callable[[], None], ended: asyncio.Event) -> None:
        asyncio.get_running_loop().set_exception_handler(_note)
        server = await asyncio.start_server(self._greet, sock=listener, limit=LONGEST_HEAD, backlog=CONNECTIONS)
        ready()
        await ended.wait()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        server.close()
        for task in self._carried:
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)

    def _greet(self, *streams: Any) -> None:
        task = asyncio.create_task(self._attend(Line(*streams)))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)

    async def _attend(self, client: Line) -> None:
        try:
            await self._carry(client)
        except Declined as declined:
            await take_leave(client, _as_http(declined))
        except (OSError, EOFError, h11.ProtocolError) as broken:
            log.debug("proxy: a connection broke: %r", broken)
        except asyncio.CancelledError:  # the proxy is stopped, and waits for nobody
            client.writer.transport.abort()
            raise
        finally:
            await hang_up(client)

    async def _carry(self, client: Line) -> None:
        if len(self._carried) > CONNECTIONS:
            raise Declined(503, f"more than {CONNECTIONS} connections are open", "close some")
        reading = h11.Connection(h11.SERVER)
        request = await self._request_of(client, reading)
        if request.method == b"CONNECT":
            await self._connect(client, request)
        else:
            await self._pass_on(client, request, reading)

    async def _request_of(self, client: Line, reading: h11.Connection) -> h11.Request:
        try:
            async with asyncio.timeout(self.idle_seconds):
                reading.receive_data(await client.reader.readuntil(b"\r\n\r\n"))
            request = reading.next_event()
        except TimeoutError:
            raise Declined(408, f"no request came within {self.idle_seconds:g} s", "say where to go") from None
        except asyncio.LimitOverrunError:
            raise Declined(431, f"the head of a request is longer than {LONGEST_HEAD} bytes", "shorten it") from None
        except h11.RemoteProtocolError as error:
            raise Declined(error.error_status_hint, f"no request of HTTP/1.1 ({error})", "speak that") from None
        if not isinstance(request, h11.Request):
            raise Declined(400, "no request of HTTP/1.1", "speak that")
        return request

    async def _connect(self, client: Line, request: h11.Request) -> None:
        place = _place_of(f"https://{request.target.decode()}")
        onward = await _reached(place, self._tunnel_to(place))
        try:
            client.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await join(client, onward)
        finally:
            await hang_up(onward)

    async def _tunnel_to(self, place: Place) -> Line:
        if not is_vendors(place.host):
            return await tunnel_to(place, self._beyond.proxy_to(place, but=self._bound))
        emulator = self._plain if place.port == 80 else self._tls
        log.debug("proxy: %s is led to the emulator", place.authority)
        return await open_line(emulator.host, emulator.port)

    async def _pass_on(self, client: Line, request: h11.Request, reading: h11.Connection) -> None:
        """One request that names its URL, and its answer, after which both connections end.

        That URL may be one of https: there are clients that have a proxy open TLS for them.
        """
        target = request.target.decode()
        if target.startswith("/"):
            remedy = f"send what is meant for the emulator to {self._plain.scheme}://{self._plain.authority}"
            raise Declined(400, "this is a proxy, and the request names no host", remedy)
        place = _place_of(target)
        proxy = None if is_vendors(place.host) else self._beyond.proxy_to(place, but=self._bound)
        nearest = self._plain if is_vendors(place.host) else proxy.place if proxy else place
        onward = await _reached(place, line_to(nearest))
        try:
            await _exchange(client, reading, onward, _rewritten(request, target, proxy))
        finally:
            await hang_up(onward)


async def _reached(place: Place, opening: Any) -> Line:
    try:
        line: Line = await opening
    except TimeoutError:
        raise Declined(504, f"{place.authority} does not answer", "see whether it is there") from None
    except (OSError, UnicodeError) as error:  # names that cannot be names are the latter
        raise Declined(502, f"{place.authority} is not reached ({error})", "see whether it is there") from None
    return line


async def _exchange(client: Line, reading: h11.Connection, onward: Line, request: h11.Request) -> None:
    """Send the request, its body as it comes, and pass the answer on, until that ends or the client is gone."""
    traffic, writing = Traffic(), h11.Connection(h11.CLIENT)
    onward.writer.write(writing.send(request) or b"")
    asking = _send_body(client, reading, onward, writing, traffic)
    async with at_once(asking, carry(onward, client, traffic)) as (asked, answered):
        await first_of(asked, answered)
        await outlast(answered, traffic)


async def _send_body(
    client: Line, reading: h11.Connection, onward: Line, writing: h11.Connection, traffic: Traffic
) -> None:
    """The body as it comes, and then nothing more until the client leaves: the connection is for one request."""
    while not isinstance(event := reading.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Data):
            traffic.size += len(event.data)
            onward.writer.write(writing.send(event) or b"")
            await onward.writer.drain()
        else:
            reading.receive_data(await client.reader.read(PIECE))
    onward.writer.write(writing.send(event) or b"")
    while await client.reader.read(PIECE):
        pass


def _rewritten(request: h11.Request, target: str, proxy: UsersProxy | None) -> h11.Request:
    """The request as the next server wants it, and that server's last on the connection."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = b",".join(value for name, value in request.headers if name == b"connection").lower().split(b",")
    dropped = _OF_ONE_CONNECTION.union(name.strip() for name in named)
    kept = [(name, value) for name, value in request.headers.raw_items() if name.lower() not in dropped]
    login = [(b"Proxy-Authorization", proxy.authorization.encode())] if proxy and proxy.authorization else []
    headers = [(b"Host", parts.netloc.rpartition("@")[2].encode()), *kept, (b"Connection", b"close"), *login]
    return h11.Request(method=request.method, target=target if proxy else path, headers=headers)


_OF_ONE_CONNECTION: Final = frozenset(
    (b"host", b"connection", b"keep-alive", b"proxy-authorization", b"proxy-connection", b"te", b"upgrade")
)
"""Headers that say something of one connection alone, and the host, which the target names, too."""


def _place_of(url: str) -> Place:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        if not parts.hostname:
            raise ValueError("no host")
    except (ValueError, KeyError):
        remedy = "send CONNECT host:port, or a whole URL"
        raise Declined(400, "the request names no host and port that there could be", remedy) from None
    return Place(parts.scheme, parts.hostname, port)


def _as_http(declined: Declined) -> bytes:
    """What was wrong also stands beside the status: of a refused CONNECT most clients show nothing else."""
    told = {"error": declined.wrong, "hint": declined.remedy}
    body = json.dumps(told).encode()
    reason = "".join(letter for letter in declined.wrong if letter.isascii() and letter.isprintable())
    head = {"Content-Type": "application/json", "Content-Length": len(body), "Connection": "close"}
    lines = [f"HTTP/1.1 {declined.status} {reason}", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _note(_: asyncio.AbstractEventLoop, trouble: dict[str, Any]) -> None:
    """Connections break, which is no news; anything else is a bug of ours."""
    error = trouble.get("exception")
    level = logging.DEBUG if isinstance(error, (OSError, EOFError)) else logging.ERROR
    log.log(level, "proxy: %s", trouble["message"], exc_info=error)
