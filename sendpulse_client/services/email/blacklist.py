"""Addresses that no campaign of the account goes to."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sendpulse_client._records import Rows

if TYPE_CHECKING:
    from sendpulse_client._client import Client


class Blacklist:
    """The operations on the account's blacklist, named as the API's contract names them.

    Whatever the server refuses is raised as a SendPulseError; where it only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, *, limit: int | None = None, offset: int | None = None) -> Rows[str]:
        """The addresses on the blacklist; all of them unless `limit` says otherwise."""
        query = {"limit": limit, "offset": offset}
        return self._client.read(lambda rows: [str(row) for row in rows], "GET", "/blacklist", query)

    def add(self, emails: Iterable[str], *, comment: str | None = None) -> None:
        """Put addresses on the blacklist. Those that are on it already stay."""
        body = {"emails": _encoded(emails)} | ({} if comment is None else {"comment": comment})
        self._client.request("POST", "/blacklist", json=body)

    def remove(self, emails: Iterable[str]) -> None:
        """Take addresses off the blacklist, if they are on it."""
        self._client.request("DELETE", "/blacklist", json={"emails": _encoded(emails)})


def _encoded(emails: Iterable[str]) -> str:
    """As the server takes them: joined by commas, in base64."""
    if isinstance(emails, str):
        raise TypeError(f"emails={emails!r} is one string: give a list of addresses")
    return b64encode(",".join(emails).encode()).decode()
