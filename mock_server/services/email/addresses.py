"""Addresses, whatever lists they are in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from contracts.envelopes import Json
from contracts.services.email import addresses as api
from contracts.services.email.mailing_lists import NO_SUCH_CONTACT
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import local_time
from mock_server.core.store import Store
from mock_server.mailing.addresses import plain
from mock_server.services.email import notifications
from mock_server.services.email.entities import Campaign, Contact, Delivery
from mock_server.services.email.memberships import Membership, memberships
from mock_server.services.email.recipients import is_barred
from mock_server.services.email.statuses import EXPLAINED
from mock_server.services.email.variables import Variables

OK: Final = {"result": True}

SOURCE: Final = "api"
"""How an address came in: here there is no other way. Seen elsewhere: ``panel`` and ``form``."""


@serves(api.get)
def get(call: Call) -> Json:
    return [
        {
            "book_id": book.id,
            "email": contact.email,
            "status": contact.status,
            "status_explain": EXPLAINED[contact.status],
            "variables": Variables(call.store, book.id).entries(contact),
        }
        for book, contact in _found(call)
    ]


@serves(api.get_many)
def get_many(call: Call) -> Json:
    variables_of = cache(lambda list_id: Variables(call.store, list_id))
    return {
        address: [
            {
                "book_id": book.id,
                "status": contact.status,
                "variables": variables_of(book.id).entries(contact),
            }
            for book, contact in everywhere
        ]
        for address, everywhere in _known(call).items()
    }


@serves(api.get_details)
def get_details(call: Call) -> Json:
    return [
        {
            "list_name": book.name,
            "list_id": book.id,
            "add_date": local_time(contact.added, call.settings.time_zone),
            "source": SOURCE,
        }
        for book, contact in _found(call)
    ]


@serves(api.delete)
def delete(call: Call) -> Json:
    """Remove an address from every list. Unverified: what was mailed to it is kept, its tags and blacklisting too."""
    contacts = [contact for _, contact in _found(call)]
    for contact in contacts:
        call.store[Contact].remove(contact)
    events = (notifications.deleted(call.now, contact.email, contact.list_id) for contact in contacts)
    notifications.announce(call.account, call.now, "delete", events)
    return OK


@serves(api.get_campaigns)
def get_campaigns(call: Call) -> Json:
    books = [{"id": book.id, "address_book_name": book.name} for book, _ in _found(call)]
    address, campaigns = plain(call.path["email"]), _campaigns(call.store)
    return {
        "statistic": _statistic(call.store, campaigns, address),
        "blacklist": is_barred(call.account, address),
        "addressbooks": books,
    }


@serves(api.get_campaigns_of_many)
def get_campaigns_of_many(call: Call) -> Json:
    campaigns = _campaigns(call.store)

    def summed_up(address: str, everywhere: list[Membership]) -> Json:
        statistic = _statistic(call.store, campaigns, address)
        return {
            **statistic,
            "statistic": statistic,
            "blacklist": is_barred(call.account, address),
            "adressbooks": [{"id": book.id, "name": book.name} for book, _ in everywhere],
        }

    return {address: summed_up(address, everywhere) for address, everywhere in _known(call).items()}


def _found(call: Call) -> list[Membership]:
    """Where the address of the path is: one that is in no list is not known."""
    return memberships(call.store, call.path["email"]) or refuse(NO_SUCH_CONTACT)


def _known(call: Call) -> dict[str, list[Membership]]:
    """Where each address of the body is. Unverified: unknown ones are left out, and keys are in lower case."""
    given = dict.fromkeys(map(plain, call.body["emails"]))
    found = {address: memberships(call.store, address) for address in given}
    return {address: everywhere for address, everywhere in found.items() if everywhere}


def _campaigns(store: Store) -> list[int]:
    return [campaign.id for campaign in store[Campaign].where()]


def _statistic(store: Store, campaigns: Iterable[int], address: str) -> dict[str, int]:
    """How many campaigns were sent to an address, opened there, and had a link followed."""
    found = (store[Delivery].find(campaign_id=number, email=address) for number in campaigns)
    deliveries = [delivery for delivery in found if delivery is not None]
    return {
        "sent": sum(delivery.is_sent for delivery in deliveries),
        "open": sum(delivery.is_opened for delivery in deliveries),
        "link": sum(delivery.is_clicked for delivery in deliveries),
    }
