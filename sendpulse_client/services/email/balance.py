"""Money, and what the account pays for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendpulse_client._paths import path_of
from sendpulse_client._records import one

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class Balance:
    """How much money there is, in `currency`."""

    currency: str
    balance_currency: float


@dataclass(frozen=True)
class BalanceDetail:
    """The money, `main` and `bonus` as texts, and the plans of the services; None for one that is not active."""

    balance: Mapping[str, Any]
    email: Mapping[str, Any] | None = None
    smtp: Mapping[str, Any] | None = None
    push: Mapping[str, Any] | None = None


class Balances:
    """The operations on the balance."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self) -> Balance:
        """The balance in the account's own currency."""
        return self._client.read(one(Balance), "GET", "/balance")

    def get_in_currency(self, currency: str) -> Balance:
        """The balance in another currency, such as EUR."""
        return self._client.read(one(Balance), "GET", path_of("balance", currency))

    def get_detail(self) -> BalanceDetail:
        """The balance and the plans of the services."""
        return self._client.read(one(BalanceDetail), "GET", "/user/balance/detail")
