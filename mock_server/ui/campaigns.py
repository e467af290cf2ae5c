"""Campaigns: how far each has come, and what became of every recipient."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

from flask import Response, request

from mock_server.core.store import Store
from mock_server.mailing.reactions import BOUNCE, CLICK, OPEN, SOFT_BOUNCE, SPAM, UNSUBSCRIBE
from mock_server.services.email.entities import Campaign, Click, Delivery, MailingList
from mock_server.services.email.outcomes import FAILED
from mock_server.services.email.sending import BEFORE_MODERATORS, UNFINISHED
from mock_server.services.email.statuses import DELIVERY_EXPLAINED, CampaignStatus, DeliveryStatus
from mock_server.ui.accounts import account_pages, current, not_found
from mock_server.ui.live import live_page
from mock_server.ui.tables import page_of, text_asked

pages: Final = account_pages("campaigns")

STATUSES: Final = {
    number: name.lower().replace("_", " ") for name, number in vars(CampaignStatus).items() if isinstance(number, int)
}
"""What campaigns are at, in words."""

_GOOD: Final = frozenset({CampaignStatus.SENT, CampaignStatus.TEST_SENT})
_QUIET: Final = frozenset({CampaignStatus.DRAFT, CampaignStatus.CANCELLED})
_ARRIVED: Final = frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.OPENED, DeliveryStatus.CLICKED})
_CLICKS_COUNTED: Final = 20_000
_LINKS: Final = 20

EVENTS: Final = {
    OPEN: "Open",
    CLICK: "Click",
    UNSUBSCRIBE: "Unsubscribe",
    SPAM: "Spam",
    BOUNCE: "Bounce",
    SOFT_BOUNCE: "Soft bounce",
}
"""What recipients can be made to do, in the words of buttons."""


class Progress(NamedTuple):
    """What became of a campaign's mails so far."""

    recipients: int
    sent: int
    delivered: int
    opened: int
    clicked: int
    unsubscribed: int
    spam: int
    failed: int


def progress_of(store: Store, campaign: Campaign) -> Progress:
    """What became of a campaign's mails so far."""
    deliveries = store[Delivery]
    with_status = deliveries.counter("campaign_id", "status")
    return Progress(
        deliveries.count(campaign_id=campaign.id),
        deliveries.count(campaign_id=campaign.id, is_sent=True),
        deliveries.count(campaign_id=campaign.id, is_delivered=True),
        deliveries.count(campaign_id=campaign.id, is_opened=True),
        deliveries.count(campaign_id=campaign.id, is_clicked=True),
        with_status(campaign.id, DeliveryStatus.UNSUBSCRIBED),
        with_status(campaign.id, DeliveryStatus.MARKED_AS_SPAM),
        sum(with_status(campaign.id, status) for status in FAILED),
    )


def tone_of(campaign: Campaign) -> str:
    """How good a campaign's status is."""
    if campaign.status in _GOOD:
        return "good"
    if campaign.status in BEFORE_MODERATORS:
        return "warn"
    if campaign.status in UNFINISHED:
        return "busy"
    return "quiet" if campaign.status in _QUIET else "bad"


def tone_of_delivery(status: int) -> str:
    """How good it is what became of one mail."""
    if status in _ARRIVED:
        return "good"
    if status in FAILED or status == DeliveryStatus.MARKED_AS_SPAM:
        return "bad"
    return {DeliveryStatus.IN_QUEUE: "quiet", DeliveryStatus.SENT: "busy"}.get(status, "warn")


def events_for(delivery: Delivery) -> list[str]:
    """What can still happen to a mail."""
    arrived = [OPEN, CLICK, UNSUBSCRIBE, SPAM] if delivery.is_delivered else []
    unseen = delivery.status in {DeliveryStatus.SENT, DeliveryStatus.DELIVERED} and delivery.is_sent
    return [*arrived, BOUNCE, SOFT_BOUNCE] if unseen else arrived


@pages.get("/campaigns")
def show() -> Response:
    return live_page("campaigns", _all)


def _all() -> dict[str, Any]:
    account, text = current().account, text_asked().lower()
    with account.lock:
        fits = (lambda one: text in one.name.lower() or text in one.subject.lower()) if text else None
        shown = page_of(account.store[Campaign], fits=fits)
        progress = {campaign.id: progress_of(account.store, campaign) for campaign in shown.rows}
    return {"shown": shown, "progress": progress, "text": text_asked(), "statuses": STATUSES, "tone_of": tone_of}


@pages.get("/campaigns/<int:number>")
def one(number: int) -> Response:
    if current().account.store[Campaign].get(number) is None:
        return not_found(f"No campaign has the id {number}", "It may have gone with a reset of the account.")
    return live_page("campaign", lambda: _about(number))


def _about(number: int) -> dict[str, Any]:
    account = current().account
    with account.lock:
        store = account.store
        [campaign] = store[Campaign].where(id=number)
        books = [store[MailingList].get(list_id) for list_id in campaign.list_ids]
        return {
            "campaign": campaign,
            "books": [book for book in books if book],
            "progress": progress_of(store, campaign),
            "outcomes": _outcomes(store, campaign),
            "links": _links(store, campaign),
            "status": request.args.get("status", ""),
            "text": text_asked(),
            "shown": _recipients(store, campaign),
            "statuses": STATUSES,
            "explained": DELIVERY_EXPLAINED,
            "tone_of": tone_of,
            "tone_of_delivery": tone_of_delivery,
            "events_for": events_for,
            "events": EVENTS,
            "is_before_moderators": campaign.status in BEFORE_MODERATORS,
            "is_unfinished": campaign.status in UNFINISHED,
        }


def _outcomes(store: Store, campaign: Campaign) -> dict[int, int]:
    """How many mails are at each state."""
    with_status = store[Delivery].counter("campaign_id", "status")
    counted = {status: with_status(campaign.id, status) for status in DELIVERY_EXPLAINED}
    return {status: count for status, count in counted.items() if count}


def _links(store: Store, campaign: Campaign) -> list[tuple[str, int]]:
    """The links that were followed most."""
    clicks = store[Click].page(_CLICKS_COUNTED, 0, descending=True, campaign_id=campaign.id)
    return Counter(click.url for click in clicks).most_common(_LINKS)


def _recipients(store: Store, campaign: Campaign) -> Any:
    equal: dict[str, Any] = {"campaign_id": campaign.id}
    status, text = request.args.get("status", ""), text_asked().lower()
    if status.isascii() and status.isdigit() and int(status) in DELIVERY_EXPLAINED:
        equal["status"] = int(status)
    fits = (lambda delivery: text in delivery.email) if text else None
    return page_of(store[Delivery], newest_first=False, fits=fits, **equal)
