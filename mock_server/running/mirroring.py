"""What listens on the loopback addresses of one network, listening on those of another, too.

A program in a private namespace so finds the database beside it, and a browser outside finds the program's pages.
Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from struct import pack, unpack
from typing import Final

from mock_server.running.forwarding import ToEmulator, connect, greeting
from mock_server.running.vendor import ADDRESS
from mock_server.serving.lines import Line

MOST_PORTS: Final = 512
"""That are mirrored in one direction."""

Port = tuple[str, int]
"""A loopback address and a port."""

Listen = Callable[[str, int], socket.socket]
Dial = Callable[[str, int], Awaitable[Line]]

_NAME_PORT: Final = 53
"""Whatever listens there, questions go to our resolver."""


class Mirror:
    """Ports of one network, found as often as `look` is called, in another."""

    def __init__(self, process: int | None, listen: Listen, dial: Dial, to_emulator: ToEmulator | None = None) -> None:
        """`process` is one of the network to look at, None for this one's; `listen` in the other, `dial` in that.

        With `to_emulator` nobody gets to the vendor by a proxy that listens there.
        """
        self._table = Path(f"/proc/{process or os.getpid()}/net")
        self._listen = listen
        self._dial = dial
        self._to_emulator = to_emulator
        self._shown: dict[Port, asyncio.Server | None] = {}

    @property
    def shown(self) -> frozenset[Port]:
        """Those that this one opened, which are no ports of the other network's own."""
        return frozenset(port for port, server in self._shown.items() if server)

    async def look(self, besides: frozenset[Port]) -> None:
        """Open what has come, close what has gone; leave out `besides`."""
        found = listening(self._table) - besides
        for port in self._shown.keys() - found:
            server = self._shown.pop(port)
            if server:
                server.close()
        for port in sorted(found - self._shown.keys())[: MOST_PORTS - len(self._shown)]:
            self._shown[port] = await self._opened(port)

    def close(self) -> None:
        """Show nothing any more."""
        for server in filter(None, self._shown.values()):
            server.close()
        self._shown.clear()

    async def _opened(self, port: Port) -> asyncio.Server | None:
        """None where the other network has it already, or this user may not open it."""

        async def attend(client: Line) -> None:
            await connect(client, partial(self._dial, *port), self._to_emulator)

        with suppress(OSError):
            return await asyncio.start_server(greeting(attend), sock=self._listen(*port))
        return None


def listening(table: Path) -> frozenset[Port]:
    """Where the network whose `/proc/…/net` this is listens on loopback addresses."""
    found: set[Port] = set()
    for file in ("tcp", "tcp6"):
        with suppress(OSError):  # IPv6 may be missing, or all of that network be gone
            for line in (table / file).read_text("ascii").splitlines()[1:]:
                words = line.split()
                if words[3] == _LISTENS:
                    found |= set(_loopback_ports(*words[1].split(":")))
    return frozenset(found)


_LISTENS: Final = "0A"


def _loopback_ports(address: str, port: str) -> Iterator[Port]:
    """The loopback addresses that an address stands for; those of IPv4 as well, where IPv6 means any."""
    number = int(port, 16)
    for loopback in _loopback(_address(address)):
        if number != _NAME_PORT and loopback != ADDRESS:
            yield loopback, number


def _loopback(address: IPv4Address | IPv6Address) -> tuple[str, ...]:
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain.is_unspecified:
        return ("127.0.0.1",) if plain.version == 4 else ("127.0.0.1", "::1")
    return (str(plain),) if plain.is_loopback else ()


def _address(written: str) -> IPv4Address | IPv6Address:
    """The kernel writes words of four bytes, as this machine has them in memory."""
    words = unpack(f">{len(written) // 8}I", bytes.fromhex(written))
    return ip_address(pack(f"={len(words)}I", *words))
