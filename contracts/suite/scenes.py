"""What an account is furnished with before generated calls come: something of every entity."""

from __future__ import annotations

from base64 import b64encode

from contracts.services.email import blacklist, mailing_lists, senders
from contracts.suite.accounts import Account

ADA, BOB, GONE = "ada@example.com", "bob+tag@example.org", "gone@example.com"


def furnish(account: Account) -> Account:
    """Something of every entity."""
    furnish_lists(account)
    furnish_senders(account)
    return account


def furnish_lists(account: Account) -> None:
    """Two mailing lists: one with contacts, variables of each type, a phone and somebody unsubscribed; one empty."""
    readers = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.create, bookName="Nobody yet")
    ada = {"email": ADA, "variables": {"city": "Kyiv", "age": 36, "born": "1985-12-10"}}
    account.get(mailing_lists.add_emails, readers, emails=[ada, BOB, GONE])
    account.get(mailing_lists.set_phone, readers, email=ADA, phone="+380501234567")
    account.get(mailing_lists.unsubscribe, readers, emails=[GONE])
    account.known |= {"email": [ADA, BOB, GONE], "variableName": ["city", "age", "born"], "searchValue": ["Kyiv", "36"]}


def furnish_senders(account: Account) -> None:
    """Beside the owner a sender that waits for its code; somebody whom no campaign reaches."""
    account.get(senders.create, email=BOB, name="Bob")
    account.get(blacklist.add, emails=in_base64(GONE), comment="asked for it")


def in_base64(*addresses: str) -> str:
    """Addresses as the blacklist takes them."""
    return b64encode(",".join(addresses).encode()).decode()
