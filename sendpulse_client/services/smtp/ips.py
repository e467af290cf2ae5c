"""Addresses of the servers that the account's mail leaves from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Ips:
    """The operation on IP addresses, named as the API's contract names it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> list[str]:
        """The IP addresses that the account's mail leaves from."""
        return self._client.read(list, "GET", "/smtp/ips")
