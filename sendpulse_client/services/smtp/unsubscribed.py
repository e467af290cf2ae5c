"""The suppression list: addresses that no mail goes to, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sendpulse_client._pages import items
from sendpulse_client._records import Rows, many

if TYPE_CHECKING:
    from sendpulse_client._client import Client

Language = Literal["ru", "en", "ua", "tr", "es", "pt"]


@dataclass(frozen=True)
class Suppressed:
    """An address that no mail goes to; each reason is 1 where it holds, else 0."""

    email: str
    unsubscribe_by_link: int | None = None
    unsubscribe_by_user: int | None = None
    spam_complaint: int | None = None
    date: str | None = None


class Unsubscribed:
    """The operations on the suppression list, named as the API's contract names them.

    Whatever the server refuses is raised as a SendPulseError; where it only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, emails: Iterable[str], *, comment: str | None = None) -> None:
        """Let no more mail go to some addresses."""
        more = {} if comment is None else {"comment": comment}
        body = {"emails": [{"email": address, **more} for address in _addresses(emails)]}
        self._client.request("POST", "/smtp/unsubscribe", json=body)

    def remove(self, emails: Iterable[str]) -> None:
        """Let mail go to some addresses again."""
        self._client.request("DELETE", "/smtp/unsubscribe", json={"emails": _addresses(emails)})

    def list(self, *, date: str | None = None, limit: int | None = None, offset: int | None = None) -> Rows[Suppressed]:
        """One page of the suppression list, at most 100; of one day (``YYYY-MM-DD``) if one is given."""
        query = {"date": date, "limit": limit, "offset": offset}
        return self._client.read(many(Suppressed), "GET", "/smtp/unsubscribe", query)

    def iterate(self, *, date: str | None = None) -> Iterator[Suppressed]:
        """The whole suppression list."""
        return items(lambda limit, offset: self.list(date=date, limit=limit, offset=offset))

    def search(self, email: str) -> bool:
        """Whether no mail goes to an address."""
        return self._client.read(
            lambda answer: bool(answer["result"]), "GET", "/smtp/unsubscribe/search", {"email": email}
        )

    def resubscribe(self, email: str, *, sender: str, lang: Language | None = None) -> str:
        """Mail a suppressed address the link by which it comes back, and return the id of that mail."""
        body = {"email": email, "sender": sender} | ({} if lang is None else {"lang": lang})
        return self._client.read(lambda answer: str(answer["id"]), "POST", "/smtp/resubscribe", json=body)


def _addresses(emails: Iterable[str]) -> Any:
    if isinstance(emails, str):
        raise TypeError(f"emails={emails!r} is one string: give a list of addresses")
    return [*emails]
