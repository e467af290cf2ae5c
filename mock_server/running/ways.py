"""How a program's calls come to an emulator that runs in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from mock_server.core.choices import ANY

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mock_server.authority import Authority
    from mock_server.core import accounts
    from mock_server.emulator import Emulator
    from mock_server.running.environment import Account
    from mock_server.running.programs import Program

NAMESPACE, PROXY = "namespace", "proxy"
WAYS: Final = (NAMESPACE, PROXY)

ADMIN_URL: Final = "SENDPULSE_MOCK_URL"
"""The variable that tells a program where the emulator's own API is, below `/_mock`."""

MAIL_PORTS: Final = (25, 587, 2525)
"""On which the vendor takes mail, beginning in the clear."""


class Way(NamedTuple):
    """What a program's environment needs so that its calls arrive, and strangers that it was kept from so far."""

    environment: Mapping[str, str]
    refused: Mapping[str, int]


@dataclass(frozen=True)
class Inside:
    """What runs in this process for a program: an emulator as that program sees it."""

    emulator: Emulator
    authority: Authority
    credentials: str
    is_offline: bool

    @property
    def stand_in(self) -> accounts.Account | None:
        """The account of all credentials, if these shall be one account's."""
        return self.emulator.world.demo if self.credentials == ANY else None

    @cached_property
    def app(self) -> WSGIApplication:
        """What answers."""
        from mock_server.running.standing_in import taking_any_credentials

        return taking_any_credentials(self.emulator, self.stand_in) if self.stand_in else self.emulator

    def account(self, base_url: str) -> Account:
        """For a program that has no credentials."""
        from mock_server.running.environment import Account

        demo = self.emulator.world.demo
        return Account(base_url, demo.client_id, demo.client_secret)


@contextmanager
def through_namespace(inside: Inside, program: Program) -> Iterator[Way]:
    """Whatever the program does, the vendor's names lead here: it has no other network."""
    from mock_server.authority import trust_variables
    from mock_server.running.environment import variables_inside
    from mock_server.running.names import RESOLVER_SETTINGS, name_servers
    from mock_server.running.outside import Outside
    from mock_server.running.standing_in import MailDoor
    from mock_server.running.trusting import have_trusted
    from mock_server.serving.live import LiveServer
    from mock_server.serving.ticker import Ticker

    have_trusted(inside.authority, program)
    world, identity = inside.emulator.world, inside.authority.vendors_identity()
    with (
        LiveServer(inside.app) as plain,
        LiveServer(inside.app, identity=identity, listener=program.exits.vendor),
        Ticker(world),
        MailDoor(world, inside.stand_in, identity) as mail,
        Outside(
            program,
            ports={80: lambda: _port_of(plain.url), **dict.fromkeys(MAIL_PORTS, mail.port)},
            name_servers=name_servers(RESOLVER_SETTINGS),
            is_offline=inside.is_offline,
        ) as outside,
    ):
        trust = trust_variables(inside.authority)
        told = variables_inside(inside.account(plain.url), trust, os.environ)
        yield Way({**told, ADMIN_URL: plain.url}, outside.refused)


@contextmanager
def through_proxy(inside: Inside) -> Iterator[Way]:
    """Most programs look for a proxy in the environment, and some are made to; those that do not go past it."""
    from mock_server.authority import trust_variables
    from mock_server.running.doors import opened
    from mock_server.running.environment import variables
    from mock_server.serving.ticker import Ticker

    identity, offline = inside.authority.vendors_identity(), inside.is_offline
    with opened(inside.app, identity, offline=offline) as doors, Ticker(inside.emulator.world):
        trust = trust_variables(inside.authority)
        told = variables(doors, inside.account(doors.plain), trust, os.environ, offline=offline)
        yield Way({**told, ADMIN_URL: doors.plain}, {})


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
