"""An address in all of the lists that have it."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.core.store import Store
from mock_server.mailing.addresses import plain
from mock_server.services.email.entities import Contact, MailingList


class Membership(NamedTuple):
    """A list, and what an address is in it."""

    book: MailingList
    contact: Contact


def memberships(store: Store, address: str) -> list[Membership]:
    """The lists that have an address, oldest first.

    Contacts have no index by address alone, whose rows would have to be kept for each contact of each account: an
    account has few lists, and each knows its addresses.
    """
    email, contacts = plain(address), store[Contact]
    found = ((book, contacts.find(list_id=book.id, email=email)) for book in store[MailingList].where())
    return [Membership(book, contact) for book, contact in found if contact is not None]
