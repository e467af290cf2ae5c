"""The suppression list, and the way back."""

from __future__ import annotations

from typing import Any, Final

from contracts.envelopes import Json
from contracts.schema import is_email
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import unsubscribed as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import DAY, local_time
from mock_server.mailing.addresses import plain
from mock_server.services.smtp.entities import Invitation, Suppressed
from mock_server.services.smtp.invitations import invite
from mock_server.services.smtp.pages import page_of
from mock_server.services.smtp.permissions import may_send, require_paid_plan, require_user
from mock_server.services.smtp.suppression import BY_USER, suppress, suppressed

OK: Final = {"result": True}

MOST_A_DAY: Final = 5
"""Invitations that an account may have sent within 24 hours (documented)."""


@serves(api.add)
def add(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    # Unverified: that what is no address is no reason to refuse the others.
    given = [entry for entry in call.body["emails"] if is_email(plain(entry["email"]))]
    for entry in given or refuse(api.EMAILS_EMPTY):
        suppress(call.account, entry["email"], BY_USER, call.now, entry.get("comment", ""))
    return OK


@serves(api.remove)
def remove(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    named = dict.fromkeys(map(plain, call.body["emails"]))
    # Unverified: that one address which is suppressed is enough.
    found = [entry for address in named if (entry := suppressed(call.store, address))]
    for entry in found or refuse(api.NOT_SUPPRESSED):
        call.store[Suppressed].remove(entry)
    return OK


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    require_paid_plan(call.account)
    shown = (_shown(call, entry) for entry in call.store[Suppressed].where())
    return page_of((entry for entry in shown if entry["date"].startswith(call.query.get("date", ""))), call.query)


@serves(api.search)
def search(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    return {"result": suppressed(call.store, call.query["email"]) is not None}


@serves(api.resubscribe)
def resubscribe(call: Call) -> Json:
    require_user(call.account, api.NO_USER)
    if suppressed(call.store, call.body["email"]) is None:
        refuse(api.NOT_BLOCKED)
    if not may_send(call.account, call.body["sender"]):
        refuse(api.SENDER_NOT_ACTIVE)
    if _invited_within_a_day(call) >= MOST_A_DAY:
        refuse(api.TOO_MANY_A_DAY)
    email = invite(call.account, call.body["email"], call.body["sender"], call.body.get("lang", ""), call.now)
    return {"result": True, "id": email.key}


def _invited_within_a_day(call: Call) -> int:
    return sum(invitation.at > call.now - DAY for invitation in call.store[Invitation].where())


def _shown(call: Call, entry: Suppressed) -> dict[str, Any]:
    return {
        "email": entry.email,
        "unsubscribe_by_link": int(entry.by_link),
        "unsubscribe_by_user": int(entry.by_user),
        "spam_complaint": int(entry.complained),
        "date": local_time(entry.at, call.settings.time_zone),
    }
