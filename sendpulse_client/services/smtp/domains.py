"""Sender domains by the calls that the vendor's pages no longer show; `sender_domains` has the newer ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client._paths import path_of

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Domains:
    """The older operations on sender domains, named as the API's contract names them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> list[str]:
        """All of the account's sender domains, each with an ``@`` before it."""
        return self._client.read(list, "GET", "/smtp/domains")

    def create(self, email: str) -> None:
        """Add the domain of an address, which is mailed a link to confirm it."""
        self._client.request("POST", "/smtp/domains", json={"email": email})

    def request_confirmation(self, email: str) -> None:
        """Have that mail sent once more. To the API this is a GET, so it is repeated where an answer got lost."""
        self._client.request("GET", path_of("smtp", "domains", email))
