"""Addresses in whose name mail may go out. They are added, activated and removed by `email.senders`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Senders:
    """The operation on senders, named as the API's contract names it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> list[str]:
        """The addresses of the active senders."""
        return self._client.read(list, "GET", "/smtp/senders")
