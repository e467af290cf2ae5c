"""An emulator for a program that knows nothing of it: any credentials are those of one account."""

from __future__ import annotations

from contextlib import AbstractContextManager
from threading import Lock
from typing import TYPE_CHECKING, Any

from mock_server.http import STAND_IN

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mock_server.authority import Identity
    from mock_server.core.accounts import Account
    from mock_server.core.world import World
    from mock_server.serving.smtp import SmtpServer


def taking_any_credentials(app: WSGIApplication, account: Account) -> WSGIApplication:
    """`app` as it answers whose credentials stand for `account`, whatever they are."""
    account.takes_any_secret = True

    def stand_in(environ: Any, start_response: Any) -> Any:
        environ[STAND_IN] = account
        return app(environ, start_response)

    return stand_in


class MailDoor(AbstractContextManager["MailDoor"]):
    """Takes a program's mail by SMTP from when it first sends some to the end of a ``with`` block."""

    def __init__(self, world: World, stand_in: Account | None, identity: Identity) -> None:
        self._world = world
        self._stand_in = stand_in
        self._identity = identity
        self._opening = Lock()
        self._server: SmtpServer | None = None

    def port(self) -> int:
        """Where it listens, from the first call on."""
        from mock_server.serving.smtp import SmtpServer

        with self._opening:
            if self._server is None:
                self._server = SmtpServer(self._world, stand_in=self._stand_in, identity=self._identity)
                self._server.start()
            return self._server.port

    def __exit__(self, *_: object) -> None:
        with self._opening:
            if self._server is not None:
                self._server.stop()
