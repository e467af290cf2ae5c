"""The account: the tenant to which data, tokens, limits, clock, faults and journal belong."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property
from math import inf
from threading import Condition, RLock
from traceback import format_exception_only
from typing import Any, Final, TypeVar

from mock_server.core import stopwatch
from mock_server.core.choices import keys_of
from mock_server.core.clock import Clock, Instant, format_instant, refuse_unwritable
from mock_server.core.faults import Faults
from mock_server.core.inbox import Inbox
from mock_server.core.journal import Journal
from mock_server.core.outbox import Outbox
from mock_server.core.plans import Plan
from mock_server.core.purse import Purse, purse_of, refill
from mock_server.core.schedule import Schedule, Task
from mock_server.core.settings import Settings
from mock_server.core.store import Duplicate, Store, entity
from mock_server.core.throttle import Limits, Throttle
from mock_server.core.tokens import new_epoch
from mock_server.core.webhooks import Webhooks

log: Final = logging.getLogger("sendpulse_mock")

MOST_API_KEYS: Final = 5
"""Static keys an account may hold (documented by the vendor)."""

_FIRST_USER_ID: Final = 6_700_000
_PLAN, _LIMITS, _SETTINGS = Plan(), Limits(), Settings()
"""What an account has where nothing else is said. They are frozen, so all accounts share them."""

_OWNER: Final = "owner-{}@example.com"
_OWNERS: Final = re.compile(re.escape(_OWNER).replace(r"\{\}", r"([1-9]\d{0,17})"), re.ASCII | re.IGNORECASE)

Found = TypeVar("Found")


@entity("core.account", unique=[("client_id",)])
class AccountRecord:
    """What is kept of an account besides its data."""

    id: int
    client_id: str
    client_secret: str
    details: dict[str, Any]


@entity("core.api_key", unique=[("key",)], indexes=[("owner",)])
class ApiKey:
    """A static key and the number of the account that owns it."""

    id: int
    key: str
    owner: int


class Account:
    """One tenant. Whoever reads or changes it holds `lock`; `news` tells waiting threads that something happened.

    `perform` does a task of a kind that it `knows`, `save` keeps what is kept beside the store, `stirred` is told that
    something happened. An account that `is_loud` belongs to a test in this process, which meets our bugs as exceptions.
    `pulse` grows whenever something happens, so that who shows the account knows when to look again.
    """

    def __init__(
        self,
        record: AccountRecord,
        store: Store,
        *,
        perform: Callable[[Account, Task], None],
        save: Callable[[Account], None],
        knows: Callable[[str], bool] = lambda _: True,
        stirred: Callable[[Account], None] = lambda _: None,
    ) -> None:
        details = record.details
        self.number = record.id
        self.client_id = record.client_id
        self.client_secret = record.client_secret
        self.takes_any_secret = False
        self.is_loud = False
        self.is_removed = False
        self.pulse = 0
        self.lock = RLock()
        self.news = Condition(self.lock)
        self.store = store
        self.faults = Faults()
        self.journal = Journal()
        self.trials: list[Any] = []
        """The scenarios that it was put through; what they are is known further up."""
        self.token_epoch: str = details.get("epoch") or new_epoch()
        self.world: str | None = details.get("world")
        self._perform = perform
        self._save = save
        self._knows = knows
        self._stirred = stirred
        self.begin(details)

    def begin(self, conditions: Mapping[str, Any]) -> None:
        """Start counting anew under conditions: JSON with any of ``clock``, ``settings``, ``plan``, ``limits``."""
        self.clock = Clock.of_state(conditions["clock"]) if "clock" in conditions else Clock()
        self.settings = _SETTINGS.changed(conditions["settings"]) if "settings" in conditions else _SETTINGS
        self._plan = Plan.from_json(conditions["plan"]) if "plan" in conditions else _PLAN
        limits = _LIMITS.changed(conditions["limits"]) if "limits" in conditions else _LIMITS
        self.throttle = Throttle(limits, self._plan.quota)

    @contextmanager
    def under(self, conditions: Mapping[str, Any]) -> Iterator[None]:
        """The same, taken back where what is done under them fails."""
        before = self.clock, self.settings, self._plan, self.throttle
        self.begin(conditions)
        try:
            yield
        except BaseException:
            self.clock, self.settings, self._plan, self.throttle = before
            raise

    @property
    def user_id(self) -> int:
        """The number that stands for the account's owner in tokens and answers."""
        return _FIRST_USER_ID + self.number

    @property
    def owner(self) -> str:
        """The owner's address, which is the account's first sender."""
        return _OWNER.format(self.number)

    def has_secret(self, client_secret: str) -> bool:
        """Whether that is the account's secret, told in constant time; any is if the account stands in for others."""
        return self.takes_any_secret or hmac.compare_digest(
            self.client_secret.encode(errors="replace"), client_secret.encode(errors="replace")
        )

    @property
    def plan(self) -> Plan:
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._plan = plan
        self.throttle.configure(self.throttle.limits, plan.quota)

    @property
    def purse(self) -> Purse:
        """What is left of the mails and the money that the settings give."""
        return purse_of(self.store, self.settings)

    def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings; mails and money among them are there to spend anew. `ValueError` for what does not fit."""
        with self.lock:
            self.settings = self.settings.changed(changes)
            refill(self.store, changes)
            self.save()
            self.stir()

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.store)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.outbox, self.store)

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self.store)

    @cached_property
    def webhooks(self) -> Webhooks:
        return Webhooks(self)

    def close(self) -> None:
        """Let nothing be underway any more. The rows are left to whoever opens them next."""
        if "webhooks" in self.__dict__:  # which few accounts ever need
            self.webhooks.close()

    def details(self) -> dict[str, Any]:
        """The JSON that a record keeps and a snapshot carries."""
        return {
            "epoch": self.token_epoch,
            "world": self.world,
            "clock": self.clock.state(),
            "settings": self.settings.as_json(),
            "plan": self.plan.as_json(),
            "limits": asdict(self.throttle.limits),
        }

    def save(self) -> None:
        """Keep what was changed beside the store."""
        self._save(self)

    def revoke_tokens(self) -> None:
        """From now on every token issued so far is refused."""
        with self.lock:
            self.token_epoch = new_epoch()
            self.save()

    @property
    def until_due(self) -> float:
        """Seconds of real time until there is something to do, if nobody touches the clock; maybe infinitely many."""
        earliest = self.schedule.earliest
        seconds = None if earliest is None else self.clock.until(earliest)
        return inf if seconds is None else max(seconds, 0)

    def run_due(self, until: Instant, *, most: int | None = None) -> int:
        """Do what is due by `until`, in order, `most` pieces of it at most; tells how many were done.

        Each is done whole or not at all. One that fails is a bug of ours: it is set aside, to stand in nobody's way.
        """
        with self.lock:
            done = 0
            while done != most and not self.is_removed and (task := self.schedule.next_due(until)):
                self._do(task)
                done += 1
            if done:
                self.stir()
            return done

    def _do(self, task: Task) -> None:
        try:
            with self.store.transaction():
                self.schedule.take_off(task)
                self._perform(self, task)
            self.schedule.tick_off(task)
        except Exception as failure:
            self.schedule.set_aside(task, "".join(format_exception_only(failure)).strip())
            if self.is_loud:
                raise
            log.exception("%s, due at %s, failed; this is a bug of the emulator", task.kind, format_instant(task.due))

    def stir(self) -> None:
        """Something happened: wake those who wait for news, and tell who watches when there is something to do."""
        with self.lock:
            self.pulse += 1
            self.news.notify_all()
            self._stirred(self)

    def refuse_unknown_tasks(self) -> None:
        """Raise `ValueError` naming a task of a kind that nobody knows to do."""
        self.schedule.refuse_unknown(self._knows)

    def advance(self, span: float | timedelta) -> Instant:
        """Move the clock forward by seconds, do what became due, and return the new instant."""
        with self.lock:
            self.clock.advance(span)
            return self.catch_up()

    def catch_up(self) -> Instant:
        """Do what is due now that the clock was moved, keep where it stands, and return the instant."""
        with self.lock:
            now = self.clock.now()
            self.run_due(now)
            self.save()
            self.stir()
            return now

    def wait(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `look` finds, as soon as it finds something; None when `seconds` of real time have passed.

        What falls due meanwhile is done.
        """
        end = stopwatch.now() + seconds
        with self.lock:
            while True:
                self.run_due(self.clock.now())
                found = None if self.is_removed else look()
                left = end - stopwatch.now()
                if found is not None or left <= 0 or self.is_removed:
                    return found
                self.news.wait(min(left, self.until_due))

    def snapshot(self) -> dict[str, Any]:
        """Everything that `restore` needs, as JSON: clock, plan, limits, settings and rows; no secrets."""
        with self.lock:
            details = {name: value for name, value in self.details().items() if name not in {"epoch", "world"}}
            return details | {"rows": self.store.snapshot()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` says; what it leaves out stays. All or nothing: `ValueError` for what does not fit."""
        given = keys_of("the snapshot", snapshot, ("clock", "plan", "limits", "settings", "rows"))
        with self.lock:
            clock = Clock.of_state(given["clock"]) if "clock" in given else self.clock
            refuse_unwritable(clock.now())
            plan = Plan.from_json(given["plan"]) if "plan" in given else self.plan
            limits = Limits().changed(given["limits"]) if "limits" in given else self.throttle.limits
            settings = Settings().changed(given["settings"]) if "settings" in given else self.settings
            if "rows" in given:
                self._restore_rows(given["rows"])
            else:
                refill(self.store, given.get("settings", {}))
            self.clock, self._plan, self.settings = clock, plan, settings
            self.throttle.configure(limits, plan.quota)
            self.save()
            self.stir()

    def reload(self) -> None:
        """Look at the store again: its rows were restored or cleared."""
        self.schedule.reload()
        self.webhooks.resume()
        if "inbox" in self.__dict__:
            self.inbox.forget()

    def _restore_rows(self, rows: Mapping[str, Any]) -> None:
        try:
            with self.store.transaction():
                self.store.restore(rows)
                self.refuse_unknown_tasks()
        except Duplicate as duplicate:
            raise ValueError(f"{duplicate}; give every row once") from None
        self.reload()


def number_of_owner(address: str) -> int | None:
    """The number of the account whose owner has that address; None for an address of nobody's."""
    found = _OWNERS.fullmatch(address.strip())
    return None if found is None else int(found[1])


def new_credentials() -> tuple[str, str]:
    """A client id and secret in the vendor's shape: 32 hex characters each."""
    return secrets.token_hex(16), secrets.token_hex(16)


def new_api_key() -> str:
    """A static key in the shape seen in third-party code."""
    return f"sp_apikey_{secrets.token_hex(32)}"
