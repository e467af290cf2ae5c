"""One account in one scenario: begun, judged, ended."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from contracts import conduct
from contracts.conduct import Conversation
from contracts.services import oauth
from mock_server.control import AccountControl
from mock_server.core.accounts import Account
from mock_server.core.choices import choose
from mock_server.core.journal import Entry
from mock_server.scenarios.courses import Course
from mock_server.scenarios.declarations import SCENARIOS, Scenario


def begin(account: AccountControl, name: str) -> Trial:
    """Put an account through a scenario from now on. Raises `ValueError` for the name of none."""
    __tracebackhide__ = True
    trial = Trial(SCENARIOS[choose("scenario", name, SCENARIOS)], account)
    with account.account.lock:
        account.account.trials.append(trial)
    return trial


def trials_of(account: Account) -> list[Trial]:
    """The scenarios that an account was put through, those that ended among them."""
    with account.lock:
        return list(account.trials)


class Trial(AbstractContextManager["Trial"]):
    """A scenario that an account is in. It begins at once; a ``with`` block ends it, and asserts that it was survived.

    Attributes:
        id: the number of the journal at which it began.
        is_over: whether it has ended.
    """

    def __init__(self, scenario: Scenario, account: AccountControl) -> None:
        self.scenario = scenario
        self.is_over = False
        self._account = account
        self._ended: Course | None = None
        self.id = self._number()
        self._last_stray = max((stray.id for stray in account.journal.strays()), default=0)
        self._had_token = any(_issues_token(entry) for entry in account.journal.entries())
        planned_before = [fault.id for fault in account.faults]
        scenario.set_up(account)
        self._faults = [fault for fault in account.faults if fault.id not in planned_before]

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return self.scenario.name

    @property
    def faults(self) -> frozenset[int]:
        """The ids of the faults that it planned."""
        return frozenset(fault.id for fault in self._faults)

    def complaints(self) -> list[str]:
        """What a good client would have done otherwise, so far, in a sentence each; none where all is well."""
        course = self._ended or self._course()
        unmet = [] if not self._faults or any(any(fault.met) for fault in self._faults) else ["no call met it"]
        expected = [told for expects in self.scenario.expects for told in expects(course)]
        return list(dict.fromkeys([*unmet, *expected, *self._misconduct(course)]))

    def _course(self) -> Course:
        journal = self._account.journal
        entries = [entry for entry in journal.entries() if entry.id > self.id]
        strays = [stray for stray in journal.strays() if stray.id > self._last_stray]
        return Course(_conversation(entries), _conversation(strays), self._had_token)

    def _misconduct(self, course: Course) -> list[str]:
        rules = self.scenario.rules
        found = conduct.judge(course.conversation, rules) if rules else ()
        return [f"{finding.kind}: {finding.summary}" for finding in found]

    def _number(self) -> int:
        account = self._account.account
        with account.lock:
            return account.journal.next_id()

    def assert_survived(self) -> None:
        """That the client did what a good one does. Raises `AssertionError` telling what, and what came instead."""
        __tracebackhide__ = True
        complaints = self.complaints()
        if complaints:
            raise AssertionError("\n".join([f"the client did not survive {self.name}:", *self._told(complaints)]))

    def _told(self, complaints: list[str]) -> list[str]:
        told = self.scenario
        return [
            *(f"  {complaint}" for complaint in complaints),
            f"What went wrong: {told.told}",
            f"A good client {told.good}.",
            f"To meet it: {told.try_it}.",
            self._account.journal.tell("", {}),
        ]

    def end(self) -> None:
        """Let nothing go wrong any more. The clock, limits and tokens stay as they are."""
        self._ended = self._ended or self._course()
        for fault in self._faults:
            self._account.faults.remove(fault.id)
        self.is_over = True

    def as_json(self) -> dict[str, Any]:
        """The scenario and what became of it, as the admin API shows it."""
        complaints = self.complaints()
        return {
            "id": self.id,
            "scenario": self.name,
            "over": self.is_over,
            "survived": not complaints,
            "complaints": complaints,
            "try": self.scenario.try_it,
            "good": self.scenario.good,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.end()
        if error is None:
            self.assert_survived()
        elif isinstance(error, Exception):
            error.add_note(f"This came up in the scenario {self.name}, in which a good client {self.scenario.good}.")


def _issues_token(entry: Entry) -> bool:
    return entry.operation == oauth.issue_token.name and entry.status == HTTPStatus.OK


def _conversation(entries: list[Entry]) -> Conversation:
    return conduct.from_journal([entry.as_json() for entry in entries])
