"""What an account is furnished with before generated calls come: something of every entity."""

from __future__ import annotations

from typing import Final

from contracts.services.email import mailing_lists, tags
from contracts.suite.accounts import Account

ADA, BOB, GONE = "ada@example.com", "bob+tag@example.org", "gone@example.com"
VIP, PURCHASE = "VIP", "purchase"

TAG_DELAY: Final = 1_000_000
"""Microseconds until what was done to a tag shows. Unverified."""


def furnish(account: Account) -> Account:
    """Two mailing lists: one with contacts, variables of each type, a phone and somebody unsubscribed; one empty."""
    readers = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.create, bookName="Nobody yet")
    ada = {"email": ADA, "variables": {"city": "Kyiv", "age": 36, "born": "1985-12-10"}}
    account.get(mailing_lists.add_emails, readers, emails=[ada, BOB, GONE])
    account.get(mailing_lists.set_phone, readers, email=ADA, phone="+380501234567")
    account.get(mailing_lists.unsubscribe, readers, emails=[GONE])
    account.known |= {"email": [ADA, BOB, GONE], "variableName": ["city", "age", "born"], "searchValue": ["Kyiv", "36"]}
    _furnish_with_tags(account)
    _furnish_with_events(account)
    account.known |= {"currency": ["EUR", "rub", "USD"]}
    return account


def _furnish_with_tags(account: Account) -> None:
    """One tag; that its write has to wait moves the clock."""
    account.get(tags.create, name=VIP, color="#0080ff")
    account.laboratory.advance(account.credentials, TAG_DELAY)
    account.known["email.tag"] = [tag["id"] for tag in account.get(tags.list)["tags"]]


def _furnish_with_events(account: Account) -> None:
    """One event that starts a flow."""
    account.change("settings", events=[PURCHASE])
    account.known |= {"event": [PURCHASE]}
