"""Connections of a program in a private namespace, carried to where they would have gone without it.

Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from ipaddress import ip_address
from struct import pack, unpack_from
from typing import Final
from urllib.parse import urlsplit

from mock_server.running.vendor import ADDRESS, TLS_PORT, is_vendors
from mock_server.serving.lines import Line, hang_up, join, open_line

FIRST_WORDS_SECONDS: Final = 3.0
"""How long a client of HTTP or TLS may take to name the host it wants, before it is carried to the address it gave."""

LONGEST_FIRST_WORDS: Final = 65_536

Dial = Callable[[], Awaitable[Line]]
"""Opens the connection that a client wants. Raises `OSError`."""


class Forwarder:
    """Carries connections that a namespace redirected; those to the vendor to the emulator, whatever their address."""

    def __init__(self, to_emulator: Callable[[int], Awaitable[Line]], refuse: Callable[[str], None] | None) -> None:
        """`to_emulator` leads to what stands for a port of the vendor's, if anything does; else it raises `OSError`.

        `refuse` is told of each stranger's destination, to which nothing is carried then; None carries all.
        """
        self._to_emulator = to_emulator
        self._refuse = refuse

    async def attend(self, client: Line) -> None:
        """Serve a client."""
        await connect(client, lambda: self._dial(client))

    async def _dial(self, client: Line) -> Line:
        address, port = original_target(client.writer.get_extra_info("socket"))
        if address == ADDRESS:
            return await self._to_emulator(port)
        first = await _first_words(client.reader, port)
        name = host_named(first, port)
        onward = await (self._to_emulator(port) if is_vendors(name) else self._to_stranger(name, address, port))
        onward.writer.write(first)
        return onward

    async def _to_stranger(self, name: str, address: str, port: int) -> Line:
        if self._refuse:
            self._refuse(f"{name or address}:{port}")
            raise ConnectionRefusedError
        return await open_line(address, port)


def greeting(attend: Callable[[Line], Coroutine[None, None, None]]) -> Callable[..., None]:
    """A callback for `asyncio.start_server` that has clients attended to.

    A coroutine function would do, but asyncio complains of each that is cancelled when the loop ends.
    """
    tasks: set[asyncio.Task[None]] = set()

    def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(attend(Line(reader, writer)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return greet


async def connect(client: Line, dial: Dial) -> None:
    """Join a client to what `dial` reaches. Where that is nothing, or breaks, the client's connection is reset."""
    try:
        server = await dial()
        try:
            await join(client, server)
        finally:
            await hang_up(server)
    except OSError:
        _reset(client)
    finally:
        await hang_up(client)


def original_target(accepted: socket.socket) -> tuple[str, int]:
    """Where a redirected connection was to go."""
    if accepted.family == socket.AF_INET:
        port, packed = unpack_from(">H4s", accepted.getsockopt(socket.SOL_IP, _ORIGINAL, 16), 2)
    else:
        port, packed = unpack_from(">H4x16s", accepted.getsockopt(socket.IPPROTO_IPV6, _ORIGINAL, 28), 2)
    return str(ip_address(packed)), port


def host_named(first: bytes, port: int) -> str:
    """The host that the first words of a connection name: by TLS's server name or HTTP's `Host`; empty for none."""
    return _server_name(first) if port == TLS_PORT else _host_header(first)


_ORIGINAL: Final = 80
_HTTP_PORT: Final = 80
_NAMING_PORTS: Final = frozenset({_HTTP_PORT, TLS_PORT})
"""On which clients speak first, and name the host they want. On others they may wait for a greeting."""


async def _first_words(reader: asyncio.StreamReader, port: int) -> bytes:
    first = b""
    if port in _NAMING_PORTS:
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_WORDS_SECONDS):
                while _may_name_host(first, port) and (more := await reader.read(LONGEST_FIRST_WORDS)):
                    first += more
    return first


def _may_name_host(first: bytes, port: int) -> bool:
    """Is what names the host still to come?"""
    if len(first) > LONGEST_FIRST_WORDS or host_named(first, port):
        return False
    if port == _HTTP_PORT:
        return b"\r\n\r\n" not in first
    record = int.from_bytes(first[3:5])
    return first[:1] in {b"", b"\x16"} and len(first) < 5 + record


def _server_name(hello: bytes) -> str:
    """What OpenSSL reads in the beginning of a handshake, which goes no further."""
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(hello)
    with suppress(ssl.SSLError):
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
    return (names and names[0]) or ""


def _host_header(head: bytes) -> str:
    lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    hosts = (line.partition(b":")[2] for line in lines if line.lower().startswith(b"host:"))
    with suppress(ValueError):
        return urlsplit(f"//{next(hosts, b'').decode('latin-1').strip()}").hostname or ""
    return ""


def _reset(client: Line) -> None:
    """Close so that the client finds its connection reset, as it would from a host that is not there."""
    with suppress(OSError):
        client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    client.writer.transport.abort()
