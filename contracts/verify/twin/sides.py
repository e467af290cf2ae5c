"""The two sides of a twin run: a target each, and an account on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Protocol

from contracts.catalogue import catalogue
from contracts.messages import Answer, Request
from contracts.model import IdOf, Operation
from contracts.services import account as own_account
from contracts.services import oauth
from contracts.strategies import Case, case_of
from contracts.suite.accounts import NOON
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Credentials, Laboratory
from contracts.suite.targets import Target
from contracts.verify.guard import GuardedTarget
from contracts.verify.twin.steps import CLIENT_ID, CLIENT_SECRET, SENDER, resolved
from contracts.verify.visitors import Visitor


class CannotBegin(Exception):
    """A side gave no token, or did not tell whose account it is."""


@dataclass(slots=True)
class Stay:
    """One walk's time with an account.

    Attributes:
        authorization: proves who asks.
        names: what references mean from the start.
        own: texts that are the account's own, with what is to be read in their place.
    """

    target: Target
    authorization: str
    names: Mapping[str, Any]
    own: dict[str, str] = field(default_factory=dict)
    advance: Callable[[int], str] | None = None
    """Lets seconds pass, where that can be done, and tells what proves who asks after that."""

    def pass_time(self, seconds: int) -> None:
        """Let time pass, if that can be done."""
        if self.advance is not None:
            self.authorization = self.advance(seconds)

    def send(self, request: Request) -> Answer:
        return self.target.send(request)


def _owner_of(target: Target, authorization: str) -> dict[str, str]:
    """The address and the number of an account's owner, which no two accounts share."""
    answer = target.send(request_of(case_of(own_account.get_info), Encoding.JSON, authorization))
    if answer.status != own_account.get_info.status:
        raise CannotBegin(f"{own_account.get_info.name} is to succeed before anything is compared, not {answer}")
    owner = answer.json()
    return {str(owner["email"]): "<owner>", str(owner["id"]): "<owner's number>"}


class Side(Protocol):
    """A target on which each walk finds an account without traces of the walks before.

    Where the account `is_fresh` it was made for the walk and goes with it: anything may be asked of it, since nothing
    leaves the machine. Else it is somebody's, and only objects that the walk makes itself are changed or compared.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_fresh(self) -> bool: ...

    def allows(self, case: Case, names: Mapping[str, Any]) -> bool:
        """Whether a call may be made, its references meaning what `names` says."""

    def stay(self, *, frozen: bool) -> AbstractContextManager[Stay]:
        """An account for one walk, whose time stands still if it can be `frozen`.

        What was born on it is told to `clean_up` before the walk ends.
        """

    def clean_up(self, born: Mapping[str, Any]) -> None:
        """Remove the objects that a walk made, newest first; `born` holds their ids by reference."""


@dataclass(frozen=True, slots=True)
class FreshSide:
    """A target whose controls make an account for each walk."""

    name: str
    laboratory: Laboratory
    is_fresh: bool = True

    def allows(self, _: Case, __: Mapping[str, Any]) -> bool:
        """Anything: nothing leaves the machine."""
        return True

    @contextmanager
    def stay(self, *, frozen: bool) -> Iterator[Stay]:
        laboratory = self.laboratory
        made = laboratory.new_account(limits="off", **({"clock": NOON} if frozen else {}))
        names = {SENDER: made.sender, CLIENT_ID: made.client_id, CLIENT_SECRET: made.client_secret}
        try:
            token = _token(laboratory.target, made)
            owner = _owner_of(laboratory.target, token)

            yield Stay(laboratory.target, token, names, owner, _Advance(laboratory, made, token))
        finally:
            laboratory.remove(made)

    def clean_up(self, born: Mapping[str, Any]) -> None:
        """Nothing to do: the account goes as a whole."""


@dataclass(slots=True)
class _Advance:
    """Moves an account's clock, and replaces its token before that expires."""

    laboratory: Laboratory
    account: Credentials
    token: str
    age: int = 0

    def __call__(self, seconds: int) -> str:
        self.laboratory.advance(self.account, seconds * 1_000_000)
        self.age += seconds
        if self.age > _GOOD_FOR:
            self.token, self.age = _token(self.laboratory.target, self.account), 0
        return self.token


_GOOD_FOR: Final = 2400
"""Seconds for which a token is used: it is good for an hour, and no pause is longer than the rest."""


def _token(target: Target, who: Credentials) -> str:
    credentials = {"client_id": who.client_id, "client_secret": who.client_secret}
    case = case_of(oauth.issue_token, grant_type="client_credentials", **credentials)
    answer = target.send(request_of(case, Encoding.JSON))
    if answer.status != oauth.issue_token.status:
        raise CannotBegin(f"{case.operation.name} is to succeed before anything is compared, not {answer}")
    return f"Bearer {answer.json()['access_token']}"


@dataclass(slots=True)
class SharedSide:
    """An account that exists and stays, behind a guard that knows what may be asked there."""

    name: str
    visitor: Visitor
    guard: GuardedTarget
    is_fresh: bool = False
    _own: dict[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What the name of everything begins with that is made there."""
        return self.guard.run.mark

    def allows(self, case: Case, names: Mapping[str, Any]) -> bool:
        return self.guard.allows(resolved(case, names))

    @contextmanager
    def stay(self, *, frozen: bool) -> Iterator[Stay]:  # noqa: ARG002 - here time passes by itself
        """The account; one token serves as many walks as it is good for."""
        authorization = self.visitor.authorization
        self._own = self._own or _owner_of(self.guard, authorization)
        yield Stay(self.guard, authorization, {}, self._own)

    def clean_up(self, born: Mapping[str, Any]) -> None:
        with self.guard.cleaning():
            for name, number in reversed([*born.items()]):
                removal = removal_of(name.strip("<>").rpartition(" ")[0])
                if removal is not None:
                    self.visitor.ask(removal, number)


@cache
def removal_of(entity: str) -> Operation | None:
    """The operation that removes an object of that kind, if the vendor has one: `DELETE` of its very path."""
    for operation in catalogue():
        param = operation.params.get("id")
        is_removal = operation.method == "DELETE" and operation.path.endswith("/{id}")
        if is_removal and isinstance(param, IdOf) and param.entity == entity:
            return operation
    return None
