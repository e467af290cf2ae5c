"""A campaign's life on the clock, from its creation to the last mail.

Unverified throughout: the vendor documents the states, not how long they take. Every state that time ends has one
function here, and `_STATES` tells which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from mock_server.behaviour import Errand, Occasion, does, founds, simulates
from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND, Instant
from mock_server.core.mails import Content
from mock_server.core.purse import pay
from mock_server.mailing.reactions import BOUNCE, FAILURES, Reaction, reactions_of
from mock_server.services.email.entities import Campaign, Contact, Delivery
from mock_server.services.email.notifications import announce, campaign_changed, delivered
from mock_server.services.email.outcomes import happen
from mock_server.services.email.prices import CENTS_A_MAIL, payable
from mock_server.services.email.recipients import Barred, queue
from mock_server.services.email.statuses import (
    ACTIVE,
    SENDABLE,
    TEMPORARILY_UNAVAILABLE,
    CampaignStatus,
    DeliveryStatus,
)
from mock_server.services.email.variables import PHONE

STEP: Final = "email.step_campaign"
REACT: Final = "email.react"

MODERATION: Final = 60
"""Seconds that a moderator takes."""

MAILS_A_SECOND: Final = 1000

UNFINISHED: Final = frozenset(
    {
        CampaignStatus.NEW,
        CampaignStatus.IN_MODERATION,
        CampaignStatus.SENDING,
        CampaignStatus.TEST,
        CampaignStatus.UPDATING,
        CampaignStatus.DELIVERING,
        CampaignStatus.PREPARING,
        CampaignStatus.ASKED_BY_MODERATOR,
        CampaignStatus.CREATING,
        CampaignStatus.CREATED,
        CampaignStatus.SENDING_PARTIALLY,
        CampaignStatus.NEEDS_EDITING,
    }
)
"""States after which more is to come, so that the campaign's lists must stay. Unverified: that a draft is none."""


def begin(account: Account, campaign: Campaign) -> None:
    """Let a campaign that was just created, or edited on a moderator's demand, take its way."""
    queue(account, campaign)
    _turn(account, campaign, CampaignStatus.CREATING, campaign.created + SECOND)


@founds
def take_up(account: Account) -> None:
    """Let the campaigns that a world brings go on from the state they are in."""
    if account.world is None:
        return
    for campaign in account.store[Campaign].where(turn=0):
        if campaign.status in _STATES:
            queue(account, campaign)
            now = account.clock.now()
            waits = campaign.status == CampaignStatus.CREATED
            _turn(account, campaign, campaign.status, _due(campaign, now) if waits else now + SECOND)


def reschedule(account: Account, campaign: Campaign, at: Instant) -> None:
    """Have a campaign that waits to be sent wait for its new time."""
    if campaign.status == CampaignStatus.CREATED:
        _turn(account, campaign, CampaignStatus.CREATED, _due(campaign, at))


def resubmit(account: Account, campaign: Campaign, at: Instant) -> None:
    """Bring an edited campaign before the moderator who asked for that."""
    _moderate(account, campaign, at)


def _turn(account: Account, campaign: Campaign, status: int, due: Instant | None) -> Campaign:
    """Bring a campaign into a state, at whose end, if it has one, its next step is due."""
    turned = account.store[Campaign].change(campaign, status=status, turn=campaign.turn + 1)
    if due is not None:
        account.schedule.add(due, STEP, campaign=campaign.id, turn=turned.turn)
    return turned


@does(STEP)
def step(errand: Errand) -> None:
    """Take a campaign to its next state, unless it was cancelled or rescheduled meanwhile."""
    campaign = errand.store[Campaign].get(errand.payload["campaign"])
    if campaign is not None and campaign.turn == errand.payload["turn"] and campaign.status in _STATES:
        _STATES[campaign.status](errand.account, campaign, errand.now)


def _created(account: Account, campaign: Campaign, at: Instant) -> None:
    if campaign.is_test:
        _turn(account, campaign, CampaignStatus.TEST, at + SECOND)
    elif account.settings.moderation != "off":
        _moderate(account, campaign, at)
    else:
        _approve(account, campaign, at)


def _moderate(account: Account, campaign: Campaign, at: Instant) -> None:
    _turn(account, campaign, CampaignStatus.IN_MODERATION, at + MODERATION * SECOND)
    _tell(account, at, campaign, "on_moderation")


def _judge(account: Account, campaign: Campaign, at: Instant) -> None:
    verdict = _VERDICTS.get(account.settings.moderation)
    if verdict is None:
        _approve(account, campaign, at)
    else:
        _pass(account, campaign, at, verdict)


def _pass(account: Account, campaign: Campaign, at: Instant, verdict: _Verdict) -> None:
    _turn(account, campaign, verdict.status, None)
    _tell(account, at, campaign, verdict.announced)


class _Verdict(NamedTuple):
    status: int
    announced: str


_VERDICTS: Final = {
    "reject": _Verdict(CampaignStatus.BLOCKED, "rejected"),
    "ask": _Verdict(CampaignStatus.ASKED_BY_MODERATOR, "confirm_addresses"),
    "edit": _Verdict(CampaignStatus.NEEDS_EDITING, "need_edit"),
}


def _approve(account: Account, campaign: Campaign, at: Instant) -> None:
    _turn(account, campaign, CampaignStatus.CREATED, _due(campaign, at))
    _tell(account, at, campaign, "approve")


BEFORE_MODERATORS: Final = frozenset({CampaignStatus.IN_MODERATION, CampaignStatus.ASKED_BY_MODERATOR})
"""The states in which somebody decides about a campaign."""


@simulates("approve")
def be_approved(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """A moderator could let ``{"campaign": id}`` pass."""
    return _decided(account, of, _approve)


@simulates("reject")
def be_rejected(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """A moderator could block ``{"campaign": id}``."""
    return _decided(account, of, partial(_pass, verdict=_VERDICTS["reject"]))


def _decided(
    account: Account, of: Mapping[str, Any], decide: Callable[[Account, Campaign, Instant], None]
) -> Occasion | None:
    campaign = account.store[Campaign].get(of.get("campaign", 0))
    if campaign is None or campaign.status not in BEFORE_MODERATORS:
        return None

    def happen() -> bool:
        decide(account, campaign, account.clock.now())
        return True

    return Occasion(campaign.created, happen)


def _tell(account: Account, at: Instant, campaign: Campaign, stage: str) -> None:
    book_id = next(iter(campaign.list_ids), 0)
    announce(account, at, "task_status_update", [campaign_changed(at, campaign.id, book_id, stage)])


def _due(campaign: Campaign, at: Instant) -> Instant:
    return max(at + SECOND, campaign.send_at or 0)


def _prepare(account: Account, campaign: Campaign, at: Instant) -> None:
    if campaign.takes_late_contacts:
        queue(account, campaign)
    _turn(account, campaign, CampaignStatus.PREPARING, at + SECOND)


def _content_of(account: Account, campaign: Campaign) -> Content:
    """The campaign's mail, which is written once and posted to everybody."""
    written = account.store[Content].get(campaign.content_id or 0)
    if written is not None:
        return written
    content = account.outbox.write(
        sender=campaign.sender_email,
        sender_name=campaign.sender_name,
        subject=campaign.subject,
        html=campaign.body,
        amp=campaign.body_amp,
        attachments=campaign.attachments,
    )
    account.store[Campaign].change(campaign, content_id=content.id)
    return content


def _start(account: Account, campaign: Campaign, at: Instant) -> None:
    queued = account.store[Delivery].where(campaign_id=campaign.id, status=DeliveryStatus.IN_QUEUE)
    if not any(_mailable(account, queued)):
        _turn(account, campaign, CampaignStatus.NO_ACTIVE_ADDRESSES, None)
        _tell(account, at, campaign, "only_active")
        return
    _turn(account, campaign, CampaignStatus.SENDING, at + SECOND)
    _tell(account, at, campaign, "sending")


def _waiting(account: Account, campaign: Campaign, most: int) -> list[Delivery]:
    return account.store[Delivery].page(most, 0, campaign_id=campaign.id, status=DeliveryStatus.IN_QUEUE)


def _send(account: Account, campaign: Campaign, at: Instant) -> None:
    """Mail as many as a second allows. Where mails and money end first, the rest stays in the queue."""
    if account.settings.account_expired:
        _turn(account, campaign, CampaignStatus.PARTLY_SENT_THEN_BLOCKED, None)
        _tell(account, at, campaign, "rejected")
        return
    affordable = account.purse.emails_left + payable(account.purse)
    batch = [*_mailable(account, _waiting(account, campaign, MAILS_A_SECOND))]
    _mail(account, campaign, batch[:affordable], at)
    campaign = _charge(account, campaign, len(batch[:affordable]))
    if len(batch) > affordable:
        _turn(account, campaign, CampaignStatus.SENDING_PARTIALLY, at + SECOND)
        _tell(account, at, campaign, "approve_part")
    elif _waiting(account, campaign, 1):
        _turn(account, campaign, CampaignStatus.SENDING, at + SECOND)
    else:
        _turn(account, campaign, CampaignStatus.UPDATING, at + SECOND)


def _charge(account: Account, campaign: Campaign, mails: int) -> Campaign:
    purse = account.purse
    beyond_plan = max(0, mails - purse.emails_left)
    money = beyond_plan * CENTS_A_MAIL / 100
    if mails:
        pay(account.store, purse, emails=mails - beyond_plan, money=money)
    return account.store[Campaign].change(
        campaign, paid=campaign.paid + beyond_plan, spent=round(campaign.spent + money, 2)
    )


def _send_test(account: Account, campaign: Campaign, at: Instant) -> None:
    everybody = account.store[Delivery].where(campaign_id=campaign.id)
    _mail(account, campaign, [(delivery, None) for delivery in everybody], at)
    _turn(account, campaign, CampaignStatus.TEST_SENT, None)


def _finish_whole(account: Account, campaign: Campaign, _: Instant) -> None:
    _turn(account, campaign, CampaignStatus.SENT, None)


def _finish_partly(account: Account, campaign: Campaign, _: Instant) -> None:
    _turn(account, campaign, CampaignStatus.SENT_PARTIALLY, None)


_STATES: Final[dict[int, Callable[[Account, Campaign, Instant], None]]] = {
    CampaignStatus.CREATING: _created,
    CampaignStatus.IN_MODERATION: _judge,
    CampaignStatus.CREATED: _prepare,
    CampaignStatus.PREPARING: _start,
    CampaignStatus.SENDING: _send,
    CampaignStatus.SENDING_PARTIALLY: _finish_partly,
    CampaignStatus.UPDATING: _finish_whole,
    CampaignStatus.TEST: _send_test,
}
"""What ends each state."""


def _mailable(account: Account, queued: Iterable[Delivery]) -> Iterator[tuple[Delivery, Contact]]:
    """Those of the queue to whom mail goes, with their contacts; the others are taken off it on the way."""
    barred, contacts = Barred(account), account.store[Contact]
    for delivery in queued:
        contact = contacts.find(list_id=delivery.list_id, email=delivery.email)
        if contact is None or contact.email in barred:
            account.store[Delivery].change(delivery, status=DeliveryStatus.DISABLED)
        elif contact.status not in SENDABLE:
            account.store[Delivery].change(delivery, status=DeliveryStatus.ALREADY_UNSUBSCRIBED)
        else:
            yield delivery, contact


def _mail(account: Account, campaign: Campaign, batch: Iterable[tuple[Delivery, Contact | None]], at: Instant) -> None:
    """Mail a part of the queue and plan what comes of it."""
    deliveries, outbox = account.store[Delivery], account.outbox
    content, about = _content_of(account, campaign), {"kind": "campaign", "campaign": campaign.id}
    arrived = []
    planned: dict[Reaction, list[int]] = {}
    for delivery, contact in batch:
        outbox.post(content, at=at, to=delivery.email, variables=_values(contact), about=about)
        follows = _follows(account, delivery)
        arrives = FAILURES.isdisjoint(reaction.event for reaction in follows)
        status = DeliveryStatus.DELIVERED if arrives else DeliveryStatus.SENT
        deliveries.change(delivery, status=status, sent=at, is_delivered=arrives)
        if arrives:
            arrived.append(delivery.email)
            _welcome_back(account, contact)
        for reaction in follows:
            planned.setdefault(reaction, []).append(delivery.id)
    for (event, after), numbers in planned.items():
        account.schedule.add(at + after, REACT, event=event, deliveries=numbers)
    announce(account, at, "delivered", (delivered(at, campaign.id, email) for email in arrived))


def _values(contact: Contact | None) -> dict[str, Any]:
    """What the names in a mail stand for: the contact's variables, not copied if there is nothing to add."""
    if contact is None:
        return {}
    return contact.variables if contact.phone is None else contact.variables | {PHONE: contact.phone}


def _welcome_back(account: Account, contact: Contact | None) -> None:
    """Whoever was unavailable for a while takes mail again."""
    if contact is not None and contact.status == TEMPORARILY_UNAVAILABLE:
        account.store[Contact].change(contact, status=ACTIVE)


def _follows(account: Account, delivery: Delivery) -> list[Reaction]:
    if not account.settings.has_mail_server(delivery.email):
        return [Reaction(BOUNCE, 0)]
    return reactions_of(account.settings.reactions, delivery.campaign_id, delivery.email)


@does(REACT)
def react(errand: Errand) -> None:
    """Recipients, or the servers of their mail, do what follows some mails of one campaign."""
    deliveries = errand.store[Delivery]
    for number in errand.payload["deliveries"]:
        delivery = deliveries.get(number)
        if delivery is not None:
            happen(errand.account, errand.payload["event"], delivery, errand.now)
