"""What an account is furnished with before generated calls come: something of every entity."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from contracts.services.email import campaigns, mailing_lists, tags
from contracts.suite.accounts import Account

ADA, BOB, GONE, MEMBER = "ada@example.com", "bob+tag@example.org", "gone@example.com", "member+open@example.com"
VIP, PURCHASE = "VIP", "purchase"

TAG_DELAY: Final = 1_000_000
"""Microseconds until what was done to a tag shows. Unverified."""

MAIL: Final[Mapping[str, Any]] = {
    "sender_name": "The editors",
    "subject": "Hello, {{city}}",
    "body": b64encode(b'<p>Hello, {{city}}: <a href="https://example.com/news">news</a></p>').decode(),
}
"""A campaign, but for sender and list."""


def furnish(account: Account) -> Account:
    """Two mailing lists: one with contacts, variables of each type, a phone and somebody unsubscribed; one empty."""
    readers = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.create, bookName="Nobody yet")
    ada = {"email": ADA, "variables": {"city": "Kyiv", "age": 36, "born": "1985-12-10"}}
    account.get(mailing_lists.add_emails, readers, emails=[ada, BOB, GONE])
    account.get(mailing_lists.set_phone, readers, email=ADA, phone="+380501234567")
    account.get(mailing_lists.unsubscribe, readers, emails=[GONE])
    _make_a_tag(account)
    _name_an_event(account)
    _plan_a_campaign(account)
    account.known |= {
        "email": [ADA, BOB, GONE, MEMBER],
        "variableName": ["city", "age", "born"],
        "searchValue": ["Kyiv", "36"],
        "currency": ["EUR", "rub", "USD"],
    }
    return account


def _make_a_tag(account: Account) -> None:
    """One tag; that its write has to wait moves the clock."""
    account.get(tags.create, name=VIP, color="#0080ff")
    account.laboratory.advance(account.credentials, TAG_DELAY)
    account.known["email.tag"] = [tag["id"] for tag in account.get(tags.list)["tags"]]


def _name_an_event(account: Account) -> None:
    """An event that starts a flow."""
    account.change("settings", events=[PURCHASE])
    account.known["event"] = [PURCHASE]


def _plan_a_campaign(account: Account) -> None:
    """A campaign for tomorrow, to a list of its own."""
    members = account.get(mailing_lists.create, bookName="Members")["id"]
    account.get(mailing_lists.add_emails, members, emails=[MEMBER])
    sender = account.credentials.sender
    account.get(campaigns.create, **MAIL, sender_email=sender, list_id=members, send_date="2026-02-01 12:00:00")
