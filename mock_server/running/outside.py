"""The side of a private namespace that is in the machine's own network: it answers, carries and mirrors, in a thread.

Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from mock_server.running.forwarding import Forwarder, greeting
from mock_server.running.mirroring import Mirror
from mock_server.running.resolving import Resolver
from mock_server.running.vendor import ADDRESS, TLS_PORT
from mock_server.serving.background import Background
from mock_server.serving.lines import Line, open_line
from mock_server.serving.sockets import listen

if TYPE_CHECKING:
    from mock_server.running.programs import Exits, Program

STOP_SECONDS: Final = 5.0
"""How long `Outside.stop` waits for its thread."""

SECONDS_BETWEEN_LOOKS: Final = 0.1
"""How long a port may listen in one network before it does so in the other."""

WAITING: Final = 128
"""Connections that wait to be accepted, on each port that is mirrored to this network."""


class Outside:
    """Serves the namespace of a program from `start` to `stop`."""

    def __init__(
        self,
        program: Program,
        *,
        ports: Mapping[int, Callable[[], int]],
        name_servers: Sequence[str],
        is_offline: bool,
    ) -> None:
        """`ports` tell for ports of the vendor's on which port of this machine's the emulator takes their place."""
        self._program = program
        self._exits: Exits = program.exits
        self._ports = ports
        self.refused: Counter[str] = Counter()
        """Strangers, by name or with a port, that were asked for in vain, and how often."""
        refuse = self._count if is_offline else None
        self._forwarder = Forwarder(self._to_emulator, refuse)
        self._resolver = Resolver(name_servers, refuse)
        self._inwards = Mirror(None, program.listen, open_line, self._to_emulator)
        self._outwards = Mirror(program.agent, partial(listen, waiting=WAITING), self._dial_inside)
        self._background = Background("sendpulse-mock-outside", self._serve)

    def start(self) -> None:
        """Serve, from when this returns."""
        _allow_as_many_files_as_allowed()
        self._background.start()

    def stop(self) -> None:
        """Break off what is still carried."""
        self._background.stop(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _count(self, stranger: str) -> None:
        self.refused[stranger] += 1

    async def _serve(self, ready: Callable[[], None], ended: asyncio.Event) -> None:
        await self._open()
        await self._look()
        ready()
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), SECONDS_BETWEEN_LOOKS)
            await self._look()
        self._inwards.close()
        self._outwards.close()

    async def _open(self) -> None:
        for listener in self._exits.strangers:
            await asyncio.start_server(greeting(self._forwarder.attend), sock=listener)
        for listener in self._exits.questions:
            await asyncio.start_server(greeting(self._resolver.attend), sock=listener)
        for datagrams in self._exits.datagrams:
            loop = asyncio.get_running_loop()
            await loop.create_datagram_endpoint(self._resolver.attend_datagrams, sock=datagrams)

    async def _look(self) -> None:
        await self._inwards.look(besides=self._outwards.shown)
        await self._outwards.look(besides=self._inwards.shown | self._exits.ports)

    async def _to_emulator(self, port: int) -> Line:
        if port == TLS_PORT:
            return await self._dial_inside(ADDRESS, port)
        if port not in self._ports:
            raise ConnectionRefusedError
        return await open_line("127.0.0.1", self._ports[port]())

    async def _dial_inside(self, host: str, port: int) -> Line:
        inside = self._program.socket_for(host)
        try:
            inside.setblocking(False)
            await asyncio.get_running_loop().sock_connect(inside, (host, port))
            return Line(*await asyncio.open_connection(sock=inside))
        except BaseException:
            inside.close()
            raise


def _allow_as_many_files_as_allowed() -> None:
    """A connection that is carried takes two files of this process, where it took one of the program's."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
