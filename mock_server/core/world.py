"""The world one server simulates: its accounts, their credentials, and the key that signs their tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from threading import RLock
from typing import Any, Final, TypeAlias

from mock_server.core.accounts import (
    MOST_API_KEYS,
    Account,
    AccountRecord,
    ApiKey,
    new_api_key,
    new_credentials,
    number_of_owner,
)
from mock_server.core.choices import keys_of
from mock_server.core.clock import Clock, parse_instant
from mock_server.core.plans import Plan
from mock_server.core.schedule import Task
from mock_server.core.settings import Settings
from mock_server.core.store import Backend, Duplicate, MemoryBackend, entity, open_backend
from mock_server.core.throttle import Limits
from mock_server.core.tokens import Claims, Tokens, make_key, new_epoch
from mock_server.core.written_rows import rows_of

DEMO_CLIENT_ID: Final = "237b4af9c99d0f89bdbd876dcd5a0000"
DEMO_CLIENT_SECRET: Final = "a99e7d506d3701c5c04de3db1913eeee"  # noqa: S105 - public: the vendor's own documentation
"""The credentials of the vendor's documentation: the account that every world has from the start."""

SELF_MADE: Final = "test-"
"""A client id that begins so makes its own account at its first token request."""

_CLIENT_ID: Final = re.compile(r"[^\s/\x00-\x1f\x7f]{1,128}")
UNFURNISHED: Final = "unfurnished"
"""Marks the record of an account that has not been given yet what it starts with."""

_SERVER: Final = 0
"""The tenant under whose number the server keeps its own records."""


@entity("core.secret", unique=[("name",)])
class Secret:
    """Something of the server's own that must outlive a restart."""

    id: int
    name: str
    value: str


Watcher: TypeAlias = Callable[[Account], None]


class Conflict(ValueError):
    """What was asked for collides with what exists."""


class World:
    """Everything one server simulates.

    `perform` does a task that became due, of a kind that it `knows`; `found` gives a new account what every account
    starts with; `load` brings the rows and settings of a named world: the services bring all these in. `keyfile` makes
    or finds the signing key of a world without a database. `nobody` is the account of requests that name none: it has a
    journal and nothing else.

    Who needs both an account's lock and `lock` takes the account's first.
    """

    def __init__(
        self,
        *,
        perform: Callable[[Account, Task], None],
        knows: Callable[[str], bool] = lambda _: True,
        found: Callable[[Account], None],
        load: Callable[[str], Mapping[str, Any]],
        keyfile: Callable[[], bytes],
        database: str | None = None,
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self.backend: Backend = open_backend(database)
        self.lock = RLock()
        self.smtp_address: tuple[str, int] | None = None
        """Where somebody takes mail by SMTP, as long as somebody does."""
        self._perform = perform
        self._knows = knows
        self._found = found
        self._load = load
        self._keyfile = keyfile
        self._persistent = database is not None
        self._defaults = {name: value for name, value in (defaults or {}).items() if value is not None}
        self._accounts: dict[str, Account] = {}
        self._watchers: tuple[Watcher, ...] = ()
        self._tokens: Tokens | None = None
        nobody = AccountRecord(id=_SERVER, client_id="", client_secret="", details={})
        self.nobody = Account(nobody, MemoryBackend().store(_SERVER), perform=perform, save=lambda _: None)
        self._own = self.backend.store(_SERVER)
        try:
            self._records = self._own[AccountRecord]
            self._keys = self._own[ApiKey]
            self.demo = self.account(DEMO_CLIENT_ID) or self.make_account(
                client_id=DEMO_CLIENT_ID, client_secret=DEMO_CLIENT_SECRET
            )
        except BaseException:  # whatever it is, nobody else could close what was opened here
            self.backend.close()
            raise

    @property
    def tokens(self) -> Tokens:
        """The mint. Its key is made, or found, when the first token is asked for or shown."""
        with self.lock:
            if self._tokens is None:
                self._tokens = Tokens(self._signing_key())
            return self._tokens

    def _signing_key(self) -> bytes:
        if not self._persistent:
            return self._keyfile()
        secrets = self._own[Secret]
        key = secrets.find(name="signing-key") or secrets.add(name="signing-key", value=make_key().decode())
        return key.value.encode()

    def account(self, client_id: str) -> Account | None:
        """The account with that client id, if there is one."""
        account = self._accounts.get(client_id)
        if account is not None:
            return account
        with self.lock:
            record = self._records.find(client_id=client_id)
            if record is not None and client_id not in self._accounts:
                self._accounts[client_id] = self._finished(record)
            return self._accounts.get(client_id)

    def client_ids(self, limit: int, offset: int = 0, *, newest_first: bool = False) -> list[str]:
        """The client ids of so many accounts, the oldest ones first unless told otherwise."""
        with self.lock:
            return [record.client_id for record in self._records.page(limit, offset, descending=newest_first)]

    def accounts(self) -> Iterator[Account]:
        """All accounts, oldest first."""
        with self.lock:
            records = list(self._records.where())
        for record in records:
            account = self.account(record.client_id)
            if account is not None:
                yield account

    def accounts_with_tasks(self) -> Iterator[Account]:
        """Those that have something scheduled."""
        for number in self.backend.holders(Task):
            with self.lock:
                record = self._records.get(number)
            account = None if record is None else self.account(record.client_id)
            if account is not None:
                yield account

    def watch(self, watcher: Watcher) -> None:
        """From now on tell `watcher` of every account in which something happened. It must be quick."""
        with self.lock:
            self._watchers = (*self._watchers, watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell `watcher` of nothing more."""
        with self.lock:
            self._watchers = tuple(known for known in self._watchers if known != watcher)

    def _stirred(self, account: Account) -> None:
        for watcher in self._watchers:
            watcher(account)

    def claim(self, client_id: str, client_secret: str) -> Account | None:
        """The account a token request names; one whose id begins with ``test-`` is made with the secret it brings."""
        account = self.account(client_id)
        if account is not None or not client_id.startswith(SELF_MADE) or not client_secret:
            return account
        with self.lock:
            try:
                return self.account(client_id) or self.make_account(client_id=client_id, client_secret=client_secret)
            except ValueError:  # an id no account can bear
                return None

    def account_of_login(self, user: str, password: str) -> Account | None:
        """The account that a mail program logs in to: by its client id or its owner's address, and its secret."""
        account = self._account_of_owner(user) or self.claim(user, password)
        return account if account is not None and account.has_secret(password) else None

    def _account_of_owner(self, address: str) -> Account | None:
        number = number_of_owner(address)
        if number is None:
            return None
        with self.lock:
            record = self._records.get(number)
        return None if record is None else self.account(record.client_id)

    def make_account(
        self,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        plan: object = None,
        limits: object = None,
        clock: str | Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        world: str | None = None,
    ) -> Account:
        """A new account; what is not given follows the server's defaults.

        Raises `Conflict` if the client id is taken and `ValueError` naming any other value that does not fit.
        """
        some_id, some_secret = new_credentials()
        client_id = some_id if client_id is None else client_id
        if not _CLIENT_ID.fullmatch(client_id):
            raise ValueError(f"{client_id!r} cannot be a client id; give 1 to 128 characters without space or slash")
        world = self._defaults.get("world") if world is None else world
        seed = {} if world is None else self._load(world)
        chosen = {"plan": plan, "limits": limits, "settings": settings}
        details: dict[str, Any] = {"epoch": new_epoch()} | self._conditions(seed, chosen)
        if clock is not None:
            details["clock"] = _clock(clock).state()
        if world is not None:
            details["world"] = world
        with self.lock:
            try:
                record = self._records.add(
                    client_id=client_id,
                    client_secret=some_secret if client_secret is None else client_secret,
                    details=details | {UNFURNISHED: True},
                )
            except Duplicate:
                raise Conflict(f"client id {client_id!r} is taken; choose another or delete that account") from None
            account = self._account_of(record)
            try:
                self._furnish(account, seed)
            except ValueError:
                self.remove_account(account)
                raise
            self._records.change(record, details=details)
            self._accounts[client_id] = account  # only now can others see it: until here its store is this thread's
            self._stirred(account)
            return account

    def _finished(self, record: AccountRecord) -> Account:
        """The account of a record; one that an earlier process was killed over is furnished after all."""
        account = self._account_of(record)
        if record.details.get(UNFURNISHED):
            account.store.clear()
            self._furnish(account, {} if account.world is None else self._load(account.world))
            self._save(account)
        account.webhooks.resume()
        return account

    def _account_of(self, record: AccountRecord) -> Account:
        return Account(
            record,
            self.backend.store(record.id),
            perform=self._perform,
            save=self._save,
            knows=self._knows,
            stirred=self._stirred,
        )

    def _furnish(self, account: Account, seed: Mapping[str, Any]) -> None:
        with account.store.transaction():
            if seed:
                _bring(account, seed)
            self._found(account)

    def _save(self, account: Account) -> None:
        with self.lock:
            record = self._records.get(account.number)
            if record is not None:
                self._records.change(record, details=account.details())

    def remove_account(self, account: Account) -> None:
        """Forget an account, its data, keys and tokens."""
        with account.lock, self.lock:
            record = self._records.get(account.number)
            if record is None:
                return  # it is gone already, and its client id may be another's by now
            account.is_removed = True
            account.close()
            self._accounts.pop(account.client_id, None)
            with self._own.transaction():
                self._records.remove(record)
                self._keys.remove_where(owner=account.number)
            self.backend.drop(account.number)
            account.stir()

    def reset_account(self, account: Account) -> None:
        """Back to the account's world: all is cleared but credentials, keys and tokens.

        Plan, limits and settings become those of the world or the server, also where the account was made with others.
        """
        seed = {} if account.world is None else self._load(account.world)
        conditions = self._conditions(seed, {})
        with account.lock:
            with account.under(conditions), account.store.transaction():
                account.store.clear()
                self._furnish(account, seed)
            account.faults.clear()
            account.journal.clear()
            account.trials.clear()
            account.reload()
            account.save()
            account.stir()

    def _conditions(self, seed: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Plan, limits and settings of an account, as JSON: those chosen, else its world's, else the server's."""
        conditions = {}
        for name, parse in (("plan", _plan), ("limits", _limits), ("settings", _settings)):
            given = _first(chosen.get(name), seed.get(name), self._defaults.get(name))
            if given is not None:
                conditions[name] = parse(given)
        return conditions

    def make_api_key(self, account: Account) -> str:
        """A new static key. Raises `Conflict` if the account has as many as the vendor allows."""
        with self.lock:
            if self._keys.count(owner=account.number) >= MOST_API_KEYS:
                raise Conflict(f"account {account.client_id!r} has {MOST_API_KEYS} API keys; delete one first")
            return self._keys.add(key=new_api_key(), owner=account.number).key

    def revoke_api_key(self, account: Account, key: str) -> bool:
        """Forget a static key; false if the account has no such key."""
        with self.lock:
            known = self._keys.find(key=key)
            if known is None or known.owner != account.number:
                return False
            self._keys.remove(known)
            return True

    def account_of_key(self, key: str) -> Account | None:
        """The account that a static key belongs to."""
        with self.lock:
            known = self._keys.find(key=key)
            record = None if known is None else self._records.get(known.owner)
            return None if record is None else self.account(record.client_id)

    def account_of_token(self, token: str) -> tuple[Account, Claims] | None:
        """The account that a token was issued to and not revoked since; whether it is current is the clock's to say."""
        if token.count(".") != 2:
            return None
        claims = self.tokens.read(token)
        account = None if claims is None else self.account(claims.client_id)
        if claims is None or account is None or not claims.is_of_epoch(account.token_epoch):
            return None
        return account, claims

    def close(self) -> None:
        """Let go of the database, and of what is on its way."""
        for account in [*self._accounts.values()]:
            account.close()
        self.backend.close()


def _bring(account: Account, seed: Mapping[str, Any]) -> None:
    """What a world holds beside conditions: its rows, and how many requests are left."""
    now = account.clock.now()
    try:
        account.store.add_rows(rows_of(seed.get("rows", {}), now=now, owner=account.owner))
        account.refuse_unknown_tasks()
        account.throttle.leave(now, seed.get("left", {}))
    except (Duplicate, ValueError) as error:
        raise ValueError(f"in the world {account.world!r}, {error}") from None


def _first(*values: object) -> Any:
    return next((value for value in values if value is not None), None)


def _plan(given: Any) -> dict[str, Any]:
    return Plan.from_json({"category": given} if isinstance(given, str) else given).as_json()


def _limits(given: Any) -> dict[str, Any]:
    return asdict(Limits().changed({"algorithm": given} if isinstance(given, str) else given))


def _settings(given: Any) -> dict[str, Any]:
    return Settings().changed(given).as_json()


def _clock(given: Any) -> Clock:
    """The clock of ``{"now": "2026-01-31T12:00:00Z", "frozen": true}``, both optional, or of an instant's text."""
    asked = {"now": given, "frozen": True} if isinstance(given, str) else given
    return set_clock(Clock(), asked)


def set_clock(clock: Clock, asked: Mapping[str, Any]) -> Clock:
    """Set `clock` to what the admin API's JSON asks. Raises `ValueError` naming what does not fit."""
    asked = keys_of("the clock", asked, ("now", "frozen"))
    frozen = asked.get("frozen", clock.frozen)
    if not isinstance(frozen, bool):
        raise ValueError(f"frozen cannot be {frozen!r}; it takes true or false")
    instant = None if asked.get("now") is None else parse_instant(asked["now"])
    if frozen:
        clock.freeze()
    else:
        clock.unfreeze()
    if instant is not None:
        clock.set(instant)
    return clock
