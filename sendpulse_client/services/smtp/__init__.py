"""The SMTP service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendpulse_client.services.smtp.bounces import Bounces
from sendpulse_client.services.smtp.domains import Domains
from sendpulse_client.services.smtp.emails import Emails
from sendpulse_client.services.smtp.ips import Ips
from sendpulse_client.services.smtp.sender_domains import SenderDomains
from sendpulse_client.services.smtp.senders import Senders
from sendpulse_client.services.smtp.unsubscribed import Unsubscribed

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Smtp:
    """Transactional mail."""

    def __init__(self, client: Client) -> None:
        self.bounces = Bounces(client)
        self.domains = Domains(client)
        self.emails = Emails(client)
        self.ips = Ips(client)
        self.sender_domains = SenderDomains(client)
        self.senders = Senders(client)
        self.unsubscribed = Unsubscribed(client)
