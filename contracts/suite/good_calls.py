"""Calls that succeed, of operations whose generated calls hardly ever do: their arguments name what must be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contracts.model import Operation
from contracts.services import documents, oauth
from contracts.services.email import campaigns, mailing_lists, senders, tags
from contracts.services.smtp import domains, emails, unsubscribed
from contracts.strategies import Case, case_of
from contracts.suite.accounts import Account
from contracts.suite.scenes import ADA, BOB, GONE, MAIL, POSTMASTER, letter_of

A_QUARTER: Final = 15 * 60 * 1_000_000
"""Microseconds after which a sender may be mailed another code."""

READERS: Final = 1
PHONE: Final = "+380501234567"

Good = Callable[[Account], Case]
_GOOD: Final[dict[Operation, Good]] = {}


def good_call(account: Account, operation: Operation) -> Case | None:
    """A call that a furnished account is served, which may have been prepared for it; None where none is known."""
    good = _GOOD.get(operation)
    return good(account) if good else None


def _of(operation: Operation) -> Callable[[Good], Good]:
    def register(good: Good) -> Good:
        _GOOD[operation] = good
        return good

    return register


@_of(oauth.issue_token)
def _log_in(account: Account) -> Case:
    known = account.credentials
    return case_of(
        oauth.issue_token,
        grant_type="client_credentials",
        client_id=known.client_id,
        client_secret=known.client_secret,
    )


@_of(documents.get)
def _read_a_document(_: Account) -> Case:
    return case_of(documents.get, f"{mailing_lists.list.service.name}.yaml")


@_of(mailing_lists.add_emails)
def _add_contacts(account: Account) -> Case:
    contacts = [{"email": "new@example.com", "variables": {"city": "Zoë’s / Öland", "age": 36}}, ADA]
    sender = {"confirmation": "force", "sender_email": account.credentials.sender}
    return case_of(mailing_lists.add_emails, READERS, emails=contacts, **sender)


@_of(mailing_lists.delete_emails)
def _delete_contacts(_: Account) -> Case:
    return case_of(mailing_lists.delete_emails, READERS, emails=[ADA, BOB])


@_of(mailing_lists.unsubscribe)
def _unsubscribe_contacts(_: Account) -> Case:
    return case_of(mailing_lists.unsubscribe, READERS, emails=[ADA, BOB])


@_of(mailing_lists.set_phone)
def _set_phone(_: Account) -> Case:
    return case_of(mailing_lists.set_phone, READERS, email=ADA, phone=PHONE)


@_of(campaigns.create)
def _send_a_campaign(account: Account) -> Case:
    sent = {**MAIL, "sender_email": account.credentials.sender, "list_id": READERS, "is_test": False}
    attachments = {"notes.txt": "one / two", "Zoë.txt": "+"}
    return case_of(campaigns.create, **sent, name="Now + then", attachments=attachments)


@_of(campaigns.update)
def _change_a_campaign(account: Account) -> Case:
    return case_of(campaigns.update, account.known["email.campaign"][0], subject="Later, {{city}}", body=MAIL["body"])


@_of(senders.delete)
def _delete_a_sender(_: Account) -> Case:
    return case_of(senders.delete, email=BOB)


@_of(senders.request_code)
def _ask_for_another_code(account: Account) -> Case:
    account.advance(A_QUARTER)
    return case_of(senders.request_code, BOB)


@_of(senders.activate)
def _activate_a_sender(account: Account) -> Case:
    return case_of(senders.activate, BOB, code=account.mails(BOB)[-1]["code"])


@_of(tags.pin_to_phone)
def _pin_to_phone(account: Account) -> Case:
    return case_of(tags.pin_to_phone, phone=PHONE, tags=account.known["email.tag"])


@_of(tags.unpin_from_phone)
def _unpin_from_phone(account: Account) -> Case:
    return case_of(tags.unpin_from_phone, phone=PHONE, tags=account.known["email.tag"])


@_of(emails.send)
def _send_a_mail(account: Account) -> Case:
    people = [{"email": ADA, "name": "Ada / Zoë"}, {"email": BOB}]
    fields = {
        "html": MAIL["body"],
        "cc": people[1:],
        "attachments": {"a.txt": "1"},
        "attachments_binary": {"b": "Yg=="},
    }
    return case_of(emails.send, email=letter_of(account, to=people, auto_plain_text=True, **fields))


@_of(emails.get_many)
def _read_mails(account: Account) -> Case:
    return case_of(emails.get_many, emails=account.known["smtp.email"])


@_of(unsubscribed.remove)
def _let_mail_through(_: Account) -> Case:
    return case_of(unsubscribed.remove, emails=[GONE, ADA])


@_of(unsubscribed.resubscribe)
def _invite_back(account: Account) -> Case:
    return case_of(unsubscribed.resubscribe, email=GONE, sender=account.credentials.sender)


@_of(domains.request_confirmation)
def _ask_once_more(_: Account) -> Case:
    return case_of(domains.request_confirmation, POSTMASTER)
