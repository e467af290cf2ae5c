"""Addresses that may send. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class Sender:
    """An address that may send, or will: `status` is ``Active`` or ``Requested activation``."""

    email: str
    name: str | None = None
    status: str | None = None
    is_allowed_for_smtp: bool | None = None


class Senders:
    """The operations on senders, named as the API's contract names them.

    A sender is given as a Sender or by its address. Whatever the server refuses is raised as a SendPulseError; where it
    only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> Rows[Sender]:
        """All of the account's senders."""
        return self._client.read(many(Sender), "GET", "/senders")

    def create(self, email: str, name: str) -> None:
        """Add a sender; the server mails it a code, with which `activate` makes it one."""
        self._client.request("POST", "/senders", json={"email": email, "name": name})

    def delete(self, sender: Sender | str) -> None:
        """Remove the sender."""
        self._client.request("DELETE", "/senders", json={"email": _address(sender)})

    def request_code(self, sender: Sender | str) -> None:
        """Have another code mailed; the server refuses within 15 minutes of the last (1004).

        To the API this is a GET, so it is repeated where an answer got lost: 1004 may tell that a code is on its way.
        """
        self._client.request("GET", path_of("senders", _address(sender), "code"))

    def activate(self, sender: Sender | str, code: str) -> None:
        """Let the sender send, by the code that was mailed to it."""
        self._client.request("POST", path_of("senders", _address(sender), "code"), json={"code": code})


def _address(sender: Sender | str) -> str:
    return sender.email if isinstance(sender, Sender) else sender
