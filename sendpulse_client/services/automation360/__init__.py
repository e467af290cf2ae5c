"""Automation 360."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.automation360.events import Events

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Automation360:
    """Automation 360."""

    def __init__(self, client: Client) -> None:
        self.events = Events(client)
