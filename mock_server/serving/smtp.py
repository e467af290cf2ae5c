"""An SMTP server in front of a world's accounts: for mail that comes by the older way than the API.

aiosmtpd speaks the protocol, on one thread with an event loop. What is ours here: who may log in, how much may come,
and that nothing a client does, or leaves undone, is felt by others. What a mail says is read in `mime`, and
what becomes of it is the SMTP service's to decide.

Importing this module imports asyncio and aiosmtpd.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, AnyStr, Final, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException

from contracts.schema import is_email
from contracts.services.smtp import emails as api
from mock_server import __version__
from mock_server.services.smtp.door import Reply, reply_to, send, turn_away
from mock_server.services.smtp.sending import LARGEST_LETTER, MOST_RECIPIENTS
from mock_server.serving.certificates import server_context
from mock_server.serving.sockets import listen

if TYPE_CHECKING:
    from mock_server.core.accounts import Account
    from mock_server.core.world import World

LARGEST_MAIL: Final = LARGEST_LETTER * 3 // 2
"""Bytes of a mail as it is sent: its files are in base64."""

CONNECTIONS: Final = 256
"""How many are talked to at once; one more is told to come again."""

IDLE_SECONDS: Final = 300.0
"""How long a client may take for its next command, and for a mail as a whole: what RFC 5321 asks for at least."""

STOP_SECONDS: Final = 5.0
"""How long `SmtpServer.stop` waits for mails that are being taken in."""

LONGEST_LINE: Final = 1001
"""Bytes of a line, its end and one dot more: RFC 5321's bound."""

HOSTNAME: Final = "smtp.sendpulse.example"
"""How it calls itself."""

LOGINS: Final = 10
"""How often a connection may try to log in."""

UNREAD: Final = 65_536
"""Bytes of replies that wait for a client to read them, before it is listened to again."""

_ANY_NUMBER: Final = 1 << 62
_TAKERS: Final = 4
_BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")

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
    ) -> None:
        """`stand_in` is the account that anybody logs in to, whatever the credentials."""
        self.world = world
        self.stand_in = stand_in
        self.idle_seconds = idle_seconds
        self._host = host
        self._port = port
        self._address: tuple[str, int] | None = None
        self._thread: Thread | None = None
        self._end: Callable[[], object] = lambda: None
        self.conversations: set[_Conversation] = set()
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
        if self._thread is not None:
            return
        listener = listen(self._host, self._port, CONNECTIONS)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD)  # accepted sockets inherit it
        self.world.smtp_address = self._address = listener.getsockname()[:2]
        is_ready = Event()
        self._thread = Thread(target=self._run, args=(listener, is_ready), name="sendpulse-mock-smtp", daemon=True)
        self._thread.start()
        is_ready.wait()

    def stop(self) -> None:
        """Accept no more, hang up, let what has come whole be taken in for `STOP_SECONDS`. Harmless when stopped."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self.world.smtp_address = self._address = None
            self._end()
            thread.join(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, listener: socket.socket, is_ready: Event) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve(listener, is_ready))

    async def _serve(self, listener: socket.socket, is_ready: Event) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.set_default_executor(ThreadPoolExecutor(_TAKERS, "sendpulse-mock-smtp"))
        loop.set_exception_handler(_note)
        self._end = partial(loop.call_soon_threadsafe, ended.set)
        server = await loop.create_server(self._greet, sock=listener, backlog=CONNECTIONS)
        is_ready.set()
        await ended.wait()
        server.close()
        for conversation in list(self.conversations):
            conversation.hang_up("421 4.3.2 The server is being stopped")

    def _greet(self) -> asyncio.Protocol:
        return _Conversation(self) if len(self.conversations) < CONNECTIONS else _Busy()

    @property
    def is_private(self) -> bool:
        """Whether nobody but this machine can listen in."""
        return self._host in {"localhost", "::1"} or self._host.startswith("127.")


def _note(_: asyncio.AbstractEventLoop, trouble: dict[str, Any]) -> None:
    """Connections break, which is no news; anything else is a bug of ours."""
    error = trouble.get("exception")
    level = logging.DEBUG if isinstance(error, (OSError, EOFError)) else logging.ERROR
    log.log(level, "SMTP: %s", trouble["message"], exc_info=error)


class _Busy(asyncio.Protocol):
    """What meets one client too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        answering = cast("asyncio.WriteTransport", transport)
        answering.write(b"421 4.7.0 Too many connections, try again later\r\n")
        answering.close()


class _Session(Session):
    """aiosmtpd warns of every use of this attribute, its own too."""

    login_data: Any = None
    auth_data: Any
    """The account that is logged in."""


class _Conversation(SMTP):
    """One connection. aiosmtpd calls what is named ``smtp_…`` for a command, ``handle_…`` for what it leaves to us."""

    line_length_limit = LONGEST_LINE
    AuthLoginUsernameChallenge = "Username:"  # some clients insist on these words
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self.command_size_limits = defaultdict(lambda: LONGEST_LINE)  # all connections would share one that grows
        super().__init__(
            _Hooks(server),
            hostname=HOSTNAME,
            ident=f"sendpulse-mock {__version__}",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            timeout=server.idle_seconds,
            auth_require_tls=not server.is_private,
            authenticator=_log_in,
            command_call_limit={"AUTH": LOGINS, "*": _ANY_NUMBER},
        )

    def _create_session(self) -> Session:
        return _Session(self.loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Twice where TLS is switched on: first with what leads to the client, then with what leads there under TLS."""
        if self not in self.server.conversations:
            self.server.conversations.add(self)
            self._line = cast("asyncio.WriteTransport", transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.server.conversations.discard(self)
        super().connection_lost(error)

    def _timeout_cb(self) -> None:
        """aiosmtpd's own waits until the client has read all replies, which one that hangs never does."""
        self.hang_up("421 4.4.2 Too slow, closing the connection")

    def hang_up(self, reply: str) -> None:
        """End it at once, whether the client hears of it or not."""
        transport = cast("asyncio.WriteTransport | None", self.transport)
        if transport is not None and not transport.is_closing():
            transport.write(f"{reply}\r\n".encode())
        self._line.abort()

    async def push(self, status: AnyStr) -> None:
        """The vendor's wordings in place of the library's."""
        await super().push(_REWORDED.get(status, status))
        await asyncio.sleep(0)  # between the commands of one client, others come in

    async def check_auth_needed(self, caller_method: str) -> bool:  # noqa: ARG002 - the library's signature
        """Without this the library would warn of passwords without TLS, on any address."""
        if self.session is not None and self.session.authenticated:
            return False
        await self.push("530 5.7.0 Authentication required")
        return True

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802 - as above
        """Names of mechanisms are the same in any case, which the library does not know."""
        mechanism, space, rest = (arg or "").partition(" ")
        await super().smtp_AUTH(mechanism.upper() + space + rest)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - as above
        """The certificate is made when somebody wants to see it."""
        if self.session is not None and self.session.ssl is not None:
            await self.push("503 5.5.1 TLS is on already")
            return
        self.tls_context = server_context()
        await super().smtp_STARTTLS(arg)
        if self._tls_protocol is not None and (self.session is None or self.session.ssl is None):
            raise TLSSetupException  # hung up amid the handshake, which asyncio takes for its end


_REWORDED: Final[dict[Any, Any]] = {
    "552 Error: message size exceeds fixed maximum message size": str(reply_to(api.TOO_LARGE)),
    "552 Error: Too much mail data": str(reply_to(api.TOO_LARGE)),
}


def _log_in(
    conversation: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
) -> AuthResult:
    server = cast("_Conversation", conversation).server
    user, password = (value.decode(errors="replace") for value in given)
    account = server.stand_in or server.world.account_of_login(user, password)
    return AuthResult(success=account is not None, handled=False, auth_data=account)


def _take(account: Account, sender: str, recipients: Sequence[str], content: bytes) -> Reply:
    """Read a mail and have it sent; what cannot be read is turned away."""
    from mock_server.serving.mime import letter_of

    if _BARE.search(content):
        return turn_away(account, sender, recipients, _BARE_LINE_END)
    try:
        letter = letter_of(content, sender, recipients)
    except RecursionError:
        return turn_away(account, sender, recipients, _TOO_DEEP)
    return send(account, letter)


# Some servers take such a line end for one and others do not, by which mails have been smuggled past those.
_BARE_LINE_END: Final = "a line of the mail ends in a bare CR or LF; end each with CRLF"
_TOO_DEEP: Final = "the parts of the mail are nested too deeply"


class _Hooks:
    """What a conversation leaves to us."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _conversation: SMTP, session: Session, _envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return replies if session.ssl else [*replies[:-1], "250-STARTTLS", replies[-1]]

    async def handle_RCPT(  # noqa: N802 - as above
        self, _conversation: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not is_email(address):
            return str(reply_to(api.RECIPIENT_INVALID))
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return str(reply_to(api.TOO_MANY_RECIPIENTS))
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, conversation: SMTP, session: _Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content = cast("bytes", envelope.content)
        take = partial(_take, session.auth_data, str(envelope.mail_from), envelope.rcpt_tos, content)
        return str(await conversation.loop.run_in_executor(None, take))

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            return ""  # the client hung up, or spoke something else than TLS: nobody hears a reply
        log.exception("SMTP: a command failed; this is a bug of the emulator")
        return "451 4.3.0 The emulator failed; see its log"
