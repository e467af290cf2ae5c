"""Double opt-in: the mail that asks a new contact to confirm, and what follows when it does."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from contracts.services.email import mailing_lists as api
from mock_server.behaviour import Call, refuse, simulates
from mock_server.core.accounts import Account
from mock_server.services.email.entities import Contact, MailingList, Sender
from mock_server.services.email.statuses import ACTIVE, CONFIRMATION_REQUESTED

_LINK: Final = "https://confirm.sendpulse.example/{list_id}/{contact_id}"


def ask(call: Call, book: MailingList, contact: Contact, sender: Sender) -> None:
    """Mail a contact the link that confirms its address. Refuses if its domain takes no mail."""
    if not call.settings.has_mail_server(contact.email):
        refuse(api.CONFIRMATION_UNSENT)
    link = _LINK.format(list_id=book.id, contact_id=contact.id)
    call.outbox.send(
        at=call.now,
        sender=sender.email,
        to=contact.email,
        subject=f"Confirm your subscription to {book.name}",
        text=f"Follow this link to confirm your subscription to {book.name}: {link}",
        html=f'<p>Follow <a href="{link}">this link</a> to confirm your subscription to {escape(book.name)}.</p>',
        about={"kind": "confirmation", "list_id": book.id, "contact_id": contact.id},
    )


@simulates("confirm")
def confirm(account: Account, of: Mapping[str, Any]) -> bool:
    """Follow the confirmation link that was mailed to the address ``of["email"]``, in every list that waits for it."""
    contacts = account.store[Contact]
    address = str(of.get("email", "")).lower()
    waiting = [
        contact
        for book in account.store[MailingList].where()
        if (contact := contacts.find(list_id=book.id, email=address)) and contact.status == CONFIRMATION_REQUESTED
    ]
    for contact in waiting:
        contacts.change(contact, status=ACTIVE)
    return bool(waiting)
