"""Addresses, whatever lists they are in. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many, one
from sendpulse_client.services.email.mailing_lists import MailingList

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class ListedAddress:
    """An address in one list, with the values of its variables by name. Of several the server tells less."""

    book_id: int
    email: str | None = None
    status: int | None = None
    status_explain: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AddressOrigin:
    """When and how an address came into a list. `add_date` is in the account's time."""

    list_name: str
    list_id: int | None = None
    add_date: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class AddressStatistics:
    """How many campaigns were sent to an address, opened there and had a link followed; the lists that have it."""

    sent: int | None = None
    open: int | None = None
    link: int | None = None
    blacklist: bool | None = None
    addressbooks: Rows[MailingList] = field(default_factory=list)


class Addresses:
    """The operations on addresses, named as the API's contract names them.

    An address is known that is in a list. Whatever the server refuses is raised as a SendPulseError.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, email: str) -> Rows[ListedAddress]:
        """The address in each list that has it."""
        return self._client.read(_listed, "GET", path_of("emails", email))

    def get_many(self, emails: Iterable[str]) -> Mapping[str, Rows[ListedAddress]]:
        """By address what `get` tells; those that are in no list are left out."""
        return self._client.read(
            lambda answer: {email: _listed(rows) for email, rows in answer.items()},
            "POST",
            "/emails",
            json={"emails": _several(emails)},
        )

    def get_details(self, email: str) -> Rows[AddressOrigin]:
        """When and how the address came into each list that has it."""
        return self._client.read(many(AddressOrigin), "GET", path_of("emails", email, "details"))

    def delete(self, email: str) -> None:
        """Remove the address from every list."""
        self._client.request("DELETE", path_of("emails", email))

    def get_campaigns(self, email: str) -> AddressStatistics:
        """What became of the campaigns to the address."""
        return self._client.read(_statistics, "GET", path_of("emails", email, "campaigns"))

    def get_campaigns_of_many(self, emails: Iterable[str]) -> Mapping[str, AddressStatistics]:
        """By address what `get_campaigns` tells; those that are in no list are left out."""
        return self._client.read(
            lambda answer: {email: _statistics(row) for email, row in answer.items()},
            "POST",
            "/emails/campaigns",
            json={"emails": _several(emails)},
        )


def _several(emails: Iterable[str]) -> list[str]:
    if isinstance(emails, str):
        raise TypeError(f"emails={emails!r} is one string: give a list of addresses")
    return [*emails]


def _listed(rows: Iterable[Mapping[str, Any]]) -> Rows[ListedAddress]:
    return many(ListedAddress)({**row, "variables": _values(row.get("variables"))} for row in rows)


def _values(variables: Iterable[Mapping[str, Any]] | None) -> Mapping[str, Any]:
    return {variable["name"]: variable["value"] for variable in variables or ()}


def _statistics(row: Mapping[str, Any]) -> AddressStatistics:
    """The counters stand in `statistic` for one address and beside it for several, whose lists are misspelt."""
    books = row.get("addressbooks") or row.get("adressbooks") or ()
    return one(AddressStatistics)({**row, **(row.get("statistic") or {}), "addressbooks": [*map(_book, books)]})


def _book(row: Mapping[str, Any]) -> MailingList:
    return MailingList(row["id"], row.get("address_book_name") or row.get("name"))
