"""One client of the SMTP server, from its greeting to its end.

aiosmtpd speaks the protocol. What is ours here: who may log in, how much may come, and that nothing a client does, or
leaves undone, is felt by others. aiosmtpd names what it does for a command ``smtp_…``, what it leaves to others
``handle_…``; of its private names this module knows a few, so it is pinned to one series.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, AnyStr, Final, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, TLSSetupException

from contracts.schema import is_email
from contracts.services.smtp import emails as api
from mock_server import __version__
from mock_server.services.smtp.door import reply_to
from mock_server.services.smtp.sending import MOST_RECIPIENTS
from mock_server.serving.incoming import LARGEST_MAIL, take

if TYPE_CHECKING:
    from mock_server.serving.smtp import SmtpServer

HOSTNAME: Final = "smtp.sendpulse.example"
"""How the server calls itself."""

LONGEST_COMMAND: Final = 1001
"""Bytes of a command, its end included."""

LOGINS: Final = 10
"""How often a connection may try to log in."""

_ANY_NUMBER: Final = 1 << 62

log: Final = logging.getLogger("sendpulse_mock")


class Busy(asyncio.Protocol):
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


class Conversation(SMTP):
    """One connection."""

    line_length_limit = LONGEST_COMMAND
    AuthLoginUsernameChallenge = "Username:"  # some clients insist on these words
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self.command_size_limits = defaultdict(lambda: LONGEST_COMMAND)  # all connections would share one that grows
        super().__init__(
            _Hooks(),
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
        self.tls_context = self.server.tls_context()
        await super().smtp_STARTTLS(arg)
        if self._tls_protocol is not None and (self.session is None or self.session.ssl is None):
            raise TLSSetupException  # hung up amid the handshake, which asyncio takes for its end

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - as above
        """The library reads line by line: short lines would take it a minute, and half a gigabyte."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        session, envelope = cast("_Session", self.session), cast("Envelope", self.envelope)
        if arg or not envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        mail = await self._read_mail()
        taken = partial(take, session.auth_data, str(envelope.mail_from), envelope.rcpt_tos, mail)
        reply = await self.loop.run_in_executor(None, taken)
        self.envelope = self._create_envelope()
        await self.push(str(reply))

    async def _read_mail(self) -> bytes | None:
        """All until a dot that is alone on its line; None if that is too much. What came after it waits to be read."""
        mail, is_whole, end = bytearray(b"\r\n"), True, -1
        while end < 0:
            if len(mail) > LARGEST_MAIL:
                is_whole = False
                del mail[: 1 - len(_END)]
            seen = max(0, len(mail) + 1 - len(_END))
            mail += await self._reader.read(_PIECE)
            end = mail.find(_END, seen)
        self._reader.feed_data(mail[end + len(_END) :])
        return bytes(mail[2 : end + 2]) if is_whole and end <= LARGEST_MAIL else None


_END: Final = b"\r\n.\r\n"
_PIECE: Final = 1 << 20  # more than is ever waiting to be read

_REWORDED: Final[dict[Any, Any]] = {
    "552 Error: message size exceeds fixed maximum message size": str(reply_to(api.TOO_LARGE)),
}


def _log_in(
    conversation: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
) -> AuthResult:
    server = cast("Conversation", conversation).server
    user, password = (value.decode(errors="replace") for value in given)
    account = server.stand_in or server.world.account_of_login(user, password)
    return AuthResult(success=account is not None, handled=False, auth_data=account)


class _Hooks:
    """What a conversation leaves to us."""

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

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            return ""  # the client hung up, or spoke something else than TLS: nobody hears a reply
        log.exception("SMTP: a command failed; this is a bug of the emulator")
        return "451 4.3.0 The emulator failed; see its log"
