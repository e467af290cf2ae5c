"""The SMTP service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.smtp.bounces import Bounces
from sendpulse_client.services.smtp.emails import Emails
from sendpulse_client.services.smtp.unsubscribed import Unsubscribed

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Smtp:
    """Transactional mail."""

    def __init__(self, client: Client) -> None:
        self.bounces = Bounces(client)
        self.emails = Emails(client)
        self.unsubscribed = Unsubscribed(client)
