"""What webhooks of the SMTP service are told. They are registered in the vendor's dashboard alone: a setting here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND, Instant
from mock_server.services.smtp.entities import Delivery, Email

Event = dict[str, Any]

CHANNEL: Final = "smtp"
SECONDS: Final = 30
MOST: Final = 500
"""A batch leaves half a minute after its first event or with its five hundredth, whichever is first (documented)."""


def announce(account: Account, action: str, events: Iterable[Event], at: Instant) -> None:
    """Tell every address that is registered for `action`. `events` are not looked at where none is."""
    urls = [webhook.url for webhook in account.settings.smtp_webhooks if action in webhook.events]
    if not urls:
        return
    told = [{"event": action, **event} for event in events]
    for url in urls:
        account.webhooks.add(url, told, at=at, channel=CHANNEL, seconds=SECONDS, most=MOST)


def happened(email: Email, recipient: str, at: Instant) -> Event:
    """What all events but bounces have. Unverified: that `message_id` is the id that the API gave the mail."""
    return {
        "timestamp": at // SECOND,
        "message_id": email.key,
        "recipient": recipient,
        "sender": email.sender,
        "subject": email.subject,
    }


def answered(email: Email, delivery: Delivery, at: Instant) -> Event:
    """The other server took the mail, or did not (`delivered`, `undelivered`): a text in the vendor's samples."""
    return {
        **happened(email, delivery.recipient, at),
        "smtp_server_response_code": str(delivery.code),
        "smtp_server_response_subcode": delivery.subcode,
        "smtp_server_response": delivery.answer,
    }


def bounced(email: Email, delivery: Delivery, at: Instant) -> Event:
    """The same of a mail that came back (`hard_bounces`, `soft_bounces`), under the names that bulk email has.

    Unverified: what number `task_id` is where there is no campaign.
    """
    return {
        "timestamp": at // SECOND,
        "email": delivery.recipient,
        "task_id": email.id,
        "smtp_server_response_code": delivery.code,
        "smtp_server_response_subcode": delivery.subcode,
        "smtp_server_response": delivery.answer,
    }
