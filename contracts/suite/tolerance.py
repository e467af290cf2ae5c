"""Tolerance: whatever the habits of a client, it is answered as in the plain form, and in a shape that it can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from hypothesis import given

from contracts.checks import Failure, promise_of
from contracts.messages import Answer
from contracts.model import READ, Operation
from contracts.redaction import redact
from contracts.services import oauth
from contracts.strategies import Case, cases
from contracts.suite.accounts import Account, NotServed, fresh_account
from contracts.suite.good_calls import good_call
from contracts.suite.habits import HABITS, Habit, plain_request
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import furnish


class HabitMatters(Failure):
    """The same call, written as some client writes it, is answered otherwise, or leaves something else behind."""


class Unreadable(Failure):
    """An answer has a shape that clients in use cannot read, or take for something else."""


def habits_mean_the_same(laboratory: Laboratory, operation: Operation) -> None:
    """In the habit of every client, a call is answered as in the plain form, and leaves the same state."""
    with fresh_account(laboratory) as account:
        good = good_call(furnish(account), operation)
        asked = _Asked(account, operation)
        if good is not None:
            asked.expect_served(good)
            asked.compare_all(good)

        @given(cases(operation, account.known, spends=True))  # in a laboratory nothing is anybody's
        def holds(case: Case) -> None:
            laboratory.tally.examples += 1
            asked.compare_all(case)

        holds()


def answers_can_be_read(laboratory: Laboratory, operation: Operation) -> None:
    """A success is what the vendor says it is, 200 in most cases; an error is an object that tells 401s apart."""
    with fresh_account(laboratory) as account:
        case = furnish(account).naming_what_is_there(operation)
        with_token = account.send(case)
        _expect_readable(operation, with_token)
        if with_token.status == 401 and operation.service.needs_token:
            raise Unreadable(f"{case}: a good token must never be answered 401, or clients refresh it for ever")
        for authorization in _BAD if operation.service.needs_token else ():
            _expect_unauthorized(case, account.send(case, authorization=authorization))
        _expect_invalid_client(account)


_BAD: Final = ("", "Bearer", "Bearer x", "Bearer null", "Bearer a.b.c", "Basic dXNlcjpwYXNz", "x")


class _Asked:
    """Calls of one operation on one account that is put back after each of them."""

    def __init__(self, account: Account, operation: Operation) -> None:
        self._account = account
        self._authorization = account.authorization if operation.service.needs_token else ""
        self._changes = operation.effect is not READ
        self._before = account.state()
        self._plain: dict[str, _Outcome] = {}

    def compare_all(self, case: Case) -> None:
        """Hold a call in every habit against the plain form of what it means."""
        for habit in HABITS.values():
            self._compare(case, habit)

    def expect_served(self, case: Case) -> None:
        """Make sure that a call, which must succeed, does so in the plain form."""
        answered, _ = self._plain_outcome(case)
        if not answered.startswith(f"{case.operation.status} "):
            raise NotServed(f"{case} is to succeed, not {answered}")

    def _compare(self, case: Case, habit: Habit) -> None:
        tally, meant = self._account.laboratory.tally, habit.means(case)
        if meant is None:
            tally.unwritten[habit.name] += 1
            return
        tally.written[habit.name] += 1
        plain, written = self._plain_outcome(meant), self._outcome(case, habit.write)
        if plain != written:
            clients = f"as of {habit.clients}" if habit.clients else ""
            raise HabitMatters(f"{meant} {_told(plain, written)} when written with {habit.name} ({clients})")

    def _plain_outcome(self, case: Case) -> _Outcome:
        key = json.dumps([case.path, case.arguments], sort_keys=True)
        if key not in self._plain:
            self._plain[key] = self._outcome(case, plain_request)
        return self._plain[key]

    def _outcome(self, case: Case, write: Callable[[Case], Any]) -> _Outcome:
        answer = self._account.exchange(replace(write(case), authorization=self._authorization))
        _expect_readable(case.operation, answer)
        if not self._changes:
            return _seen(case.operation, answer), None
        after = self._account.state()
        if after != self._before:
            self._account.restore(self._before)
        return _seen(case.operation, answer), after


_Outcome = tuple[str, Mapping[str, Any] | None]
"""What was answered, and the state after it where the call may change that."""


def _seen(operation: Operation, answer: Answer) -> str:
    """Status, type and body; of two tokens only that they are some."""
    body = json.dumps(redact(answer.json())) if operation is oauth.issue_token else answer.body.decode()
    return f"{answer.status} {answer.headers.get('content-type')} {body}"


def _told(plain: _Outcome, written: _Outcome) -> str:
    if plain[0] != written[0]:
        return f"is answered {plain[0]} in the plain form, and {written[0]}"
    changed = [f"{name} {was!r}, not {now!r}" for name, was, now in _differences(plain[1], written[1])]
    return f"leaves {'; '.join(changed)}"


def _differences(plain: Any, written: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    inner, other = _by_key(plain), _by_key(written)
    if plain == written or not inner or not other:
        return [(name, written, plain)] if plain != written else []
    return [
        found
        for key in {**inner, **other}
        for found in _differences(inner.get(key), other.get(key), f"{name}.{key}" if name else key)
    ]


def _by_key(value: Any) -> dict[str, Any]:
    """What is inside of a value, to be held against what is inside of another; nothing in what has no inside."""
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(value)}
    return value if isinstance(value, dict) else {}


def _expect_readable(operation: Operation, answer: Answer) -> None:
    if promise_of(operation).is_success(answer):
        return  # its shape was checked against the contract
    if answer.status < 400:
        raise Unreadable(f"{operation.name} neither succeeds with {operation.status} nor refuses: {answer}")
    body = answer.json()
    if not isinstance(body, dict) or not body:
        raise Unreadable(f"{operation.name} refuses with no object, or an empty one: {answer}")


def _expect_unauthorized(case: Case, answer: Answer) -> None:
    if answer.status != 401:
        raise Unreadable(f"{case}: a bad token is answered 401, not {answer}")
    if not isinstance(answer.json(), dict) or "error" in answer.json():
        raise Unreadable(f"{case}: to clients an `error` in a 401 means bad credentials, not a bad token: {answer}")


def _expect_invalid_client(account: Account) -> None:
    wrong = {"client_id": account.credentials.client_id, "client_secret": "wrong"}
    answer = account.ask(oauth.issue_token, grant_type="client_credentials", **wrong)
    if answer.status != 401 or answer.json().get("error") != "invalid_client":
        raise Unreadable(f"wrong credentials are a 401 with `invalid_client`, or clients ask for ever: {answer}")
