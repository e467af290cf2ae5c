"""What the vendor's dashboard and the passing of time do to an account: shared by fixtures, admin API and pages.

Each class holds one side of an account. All take and give plain values; the admin API only puts JSON around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict, TypeVar, Unpack

from contracts.evidence import Grade
from contracts.suggestions import operation_named
from mock_server import near_misses
from mock_server.behaviour import act_out, simulations
from mock_server.core import stopwatch
from mock_server.core.accounts import Account
from mock_server.core.choices import choose
from mock_server.core.clock import Instant, format_instant, parse_duration, parse_instant
from mock_server.core.faults import ANY, GROUPS, Fault, Step
from mock_server.core.journal import Basis, Entry
from mock_server.core.mails import Mail
from mock_server.core.outbox import Outbox
from mock_server.core.plans import Plan
from mock_server.core.settings import Settings
from mock_server.core.store import Changes
from mock_server.core.webhooks import Batch, Webhooks
from mock_server.core.world import World, set_clock
from mock_server.misbehaviour import PLANNED, check_refusal
from mock_server.receivers import Listener, post_to
from mock_server.services.smtp.door import SEND

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

Found = TypeVar("Found")

PATIENCE: Final = 5.0
"""Seconds of real time for which `wait` waits unless told otherwise."""

LONGEST_WAIT: Final = 60.0
"""No wait is longer, whatever it is told: nothing hangs."""


_SIMULATED: Final = "simulate."
"""What the names of events begin with in the journal."""

_SHOWN: Final = 10
"""So many of the newest messages are named where none was found."""


class _Side:
    """One side of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account


class ClockControl(_Side):
    """The account's clock: token expiry, limits, quotas and scheduled work all follow it."""

    @property
    def now(self) -> str:
        """The present instant, RFC 3339 in UTC."""
        return format_instant(self._account.clock.now())

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._account.clock.frozen

    def set(self, now: str | None = None, *, frozen: bool | None = None) -> None:
        """Move to an instant (RFC 3339), earlier ones too; freeze or unfreeze. Work that became due is done.

        Raises `ValueError` for what is no instant.
        """
        asked = {"now": now, "frozen": frozen}
        self.change({name: value for name, value in asked.items() if value is not None})

    def change(self, asked: Mapping[str, Any]) -> None:
        """The same, from the JSON ``{"now": "2026-01-31T12:00:00Z", "frozen": true}``, both optional."""
        account = self._account
        with account.lock:
            set_clock(account.clock, asked)
            account.catch_up()
        account.webhooks.settle()

    def freeze(self, at: str | None = None) -> None:
        """Let time stand still, at an instant if one is given."""
        self.set(at, frozen=True)

    def unfreeze(self) -> None:
        """Let time run on."""
        self.set(frozen=False)

    def advance(self, by: float | str | timedelta) -> str:
        """Move forward by seconds, or by a duration such as ``"1h1m"``, and do the work that became due.

        Webhooks that leave are waited for, 5 s of real time at most. Returns the new instant. Raises `ValueError` for a
        negative span or what is no duration.
        """
        span = timedelta(microseconds=parse_duration(by)) if isinstance(by, str) else by
        now = self._account.advance(span)
        self._account.webhooks.settle()
        return format_instant(now)

    def as_json(self) -> dict[str, Any]:
        return {"now": self.now, "frozen": self.frozen}


class PlanControl(_Side):
    """The plan, from which quotas and features follow."""

    @property
    def category(self) -> str:
        """``free``, ``standard`` or ``enterprise``."""
        return self._account.plan.category

    def set(self, plan: str | Mapping[str, Any]) -> None:
        """A category, or what the admin API takes: ``{"services": {"push": {"plan": "pro", "subscribers": 60000}}}``.

        Raises `ValueError` naming what does not fit.
        """
        account = self._account
        with account.lock:
            account.plan = Plan.from_json({"category": plan} if isinstance(plan, str) else plan)
            account.save()
            account.stir()

    def as_json(self) -> dict[str, Any]:
        return self._account.plan.as_json()


class LimitsControl(_Side):
    """How fast the account may call."""

    def set(self, algorithm: str | None = None, **limits: int | None) -> None:
        """Change algorithm, ``per_second``, ``per_minute``, ``per_day``. A quota of None is the plan's again.

        Raises `ValueError` naming what does not fit.
        """
        self.change(({} if algorithm is None else {"algorithm": algorithm}) | limits)

    def change(self, changes: Mapping[str, Any]) -> None:
        """The same, from JSON."""
        account = self._account
        with account.lock:
            account.throttle.configure(account.throttle.limits.changed(changes), account.plan.quota)
            account.save()
            account.stir()

    @property
    def left(self) -> dict[str, int | None]:
        """How many more requests fit into the present ``second``, ``minute`` and ``day``; None where nothing limits."""
        with self._account.lock:
            return self._account.throttle.left(self._account.clock.now())

    def as_json(self) -> dict[str, Any]:
        return self._account.throttle.as_json() | {"left": self.left}


class FaultsControl(_Side):
    """What shall go wrong."""

    def add(self, *script: Mapping[str, Any], operation: str = ANY, probability: float = 1, seed: int = 0) -> Fault:
        """Plan a script of steps, one a request: ``{"refuse": 707}``, ``{"status": 500}``, ``{"latency": 1.5}``,
        ``{"reset": True}``, ``{"truncate": 20}``, ``{"malformed": True}``, ``{"answer": {…}}``, ``{"pass": 1}``; then
        all is normal again. `operation` may be a group: ``"*"``, ``"calls"``, ``"reads"`` or ``"writes"``.

        Raises `ValueError` naming the step, operation or number that does not fit.
        """
        known = None if operation in GROUPS else operation_named(operation)
        for step in map(Step.from_json, script):
            if step.kind == "refuse":
                check_refusal(known, step.value)
        with self._account.lock:
            self._account.stir()
            return self._account.faults.add(*script, operation=operation, probability=probability, seed=seed)

    def remove(self, number: int) -> bool:
        """Forget one fault; false if there is none with that id."""
        with self._account.lock:
            self._account.stir()
            return self._account.faults.remove(number)

    def clear(self) -> None:
        """Forget all faults."""
        with self._account.lock:
            self._account.faults.clear()
            self._account.stir()

    def unmet(self) -> list[Fault]:
        """Faults with steps that no request has met yet."""
        with self._account.lock:
            return self._account.faults.unmet()

    def __iter__(self) -> Iterator[Fault]:
        with self._account.lock:
            return iter(list(self._account.faults))

    def as_json(self) -> dict[str, Any]:
        return {"faults": [fault.as_json() for fault in self]}


class JournalControl(_Side):
    """What was asked and answered. With `nobody`, near misses are told of requests without a token or key, too."""

    def __init__(self, account: Account, nobody: Account | None = None) -> None:
        super().__init__(account)
        self._nobody = nobody
        if nobody is not None:
            with nobody.lock:
                self._since = nobody.journal.next_id()

    def entries(
        self,
        *,
        operation: str | None = None,
        status: int | None = None,
        error_code: int | None = None,
        since: Instant | str | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """The newest `limit` entries that match, oldest first.

        What `simulate` did is an operation ``simulate.click``, a mail that came by SMTP is ``smtp.door.send``. Raises
        `ValueError` for an unknown operation.
        """
        if operation not in {None, SEND} and operation.removeprefix(_SIMULATED) not in simulations:
            operation_named(operation)
        instant = parse_instant(since) if isinstance(since, str) else since
        with self._account.lock:
            return self._account.journal.entries(
                operation=operation, status=status, error_code=error_code, since=instant, limit=limit
            )

    def find(self, number: int) -> Entry | None:
        """The entry with that id, if it is still kept."""
        with self._account.lock:
            return self._account.journal.find(number)

    def wait(self, timeout: float = PATIENCE, **match: Any) -> Entry | None:
        """The newest entry that matches, as soon as there is one; None when `timeout` seconds of real time are over."""
        return self._account.wait(lambda: next(iter(self.entries(limit=1, **match)), None), min(timeout, LONGEST_WAIT))

    def assert_called(self, operation: str, /, *, times: int | None = None, **arguments: Any) -> Entry:
        """That `operation` was called with `arguments` (others aside), so many times or at least once.

        Returns the newest such entry; whatever its answer, a call is a call. Raises `AssertionError` telling what was
        called instead, and `ValueError` for an unknown operation or a number of times below 1.
        """
        __tracebackhide__ = True
        if times is not None and times < 1:
            raise ValueError(f"times cannot be {times!r}; say assert_not_called")
        calls = self._calls(operation, arguments)
        if not calls:
            raise AssertionError(self._told(operation, arguments, "never called"))
        if times not in {None, len(calls)}:
            raise AssertionError(self._told(operation, arguments, f"called {len(calls)} times, not {times}"))
        return calls[-1]

    def assert_not_called(self, operation: str, /, **arguments: Any) -> None:
        """That no call of `operation` had `arguments`. Raises as `assert_called` does."""
        __tracebackhide__ = True
        calls = self._calls(operation, arguments)
        if calls:
            raise AssertionError(self._told(operation, arguments, "called"))

    def _calls(self, operation: str, arguments: Mapping[str, Any]) -> list[Entry]:
        return [
            entry for entry in self.entries(operation=operation) if not any(near_misses.differences(entry, arguments))
        ]

    def _told(self, operation: str, arguments: Mapping[str, Any], counted: str) -> str:
        wanted = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        return f"{operation}({wanted}) was {counted}. {self.tell(operation, arguments)}"

    def tell(self, operation: str, arguments: Mapping[str, Any]) -> str:
        """The requests that came, a line each, for someone who wanted `operation` called with `arguments`."""
        return near_misses.tell(self.entries(), self.strays(), operation, arguments)

    def strays(self) -> list[Entry]:
        """The requests of no account that came since this one was made, oldest first."""
        if self._nobody is None:
            return []
        with self._nobody.lock:
            return [entry for entry in self._nobody.journal if entry.id > self._since]

    def weaker_than(self, grade: str) -> list[Basis]:
        """What the answers so far rested on, where that is known less well than by `grade`; planned faults aside.

        Raises `ValueError` for what is no grade.
        """
        grades = [*Grade]
        rank = grades.index(Grade(choose("evidence", grade, grades)))
        with self._account.lock:
            bases = self._account.journal.bases()
        return [basis for basis in bases if basis.evidence != PLANNED and grades.index(basis.evidence.grade) > rank]

    def clear(self) -> None:
        """Forget all entries."""
        with self._account.lock:
            self._account.journal.clear()
            self._account.stir()

    @property
    def dropped(self) -> int:
        """How many entries the journal has let go to stay bounded."""
        return self._account.journal.dropped

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self.entries())


class OutboxControl(_Side):
    """What would have left the machine."""

    def messages(
        self,
        *,
        to: str | None = None,
        subject: str | None = None,
        about: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> list[Mail]:
        """The newest `limit` messages that match, oldest first, with those that are due by now.

        `to` is an address in any case, `subject` a part of one, `about` some of what a message's own says.
        """
        with self._account.lock:
            return list(self._present.messages(to=to, subject=subject, about=about or {}, limit=limit))

    def wait(
        self,
        timeout: float = PATIENCE,
        *,
        to: str | None = None,
        subject: str | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> Mail:
        """The newest message that matches, as soon as there is one. Raises `LookupError` telling what there is."""
        newest = partial(self._account.outbox.newest, to=to, subject=subject, about=about or {})
        mail = self._account.wait(newest, min(timeout, LONGEST_WAIT))
        if mail is None:
            words = {"to": to, "about": subject, "of": about}
            asked = "".join(f" {word} {value!r}" for word, value in words.items() if value is not None)
            sent = [f"{mail.subject!r} to {mail.to}" for mail in self.messages(limit=_SHOWN)] or ["nothing"]
            raise LookupError(f"no message{asked} in {timeout} s; there is: {', '.join(sent)}")
        return mail

    def find(self, number: int) -> Mail | None:
        """The message with that id."""
        with self._account.lock:
            return self._account.outbox.find(number)

    def remove(self, number: int) -> bool:
        """Forget one message; false if there is none with that id. What became of it stays."""
        account = self._account
        with account.lock, account.store.transaction():
            removed = account.inbox.remove(number)
        account.stir()
        return removed

    def clear(self) -> int:
        """Forget all messages, and tell how many there were. What became of them stays."""
        account = self._account
        with account.lock, account.store.transaction():
            removed = account.inbox.clear()
        account.stir()
        return removed

    def __iter__(self) -> Iterator[Mail]:
        return iter(self.messages())

    def __len__(self) -> int:
        with self._account.lock:
            return len(self._present)

    @property
    def _present(self) -> Outbox:
        """The outbox, with all that is due by now."""
        self._account.run_due(self._account.clock.now())
        return self._account.outbox


class WebhooksControl(_Side):
    """What web addresses are told of, and what became of it."""

    def deliveries(self) -> list[Batch]:
        """The batches that have left by now, or would have, oldest first."""
        return self._present.deliveries()

    def events(self, action: str | None = None) -> list[dict[str, Any]]:
        """All events announced so far, or those of one kind, whether they have left or wait for others to go with."""
        return [event for event in self._present.events() if action in {None, event["event"]}]

    @property
    def _present(self) -> Webhooks:
        """What was announced, with all that is due by now."""
        with self._account.lock:
            self._account.run_due(self._account.clock.now())
        return self._account.webhooks

    def wait(self, timeout: float = PATIENCE, *, action: str | None = None) -> Batch:
        """The newest batch that was attempted or kept, with an event of that kind in it, as soon as there is one.

        Raises `LookupError` telling what there is. It waits in real time: a batch leaves on the account's clock.
        """

        def newest() -> Batch | None:
            over = (batch for batch in reversed(self.deliveries()) if batch.is_over)
            return next((batch for batch in over if action is None or action in batch.actions), None)

        batch = self._account.wait(newest, min(timeout, LONGEST_WAIT))
        if batch is None:
            asked = "" if action is None else f" with {action!r}"
            there = [f"{batch.state} with {', '.join(batch.actions)}" for batch in self._account.webhooks.batches()]
            remedy = "advance the clock for those that collect, and register webhooks before something happens"
            raise LookupError(f"no delivery{asked} in {timeout} s: there is {'; '.join(there) or 'none'} ({remedy})")
        return batch

    def deliver_to(self, receiver: Listener | WSGIApplication) -> AbstractContextManager[Any]:
        """From now on, hand every batch to `receiver` in this process, whatever its address, one after another.

        A callable that needs two arguments is taken for a WSGI application and gets POST requests; any other is called
        with the list of events. What it raises fails the delivery and goes to the log. At the end of a ``with`` block,
        batches are posted as before. Raises `TypeError` for what is neither.
        """
        webhooks = self._account.webhooks
        until = ExitStack()
        until.callback(webhooks.divert, webhooks.divert(post_to(receiver)))
        until.callback(webhooks.settle)
        return until

    def replay(self, number: int) -> Batch:
        """Deliver a batch once more, as a new one. Raises `ValueError` for the id of none."""
        (copy,) = self.reorder([number])
        return copy

    def duplicate(self, number: int) -> list[Batch]:
        """Deliver a batch twice in a row, as if the first answer were lost. Raises `ValueError` for the id of none."""
        return self.reorder([number, number])

    def reorder(self, numbers: Sequence[int]) -> list[Batch]:
        """Deliver batches once more in this order, as new ones. Raises `ValueError` for the id of none."""
        webhooks = self._account.webhooks
        copies = webhooks.deliver_again(numbers)
        webhooks.settle()
        return [batch for batch in webhooks.deliveries() if batch.id in copies]

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.deliveries())

    def __len__(self) -> int:
        return len(self.deliveries())


class StateControl(_Side):
    """The whole of an account's data, as JSON."""

    def snapshot(self) -> dict[str, Any]:
        """Clock, plan, limits, settings and rows; what `restore` takes. No secrets."""
        return self._account.snapshot()

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` says, wholly or not at all. Raises `ValueError` naming what does not fit."""
        if isinstance(snapshot, Mapping):
            _check_settings(snapshot.get("settings", {}))
        self._account.restore(snapshot)


class SettingsControl(_Side):
    """What the vendor's dashboard would set; each setting is an attribute, such as ``settings.time_zone``."""

    def set(self, **settings: Any) -> None:
        """Change settings by name, such as ``forbidden=["email.mailing_lists.create"]``.

        Raises `ValueError` naming the setting or value that does not fit.
        """
        _check_settings(settings)
        self._account.change_settings(settings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._present, name)

    @property
    def _present(self) -> Settings:
        """The settings, with what is left of mails and money in place of what was given."""
        with self._account.lock:
            settings, purse = self._account.settings, self._account.purse
            balance = replace(settings.balance, main=purse.main, bonus=purse.bonus)
            return replace(settings, emails_left=purse.emails_left, balance=balance)

    def as_json(self) -> dict[str, Any]:
        return self._present.as_json()


def _check_settings(given: Mapping[str, Any]) -> None:
    """Raise `ValueError` for settings that do not fit, and for the name of no operation among the forbidden."""
    for name in Settings().changed(given).forbidden:
        operation_named(name)


class Simulation(_Side):
    """What recipients, owners of senders and moderators do."""

    def act(self, event: str, of: Mapping[str, Any]) -> None:
        """Act out an event such as ``confirm`` for ``{"email": "ada@example.com"}``.

        Raises `ValueError` for an unknown event, and where nothing waits for it.
        """
        if event not in simulations:
            raise ValueError(f"unknown event: {event!r}; use one of: {', '.join(simulations)}")
        account, started = self._account, stopwatch.now()
        with account.lock:
            account.run_due(account.clock.now())
            with account.store.transaction() as changes:
                fitted = act_out(event, account, of)
            if fitted:
                account.journal.add(_simulated(account, event, of, changes, stopwatch.now() - started))
            account.stir()
        if not fitted:
            raise ValueError(f"nothing to {event} for {dict(of)!r}; the outbox tells what was sent to whom")

    def possible(self, of: Mapping[str, Any]) -> list[str]:
        """The events that `act` could act out, unless something that happened before forbids it."""
        account = self._account
        with account.lock:
            return [event for event, some in simulations.items() if any(could(account, of) for could in some)]

    def confirm(self, email: str) -> None:
        """Follow the link that was mailed to an address to confirm, or to come back."""
        self.act("confirm", {"email": email})

    def open(self, email: str | None = None, *, campaign: int | None = None, message: int | str | None = None) -> None:
        """Open the newest mail to an address, a campaign's if one is named; or the message with an id.

        `message` is that of the outbox or, of transactional mail, that of the API; `email` picks one of several
        recipients. So it is with all below.
        """
        self._react("open", email, campaign, message)

    def click(
        self,
        email: str | None = None,
        url: str | None = None,
        *,
        campaign: int | None = None,
        message: int | str | None = None,
    ) -> None:
        """Follow a link of the mail, the first one if no address is given."""
        self._react("click", email, campaign, message, url)

    def unsubscribe(
        self, email: str | None = None, *, campaign: int | None = None, message: int | str | None = None
    ) -> None:
        """Leave by the link of the mail: the list, or all mail of the SMTP service."""
        self._react("unsubscribe", email, campaign, message)

    def spam(self, email: str | None = None, *, campaign: int | None = None, message: int | str | None = None) -> None:
        """Report the mail as spam."""
        self._react("spam", email, campaign, message)

    def bounce(
        self, email: str | None = None, *, campaign: int | None = None, message: int | str | None = None
    ) -> None:
        """Have the mail come back: nobody has such an address."""
        self._react("bounce", email, campaign, message)

    def softbounce(
        self, email: str | None = None, *, campaign: int | None = None, message: int | str | None = None
    ) -> None:
        """Have the mail come back for now: the mailbox is full."""
        self._react("softbounce", email, campaign, message)

    def activate(self, email: str) -> None:
        """Enter the code that was mailed to a sender's address."""
        self.act("activate", {"email": email})

    def approve(self, campaign: int) -> None:
        """Let a moderator approve a campaign that is before one."""
        self.act("approve", {"campaign": campaign})

    def reject(self, campaign: int) -> None:
        """Let a moderator block a campaign that is before one."""
        self.act("reject", {"campaign": campaign})

    def _react(
        self, event: str, email: str | None, campaign: int | None, message: int | str | None, url: str | None = None
    ) -> None:
        asked = {"email": email, "campaign": campaign, "message": message, "url": url}
        self.act(event, {name: value for name, value in asked.items() if value is not None})


def _simulated(account: Account, event: str, of: Mapping[str, Any], changes: Changes, duration: float) -> Entry:
    """The journal's entry of what a recipient did, so that it tells where changed rows come from."""
    changes.shorten()
    return Entry(
        id=account.journal.next_id(),
        at=account.clock.now(),
        operation=f"{_SIMULATED}{event}",
        method="POST",
        path=f"/_mock/accounts/{account.client_id}/simulate/{event}",
        given=partial(dict, of),
        status=200,
        error_code=None,
        answer=b'{"simulated":true}',
        changes=changes,
        evidence=None,
        duration=duration,
        size=len(account.client_id) + len(event),
    )


class AccountControl:
    """One account, from outside: everything but the vendor's own API."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.clock = ClockControl(account)
        self.plan = PlanControl(account)
        self.limits = LimitsControl(account)
        self.faults = FaultsControl(account)
        self.journal = JournalControl(account)
        self.outbox = OutboxControl(account)
        self.webhooks = WebhooksControl(account)
        self.state = StateControl(account)
        self.settings = SettingsControl(account)
        self.simulate = Simulation(account)

    @property
    def client_id(self) -> str:
        """The id under which the account asks for tokens."""
        return self.account.client_id

    @property
    def client_secret(self) -> str:
        """The secret that goes with it."""
        return self.account.client_secret

    @property
    def sender(self) -> str:
        """The address of the account's first sender, its owner's."""
        return self.account.owner


class SmtpLogin(NamedTuple):
    """Where and as whom an account sends mail by SMTP."""

    host: str | None
    """None where nobody takes mail."""
    port: int | None
    user: str
    """The client id; the owner's address is as good."""
    password: str
    """The client secret."""


def smtp_login(world: World, account: Account) -> SmtpLogin:
    """How an account sends by SMTP."""
    host, port = world.smtp_address or (None, None)
    return SmtpLogin(host, port, account.client_id, account.client_secret)


class AccountOptions(TypedDict, total=False):
    """What a new account may be given; the values are those of the admin API."""

    client_id: str
    """1 to 128 characters without space or slash, taken by no other account. Made up when left out."""
    client_secret: str
    """Made up when left out."""
    plan: str | Mapping[str, Any]
    """A category, or ``{"services": {"push": {"plan": "pro", "subscribers": 60000}}}``, from which one follows."""
    world: str
    """The name of a world that comes along, or the path of a JSON file that holds one."""
    limits: str | Mapping[str, Any]
    """An algorithm, or any of ``{"algorithm": …, "per_second": …, "per_minute": …, "per_day": …}``."""
    clock: str | Mapping[str, Any]
    """An instant (RFC 3339) at which time stands still, or any of ``{"now": …, "frozen": …}``."""
    settings: Mapping[str, Any]
    """Settings by name, in place of the world's; those left out are as at first."""


def new_account(world: World, /, **options: Unpack[AccountOptions]) -> Account:
    """A new account; what is not given follows the server's defaults. Raises `ValueError` naming what does not fit."""
    if "settings" in options:
        _check_settings(options["settings"])
    return world.make_account(**options)
