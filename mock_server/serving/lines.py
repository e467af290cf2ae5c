"""Connections as a proxy holds them: opened, joined two by two, and hung up without a trace."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

LONGEST_HEAD: Final = 65_536
"""Bytes of a request's head, and of what is read ahead."""

OPENING_SECONDS: Final = 30.0
"""How long a host may take to accept a connection."""

LINGER_SECONDS: Final = 60.0
"""How long one side of a connection may be silent once the other has ended."""

LEAVE_SECONDS: Final = 2.0
"""How long a client may take to read what it was told last."""

PIECE: Final = 65_536
"""Bytes that are carried at once."""


Way = asyncio.Task[None]
"""One direction of a connection, being carried."""


class Line(NamedTuple):
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(slots=True)
class Traffic:
    """How much has passed, in either direction."""

    size: int = 0


Carry = Callable[[Line, Line, Traffic], Coroutine[Any, Any, None]]
"""Carries what comes from one to another."""


async def open_line(host: str, port: int, *, with_tls: bool = False) -> Line:
    """A connection to a host. Raises `OSError` where there is none, `TimeoutError` among them."""
    async with asyncio.timeout(OPENING_SECONDS):
        streams = await asyncio.open_connection(
            host, port, ssl=with_tls or None, limit=LONGEST_HEAD, happy_eyeballs_delay=0.25
        )
    return Line(*streams)


async def join(one: Line, other: Line, forth: Carry | None = None) -> None:
    """Carry what comes from either to the other, until both have said all. Raises `OSError` where one breaks.

    `forth` carries from the one to the other, if not as it is carried back.
    """
    traffic = Traffic()
    async with at_once((forth or carry)(one, other, traffic), carry(other, one, traffic)) as (there, back):
        await first_of(there, back)
        await outlast(there, traffic)
        await outlast(back, traffic)


@contextlib.asynccontextmanager
async def at_once(*ways: Coroutine[Any, Any, None]) -> AsyncIterator[list[Way]]:
    """Do several things beside the block, and none any more after it."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def first_of(*ways: Way) -> None:
    """Wait for the first to end. Raises what it failed with."""
    ended, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ended:
        way.result()


async def outlast(way: Way, traffic: Traffic) -> None:
    """Wait for the end of one, now that the other has ended, as long as it makes progress."""
    before = -1
    while not way.done() and traffic.size > before:
        before = traffic.size
        await asyncio.wait({way}, timeout=LINGER_SECONDS)
    if way.done():
        way.result()


async def carry(source: Line, sink: Line, traffic: Traffic) -> None:
    """All that comes from one goes to the other, its end as well."""
    while piece := await source.reader.read(PIECE):
        traffic.size += len(piece)
        acknowledge(source)
        sink.writer.write(piece)
        await sink.writer.drain()
    end_of_talk(sink)


def acknowledge(line: Line) -> None:
    """Tell at once that what came has come, where the system lets us.

    By default that waits 40 ms for an answer to go along with. Clients that leave Nagle's algorithm on, as urllib3 does
    behind a proxy, wait as long with a body whose head they have sent.
    """
    if _QUICKACK is not None:
        with contextlib.suppress(OSError):  # it is broken, which whoever reads next is told
            line.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)


def end_of_talk(line: Line) -> None:
    """Say that no more will come, and listen on. TLS cannot tell the one from the other."""
    if line.writer.can_write_eof() and not line.writer.is_closing():
        line.writer.write_eof()


async def take_leave(client: Line, last_words: bytes) -> None:
    """Tell a client something and let it hear that, though it may be talking itself: unread bytes would reset it."""
    client.writer.write(last_words)
    end_of_talk(client)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LEAVE_SECONDS):
            while await client.reader.read(PIECE):
                pass


async def hang_up(line: Line) -> None:
    """End it; what is left to say is said, if the other side listens."""
    line.writer.close()
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            await line.writer.wait_closed()
    except OSError:  # a broken one is hung up already; `TimeoutError` is one, too
        pass
    finally:
        line.writer.transport.abort()
