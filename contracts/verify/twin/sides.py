"""The two sides of a twin run: a target each, and an account on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from contracts.catalogue import catalogue
from contracts.messages import Answer, Request
from contracts.model import WRITE, IdOf, Operation
from contracts.services import account as own_account
from contracts.services import oauth
from contracts.strategies import case_of
from contracts.suite.accounts import NOON
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Laboratory
from contracts.suite.targets import Target
from contracts.verify.twin.steps import CLIENT_ID, CLIENT_SECRET, SENDER

_FRESH: Final = 2400
"""Seconds after which a token is replaced: it is good for an hour."""


class CannotBegin(Exception):
    """A side gave no token, or did not tell whose account it is."""


@dataclass(slots=True)
class Stay:
    """One walk's time with an account.

    Attributes:
        names: what references mean from the start.
        own: texts that are the account's own, with what is to be read in their place.
        advance: lets seconds pass, where that can be done.
    """

    target: Target
    client_id: str
    client_secret: str
    names: Mapping[str, Any]
    own: dict[str, str] = field(default_factory=dict)
    advance: Callable[[int], None] | None = None
    authorization: str = ""
    _token_age: int = 0

    def log_in(self) -> None:
        """Get a token, and learn what texts are the account's own."""
        credentials = {"client_id": self.client_id, "client_secret": self.client_secret}
        told = self._ask(oauth.issue_token, grant_type="client_credentials", **credentials)
        self.authorization, self._token_age = f"Bearer {told['access_token']}", 0
        owner = self._ask(own_account.get_info)
        self.own |= {str(owner["email"]): "<owner>", str(owner["id"]): "<owner's number>"}

    def pass_time(self, seconds: int) -> None:
        """Let time pass, where that can be done. A token that is about to expire is replaced."""
        if self.advance is not None:
            self.advance(seconds)
            self._token_age += seconds
            if self._token_age > _FRESH:
                self.log_in()

    def send(self, request: Request) -> Answer:
        return self.target.send(request)

    def _ask(self, operation: Operation, **arguments: Any) -> Any:
        answer = self.send(request_of(case_of(operation, **arguments), Encoding.JSON, self.authorization))
        if answer.status != operation.status:
            raise CannotBegin(f"{operation.name} is to succeed before anything is compared, not {answer}")
        return answer.json()


class Side(Protocol):
    """A target on which each walk finds an account without traces of the walks before.

    Where the account `is_fresh` it was made for the walk and goes with it: anything may be asked of it, since nothing
    leaves the machine. Else it is somebody's, and only objects that the walk makes itself are changed or compared.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_fresh(self) -> bool: ...

    def stay(self, *, frozen: bool) -> AbstractContextManager[Stay]:
        """An account for one walk, whose time stands still if it can be `frozen`.

        What was born on it is told to `clean_up` before the walk ends.
        """

    def clean_up(self, stay: Stay, born: Mapping[str, Any]) -> None:
        """Remove the objects that a walk made, newest first; `born` holds their ids by reference."""


@dataclass(frozen=True, slots=True)
class FreshSide:
    """A target whose controls make an account for each walk."""

    name: str
    laboratory: Laboratory
    is_fresh: bool = True

    @contextmanager
    def stay(self, *, frozen: bool) -> Iterator[Stay]:
        laboratory = self.laboratory
        made = laboratory.new_account(limits="off", **({"clock": NOON} if frozen else {}))
        names = {SENDER: made.sender, CLIENT_ID: made.client_id, CLIENT_SECRET: made.client_secret}
        stay = Stay(
            laboratory.target,
            made.client_id,
            made.client_secret,
            names,
            advance=lambda seconds: laboratory.advance(made, seconds * 1_000_000),
        )
        try:
            stay.log_in()
            yield stay
        finally:
            laboratory.remove(made)

    def clean_up(self, stay: Stay, born: Mapping[str, Any]) -> None:
        """Nothing to do: the account goes as a whole."""


@dataclass(slots=True)
class SharedSide:
    """An account that exists and stays. `target` is to be guarded: here is only decided what is worth asking."""

    name: str
    target: Target
    client_id: str
    client_secret: str
    is_fresh: bool = False
    _kept: Stay | None = None

    @contextmanager
    def stay(self, *, frozen: bool) -> Iterator[Stay]:  # noqa: ARG002 - here time passes by itself
        """The account; one token serves all walks."""
        if self._kept is None:
            names = {CLIENT_ID: self.client_id, CLIENT_SECRET: self.client_secret}
            kept = Stay(self.target, self.client_id, self.client_secret, names)
            kept.log_in()
            self._kept = kept
        yield self._kept

    def clean_up(self, stay: Stay, born: Mapping[str, Any]) -> None:
        for name, number in reversed([*born.items()]):
            entity = name.strip("<>").rpartition(" ")[0]
            removal = removal_of(entity)
            if removal is not None:
                with suppress(OSError):  # the ledger knows what is left, and cleans up at the end of the run
                    stay.send(request_of(case_of(removal, number), Encoding.JSON, stay.authorization))


def removal_of(entity: str) -> Operation | None:
    """The operation that removes an object of that kind, if the vendor has one."""
    for operation in catalogue():
        params = [*operation.params.values()]
        is_removal = operation.method == "DELETE" and operation.effect is WRITE and len(params) == 1
        if is_removal and isinstance(params[0], IdOf) and params[0].entity == entity:
            return operation
    return None
