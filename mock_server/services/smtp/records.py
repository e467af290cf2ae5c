"""A mail to one recipient, as the API shows it."""

from __future__ import annotations

from typing import Any, Final

from contracts.envelopes import Json
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant, local_time
from mock_server.mailing.bounces import FULL_MAILBOX, NO_MAILBOX
from mock_server.mailing.reactions import draws, place_of
from mock_server.services.smtp.entities import DELIVERED, IN_QUEUE, Delivery, Email, Track
from mock_server.services.smtp.outcomes import email_of

IP: Final = "198.51.100.25"
"""The address that the account's mail leaves from; as all here, of those that are for documentation alone."""

SENDER_IP: Final = "192.0.2.1"
"""Unverified: whose address it is that records tell; this one says whoever handed the mail in."""

_EXPLAINED: Final = {
    IN_QUEUE: "In queue",
    DELIVERED: "Delivered",
    NO_MAILBOX.code: "No such mailbox",
    FULL_MAILBOX.code: "Mailbox is full",
}
"""Seen in a Go client: the second. The others are Unverified."""

_RESOLUTIONS: Final = {"Desktop": "1920x1080", "Phone": "390x844"}


def record_of(account: Account, delivery: Delivery, *, has_country: bool = True) -> Json:
    """What became of a mail to one recipient."""
    tracks = [*account.store[Track].where(delivery_id=delivery.id)]
    return _record(
        account,
        email_of(account, delivery),
        recipient=delivery.recipient,
        code=delivery.code,
        subcode=delivery.subcode,
        answer=delivery.answer,
        tracking=_tracking(account, delivery.recipient, tracks, has_country=has_country),
    )


def record_without_recipient(account: Account, email: Email) -> Json:
    """A mail that went to nobody, because all to whom it was to go are suppressed. Unverified."""
    return _record(account, email, recipient=None, code=IN_QUEUE, tracking=_tracking(account, "", []))


def _record(
    account: Account,
    email: Email,
    *,
    recipient: str | None,
    code: int,
    tracking: Json,
    subcode: str = "",
    answer: str = "",
) -> Json:
    return {
        "id": email.key,
        "sender": email.sender,
        "total_size": email.size,
        "sender_ip": SENDER_IP,
        "smtp_answer_code": code,
        "smtp_answer_code_explain": _EXPLAINED.get(code, ""),
        "smtp_answer_subcode": subcode,
        "smtp_answer_data": answer,
        "used_ip": IP,
        "recipient": recipient,
        "subject": email.subject,
        "send_date": local_time(email.at, account.settings.time_zone),
        "tracking": tracking,
    }


def _tracking(account: Account, recipient: str, tracks: list[Track], *, has_country: bool = True) -> Json:
    clicks = [track for track in tracks if track.url]
    opens = [track for track in tracks if not track.url]
    place, resolution = _place(recipient, has_country=has_country)
    return {
        "click": len(clicks),
        "open": len(opens),
        "link": [
            {"url": track.url, **place, "screen_resolution": resolution, "action_date": _date(account, track.at)}
            for track in clicks
        ],
        "client_info": [{**place, "action_date": _date(account, track.at)} for track in opens],
    }


def _place(recipient: str, *, has_country: bool) -> tuple[dict[str, Any], str]:
    """Where, and with what, a recipient reads mail, and how large the screen is."""
    place = place_of(recipient)
    told = {
        "browser": f"{place.browser} {place.browser_version}",
        "os": place.platform,
        "ip": f"203.0.113.{1 + int(next(draws(f'ip/{recipient}')) * 254)}",
    }
    return told | ({"country": place.country} if has_country else {}), _RESOLUTIONS[place.device]


def _date(account: Account, at: Instant) -> str:
    return local_time(at, account.settings.time_zone)
