"""How a behaviour is written: what it is given, how it refuses, how it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, NoReturn, TypeVar

from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import Refusal, Refused
from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND, Instant
from mock_server.core.mails import Mail
from mock_server.core.outbox import Outbox
from mock_server.core.registry import Registry
from mock_server.core.schedule import Task
from mock_server.core.settings import Settings
from mock_server.core.store import Store
from mock_server.core.webhooks import CLOSING
from mock_server.core.world import World

Row = TypeVar("Row")


class BrokenPromise(Exception):
    """Our bug: a behaviour did what its contract does not say."""


def refuse(refusal: Refusal) -> NoReturn:
    """Refuse the request: nothing it did so far stays done. The contract must list the refusal."""
    raise Refused(refusal)


class Found:
    """The objects that the path named, by their type: ``call.found[MailingList]``."""

    def __init__(self, rows: Mapping[type, Any]) -> None:
        self._rows = rows

    def __getitem__(self, kind: type[Row]) -> Row:
        row: Row = self._rows[kind]
        return row


class Call(NamedTuple):
    """One validated request, as a behaviour sees it. Everything in it is already the account's.

    Attributes:
        now: the instant of the call, in microseconds since the epoch.
        path: the values of the path's parameters, as text.
        query, body: the arguments, converted, validated, with their defaults. One mapping: clients put them anywhere.
        found: what the path's ids named.
    """

    world: World
    account: Account
    now: Instant
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    found: Found

    @property
    def store(self) -> Store:
        return self.account.store

    @property
    def settings(self) -> Settings:
        return self.account.settings

    @property
    def outbox(self) -> Outbox:
        return self.account.outbox

    def later(self, seconds: float, kind: str, **payload: Any) -> None:
        """Have the work called `kind` done when the account's clock is `seconds` further."""
        self.account.schedule.add(self.now + round(seconds * SECOND), kind, **payload)


class Errand(NamedTuple):
    """A task at the instant it became due, as the work that does it sees it."""

    account: Account
    now: Instant
    payload: Mapping[str, Any]

    @property
    def store(self) -> Store:
        return self.account.store

    @property
    def outbox(self) -> Outbox:
        return self.account.outbox

    def later(self, seconds: float, kind: str, **payload: Any) -> None:
        """Have the work called `kind` done `seconds` after this."""
        self.account.schedule.add(self.now + round(seconds * SECOND), kind, **payload)


class Occasion(NamedTuple):
    """What a recipient has had since an instant; `happen` lets the event befall it, and tells whether it could."""

    since: Instant
    happen: Callable[[], bool]


class Happening(NamedTuple):
    """Something that a message came to; `at` is None for what it is now, `url` what was followed."""

    what: str
    at: Instant | None = None
    url: str = ""


Behaviour = Callable[[Call], Json]
Simulation = Callable[[Account, Mapping[str, Any]], Occasion | None]
Work = Callable[[Errand], None]
Recount = Callable[[Account, Mail], Iterable[Happening]]
Founding = Callable[[Account], None]

behaviours: Registry[Operation, Behaviour] = Registry("operation")
works: Registry[str, Work] = Registry("work")
simulations: dict[str, list[Simulation]] = {}
_recounts: list[Recount] = []
_foundings: list[Founding] = []


def serves(operation: Operation) -> Callable[[Behaviour], Behaviour]:
    """Make a function the behaviour of `operation`: it takes the call and returns the payload, without envelope."""
    return behaviours.register(operation)


def does(kind: str) -> Callable[[Work], Work]:
    """Make a function do the scheduled work called `kind`."""
    return works.register(kind)


def simulates(event: str) -> Callable[[Simulation], Simulation]:
    """Have a function tell what a recipient could do with what it is given; of several, the newest occasion is taken.

    It is given an account and JSON such as ``{"email": "ada@example.com"}``, and changes nothing itself.
    """

    def register(simulation: Simulation) -> Simulation:
        simulations.setdefault(event, []).append(simulation)
        return simulation

    return register


def act_out(event: str, account: Account, of: Mapping[str, Any]) -> bool:
    """Let a recipient do something now; false if there is nothing that it could be done with."""
    found = (simulation(account, of) for simulation in simulations[event])
    newest = max((occasion for occasion in found if occasion), key=lambda occasion: occasion.since, default=None)
    return newest is not None and newest.happen()


def recounts(recount: Recount) -> Recount:
    """Have a function tell what became of a message, if it is one of its service's."""
    _recounts.append(recount)
    return recount


def became_of(account: Account, mail: Mail) -> list[Happening]:
    """What became of a message: what it is now, then what happened, oldest first."""
    told = [happening for recount in _recounts for happening in recount(account, mail)]
    return sorted(told, key=lambda happening: happening.at or 0)


def founds(founding: Founding) -> Founding:
    """Have a function give every new account what it starts with, beside what its world has brought already."""
    _foundings.append(founding)
    return founding


@does(CLOSING)
def close_webhook_batch(errand: Errand) -> None:
    """Events have waited long enough for others to go with."""
    errand.account.webhooks.close_batch(errand.payload["batch"])


def perform(account: Account, task: Task) -> None:
    """Do a task that became due."""
    works[task.kind](Errand(account, task.due, task.payload))


def found(account: Account) -> None:
    """Give a new account what every account starts with."""
    for founding in _foundings:
        founding(account)
