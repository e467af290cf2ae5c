"""Whom a campaign goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mock_server.core.accounts import Account
from mock_server.services.email.entities import Blacklisted, Campaign, Contact, Delivery, MailingList
from mock_server.services.email.statuses import SENDABLE, DeliveryStatus


def recipients_of(account: Account, list_ids: Iterable[int]) -> Iterator[Contact]:
    """The contacts that mail to these lists goes to, each address once. Without lists, to everybody.

    Unverified: a segment is made in the dashboard, so that all who could be in it are taken to be.
    """
    barred, seen = Barred(account), set[str]()
    contacts = account.store[Contact]
    for list_id in list_ids or [book.id for book in account.store[MailingList].where()]:
        for contact in contacts.where(list_id=list_id):
            if contact.status in SENDABLE and contact.email not in seen and contact.email not in barred:
                seen.add(contact.email)
                yield contact


def queue(account: Account, campaign: Campaign) -> int:
    """Put everybody whom `campaign` goes to, and who is not there yet, into its queue; tells how many are new."""
    deliveries = account.store[Delivery]
    new = [*_addressed(account, campaign)]
    if deliveries.count(campaign_id=campaign.id):
        new = [one for one in new if deliveries.find(campaign_id=campaign.id, email=one[0]) is None]
    for email, list_id in new:
        deliveries.add(campaign_id=campaign.id, email=email, list_id=list_id, status=DeliveryStatus.IN_QUEUE)
    return len(new)


def _addressed(account: Account, campaign: Campaign) -> Iterator[tuple[str, int]]:
    if campaign.is_test:
        yield from ((address, 0) for address in campaign.test_addresses)
    else:
        for contact in recipients_of(account, campaign.list_ids):
            yield contact.email, contact.list_id


class Barred:
    """The addresses that the account, or the service, has on its black list now."""

    def __init__(self, account: Account) -> None:
        self._listed = account.store[Blacklisted]
        self._has_any = self._listed.count() > 0
        self._by_service = {address.lower() for address in account.settings.blacklisted}

    def __contains__(self, email: str) -> bool:
        return email in self._by_service or (self._has_any and self._listed.find(email=email) is not None)


def is_barred(account: Account, email: str) -> bool:
    """Whether the account, or the service, has an address on its black list."""
    return email in Barred(account)
