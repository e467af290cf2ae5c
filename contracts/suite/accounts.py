"""An account under test, as a client sees it: every answer it gets is held against its contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import product
from typing import Any, Final

from contracts.catalogue import catalogue
from contracts.checks import Failure, check, promise_of
from contracts.envelopes import Json
from contracts.messages import Answer, Request
from contracts.model import READ, IdOf, Operation
from contracts.refusals import Refusal
from contracts.services import account as own_account
from contracts.services import oauth
from contracts.strategies import Case, case_of, path_names
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Credentials, Laboratory

NOON: Final[Mapping[str, Any]] = {"now": "2026-01-31T12:00:00Z", "frozen": True}
"""Where the clocks of the suite stand, until they are moved."""


class NotServed(Failure):
    """What should have been done was refused."""


class NotRefused(Failure):
    """What should have been refused, and how, was answered otherwise."""


class SomethingChanged(Failure):
    """A refused request left traces."""


class Account:
    """One account of a laboratory. `known` grows with the id of every object it makes, by entity."""

    def __init__(self, laboratory: Laboratory, credentials: Credentials) -> None:
        self.laboratory = laboratory
        self.credentials = credentials
        self.known: dict[str, list[Any]] = {}
        self._token = ""

    @property
    def authorization(self) -> str:
        """The header that proves who asks; the token is requested when first needed."""
        if not self._token:
            self._token = self.new_token()
        return f"Bearer {self._token}"

    def new_token(self) -> str:
        """A token just issued."""
        credentials = {"client_id": self.credentials.client_id, "client_secret": self.credentials.client_secret}
        token: str = self.get(oauth.issue_token, grant_type="client_credentials", **credentials)["access_token"]
        return token

    def send(self, case: Case, encoding: Encoding = Encoding.JSON, authorization: str | None = None) -> Answer:
        """The answer to a call. Raises the `Failure` that tells how it breaks the contract."""
        operation = case.operation
        if authorization is None:
            authorization = self.authorization if operation.service.needs_token else ""
        answer = self.exchange(request_of(case, encoding, authorization))
        if operation.creates and promise_of(operation).is_success(answer):
            made = _values_of(operation.created_id, answer.json())
            self.known.setdefault(operation.creates, []).extend(made)
        return answer

    def exchange(self, request: Request) -> Answer:
        """The answer to any request, checked."""
        answer = self.laboratory.target.send(request)
        self.laboratory.tally.count(request, answer)
        check(request, answer)
        return answer

    def ask(self, operation: Operation, *path: object, **arguments: Any) -> Answer:
        """The answer to a call of `operation`, the values of its path in order."""
        return self.send(case_of(operation, *path, **arguments))

    def get(self, operation: Operation, *path: object, **arguments: Any) -> Json:
        """What a call that must succeed brings."""
        return expect_success(operation, self.ask(operation, *path, **arguments))

    def naming_what_is_there(self, operation: Operation) -> Case:
        """A call without arguments, its path leading to the first of what is known."""
        params = {name: operation.params.get(name) for name in path_names(operation)}
        kinds = [param.entity if isinstance(param, IdOf) else name for name, param in params.items()]
        return case_of(operation, *(self.known.get(kind, ["nothing"])[0] for kind in kinds))

    def everything(self) -> list[str]:
        """All that can be read of the account by ids alone, as text: what a refused request may not change.

        What is the account's own, its owner's address and number, is left out: two accounts with one past read alike.
        """
        readings = (case for operation in catalogue() for case in self._readings(operation))
        return [f"{case}: {self.anonymous(self.send(case))}" for case in readings]

    def anonymous(self, answer: Answer) -> str:
        """Status and body of an answer, what is the account's own left out."""
        text = answer.body.decode(errors="backslashreplace")
        for own, name in self._own.items():
            text = text.replace(own, name)
        return f"{answer.status} {text}"

    @cached_property
    def _own(self) -> dict[str, str]:
        owner = self.get(own_account.get_info)
        return {owner["email"]: "the owner's address", str(owner["id"]): "the owner's number"}

    def _readings(self, operation: Operation) -> Iterator[Case]:
        if operation.effect is not READ or not operation.service.needs_token:
            return
        params = [operation.params.get(name) for name in path_names(operation)]
        known = [self.known.get(param.entity, ()) if isinstance(param, IdOf) else () for param in params]
        for ids in product(*known):
            yield case_of(operation, *ids)

    def expect_unchanged(self, before: list[str]) -> None:
        """Raises `SomethingChanged` unless `everything` is what it was before."""
        for was, is_now in zip(before, self.everything(), strict=True):
            if was != is_now:
                raise SomethingChanged(f"a refused request changed {was} to {is_now}")

    def advance(self, microseconds: int) -> None:
        """Move the clock forward; a new token is asked for after that, since the old one may have expired."""
        self.laboratory.advance(self.credentials, microseconds)
        self._token = ""

    def mails(self, to: str) -> list[dict[str, Any]]:
        """The mails to an address, oldest first; each tells the `code` and the `links` it holds, too."""
        return self.laboratory.mails(self.credentials, to)

    def change(self, what: str, **changes: Any) -> None:
        """Change ``plan``, ``limits``, ``clock`` or ``settings``."""
        self.laboratory.change(self.credentials, what, **changes)

    def add_rows(self, entity: str, *rows: Mapping[str, Any]) -> list[int]:
        """Put in what no call of the API makes; the ids it was given."""
        return self.laboratory.add_rows(self.credentials, entity, *rows)

    def state(self) -> dict[str, Any]:
        """Everything that is kept of the account, but for its secrets."""
        return self.laboratory.state(self.credentials)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state in which the account was."""
        self.laboratory.restore(self.credentials, state)


def _values_of(name: str, made: Json) -> Iterator[Any]:
    """What a call made is known by: one object or several, bare or under ``data``."""
    match made:
        case {"data": inner}:
            yield from _values_of(name, inner)
        case [*rows]:
            for row in rows:
                yield from _values_of(name, row)
        case {**fields} if name in fields:
            yield fields[name]


@contextmanager
def fresh_account(laboratory: Laboratory, **options: Any) -> Iterator[Account]:
    """An account for one example: without limits, its clock frozen at `NOON`, unless `options` say otherwise."""
    laboratory.tally.examples += 1
    credentials = laboratory.new_account(**{"limits": "off", "clock": NOON} | options)
    try:
        yield Account(laboratory, credentials)
    finally:
        laboratory.remove(credentials)


def expect_success(operation: Operation, answer: Answer) -> Json:
    """What a success brings. Raises `NotServed` for anything else."""
    if not promise_of(operation).is_success(answer):
        raise NotServed(f"{operation.name} is to succeed, not {answer}")
    return answer.json()


def expect_refusal(operation: Operation, refusal: Refusal, answer: Answer) -> None:
    """Raises `NotRefused` unless `answer` is that refusal to the letter."""
    body = operation.service.envelope.refuse(refusal)
    if answer.status != refusal.status or answer.json() != body:
        raise NotRefused(f"{operation.name} is to refuse with {refusal.status} {json.dumps(body)}, not {answer}")
