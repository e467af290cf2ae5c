"""What an account is furnished with before generated calls come: something of every entity."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from contracts.services.email import blacklist, campaigns, mailing_lists, senders, tags, templates, webhooks
from contracts.services.smtp import domains, emails, unsubscribed
from contracts.suite.accounts import Account

ADA, BOB, GONE, MEMBER = "ada@example.com", "bob+tag@example.org", "gone@example.com", "member+open@example.com"
NO_MAILBOX = "nobody+bounce@example.com"
EVE = "eve.o'hara@mail.example.net"
VIP, PURCHASE = "VIP", "purchase"
WELCOME = "Welcome"
DOMAIN = "letters.example.org"
POSTMASTER = f"postmaster@{DOMAIN}"
HOOK = "https://hooks.example.org/sendpulse"
HELLO = b64encode(b"<p>Hello, {{name}}!</p>").decode()

MAIL: Final[Mapping[str, Any]] = {
    "sender_name": "The editors",
    "subject": "Hello, {{city}}",
    "body": b64encode(b'<p>Hello, {{city}}: <a href="https://example.com/news">news</a></p>').decode(),
}
"""A campaign, but for sender and list."""

TAG_DELAY: Final = 1_000_000
"""Microseconds until what was done to a tag shows. Unverified."""


def furnish(account: Account) -> Account:
    """Something of every entity."""
    furnish_lists(account)
    furnish_tags(account)
    furnish_campaigns(account)
    furnish_senders(account)
    furnish_templates(account)
    furnish_events(account)
    furnish_webhooks(account)
    furnish_smtp(account)
    return account


def furnish_lists(account: Account) -> None:
    """Two mailing lists: one with contacts, variables of each type, a phone and somebody unsubscribed; one empty."""
    readers = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.create, bookName="Nobody yet")
    ada = {"email": ADA, "variables": {"city": "Kyiv", "age": 36, "born": "1985-12-10"}}
    account.get(mailing_lists.add_emails, readers, emails=[ada, BOB, GONE])
    account.get(mailing_lists.set_phone, readers, email=ADA, phone="+380501234567")
    account.get(mailing_lists.unsubscribe, readers, emails=[GONE])
    account.known |= {
        "email": [ADA, BOB, GONE, MEMBER],
        "variableName": ["city", "age", "born"],
        "searchValue": ["Kyiv", "36"],
        "currency": ["EUR", "rub", "USD"],
    }


def furnish_campaigns(account: Account) -> None:
    """A campaign for tomorrow, to a list of its own."""
    members = account.get(mailing_lists.create, bookName="Members")["id"]
    account.get(mailing_lists.add_emails, members, emails=[MEMBER])
    sender = account.credentials.sender
    account.get(campaigns.create, **MAIL, sender_email=sender, list_id=members, send_date="2026-02-01 12:00:00")


def furnish_senders(account: Account) -> None:
    """Beside the owner a sender that waits for its code; somebody whom no campaign reaches."""
    account.get(senders.create, email=BOB, name="Bob")
    account.get(blacklist.add, emails=in_base64(GONE), comment="asked for it")


def furnish_templates(account: Account) -> None:
    """One template of the account's own, beside those that the service brings."""
    account.get(templates.create, name=WELCOME, body=HELLO, lang="ua")
    shown = [*account.get(templates.list, owner=templates.ME), *account.get(templates.list)]
    account.known["template_id"] = [template["id"] for template in shown]
    account.known["name_slug"] = [template["name_slug"] for template in shown if template["name_slug"]]


def furnish_tags(account: Account) -> None:
    """One tag; that its write has to wait moves the clock."""
    account.get(tags.create, name=VIP, color="#0080ff")
    account.laboratory.advance(account.credentials, TAG_DELAY)
    account.known["email.tag"] = [tag["id"] for tag in account.get(tags.list)["tags"]]


def furnish_events(account: Account) -> None:
    """One event that starts a flow."""
    account.change("settings", events=[PURCHASE])
    account.known |= {"event": [PURCHASE]}


def furnish_webhooks(account: Account) -> None:
    """For two events of mailing lists, at hosts that are not on this machine: what they are told is kept."""
    account.get(webhooks.create, url=HOOK, actions=["new_emails", "unsubscribe"])


def furnish_smtp(account: Account) -> None:
    """A mail to two, one of whom has no such mailbox; somebody suppressed; one more sender that is active.

    And a domain that waits for somebody to confirm it.
    """
    account.get(emails.send, email=letter_of(account, to=[{"email": ADA, "name": "Ada"}, {"email": NO_MAILBOX}]))
    account.get(unsubscribed.add, emails=[{"email": GONE, "comment": "asked for it"}])
    account.change("settings", senders_allowed=5)
    account.add_rows("email.sender", {"email": EVE, "name": "Eve", "is_active": True})
    account.known["id"] = account.known["smtp.email"]
    account.get(domains.create, email=POSTMASTER)
    account.known["domain"] = [DOMAIN, "mail.example.net"]


def letter_of(account: Account, **fields: Any) -> dict[str, Any]:
    """A mail of the account's owner to Ada, or what `fields` say instead."""
    sender = {"name": "The editors", "email": account.credentials.sender}
    return {"subject": "Your receipt", "from": sender, "to": [{"email": ADA}], "text": "Thank you!"} | fields


def in_base64(*addresses: str) -> str:
    """Addresses as the blacklist takes them."""
    return b64encode(",".join(addresses).encode()).decode()
