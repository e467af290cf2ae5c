"""Who the client is: a static API key, or a token that is cached and renewed before it expires."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sendpulse_client._errors import SendPulseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Credentials(Protocol):
    """What goes into the Authorization header."""

    def token(self) -> str:
        """The token to send now."""

    def token_instead_of(self, refused: str) -> str | None:
        """Another token, now that the server has refused this one; None where there is no other."""


class ApiKey:
    """A key from the account's settings: it never expires and can't be renewed."""

    def __init__(self, key: str) -> None:
        if not re.fullmatch("[!-~]+", key):
            raise ValueError(
                f"the API key ({len(key)} characters) is empty or holds white space or non-ASCII characters"
            )
        self._key = key

    def token(self) -> str:
        return self._key

    def token_instead_of(self, refused: str) -> None:  # noqa: ARG002  # nothing replaces a key
        return None


@dataclass(frozen=True)
class Token:
    """A token as the server issued it, good for `lifetime` seconds."""

    value: str = field(repr=False)
    lifetime: float

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Token:
        return cls(str(answer["access_token"]), float(answer["expires_in"]))


class TokenCache:
    """Keeps one token for all threads, and renews it with one request, however many of them wait."""

    def __init__(self, fetch: Callable[[], Token], monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        self._renewals = 0
        self._failure: SendPulseError | None = None

    def token(self) -> str:
        return self.token_instead_of(None)

    def token_instead_of(self, refused: str | None) -> str:
        renewals_before = self._renewals
        with self._lock:
            if self._token is not None and self._token != refused and self._monotonic() < self._renew_at:
                return self._token
            if self._failure is not None and self._renewals != renewals_before:
                raise self._failure  # the renewal this thread was waiting for
            return self._renewed()

    def _renewed(self) -> str:
        asked_at = self._monotonic()
        self._token = self._failure = None
        try:
            token = self._fetch()
        except SendPulseError as error:
            self._failure = error
            raise
        finally:
            self._renewals += 1
        self._token = token.value
        self._renew_at = asked_at + token.lifetime - min(60, token.lifetime / 10)
        return token.value
