"""What happens to one mail of a campaign, whoever causes it: its recipient, a mail server, or a test.

Everything that statistics tell follows from here: each event changes the mail's row, its contact and what is announced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Final

from mock_server.behaviour import Happening, Occasion, recounts, simulates
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.mails import Mail
from mock_server.core.markup import links_of
from mock_server.mailing.bounces import FULL_MAILBOX, NO_MAILBOX
from mock_server.mailing.reactions import BOUNCE, CLICK, OPEN, SOFT_BOUNCE, SPAM, UNSUBSCRIBE, place_of
from mock_server.services.email.entities import Campaign, Click, Contact, Delivery
from mock_server.services.email.memberships import memberships
from mock_server.services.email.notifications import (
    announce,
    bounced,
    complained,
    opened,
    redirected,
    unsubscribed,
)
from mock_server.services.email.statuses import (
    DELIVERY_EXPLAINED,
    SENDABLE,
    SENDING_ERRORS,
    TEMPORARILY_UNAVAILABLE,
    UNSUBSCRIBED,
    UNSUBSCRIBED_FROM_ALL,
    DeliveryStatus,
)

SOFT_BOUNCES_TOLERATED: Final = 2
"""So many times an address may be temporarily unavailable before it counts as broken. Unverified."""

_FURTHER: Final = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.OPENED,
    DeliveryStatus.CLICKED,
    DeliveryStatus.UNSUBSCRIBED,
    DeliveryStatus.MARKED_AS_SPAM,
)
"""The states of mail that arrives, each further than those before it: who unsubscribed and opens again, stays so."""

FAILED: Final = frozenset(
    {
        DeliveryStatus.NO_SUCH_ADDRESS,
        DeliveryStatus.TEMPORARILY_UNAVAILABLE,
        DeliveryStatus.UNAVAILABLE,
        DeliveryStatus.REFUSED_AS_SPAM,
        DeliveryStatus.MAILBOX_FULL,
        DeliveryStatus.FAILED,
        DeliveryStatus.INVALID_ADDRESS,
        DeliveryStatus.TEMPORARILY_BLOCKED,
    }
)
"""The states of mail that was sent and did not arrive."""


def happen(account: Account, event: str, delivery: Delivery, at: Instant, url: str | None = None) -> bool:
    """Let `event` happen to a mail; false where it cannot, as opening what never arrived."""
    return _EVENTS[event](account, delivery, at, url)


def _further(delivery: Delivery, status: int) -> int:
    return max(delivery.status, status, key=_FURTHER.index)


def _open(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    campaign = account.store[Campaign].get(delivery.campaign_id)
    if not delivery.is_delivered or campaign is None:
        return False
    if campaign.tracks_opens:
        _note_open(account, delivery, at)
    return True


def _note_open(account: Account, delivery: Delivery, at: Instant) -> Delivery:
    place = place_of(delivery.email)
    status = _further(delivery, DeliveryStatus.OPENED)
    announce(account, at, "open", [opened(at, delivery.campaign_id, delivery.email)])
    return account.store[Delivery].change(delivery, status=status, opens=delivery.opens + 1, country=place.country)


def _click(account: Account, delivery: Delivery, at: Instant, url: str | None) -> bool:
    campaign = account.store[Campaign].get(delivery.campaign_id)
    links = _links(campaign.body) if campaign else ()
    followed = url or next(iter(links), None)
    if not delivery.is_delivered or campaign is None or followed is None:
        return False
    if campaign.tracks_opens and not delivery.is_opened:  # nobody follows a link unseen
        delivery = _note_open(account, delivery, at)
    if campaign.tracks_clicks:
        number = links.index(followed) + 1 if followed in links else 0
        account.store[Click].add(campaign_id=campaign.id, delivery_id=delivery.id, url=followed, at=at)
        announce(account, at, "redirect", [redirected(at, campaign.id, delivery.email, followed, number)])
        status = _further(delivery, DeliveryStatus.CLICKED)
        account.store[Delivery].change(delivery, status=status, clicks=delivery.clicks + 1)
    return True


@lru_cache(maxsize=32)
def _links(html: str) -> tuple[str, ...]:
    return tuple(links_of(html))


def _unsubscribe(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not delivery.is_delivered:
        return False
    account.store[Delivery].change(delivery, status=_further(delivery, DeliveryStatus.UNSUBSCRIBED))
    contact = _contact(account, delivery)
    if contact is not None and contact.status in SENDABLE:
        account.store[Contact].change(contact, status=UNSUBSCRIBED)
    left = unsubscribed(at, delivery.email, delivery.list_id, campaign_id=delivery.campaign_id)
    announce(account, at, "unsubscribe", [left])
    return True


def _complain(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not delivery.is_delivered:
        return False
    account.store[Delivery].change(delivery, status=_further(delivery, DeliveryStatus.MARKED_AS_SPAM))
    for membership in memberships(account.store, delivery.email):
        account.store[Contact].change(membership.contact, status=UNSUBSCRIBED_FROM_ALL)
    announce(account, at, "spam", [complained(at, delivery.campaign_id, delivery.email)])
    return True


def _bounce(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not _fail(account, delivery, DeliveryStatus.NO_SUCH_ADDRESS):
        return False
    _mark(account, delivery, SENDING_ERRORS)
    announce(account, at, "hard_bounces", [bounced(at, delivery.campaign_id, delivery.email, NO_MAILBOX)])
    return True


def _bounce_softly(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not _fail(account, delivery, DeliveryStatus.MAILBOX_FULL):
        return False
    tolerated = _soft_bounces(account, delivery.email) <= SOFT_BOUNCES_TOLERATED
    _mark(account, delivery, TEMPORARILY_UNAVAILABLE if tolerated else SENDING_ERRORS)
    announce(account, at, "soft_bounces", [bounced(at, delivery.campaign_id, delivery.email, FULL_MAILBOX)])
    return True


def _fail(account: Account, delivery: Delivery, status: int) -> bool:
    """Bring mail that left back as undeliverable; false if it never left, failed before, or was seen by somebody."""
    if delivery.status not in {DeliveryStatus.SENT, DeliveryStatus.DELIVERED}:
        return False
    account.store[Delivery].change(delivery, status=status, is_delivered=False)
    return True


def _soft_bounces(account: Account, email: str) -> int:
    deliveries = account.store[Delivery]
    past = (deliveries.find(campaign_id=campaign.id, email=email) for campaign in account.store[Campaign].where())
    return sum(1 for delivery in past if delivery and delivery.status == DeliveryStatus.MAILBOX_FULL)


def _mark(account: Account, delivery: Delivery, status: int) -> None:
    contact = _contact(account, delivery)
    if contact is not None and contact.status in SENDABLE:
        account.store[Contact].change(contact, status=status)


def _contact(account: Account, delivery: Delivery) -> Contact | None:
    return account.store[Contact].find(list_id=delivery.list_id, email=delivery.email)


_EVENTS: Final[Mapping[str, Callable[[Account, Delivery, Instant, str | None], bool]]] = {
    OPEN: _open,
    CLICK: _click,
    UNSUBSCRIBE: _unsubscribe,
    SPAM: _complain,
    BOUNCE: _bounce,
    SOFT_BOUNCE: _bounce_softly,
}


def _simulate(event: str, account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """An event could happen to the mail that ``{"message": id}`` or ``{"email", "campaign"}`` names.

    Without a campaign it is the newest one that mailed the address.
    """
    delivery = _named(account, of)
    if delivery is None or delivery.sent is None:
        return None
    return Occasion(delivery.sent, partial(happen, account, event, delivery, account.clock.now(), of.get("url")))


def _named(account: Account, of: Mapping[str, Any]) -> Delivery | None:
    campaign, email = of.get("campaign"), str(of.get("email", "")).strip().lower()
    if "message" in of:
        number = of["message"]
        mail = account.outbox.find(number) if isinstance(number, int) else None  # a text is an id of another service
        campaign, email = (mail.about.get("campaign"), mail.to) if mail else (None, "")
        if campaign is None:
            return None
    deliveries = account.store[Delivery]
    campaigns = [campaign] if campaign else [one.id for one in reversed([*account.store[Campaign].where()])]
    named = (deliveries.find(campaign_id=number, email=email) for number in campaigns)
    return next((delivery for delivery in named if delivery is not None and delivery.is_sent), None)


for _event in _EVENTS:
    simulates(_event)(partial(_simulate, _event))


@recounts
def recount(account: Account, mail: Mail) -> Iterator[Happening]:
    """What a campaign's statistics know of one mail. Of openings they know the number alone."""
    store, campaign = account.store, mail.about.get("campaign")
    delivery = store[Delivery].find(campaign_id=campaign, email=mail.to) if campaign else None
    if delivery is None:
        return
    yield Happening(DELIVERY_EXPLAINED[delivery.status])
    if delivery.opens:
        yield Happening(f"Opened {delivery.opens} times" if delivery.opens > 1 else "Opened once")
    if delivery.sent is not None:
        yield Happening("Sent", delivery.sent)
    for click in store[Click].where(campaign_id=campaign, delivery_id=delivery.id):
        yield Happening("Link followed", click.at, click.url)
