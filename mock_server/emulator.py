"""The emulator put together: a world, the vendor's API in front of it, our own API beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from mock_server.behaviour import found, perform, works
from mock_server.core.choices import refuse_unknown_options
from mock_server.core.keyfile import cached_key
from mock_server.core.world import World
from mock_server.http import Gateway
from mock_server.services import load_behaviours
from mock_server.worldfiles import load_world

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


OURS: Final = "/_mock"
"""The path below which everything is ours; the rest is the vendor's."""


class EmulatorOptions(TypedDict, total=False):
    """What an emulator may be given: where it keeps its data, what new accounts get, the key of the admin API."""

    database: str | None
    world: str | None
    plan: str | None
    limits: str | None
    admin_key: str | None


class Emulator:
    """A WSGI application: ours below ``/_mock``, the vendor's everywhere else. `mock_server.app` makes one."""

    def __init__(
        self,
        make_ours: Callable[[Emulator], WSGIApplication],
        **options: Unpack[EmulatorOptions],
    ) -> None:
        """An emulator that calls `make_ours` for what answers below ``/_mock``, when it is first needed.

        Raises `ValueError` naming what does not fit, and `TypeError` for an option that there is not.
        """
        __tracebackhide__ = True
        refuse_unknown_options("an emulator", options, EmulatorOptions.__annotations__)
        load_behaviours()
        self._make_ours = make_ours
        self.admin_key = options.get("admin_key")
        self.world = World(
            perform=perform,
            knows=works.__contains__,
            found=found,
            load=load_world,
            keyfile=cached_key,
            database=options.get("database"),
            defaults={name: options.get(name) for name in ("world", "plan", "limits")},
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
