"""The account itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendpulse_client._records import one

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class AccountInfo:
    """The account's owner."""

    id: int
    email: str | None = None


class OwnAccount:
    """The account whose credentials the client has."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get_info(self) -> AccountInfo:
        """The owner: a cheap way to learn whether the credentials are good."""
        return self._client.read(one(AccountInfo), "GET", "/user/info")
