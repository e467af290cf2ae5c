"""A resolver for a program in a private namespace: the vendor's names it tells itself, for others it asks.

Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from socket import inet_aton
from struct import pack, unpack_from
from typing import Final, NamedTuple, cast

from mock_server.running.vendor import ADDRESS, is_vendors
from mock_server.serving.lines import Line

PATIENCE: Final = 3.0
"""Seconds for which the answer of one name server is waited for."""

IDLE_SECONDS: Final = 30.0
"""How long a client that asks by TCP may take for its next question."""

MOST_QUESTIONS: Final = 256
"""That are open at once; more are not answered, and will be asked again."""

_DNS_PORT: Final = 53


class Question(NamedTuple):
    """What a message of DNS asks first."""

    name: str
    kind: int
    end: int
    """Where its question ends."""


class Resolver:
    """Answers messages of DNS; `servers` are asked in turn for what is not the vendor's."""

    def __init__(self, servers: Sequence[str], refuse: Callable[[str], None] | None) -> None:
        """`refuse` is told of each name of a stranger, for which nobody is asked then; None asks for all."""
        self._servers = servers
        self._refuse = refuse
        self._open: set[asyncio.Task[None]] = set()

    async def attend(self, client: Line) -> None:
        """Serve a client that asks by TCP."""
        with suppress(asyncio.IncompleteReadError, OSError, TimeoutError):
            while True:
                asked = await asyncio.wait_for(_read_message(client.reader), IDLE_SECONDS)
                client.writer.write(_with_length(await self._answer(asked, _ask_by_tcp)))
                await client.writer.drain()
        client.writer.close()

    def attend_datagrams(self) -> asyncio.DatagramProtocol:
        """Serves clients that ask by UDP."""
        return _Datagrams(self._take)

    def _take(self, asked: bytes, reply: Callable[[bytes], None]) -> None:
        if len(self._open) < MOST_QUESTIONS:
            task = asyncio.ensure_future(self._reply(asked, reply))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _reply(self, asked: bytes, reply: Callable[[bytes], None]) -> None:
        reply(await self._answer(asked, _ask_by_udp))

    async def _answer(self, asked: bytes, ask: Ask) -> bytes:
        question = question_in(asked)
        if question is None:
            return _refusal(asked, _MISFORMED)
        if is_vendors(question.name):
            return _answer_of_ours(asked, question)
        if self._refuse:
            self._refuse(question.name)
            return _refusal(asked, _NO_SUCH_NAME, question)  # "refused" would be asked again and again
        for server in self._servers:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                return await asyncio.wait_for(ask(server, asked), PATIENCE)
        return _refusal(asked, _FAILURE, question)


Ask = Callable[[str, bytes], Coroutine[None, None, bytes]]


def question_in(message: bytes) -> Question | None:
    """The first question of a message; None for what is none."""
    try:
        is_answer, questions = message[2] & 0x80, unpack_from(">H", message, 4)[0]
        if is_answer or not questions:
            return None
        labels, at = [], 12
        while length := message[at]:
            if length > 63:  # a pointer, which no first name can be
                return None
            labels.append(message[at + 1 : at + 1 + length].decode("latin-1"))
            at += 1 + length
        kind, _ = unpack_from(">HH", message, at + 1)
        return Question(".".join(labels), kind, at + 5)
    except (IndexError, struct.error):
        return None


_ADDRESS_KIND: Final = 1
_MISFORMED, _FAILURE, _NO_SUCH_NAME = 1, 2, 3
_IS_ANSWER, _IS_FINAL, _CAN_RECUR = 0x8000, 0x0400, 0x0080
_RECURSION_WANTED: Final = 0x0100
_SECONDS_GOOD: Final = 1


def _answer_of_ours(asked: bytes, question: Question) -> bytes:
    """The emulator's address; to questions for anything else, that there is nothing."""
    if question.kind != _ADDRESS_KIND:
        return _head(asked, 0, answers=0) + asked[12 : question.end]
    record = pack(">HHHIH", 0xC00C, _ADDRESS_KIND, 1, _SECONDS_GOOD, 4) + inet_aton(ADDRESS)
    return _head(asked, 0, answers=1) + asked[12 : question.end] + record


def _refusal(asked: bytes, code: int, question: Question | None = None) -> bytes:
    if question is None:
        return pack(">2sHHHHH", asked[:2].ljust(2, b"\0"), _IS_ANSWER | code, 0, 0, 0, 0)
    return _head(asked, code, answers=0) + asked[12 : question.end]


def _head(asked: bytes, code: int, answers: int) -> bytes:
    wanted = unpack_from(">H", asked, 2)[0] & _RECURSION_WANTED
    return pack(">2sHHHHH", asked[:2], _IS_ANSWER | _IS_FINAL | _CAN_RECUR | wanted | code, 1, answers, 0, 0)


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2)))


def _with_length(message: bytes) -> bytes:
    return pack(">H", len(message)) + message


async def _ask_by_tcp(server: str, asked: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(server, _DNS_PORT)
    try:
        writer.write(_with_length(asked))
        return await _read_message(reader)
    finally:
        writer.close()


async def _ask_by_udp(server: str, asked: bytes) -> bytes:
    answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Answer(answered), remote_addr=(server, _DNS_PORT)
    )
    try:
        transport.sendto(asked)
        return await answered
    finally:
        transport.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Hands on each message with the way to answer it."""

    def __init__(self, take: Callable[[bytes, Callable[[bytes], None]], None]) -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, lambda answer: self._send(answer, addr))

    def _send(self, answer: bytes, address: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, address)


class _Answer(asyncio.DatagramProtocol):
    """Waits for the one answer of a server."""

    def __init__(self, answered: asyncio.Future[bytes]) -> None:
        self._answered = answered

    def datagram_received(self, data: bytes, _addr: tuple[str, int]) -> None:
        if not self._answered.done():
            self._answered.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self._answered.done():
            self._answered.set_exception(error)
