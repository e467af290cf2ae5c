"""Mailing lists and their contacts. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sendpulse_client._pages import items
from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many, one

if TYPE_CHECKING:
    from sendpulse_client._client import Client

NewContact = str | tuple[str, Mapping[str, Any]] | Mapping[str, Any]
"""An address; an address and its variables; or `{"email": …, "variables": {…}}` as it is sent."""

T = TypeVar("T")

Order = Literal["asc", "desc"]


@dataclass(frozen=True)
class MailingList:
    """A mailing list; right after `create` only `id` and `name` are known. `creationdate` is in the account's time."""

    id: int
    name: str | None = None
    all_email_qty: int | None = None
    active_email_qty: int | None = None
    inactive_email_qty: int | None = None
    new_phones_quantity: int | None = None
    active_phones_quantity: int | None = None
    exc_phones_quantity: int | None = None
    creationdate: str | None = None
    status: int | None = None
    status_explain: str | None = None


@dataclass(frozen=True)
class Contact:
    """An address in a list, with the values of its variables by name."""

    email: str
    status: int | None = None
    status_explain: str | None = None
    phone: str | int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variable:
    """A variable of a list; `type` is string, number or date."""

    name: str
    type: str | None = None


@dataclass(frozen=True)
class Cost:
    """What a campaign to a list would cost; `result` is False where the funds do not suffice."""

    cur: str | None = None
    sent_emails_qty: int | None = None
    overdraftAllEmailsPrice: float | None = None  # noqa: N815  # the vendor's name
    addressesDeltaFromBalance: int | None = None  # noqa: N815  # the vendor's name
    addressesDeltaFromTariff: int | None = None  # noqa: N815  # the vendor's name
    max_emails_per_task: int | None = None
    result: bool | None = None


@dataclass(frozen=True)
class ListCampaign:
    """A campaign as the list it went to names it."""

    task_id: int
    task_name: str | None = None
    task_status: int | None = None


class MailingLists:
    """The operations on mailing lists, named as the API's contract names them.

    A list is given as a MailingList or by its id. Whatever the server refuses is raised as a SendPulseError; where it
    only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, name: str) -> MailingList:
        """Make a list; its name must be new."""
        return self._client.read(
            lambda answer: MailingList(answer["id"], name), "POST", "/addressbooks", json={"bookName": name}
        )

    def list(self, *, limit: int | None = None, offset: int | None = None) -> Rows[MailingList]:
        """One page of the account's lists, at most 100."""
        return self._client.read(many(MailingList), "GET", "/addressbooks", {"limit": limit, "offset": offset})

    def iterate(self) -> Iterator[MailingList]:
        """All of the account's lists."""
        return items(lambda limit, offset: self.list(limit=limit, offset=offset))

    def get(self, mailing_list: MailingList | int) -> MailingList:
        """The list as it is now."""
        # The vendor answers an array with the one list in it.
        return self._client.read(lambda rows: one(MailingList)(rows[0]), "GET", _path(mailing_list))

    def rename(self, mailing_list: MailingList | int, name: str) -> None:
        """Give the list another name."""
        self._client.request("PUT", _path(mailing_list), json={"name": name})

    def delete(self, mailing_list: MailingList | int) -> None:
        """Remove the list and what is in it."""
        self._client.request("DELETE", _path(mailing_list))

    def list_variables(self, mailing_list: MailingList | int) -> Rows[Variable]:
        """The variables that the contacts of the list may have."""
        return self._client.read(many(Variable), "GET", _path(mailing_list, "variables"))

    def list_emails(
        self,
        mailing_list: MailingList | int,
        *,
        limit: int | None = None,
        offset: int | None = None,
        order: Order | None = None,
        active: bool | None = None,
        not_active: bool | None = None,
    ) -> Rows[Contact]:
        """One page of the contacts, at most 100."""
        query = {"limit": limit, "offset": offset, "order": order, "active": active, "not_active": not_active}
        return self._client.read(_contacts, "GET", _path(mailing_list, "emails"), query)

    def iterate_emails(
        self,
        mailing_list: MailingList | int,
        *,
        order: Order | None = None,
        active: bool | None = None,
        not_active: bool | None = None,
    ) -> Iterator[Contact]:
        """All of the contacts."""
        return items(
            lambda limit, offset: self.list_emails(
                mailing_list, limit=limit, offset=offset, order=order, active=active, not_active=not_active
            )
        )

    def get_total(self, mailing_list: MailingList | int, *, active: bool | None = None) -> int:
        """How many contacts the list has."""
        path = _path(mailing_list, "emails", "total")
        return self._client.read(lambda answer: int(answer["total"]), "GET", path, {"active": active})

    def get_contact(self, mailing_list: MailingList | int, email: str) -> Contact:
        """One contact of the list."""
        return self._client.read(_contact, "GET", _path(mailing_list, "emails", email))

    def add_emails(
        self,
        mailing_list: MailingList | int,
        emails: Iterable[NewContact],
        *,
        confirmation: Literal["force"] | None = None,
        sender_email: str | None = None,
        message_lang: str | None = None,
        template_id: int | str | None = None,
        tags: Sequence[int] | None = None,
        dont_update: bool | None = None,
        check_emails: bool | None = None,
        disable_webhook: bool | None = None,
    ) -> None:
        """Add contacts, or update those that are there, all in one request however many they are.

        With `confirmation="force"` they are asked first (double opt-in), by a mail from `sender_email`. The server does
        not tell how many it took: it skips what is no address.
        """
        options = {
            "confirmation": confirmation,
            "sender_email": sender_email,
            "message_lang": message_lang,
            "template_id": template_id,
            "tags": tags,
            "dont_update": dont_update,
            "check_emails": check_emails,
            "disable_webhook": disable_webhook,
        }
        body: dict[str, Any] = {"emails": [_new_contact(entry) for entry in _several(emails)]}
        body |= {name: value for name, value in options.items() if value is not None}
        self._client.request("POST", _path(mailing_list, "emails"), json=body)

    def delete_emails(self, mailing_list: MailingList | int, emails: Iterable[str]) -> None:
        """Remove contacts from the list; the server refuses more than 100 at once."""
        self._client.request("DELETE", _path(mailing_list, "emails"), json={"emails": _several(emails)})

    def unsubscribe(self, mailing_list: MailingList | int, emails: Iterable[str]) -> None:
        """Unsubscribe contacts from the list; the server refuses more than 100 at once."""
        self._client.request("POST", _path(mailing_list, "emails", "unsubscribe"), json={"emails": _several(emails)})

    def set_variables(self, mailing_list: MailingList | int, email: str, variables: Mapping[str, Any]) -> None:
        """Set some variables of a contact."""
        entries = [{"name": name, "value": value} for name, value in variables.items()]
        path = _path(mailing_list, "emails", "variable")
        self._client.request("POST", path, json={"email": email, "variables": entries})

    def find_by_variable(
        self, mailing_list: MailingList | int, variable_name: str, search_value: str | int
    ) -> Rows[Contact]:
        """The contacts whose variable has this value; the server leaves their variables out."""
        return self._client.read(_contacts, "GET", _path(mailing_list, "variables", variable_name, search_value))

    def set_phone(self, mailing_list: MailingList | int, email: str, phone: str) -> None:
        """Set the phone number of a contact."""
        self._client.request("PUT", _path(mailing_list, "phone"), json={"email": email, "phone": phone})

    def get_cost(self, mailing_list: MailingList | int) -> Cost:
        """What a campaign to the list would cost."""
        return self._client.read(one(Cost), "GET", _path(mailing_list, "cost"))

    def list_campaigns(
        self, mailing_list: MailingList | int, *, limit: int | None = None, offset: int | None = None
    ) -> Rows[ListCampaign]:
        """One page of the campaigns that went to the list."""
        path = _path(mailing_list, "campaigns")
        return self._client.read(many(ListCampaign), "GET", path, {"limit": limit, "offset": offset})

    def iterate_campaigns(self, mailing_list: MailingList | int) -> Iterator[ListCampaign]:
        """All of the campaigns that went to the list."""
        return items(lambda limit, offset: self.list_campaigns(mailing_list, limit=limit, offset=offset))


def _path(mailing_list: MailingList | int, *segments: str | int) -> str:
    list_id = mailing_list.id if isinstance(mailing_list, MailingList) else mailing_list
    return path_of("addressbooks", list_id, *segments)


def _several(emails: Iterable[T]) -> Sequence[T]:
    if isinstance(emails, str):
        raise TypeError(f"emails={emails!r} is one string: give a list of addresses")
    return [*emails]


def _new_contact(entry: NewContact) -> Mapping[str, Any]:
    if isinstance(entry, str):
        return {"email": entry}
    if isinstance(entry, tuple):
        email, variables = entry
        return {"email": email, "variables": variables}
    return entry


def _contacts(rows: Iterable[Mapping[str, Any]]) -> Rows[Contact]:
    return [_contact(row) for row in rows]


def _contact(row: Mapping[str, Any]) -> Contact:
    return one(Contact)({**row, "variables": _values(row.get("variables"))})


def _values(variables: Any) -> Mapping[str, Any]:
    """By name: a row of a list has an object of them (or PHP's `[]` for none), a look-up an array of typed entries."""
    if isinstance(variables, Mapping):
        return variables
    return {entry["name"]: entry["value"] for entry in variables or ()}
