"""Transactional mail and what became of it. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sendpulse_client._pages import items
from sendpulse_client._paths import Query, path_of
from sendpulse_client._records import Rows, many, one

if TYPE_CHECKING:
    from sendpulse_client._client import Client

Person = str | tuple[str, str]
"""An address, or an address and a name."""


@dataclass(frozen=True)
class SentEmail:
    """What became of a mail to one recipient; `smtp_answer_code` is 250 once it was delivered.

    `tracking` has how often it was opened and clicked, and a list of each. A mail to several shares its id.
    """

    id: str
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None
    send_date: str | None = None
    total_size: int | None = None
    sender_ip: str | None = None
    used_ip: str | None = None
    smtp_answer_code: int | None = None
    smtp_answer_code_explain: str | None = None
    smtp_answer_subcode: str | None = None
    smtp_answer_data: str | None = None
    tracking: Mapping[str, Any] = field(default_factory=dict)


class Emails:
    """The operations on transactional mail, named as the API's contract names them.

    People are given as addresses, or as pairs of address and name. Whatever the server refuses is a SendPulseError.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(
        self,
        *,
        sender: Person,
        to: Iterable[Person],
        subject: str,
        html: str | None = None,
        text: str | None = None,
        template_id: int | str | None = None,
        variables: Mapping[str, Any] | None = None,
        cc: Iterable[Person] | None = None,
        bcc: Iterable[Person] | None = None,
        reply_to: Person | None = None,
        attachments: Mapping[str, bytes] | None = None,
        auto_plain_text: bool | None = None,
    ) -> str:
        """Send a mail and return its id. It needs `html`, `text` or `template_id`, whose names `variables` replace."""
        given = {
            "subject": subject,
            "from": _person(sender),
            "to": _people("to", to),
            "html": None if html is None else b64encode(html.encode()).decode(),
            "text": text,
            "template": None if template_id is None else {"id": template_id, "variables": dict(variables or {})},
            "cc": None if cc is None else _people("cc", cc),
            "bcc": None if bcc is None else _people("bcc", bcc),
            "reply_to": None if reply_to is None else _person(reply_to),
            "attachments_binary": _attached(attachments),
            "auto_plain_text": auto_plain_text,
        }
        email = {name: value for name, value in given.items() if value is not None}
        return self._client.read(lambda answer: str(answer["id"]), "POST", "/smtp/emails", json={"email": email})

    def list(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        since: str | None = None,
        until: str | None = None,
        sender: str | None = None,
        recipient: str | None = None,
        country: bool = True,
    ) -> Rows[SentEmail]:
        """One page of what became of the account's mails, at most 100; `since` and `until` are ``YYYY-MM-DD``."""
        query: Query = {
            "limit": limit,
            "offset": offset,
            "from": since,
            "to": until,
            "sender": sender,
            "recipient": recipient,
            "country": None if country else "off",
        }
        return self._client.read(many(SentEmail), "GET", "/smtp/emails", query)

    def iterate(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        sender: str | None = None,
        recipient: str | None = None,
    ) -> Iterator[SentEmail]:
        """What became of all of the account's mails, or of those that keep the filters."""
        return items(
            lambda limit, offset: self.list(
                limit=limit, offset=offset, since=since, until=until, sender=sender, recipient=recipient
            )
        )

    def get_total(self) -> int:
        """How many mails were sent, each recipient's counted."""
        return self._client.read(lambda answer: int(answer["total"]), "GET", "/smtp/emails/total")

    def get(self, email: SentEmail | str) -> SentEmail:
        """What became of one mail: to its first recipient, where there are several."""
        return self._client.read(one(SentEmail), "GET", path_of("smtp", "emails", _id(email)))

    def get_many(self, emails: Iterable[SentEmail | str]) -> Rows[SentEmail]:
        """What became of up to 500 mails, to all of their recipients. Unknown ids are left out, unless all are."""
        if isinstance(emails, str):
            raise TypeError(f"emails={emails!r} is one string: give a list of ids")
        body = {"emails": [_id(email) for email in emails]}
        return self._client.read(many(SentEmail), "POST", "/smtp/emails/info", json=body)


def _id(email: SentEmail | str) -> str:
    return email if isinstance(email, str) else email.id


def _person(person: Person) -> Mapping[str, str]:
    if isinstance(person, str):
        return {"email": person}
    address, name = person
    return {"name": name, "email": address}


def _people(what: str, people: Iterable[Person]) -> Any:
    if isinstance(people, str):
        raise TypeError(f"{what}={people!r} is one string: give a list of addresses")
    return [_person(person) for person in people]


def _attached(files: Mapping[str, bytes] | None) -> Mapping[str, str] | None:
    return None if files is None else {name: b64encode(content).decode() for name, content in files.items()}
