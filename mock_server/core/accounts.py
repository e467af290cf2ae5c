"""The account: the tenant to which data, tokens, limits, clock, faults and journal belong."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property
from threading import Condition, RLock
from typing import Any, Final, TypeVar

from mock_server.core.choices import keys_of
from mock_server.core.clock import Clock, Instant
from mock_server.core.faults import Faults
from mock_server.core.journal import Journal
from mock_server.core.outbox import Outbox
from mock_server.core.plans import Plan
from mock_server.core.schedule import Schedule, Task
from mock_server.core.settings import Settings
from mock_server.core.store import Duplicate, Store, entity
from mock_server.core.throttle import Limits, Throttle
from mock_server.core.tokens import new_epoch

MOST_API_KEYS: Final = 5
"""Static keys an account may hold (documented by the vendor)."""

_FIRST_USER_ID: Final = 6_700_000
_PLAN, _LIMITS, _SETTINGS = Plan(), Limits(), Settings()
"""What an account has where nothing else is said. They are frozen, so all accounts share them."""

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
    """One tenant. Whoever reads or changes it holds `lock`; `news` tells waiting threads that something happened."""

    def __init__(
        self,
        record: AccountRecord,
        store: Store,
        *,
        perform: Callable[[Account, Task], None],
        save: Callable[[Account], None],
    ) -> None:
        details = record.details
        self.number = record.id
        self.client_id = record.client_id
        self.client_secret = record.client_secret
        self.takes_any_secret = False
        self.lock = RLock()
        self.news = Condition(self.lock)
        self.store = store
        self.faults = Faults()
        self.journal = Journal()
        self.token_epoch: str = details.get("epoch") or new_epoch()
        self.world: str | None = details.get("world")
        self.clock = Clock.of_state(details["clock"]) if "clock" in details else Clock()
        self.settings = _SETTINGS.changed(details["settings"]) if "settings" in details else _SETTINGS
        self._plan = Plan.from_json(details["plan"]) if "plan" in details else _PLAN
        limits = _LIMITS.changed(details["limits"]) if "limits" in details else _LIMITS
        self.throttle = Throttle(limits, self._plan.quota)
        self._perform = perform
        self._save = save

    @property
    def user_id(self) -> int:
        """The number that stands for the account's owner in tokens and answers."""
        return _FIRST_USER_ID + self.number

    @property
    def owner(self) -> str:
        """The owner's address, which is the account's first sender."""
        return f"owner-{self.number}@example.com"

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

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.store)

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self.store)

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

    def run_due(self, until: Instant) -> None:
        """Do what is due by `until`, in order, each piece whole or not at all."""
        if not self.schedule.is_due(until):
            return
        with self.store.transaction():
            for task in self.schedule.due(until):
                self._perform(self, task)

    def advance(self, span: float | timedelta) -> Instant:
        """Move the clock forward by seconds, do what became due, and return the new instant."""
        with self.lock:
            now = self.clock.advance(span)
            self.run_due(now)
            self.save()
            self.news.notify_all()
            return now

    def wait(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `look` finds, as soon as it finds something; None when `seconds` of real time have passed."""
        found: list[Found] = []

        def has_found() -> bool:
            seen = look()
            found.extend([] if seen is None else [seen])
            return bool(found)

        with self.news:
            self.news.wait_for(has_found, seconds)
        return found[0] if found else None

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
            plan = Plan.from_json(given["plan"]) if "plan" in given else self.plan
            limits = Limits().changed(given["limits"]) if "limits" in given else self.throttle.limits
            settings = Settings().changed(given["settings"]) if "settings" in given else self.settings
            if "rows" in given:
                self._restore_rows(given["rows"])
            self.clock, self._plan, self.settings = clock, plan, settings
            self.throttle.configure(limits, plan.quota)
            self.schedule.reload()
            self.save()
            self.news.notify_all()

    def _restore_rows(self, rows: Mapping[str, Any]) -> None:
        try:
            self.store.restore(rows)
        except Duplicate as duplicate:
            raise ValueError(f"{duplicate}; give every row once") from None


def new_credentials() -> tuple[str, str]:
    """A client id and secret in the vendor's shape: 32 hex characters each."""
    return secrets.token_hex(16), secrets.token_hex(16)


def new_api_key() -> str:
    """A static key in the shape seen in third-party code."""
    return f"sp_apikey_{secrets.token_hex(32)}"
