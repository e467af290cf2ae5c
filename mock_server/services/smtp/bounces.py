"""Mail that came back within a day."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.envelopes import Json
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import bounces as api
from mock_server.behaviour import Call, serves
from mock_server.core.clock import DAY, local_time
from mock_server.services.smtp.entities import Delivery
from mock_server.services.smtp.outcomes import email_of
from mock_server.services.smtp.pages import MOST, page_of
from mock_server.services.smtp.permissions import require_user


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    date = call.query.get("date")
    bounces = [*(_of_last_hours(call) if date is None else _of_day(call, date))]
    page = page_of(bounces, call.query)
    return {
        "total": len(bounces),
        "emails": [_shown(call, bounce) for bounce in page],
        "request_limit": MOST,
        "found": len(page),
    }


@serves(api.get_total)
def get_total(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    return {"total": sum(1 for _ in _of_last_hours(call))}


def _of_last_hours(call: Call) -> Iterator[Delivery]:
    """What came back since the same time yesterday."""
    return (bounce for bounce in _bounces(call) if _instant(bounce) > call.now - DAY)


def _of_day(call: Call, date: str) -> Iterator[Delivery]:
    zone = call.settings.time_zone
    return (bounce for bounce in _bounces(call) if local_time(_instant(bounce), zone).startswith(date))


def _bounces(call: Call) -> Iterator[Delivery]:
    return call.store[Delivery].where(is_bounced=True)


def _instant(bounce: Delivery) -> int:
    """When it came back."""
    return bounce.sent if bounce.answered is None else bounce.answered


def _shown(call: Call, bounce: Delivery) -> Json:
    email = email_of(call.account, bounce)
    return {
        "email_to": bounce.recipient,
        "sender": email.sender,
        "send_date": local_time(bounce.sent, call.settings.time_zone),
        "subject": email.subject,
        "smtp_answer_code": bounce.code,
        "smtp_answer_subcode": bounce.subcode,
        "smtp_answer_data": bounce.answer,
    }
