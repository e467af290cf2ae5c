"""An SMTP server in front of a world's accounts: for mail that comes by the older way than the API.

One thread with an event loop talks to all clients, which are `conversations`; a few more take mails in, for which an
account may have to be waited. What becomes of a mail is the SMTP service's to decide.

Importing this module imports asyncio and aiosmtpd.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from mock_server.serving.background import Background
from mock_server.serving.conversations import Busy, Conversation
from mock_server.serving.sockets import listen

if TYPE_CHECKING:
    import ssl

    from mock_server.authority import Identity
    from mock_server.core.accounts import Account
    from mock_server.core.world import World

CONNECTIONS: Final = 256
"""How many are talked to at once; one more is told to come again."""

IDLE_SECONDS: Final = 300.0
"""How long a client may take for its next command, and for a mail as a whole: what RFC 5321 asks for at least."""

STOP_SECONDS: Final = 5.0
"""How long `SmtpServer.stop` waits for mails that are being taken in."""

UNREAD: Final = 65_536
"""Bytes of replies that wait for a client to read them, before it is listened to again."""

_TAKERS: Final = 4

log: Final = logging.getLogger("sendpulse_mock")


class SmtpServer:
    """Takes mail of the accounts of `world` on an address of this machine, from `start` to `stop`.

    Where that is the loopback one, a password may come before STARTTLS: nobody could overhear it, and most programs
    that are tested on one machine have TLS switched off. On any other address it may not.
    """

    def __init__(
        self,
        world: World,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        idle_seconds: float = IDLE_SECONDS,
        stand_in: Account | None = None,
        identity: Identity | None = None,
    ) -> None:
        """`stand_in` is the account that anybody logs in to, whatever the credentials.

        STARTTLS shows the `identity`; without one a certificate of this process's own, which signs itself.
        """
        self.world = world
        self.stand_in = stand_in
        self.idle_seconds = idle_seconds
        self._host = host
        self._port = port
        self._identity = identity
        self._address: tuple[str, int] | None = None
        self._background: Background | None = None
        self.conversations: set[Conversation] = set()
        """Those that are open."""

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self._bound[0]

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._bound[1]

    @property
    def _bound(self) -> tuple[str, int]:
        if self._address is None:
            raise RuntimeError(f"The SMTP server on {self._host}:{self._port} does not listen: call start() first.")
        return self._address

    def start(self) -> None:
        """Accept connections from now on; a started server stays as it is.

        Raises `OSError`, naming host and port, when the address is in use or isn't ours.
        """
        if self._background is not None:
            return
        listener = listen(self._host, self._port, CONNECTIONS)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD)  # accepted sockets inherit it
        self.world.smtp_address = self._address = listener.getsockname()[:2]
        self._background = Background("sendpulse-mock-smtp", partial(self._serve, listener))
        self._background.start()

    def stop(self) -> None:
        """Accept no more, hang up, let what has come whole be taken in for `STOP_SECONDS`. Harmless when stopped."""
        background, self._background = self._background, None
        if background is not None:
            self.world.smtp_address = self._address = None
            background.stop(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self, listener: socket.socket, ready: Callable[[], None], ended: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(_TAKERS, "sendpulse-mock-smtp"))
        loop.set_exception_handler(_note)
        server = await loop.create_server(self._greet, sock=listener, backlog=CONNECTIONS)
        ready()
        await ended.wait()
        server.close()
        for conversation in list(self.conversations):
            conversation.hang_up("421 4.3.2 The server is being stopped")

    def _greet(self) -> asyncio.Protocol:
        return Conversation(self) if len(self.conversations) < CONNECTIONS else Busy()

    def tls_context(self) -> ssl.SSLContext:
        """What shows the certificate."""
        from mock_server.authority.certificates import self_signed, server_context

        return server_context(self._identity or self_signed())

    @property
    def is_private(self) -> bool:
        """Whether nobody but this machine can listen in."""
        return self._host in {"localhost", "::1"} or self._host.startswith("127.")


def _note(_: asyncio.AbstractEventLoop, trouble: dict[str, Any]) -> None:
    """Connections break, which is no news; anything else is a bug of ours."""
    error = trouble.get("exception")
    level = logging.DEBUG if isinstance(error, (OSError, EOFError)) else logging.ERROR
    log.log(level, "SMTP: %s", trouble["message"], exc_info=error)
