"""What webhooks are told: the events of bulk email, as the vendor's samples show them, and who registered for each.

The vendor's samples mix numbers and texts: where they show numbers we send numbers (deliveries, bounces), elsewhere
texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND, Instant
from mock_server.mailing.bounces import Reply
from mock_server.mailing.reactions import place_of
from mock_server.services.email.entities import Webhook

Event = dict[str, Any]

CHANNEL: Final = "email"
SECONDS: Final = 60
MOST: Final = 100
"""A batch leaves a minute after its first event or with its hundredth, whichever comes first (documented)."""

ADDRESS_BOOK: Final = "address book"
"""The source of addresses that a call adds. Unverified: that the API counts as the address book."""

NO_CAMPAIGN: Final = 0
"""The campaign of what no campaign caused. Unverified."""


def announce(account: Account, at: Instant, action: str, events: Iterable[Event]) -> None:
    """Tell every address that registered for `action`. `events` are not looked at where nobody did."""
    registered = list(account.store[Webhook].where(action=action))
    if not registered:
        return
    told = [{"event": action, **event} for event in events]
    for webhook in registered:
        account.webhooks.add(webhook.url, told, at=at, channel=CHANNEL, seconds=SECONDS, most=MOST)


def delivered(at: Instant, campaign_id: int, email: str) -> Event:
    """A mail arrived."""
    return {"timestamp": at // SECOND, "task_id": campaign_id, "email": email}


def opened(at: Instant, campaign_id: int, email: str) -> Event:
    """A mail was opened (`open`)."""
    place = place_of(email)
    return {
        **_of_campaign(at, campaign_id),
        "email": email,
        "open_device": place.device,
        "open_platform": place.platform,
        "browser_name": place.browser,
        "browser_ver": place.browser_version,
    }


def redirected(at: Instant, campaign_id: int, email: str, link_url: str, link_id: int) -> Event:
    """A link of a mail was followed (`redirect`)."""
    return {**opened(at, campaign_id, email), "link_url": link_url, "link_id": str(link_id)}


def unsubscribed(
    at: Instant,
    email: str,
    book_id: int,
    *,
    campaign_id: int = NO_CAMPAIGN,
    from_all: bool = False,
    reason: str | None = None,
) -> Event:
    """An address unsubscribed (`unsubscribe`), from one list or from all."""
    return {
        **_of_campaign(at, campaign_id),
        "email": email,
        "from_all": str(int(from_all)),
        "reason": reason,
        "book_id": str(book_id),
        "categories": "",
    }


def added(at: Instant, email: str, book_id: int, variables: Mapping[str, Any], *, source: str = ADDRESS_BOOK) -> Event:
    """An address came into a list (`new_emails`)."""
    return {
        "timestamp": _seconds(at),
        "email": email,
        "book_id": str(book_id),
        "source": source,
        "variables": dict(variables) or [],  # PHP knows one empty array
    }


def deleted(at: Instant, email: str, book_id: int) -> Event:
    """An address left a list (`delete`)."""
    return {"timestamp": _seconds(at), "email": email, "book_id": str(book_id)}


def complained(at: Instant, campaign_id: int, email: str) -> Event:
    """A recipient called a mail spam (`spam`)."""
    return {**_of_campaign(at, campaign_id), "email": email}


def bounced(at: Instant, campaign_id: int, email: str, reply: Reply) -> Event:
    """A mail came back (`soft_bounces`, `hard_bounces`) with what the other server said."""
    return {
        **delivered(at, campaign_id, email),
        "smtp_server_response_code": reply.code,
        "smtp_server_response_subcode": reply.subcode,
        "smtp_server_response": reply.text,
    }


def campaign_changed(at: Instant, campaign_id: int, book_id: int, status: str) -> Event:
    """A campaign is at another stage (`task_status_update`); `status` is one of `STAGES`."""
    return {
        **_of_campaign(at, campaign_id),
        "book_id": str(book_id),
        "status": status,
        "status_explain": STAGES[status],
    }


STAGES: Final = {
    "approve": "Approved and will be sent",
    "approve_part": "Approved in part",
    "only_active": "Only active addresses are approved",
    "confirm_addresses": "Addresses must be confirmed",
    "need_edit": "Needs editing",
    "rejected": "Rejected",
    "on_moderation": "On moderation",
    "sending": "Sending",
}
"""What a campaign's stages are called. The names are documented, of the wordings only the first; the others are
Unverified."""


def _of_campaign(at: Instant, campaign_id: int) -> Event:
    return {"timestamp": _seconds(at), "task_id": str(campaign_id)}


def _seconds(at: Instant) -> str:
    return str(at // SECOND)
