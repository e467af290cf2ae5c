"""What an account is furnished with before generated calls come: something of every entity."""

from __future__ import annotations

from contracts.services.email import mailing_lists, webhooks
from contracts.suite.accounts import Account

ADA, BOB, GONE = "ada@example.com", "bob+tag@example.org", "gone@example.com"
HOOK = "https://hooks.example.org/sendpulse"


def furnish(account: Account) -> Account:
    """Two mailing lists: one with contacts, variables of each type, a phone and somebody unsubscribed; one empty."""
    readers = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.create, bookName="Nobody yet")
    ada = {"email": ADA, "variables": {"city": "Kyiv", "age": 36, "born": "1985-12-10"}}
    account.get(mailing_lists.add_emails, readers, emails=[ada, BOB, GONE])
    account.get(mailing_lists.set_phone, readers, email=ADA, phone="+380501234567")
    account.get(mailing_lists.unsubscribe, readers, emails=[GONE])
    _register_webhooks(account)
    account.known |= {"email": [ADA, BOB, GONE], "variableName": ["city", "age", "born"], "searchValue": ["Kyiv", "36"]}
    return account


def _register_webhooks(account: Account) -> None:
    """For two events of mailing lists, at hosts that are not on this machine: what they are told is kept."""
    account.get(webhooks.create, url=HOOK, actions=["new_emails", "unsubscribe"])
