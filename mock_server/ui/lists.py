"""Mailing lists and the contacts in them."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from mock_server.core.store import Store
from mock_server.services.email.entities import Contact, MailingList, Variable
from mock_server.services.email.statuses import ACTIVE, CONFIRMATION_REQUESTED, EXPLAINED, NEW, SENDABLE
from mock_server.ui.accounts import account_pages, current, not_found
from mock_server.ui.live import live_page
from mock_server.ui.tables import Shown, page_of, text_asked

pages: Final = account_pages("lists")

_TONES: Final = {NEW: "busy", ACTIVE: "good", CONFIRMATION_REQUESTED: "busy"}
_ALL_ACTIVE: Final = "active"


def tone_of(status: int) -> str:
    """How good a contact's status is."""
    return _TONES.get(status, "warn" if status in SENDABLE else "bad")


@pages.get("/lists")
def show() -> Response:
    return live_page("lists", _books)


def _books() -> dict[str, Any]:
    account, text = current().account, text_asked().lower()
    with account.lock:
        fits = (lambda book: text in book.name.lower()) if text else None
        shown = page_of(account.store[MailingList], fits=fits)
        contacts = account.store[Contact]
        counted = {
            book.id: (contacts.count(list_id=book.id), contacts.count(list_id=book.id, is_active=True))
            for book in shown.rows
        }
    return {"shown": shown, "counted": counted, "text": text_asked()}


@pages.get("/lists/<int:number>")
def one(number: int) -> Response:
    book = current().account.store[MailingList].get(number)
    if book is None:
        return not_found(f"No mailing list has the id {number}", "It may have been deleted since.")
    return live_page("list", lambda: _contacts(book))


def _contacts(book: MailingList) -> dict[str, Any]:
    account = current().account
    with account.lock:
        store = account.store
        return {
            "book": book,
            "shown": _matching(store, book),
            "active": store[Contact].count(list_id=book.id, is_active=True),
            "total": store[Contact].count(list_id=book.id),
            "variables": [*store[Variable].where(list_id=book.id)],
            "text": text_asked(),
            "status": request.args.get("status", ""),
            "statuses": EXPLAINED,
            "tone_of": tone_of,
            "waits": CONFIRMATION_REQUESTED,
        }


def _matching(store: Store, book: MailingList) -> Shown:
    text, status = text_asked().lower(), request.args.get("status", "")
    if not text and not status:
        return page_of(store[Contact], list_id=book.id)
    exact = store[Contact].find(list_id=book.id, email=text)
    if exact is not None and not status:
        return Shown([exact], 0, 1)
    return page_of(store[Contact], fits=lambda contact: _fits(contact, text, status), list_id=book.id)


def _fits(contact: Contact, text: str, status: str) -> bool:
    return (not status or str(contact.status) == status) and (
        not text or text in contact.email or text in str(contact.phone or "")
    )
