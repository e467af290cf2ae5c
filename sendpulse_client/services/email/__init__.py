"""The email service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.email.mailing_lists import MailingLists
from sendpulse_client.services.email.webhooks import Webhooks

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Email:
    """Bulk email."""

    def __init__(self, client: Client) -> None:
        self.mailing_lists = MailingLists(client)
        self.webhooks = Webhooks(client)
