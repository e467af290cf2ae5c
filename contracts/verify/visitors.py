"""Who asks a target in an account's name: gets a token, makes calls, sees whether the answers keep their contract."""

from __future__ import annotations

from typing import Any, Final

from contracts.envelopes import Json
from contracts.messages import Answer
from contracts.model import IdOf, Operation
from contracts.services import oauth
from contracts.strategies import Case, case_of, path_names
from contracts.suite.accounts import expect_success
from contracts.suite.encodings import request_of, usual_encoding
from contracts.suite.targets import Target
from contracts.verify.discoveries import CONSTANTS
from contracts.verify.guard import Halt
from contracts.verify.places import Identity
from contracts.verify.timing import Timing

_MARGIN: Final = 60
"""Seconds before its end when a token is let go."""


class NotLetIn(Halt):
    """The target gives no token for the credentials."""


class Visitor:
    """An account of a target, seen through its credentials alone. `tokens` are all that were issued to it.

    `known` is what there is: ids by entity, other values by the parameter of a path that they fit.
    """

    def __init__(self, target: Target, identity: Identity, *, timing: Timing | None = None) -> None:
        self.target = target
        self.tokens: list[str] = []
        self.known: dict[str, list[Any]] = {kind: [*values] for kind, values in CONSTANTS.items()}
        self._identity = identity
        self._timing = timing or Timing()
        self._good_until = 0.0

    @property
    def authorization(self) -> str:
        """The header that proves who asks."""
        if self._identity.api_key:
            return f"Bearer {self._identity.api_key}"
        if not self.tokens or self._timing.monotonic() >= self._good_until:
            self._ask_for_token()
        return f"Bearer {self.tokens[-1]}"

    def send(self, case: Case, authorization: str | None = None) -> Answer:
        """The answer to a call, as it came. What a GET is given stands in the query: not every server reads more."""
        if authorization is None:
            authorization = self.authorization if case.operation.service.needs_token else ""
        return self.target.send(request_of(case, usual_encoding(case.operation), authorization))

    def ask(self, operation: Operation, *path: object, **arguments: Any) -> Answer:
        """The answer to a call of `operation`, the values of its path in order."""
        return self.send(case_of(operation, *path, **arguments))

    def get(self, operation: Operation, *path: object, **arguments: Any) -> Json:
        """What a call that must succeed brings. Raises `NotServed`."""
        return expect_success(operation, self.ask(operation, *path, **arguments))

    def naming_what_is_there(self, operation: Operation) -> Case | None:
        """A call without arguments, its path leading to the first of what is known; None where nothing is."""
        params = {name: operation.params.get(name) for name in path_names(operation)}
        kinds = [param.entity if isinstance(param, IdOf) else name for name, param in params.items()]
        if not all(self.known.get(kind) for kind in kinds):
            return None
        return case_of(operation, *(self.known[kind][0] for kind in kinds))

    def _ask_for_token(self) -> None:
        identity = self._identity
        asked = {"client_id": identity.client_id, "client_secret": identity.client_secret}
        answer = self.ask(oauth.issue_token, grant_type="client_credentials", **asked)
        try:
            told = answer.json()
            token, life = str(told["access_token"]), float(told.get("expires_in", 0))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotLetIn(f"the target gives no token for the credentials: status {answer.status}") from None
        self.tokens.append(token)
        self._good_until = self._timing.monotonic() + max(life - _MARGIN, life / 2)
