"""The emulator put together: a world, the vendor's API in front of it, our own API beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mock_server.behaviour import found, perform
from mock_server.core.keyfile import cached_key
from mock_server.core.world import World
from mock_server.http import Gateway
from mock_server.services import load_behaviours
from mock_server.worldfiles import load_world

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


OURS: Final = "/_mock"
"""The path below which everything is ours; the rest is the vendor's."""


class Emulator:
    """A WSGI application: ours below ``/_mock``, the vendor's everywhere else. `mock_server.app` makes one."""

    def __init__(
        self,
        make_ours: Callable[[Emulator], WSGIApplication],
        *,
        database: str | None = None,
        world: str | None = None,
        plan: str | None = None,
        limits: str | None = None,
        admin_key: str | None = None,
    ) -> None:
        """An emulator on `database` (memory when None); `make_ours` makes what answers below ``/_mock``, when called.

        The rest is what new accounts get, and the key of the admin API. Raises `ValueError` naming what does not fit.
        """
        load_behaviours()
        defaults: Mapping[str, Any] = {"world": world, "plan": plan, "limits": limits}
        self._make_ours = make_ours
        self.admin_key = admin_key
        self.world = World(
            perform=perform, found=found, load=load_world, keyfile=cached_key, database=database, defaults=defaults
        )
        self._gateway = Gateway(self.world)

    @cached_property
    def ours(self) -> WSGIApplication:
        """Admin API and pages."""
        return self._make_ours(self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(OURS) and path[len(OURS) : len(OURS) + 1] in {"", "/"}:
            return self.ours(environ, start_response)
        return self._gateway(environ, start_response)

    def close(self) -> None:
        """Let go of the database."""
        self.world.close()
