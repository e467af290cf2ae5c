"""The email service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.email.addresses import Addresses
from sendpulse_client.services.email.balance import Balances
from sendpulse_client.services.email.blacklist import Blacklist
from sendpulse_client.services.email.campaigns import Campaigns
from sendpulse_client.services.email.mailing_lists import MailingLists
from sendpulse_client.services.email.senders import Senders
from sendpulse_client.services.email.tags import Tags
from sendpulse_client.services.email.templates import Templates
from sendpulse_client.services.email.webhooks import Webhooks

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Email:
    """Bulk email."""

    def __init__(self, client: Client) -> None:
        self.addresses = Addresses(client)
        self.balance = Balances(client)
        self.blacklist = Blacklist(client)
        self.campaigns = Campaigns(client)
        self.mailing_lists = MailingLists(client)
        self.senders = Senders(client)
        self.tags = Tags(client)
        self.templates = Templates(client)
        self.webhooks = Webhooks(client)
