"""Connections of a program in a private namespace, carried to where they would have gone without it.

Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from ipaddress import ip_address
from struct import pack, unpack_from
from typing import Final
from urllib.parse import urlsplit

from mock_server.running.vendor import ADDRESS, TLS_PORT, is_vendors
from mock_server.serving.lines import Carry, Line, Traffic, carry, hang_up, join, open_line

FIRST_WORDS_SECONDS: Final = 30.0
"""How long a client of HTTP or TLS may take to name the host it wants. Until then it is led nowhere: the address that
it gave may be the vendor's."""

LONGEST_FIRST_WORDS: Final = 65_536

Dial = Callable[[], Awaitable[Line]]
"""Opens the connection that a client wants. Raises `OSError`."""

ToEmulator = Callable[[int], Awaitable[Line]]
"""Leads to what stands for a port of the vendor's, if anything does; else it raises `OSError`."""


class Forwarder:
    """Carries connections that a namespace redirected; those to the vendor to the emulator, whatever their address."""

    def __init__(self, to_emulator: ToEmulator, refuse: Callable[[str], None] | None) -> None:
        """`refuse` is told of each stranger's destination, to which nothing is carried then; None carries all."""
        self._to_emulator = to_emulator
        self._refuse = refuse

    async def attend(self, client: Line) -> None:
        """Serve a client."""
        await connect(client, lambda: self._dial(client), self._to_emulator)

    async def _dial(self, client: Line) -> Line:
        address, port = original_target(client.writer.get_extra_info("socket"))
        if address == ADDRESS:
            return await self._to_emulator(port)
        first, name = await _first_words(client.reader, port)
        _note_vendor(first)
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


async def connect(client: Line, dial: Dial, to_emulator: ToEmulator | None = None) -> None:
    """Join a client to what `dial` reaches. Where that is nothing, or breaks, the client's connection is reset.

    With `to_emulator` a client that asks a proxy for the vendor does not get to the proxy.
    """
    try:
        try:
            await _meet(client, dial, carry if to_emulator is None else _carry_but_for_vendor)
        except AskedForVendor as asked:
            if to_emulator is None:
                raise
            await _lead(client, asked, to_emulator)
    except OSError:
        _reset(client)
    finally:
        await hang_up(client)


async def _meet(client: Line, dial: Dial, forth: Carry) -> None:
    server = await dial()
    try:
        await join(client, server, forth)
    finally:
        await hang_up(server)


class AskedForVendor(Exception):
    """What a client said to a proxy: of a tunnel to `port`, the answer to give and what is to go through it."""

    def __init__(self, port: int, answer: bytes, onward: bytes) -> None:
        super().__init__(port)
        self.port = port
        self.answer = answer
        self.onward = onward


async def _carry_but_for_vendor(client: Line, server: Line, traffic: Traffic) -> None:
    """As `carry`, unless the first words ask for the vendor. Meanwhile the server may speak: some greet first."""
    first = await client.reader.read(LONGEST_FIRST_WORDS)
    while first.startswith(_TUNNEL) and b"\r\n\r\n" not in first and len(first) < LONGEST_FIRST_WORDS:
        if not (more := await client.reader.read(LONGEST_FIRST_WORDS)):
            break
        first += more
    _note_vendor(first)
    traffic.size += len(first)
    server.writer.write(first)
    await carry(client, server, traffic)


_TUNNEL: Final = b"CONNECT "


def _note_vendor(first: bytes) -> None:
    """Raises `AskedForVendor` where these words ask a proxy for the vendor."""
    words = first.partition(b"\n")[0].split()
    if len(words) != _WORDS_OF_REQUEST:
        return
    if first.startswith(_TUNNEL):
        host, _, port = words[1].decode("latin-1").rpartition(":")
        if is_vendors(host) and port.isdecimal():
            raise AskedForVendor(int(port), _ESTABLISHED, first.partition(b"\r\n\r\n")[2])
    elif b"://" in words[1] and is_vendors(_host_in(words[1].decode("latin-1").partition("://")[2].partition("/")[0])):
        raise AskedForVendor(80, b"", first)  # the emulator takes a whole URL as well


_WORDS_OF_REQUEST: Final = 3
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def _lead(client: Line, asked: AskedForVendor, to_emulator: ToEmulator) -> None:
    async def dial() -> Line:
        emulator = await to_emulator(asked.port)
        client.writer.write(asked.answer)
        emulator.writer.write(asked.onward)
        return emulator

    await _meet(client, dial, carry)


def original_target(accepted: socket.socket) -> tuple[str, int]:
    """Where a redirected connection was to go."""
    if accepted.family == socket.AF_INET:
        port, packed = unpack_from(">H4s", accepted.getsockopt(socket.SOL_IP, _ORIGINAL, 16), 2)
    else:
        port, packed = unpack_from(">H4x16s", accepted.getsockopt(socket.IPPROTO_IPV6, _ORIGINAL, 28), 2)
    return str(ip_address(packed)), port


def host_named(first: bytes, port: int) -> str | None:
    """The host that the first words of a connection name: by TLS's server name or HTTP's `Host`; empty for none.

    None as long as that is still to come.
    """
    if port not in _NAMING or len(first) > LONGEST_FIRST_WORDS:
        return ""
    return _NAMING[port](first)


_ORIGINAL: Final = 80


async def _first_words(reader: asyncio.StreamReader, port: int) -> tuple[bytes, str]:
    """What a client says until it has named a host, and that. Raises `OSError` for one who takes too long."""
    first = b""
    async with asyncio.timeout(FIRST_WORDS_SECONDS):
        while (name := host_named(first, port)) is None and (more := await reader.read(LONGEST_FIRST_WORDS)):
            first += more
    return first, name or ""


def _server_name(hello: bytes) -> str | None:
    """What OpenSSL reads in the beginning of a handshake, which goes no further."""
    if hello[:1] not in {b"", _HANDSHAKE}:
        return ""
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(hello)
    try:
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
    except ssl.SSLWantReadError:
        return (names[0] or "") if names else None
    except ssl.SSLError:
        pass
    return (names and names[0]) or ""


_HANDSHAKE: Final = b"\x16"


def _host_header(said: bytes) -> str | None:
    """Of lines that are whole. There are servers for which a line needs no return at its end."""
    head, end, _ = said.replace(b"\r\n", b"\n").partition(b"\n\n")
    request, *lines = head.split(b"\n")
    for line in lines if end else lines[:-1]:
        if line.lower().startswith(b"host:"):
            return _host_in(line[len(b"host:") :].decode("latin-1").strip())
    return "" if end or not _BEGINS_LIKE_HTTP.fullmatch(request) else None


_BEGINS_LIKE_HTTP: Final = re.compile(rb"[A-Za-z-]*( .*)?")


def _host_in(authority: str) -> str:
    with suppress(ValueError):
        return urlsplit(f"//{authority}").hostname or ""
    return ""


_NAMING: Final[dict[int, Callable[[bytes], str | None]]] = {80: _host_header, TLS_PORT: _server_name}
"""The ports on which clients speak first, and name the host they want. On others they may wait for a greeting."""


def _reset(client: Line) -> None:
    """Close so that the client finds its connection reset, as it would from a host that is not there."""
    with suppress(OSError):
        client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    client.writer.transport.abort()
