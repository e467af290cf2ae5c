"""Events that start flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sendpulse_client._paths import path_of

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Events:
    """The operations on events."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def trigger(
        self,
        event: str,
        *,
        email: str | None = None,
        phone: str | int | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        """Report that the event happened to an address or a phone, or both.

        The same report again within a moment is answered "Dublicate data", which is raised as an ApiError.
        """
        subject = {"email": email, "phone": phone}
        given = {name: value for name, value in subject.items() if value is not None}
        self._client.request("POST", path_of("events", "name", event), json={**(variables or {}), **given})
