"""Double opt-in: the mail that asks a new contact to confirm, and what follows when it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from typing import Any, Final

from contracts.services.email import mailing_lists as api
from mock_server.behaviour import Call, Occasion, refuse, simulates
from mock_server.core.accounts import Account
from mock_server.mailing.senders import Sender
from mock_server.mailing.templates import Design
from mock_server.services.email.entities import Contact, MailingList
from mock_server.services.email.memberships import memberships
from mock_server.services.email.statuses import ACTIVE, CONFIRMATION_REQUESTED

LINK: Final = "https://confirm.sendpulse.example/{list_id}/{contact_id}"


def ask(call: Call, book: MailingList, contact: Contact, sender: Sender, design: Design | None) -> None:
    """Mail a contact the link that confirms its address, in a `design`. Refuses if its domain takes no mail."""
    if not call.settings.has_mail_server(contact.email):
        refuse(api.CONFIRMATION_UNSENT)
    link = LINK.format(list_id=book.id, contact_id=contact.id)
    invitation = f'<p>Follow <a href="{link}">this link</a> to confirm your subscription to {escape(book.name)}.</p>'
    call.outbox.send(
        at=call.now,
        sender=sender.email,
        to=contact.email,
        subject=f"Confirm your subscription to {book.name}",
        text=f"Follow this link to confirm your subscription to {book.name}: {link}",
        html=_set_in(design, invitation) if design else invitation,
        about={"kind": "confirmation", "list_id": book.id, "contact_id": contact.id},
    )


@simulates("confirm")
def confirm(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """Follow the confirmation link that was mailed to the address ``of["email"]``, in every list that waits for it."""
    everywhere = memberships(account.store, str(of.get("email", "")))
    waiting = [contact for _, contact in everywhere if contact.status == CONFIRMATION_REQUESTED]
    return Occasion(waiting[-1].added, partial(_confirm, account, waiting)) if waiting else None


def _confirm(account: Account, waiting: Iterable[Contact]) -> bool:
    for contact in waiting:
        account.store[Contact].change(contact, status=ACTIVE)
    return True


def _set_in(design: Design, invitation: str) -> str:
    """The template with the link at its end, or before it where the template does not say where its body ends.

    Unverified: how a template of the vendor's says where the link belongs.
    """
    before, end, after = design.body.rpartition("</body>")
    return f"{before}{invitation}{end}{after}"
