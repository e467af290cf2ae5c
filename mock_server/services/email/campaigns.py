"""Campaigns: created, edited, cancelled, looked at. What time does to them stands in `sending`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from contracts.decoding import decode_base64_text
from contracts.envelopes import Json
from contracts.services.email import campaigns as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import HOUR, MINUTE, SECOND, Instant, local_time, parse_local_time
from mock_server.mailing.addresses import plain
from mock_server.mailing.attachments import all_in_base64
from mock_server.mailing.reactions import draws
from mock_server.mailing.senders import Sender, sender_named
from mock_server.mailing.templates import find_template
from mock_server.services.email import sending
from mock_server.services.email.entities import Campaign, Click, Delivery, MailingList
from mock_server.services.email.outcomes import FAILED
from mock_server.services.email.prices import Quote, gift, quote
from mock_server.services.email.recipients import recipients_of
from mock_server.services.email.statuses import DELIVERY_EXPLAINED, CampaignStatus, DeliveryStatus

SAME_LIST: Final = 15 * MINUTE
"""For how long a list that was sent to is not sent to again (documented)."""

PERMALINK: Final = "https://archive.sendpulse.example/{id}"

_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

EDITABLE: Final = frozenset(
    {
        CampaignStatus.NEW,
        CampaignStatus.IN_MODERATION,
        CampaignStatus.CREATING,
        CampaignStatus.CREATED,
        CampaignStatus.DRAFT,
        CampaignStatus.NEEDS_EDITING,
    }
)
WAITING: Final = frozenset({CampaignStatus.IN_MODERATION, CampaignStatus.CREATING, CampaignStatus.CREATED})
BEGUN: Final = frozenset(
    {
        CampaignStatus.SENDING,
        CampaignStatus.SENT,
        CampaignStatus.TEST,
        CampaignStatus.UPDATING,
        CampaignStatus.TEST_SENT,
        CampaignStatus.DELIVERING,
        CampaignStatus.PREPARING,
        CampaignStatus.SENDING_PARTIALLY,
        CampaignStatus.SENT_PARTIALLY,
        CampaignStatus.PARTLY_SENT_THEN_BLOCKED,
    }
)
FINISHED: Final = frozenset(
    {
        CampaignStatus.SENT,
        CampaignStatus.UPDATING,
        CampaignStatus.TEST_SENT,
        CampaignStatus.SENT_PARTIALLY,
        CampaignStatus.PARTLY_SENT_THEN_BLOCKED,
    }
)
GONE: Final = frozenset({CampaignStatus.BLOCKED, CampaignStatus.MARKED_FOR_DELETION, CampaignStatus.CANCELLED})
"""Which states allow what. Unverified: inferred from the wordings of the codes."""


@serves(api.create)
def create(call: Call) -> Json:
    written = _written_body(call)
    target = _target(call)
    body = written or _template_body(call)
    sender = _sender(call, call.body["sender_email"])
    send_at = _moment(call)
    audience = _audience(call, target)
    campaign = call.store[Campaign].add(
        name=call.body.get("name") or _made_up_name(call),
        status=CampaignStatus.DRAFT if target.is_draft else CampaignStatus.CREATING,
        created=call.now,
        sender_name=call.body["sender_name"],
        sender_email=sender.email,
        subject=call.body["subject"],
        body=body,
        list_ids=target.list_ids,
        test_addresses=target.test_addresses,
        is_draft=target.is_draft,
        segment_id=call.body.get("segment_id"),
        takes_late_contacts=call.body.get("use_dynamic_list", False),
        send_at=send_at,
        body_amp=_decoded(call.body.get("body_amp", "")),
        attachments=all_in_base64(call.body.get("attachments", {}), call.body.get("attachments_binary", {})),
        tracks_opens=call.body.get("stats", {}).get("opens", True),
        tracks_clicks=call.body.get("stats", {}).get("clicks", True),
        utm_campaign=call.body.get("stats", {}).get("utm_campaign", ""),
        included=audience.recipients - audience.beyond_plan,
        price=audience.price,
    )
    if not target.is_draft:
        sending.begin(call.account, campaign)
    return {
        "id": campaign.id,
        "status": campaign.status,
        "count": audience.recipients,
        "tariff_email_qty": campaign.included,
        "overdraft_price": f"{campaign.price:.2f}",
        "ovedraft_currency": call.settings.balance.currency,
    }


@serves(api.list)
def list(call: Call) -> Json:
    wanted = call.query.get("status")
    planned = call.query.get("planed", False)
    found = [
        campaign
        for campaign in call.store[Campaign].where()
        if (wanted is None or campaign.status in wanted) and (not planned or _is_planned(campaign))
    ]
    ordered = found if call.query["order"] == "asc" else found[::-1]
    page = ordered[call.query["offset"] :][: call.query["limit"]]
    return [_listed(call, campaign) for campaign in page]


@serves(api.get)
def get(call: Call) -> Json:
    campaign = call.found[Campaign]
    message = _message(campaign) | {"body": campaign.body, "preheader": ""}
    return _facts(call, campaign) | {
        "message": message,
        "statistics": {"general": _outcomes(call, campaign), "clicks": _clicks(call, campaign, "url")},
        "permalink": PERMALINK.format(id=campaign.id),
        "external_stat": {"check_open_email": campaign.tracks_opens, "check_redirect_link": campaign.tracks_clicks},
    }


@serves(api.update)
def update(call: Call) -> Json:
    campaign = call.found[Campaign]
    if campaign.status in BEGUN:
        refuse(api.ALREADY_SENT)
    if campaign.status not in EDITABLE:
        refuse(api.WRONG_STATE)
    changes = _changes(call) or refuse(api.NO_CHANGES)
    edited = call.store[Campaign].change(campaign, **changes)
    if "send_at" in changes:
        sending.reschedule(call.account, edited, call.now)
    if campaign.status == CampaignStatus.NEEDS_EDITING:
        sending.resubmit(call.account, edited, call.now)
    return {"result": True, "id": campaign.id}


@serves(api.cancel)
def cancel(call: Call) -> Json:
    campaign = call.found[Campaign]
    if campaign.status in FINISHED:
        refuse(api.ALREADY_SENT)
    if campaign.status in GONE:
        refuse(api.WRONG_STATE)
    call.store[Campaign].change(campaign, status=CampaignStatus.CANCELLED, turn=campaign.turn + 1)
    return {"result": True}


@serves(api.get_countries)
def get_countries(call: Call) -> Json:
    opened = call.store[Delivery].where(campaign_id=call.found[Campaign].id, is_opened=True)
    countries: dict[str, int] = {}
    for delivery in opened:
        countries[delivery.country] = countries.get(delivery.country, 0) + delivery.opens
    return countries


@serves(api.get_referrals)
def get_referrals(call: Call) -> Json:
    return _clicks(call, call.found[Campaign], "link")


@serves(api.get_recipient)
def get_recipient(call: Call) -> Json:
    campaign, email = call.found[Campaign], plain(call.path["email"])
    delivery = call.store[Delivery].find(campaign_id=campaign.id, email=email) or refuse(api.RECIPIENT_NOT_FOUND)
    sent = None if delivery.sent is None else local_time(delivery.sent, call.settings.time_zone)
    coarse = DeliveryStatus.SENT if delivery.is_delivered else delivery.status
    return {
        "sent_date": sent,
        "send_date": sent,
        "global_status": coarse,
        "global_status_explain": DELIVERY_EXPLAINED[coarse],
        "detail_status": delivery.status,
        "detail_status_explain": DELIVERY_EXPLAINED[delivery.status],
    }


class _Target(NamedTuple):
    """What a new campaign is aimed at."""

    list_ids: Any
    test_addresses: Any
    is_draft: bool

    @property
    def is_free(self) -> bool:
        """Drafts and tests cost nothing and wait for nothing."""
        return self.is_draft or bool(self.test_addresses)


def _target(call: Call) -> _Target:
    list_ids = [*dict.fromkeys(call.body.get("list_id", []))]
    test_addresses = _test_addresses(call)
    if len(list_ids) > 1 and (test_addresses or "segment_id" in call.body):
        refuse(api.LISTS_INVALID)
    for list_id in list_ids:
        if call.store[MailingList].get(list_id) is None:
            refuse(api.LIST_NOT_FOUND)
    return _Target(list_ids, test_addresses, call.body.get("type") == "draft")


def _test_addresses(call: Call) -> Any:
    """To whom alone a test goes: its sender, or those that clients of the older edition name."""
    named = [plain(address) for address in call.body.get("send_test_only", []) if address.strip()]
    if call.body.get("is_test", False) and not named:
        return [plain(call.body["sender_email"])]
    return [*dict.fromkeys(named)]


def _written_body(call: Call) -> str:
    """The HTML that the call brings; empty where it names a template instead."""
    if "body" not in call.body:
        return ""
    return _decoded(call.body["body"]) or refuse(api.BODY_EMPTY)


def _template_body(call: Call) -> str:
    template = find_template(call.store, call.body["template_id"]) or refuse(api.TEMPLATE_NOT_FOUND)
    return template.body or refuse(api.BODY_EMPTY)


def _decoded(encoded: str) -> str:
    """The text of a field in base64; empty where only white space is in it."""
    text = decode_base64_text(encoded)
    return text if text.strip() else ""


def _sender(call: Call, address: str) -> Sender:
    sender = sender_named(call.store, address)
    return sender if sender and sender.is_active else refuse(api.SENDER_NOT_FOUND)


def _moment(call: Call) -> Instant | None:
    """When to send; None for as soon as possible. What is over is refused, to the second."""
    text = call.body.get("send_date", "").strip()
    if not text:
        return None
    try:
        moment = parse_local_time(text, call.settings.time_zone)
    except ValueError:
        refuse(api.DATE_INVALID)
    return moment if moment >= call.now // SECOND * SECOND else refuse(api.DATE_INVALID)


def _audience(call: Call, target: _Target) -> Quote:
    """What the campaign will take, unless something stands against it."""
    if target.test_addresses:
        wanted = gift(call.account, len(target.test_addresses))
    else:
        wanted = quote(call.account, sum(1 for _ in recipients_of(call.account, target.list_ids)))
    if not target.is_free:
        if not wanted.recipients:
            refuse(api.LISTS_EMPTY)
        if _was_sent_to(call, target.list_ids):
            refuse(api.SENT_TOO_RECENTLY)
    if _created_within(call, HOUR) >= call.settings.campaigns_per_hour:
        refuse(api.TOO_MANY_CAMPAIGNS)
    if not target.is_free:
        if wanted.recipients > wanted.largest:
            refuse(api.TOO_MANY_RECIPIENTS)
        if wanted.unpaid:
            refuse(api.OUT_OF_FUNDS)
    return wanted


def _was_sent_to(call: Call, list_ids: Any) -> bool:
    recent = (one for one in _newest(call) if not one.is_test and not one.is_draft)
    return any(not set(list_ids).isdisjoint(campaign.list_ids) for campaign in _since(recent, call.now - SAME_LIST))


def _created_within(call: Call, span: int) -> int:
    return sum(1 for _ in _since(_newest(call), call.now - span))


def _since(campaigns: Iterator[Campaign], instant: Instant) -> Iterator[Campaign]:
    """Those created after an instant, newest first."""
    for campaign in campaigns:
        if campaign.created <= instant:
            return
        yield campaign


def _newest(call: Call) -> Iterator[Campaign]:
    step = 20
    for offset in range(0, call.store[Campaign].count(), step):
        yield from call.store[Campaign].page(step, offset, descending=True)


def _made_up_name(call: Call) -> str:
    """As campaigns without a name are called, by the account's owner and a few signs."""
    lots = draws(str(call.store[Campaign].last_id + 1))
    signs = "".join(_SIGNS[int(next(lots) * len(_SIGNS))] for _ in range(4))
    return f"Campaign_{call.account.user_id}_{signs}"


def _changes(call: Call) -> dict[str, Any]:
    """What an edit changes, by field of the campaign."""
    given = call.body
    changes: dict[str, Any] = {name: given[name] for name in ("name", "sender_name", "subject") if name in given}
    if "sender_email" in given:
        changes["sender_email"] = _sender(call, given["sender_email"]).email
    if "body" in given or "template_id" in given:
        changes["body"] = _written_body(call) or _template_body(call)
    send_at = _moment(call)
    return changes if send_at is None else changes | {"send_at": send_at}


def _is_planned(campaign: Campaign) -> bool:
    """Whether a campaign waits for its date. Unverified: that it counts from the moment of its creation."""
    return campaign.status in WAITING and campaign.send_at is not None and not campaign.is_test


def _listed(call: Call, campaign: Campaign) -> Json:
    return _facts(call, campaign) | {"message": _message(campaign), "statistics": _counters(call, campaign)}


def _facts(call: Call, campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status,
        "all_email_qty": call.store[Delivery].count(campaign_id=campaign.id),
        "tariff_email_qty": campaign.included,
        "paid_email_qty": campaign.paid,
        "overdraft_price": campaign.price,
        "overdraft_currency": call.settings.balance.currency,
        "company_price": f"{campaign.spent:.2f}",
        "is_sms": False,
        "is_viber": False,
        "send_date": local_time(campaign.send_at or campaign.created, call.settings.time_zone),
    }


def _message(campaign: Campaign) -> dict[str, Any]:
    return {
        "sender_name": campaign.sender_name,
        "sender_email": campaign.sender_email,
        "subject": campaign.subject,
        "attachments": ",".join(campaign.attachments),
        "list_id": next(iter(campaign.list_ids), 0),
    }


def _counters(call: Call, campaign: Campaign) -> dict[str, int]:
    deliveries = call.store[Delivery]
    with_status = deliveries.counter("campaign_id", "status")
    return {
        "sent": deliveries.count(campaign_id=campaign.id, is_sent=True),
        "delivered": deliveries.count(campaign_id=campaign.id, is_delivered=True),
        "opening": deliveries.count(campaign_id=campaign.id, is_opened=True),
        "link_redirected": deliveries.count(campaign_id=campaign.id, is_clicked=True),
        "unsubscribe": with_status(campaign.id, DeliveryStatus.UNSUBSCRIBED),
        "error": sum(with_status(campaign.id, status) for status in FAILED),
    }


def _outcomes(call: Call, campaign: Campaign) -> Json:
    """How many mails are at each state; together, all there are."""
    with_status = call.store[Delivery].counter("campaign_id", "status")
    counted = ((status, with_status(campaign.id, status), told) for status, told in DELIVERY_EXPLAINED.items())
    return [{"code": status, "count": count, "explain": explained} for status, count, explained in counted if count]


def _clicks(call: Call, campaign: Campaign, named: str) -> Json:
    """How often each link was followed, in the order in which each was for the first time."""
    links: dict[str, int] = {}
    for click in call.store[Click].where(campaign_id=campaign.id):
        links[click.url] = links.get(click.url, 0) + 1
    return [{named: url, "count": count} for url, count in links.items()]
