"""The email service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.email.balance import Balances
from sendpulse_client.services.email.campaigns import Campaigns
from sendpulse_client.services.email.mailing_lists import MailingLists
from sendpulse_client.services.email.tags import Tags

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Email:
    """Bulk email."""

    def __init__(self, client: Client) -> None:
        self.balance = Balances(client)
        self.campaigns = Campaigns(client)
        self.mailing_lists = MailingLists(client)
        self.tags = Tags(client)
