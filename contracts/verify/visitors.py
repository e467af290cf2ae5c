"""Who asks a target in an account's name: gets a token, makes calls, sees whether the answers keep their contract."""

from __future__ import annotations

from typing import Any, Final

from contracts.envelopes import Json
from contracts.messages import Answer
from contracts.model import Operation
from contracts.services import oauth
from contracts.strategies import Case, case_of
from contracts.suite.accounts import expect_success
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.targets import Target
from contracts.verify.guard import Halt
from contracts.verify.places import Identity
from contracts.verify.timing import Timing

_MARGIN: Final = 60
"""Seconds before its end when a token is let go."""


class NotLetIn(Halt):
    """The target gives no token for the credentials."""


class Visitor:
    """An account of a target, seen through its credentials alone. `tokens` are all that were issued to it."""

    def __init__(self, target: Target, identity: Identity, *, timing: Timing | None = None) -> None:
        self.target = target
        self.tokens: list[str] = []
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

    def send(self, case: Case, encoding: Encoding = Encoding.JSON, authorization: str | None = None) -> Answer:
        """The answer to a call, as it came."""
        if authorization is None:
            authorization = self.authorization if case.operation.service.needs_token else ""
        return self.target.send(request_of(case, encoding, authorization))

    def ask(self, operation: Operation, *path: object, **arguments: Any) -> Answer:
        """The answer to a call of `operation`, the values of its path in order."""
        return self.send(case_of(operation, *path, **arguments))

    def get(self, operation: Operation, *path: object, **arguments: Any) -> Json:
        """What a call that must succeed brings. Raises `NotServed`."""
        return expect_success(operation, self.ask(operation, *path, **arguments))

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
