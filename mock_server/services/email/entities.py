"""What bulk email keeps: mailing lists, the contacts in them, their variables, senders."""

from __future__ import annotations

from typing import Any, Final

from mock_server.core.store import entity


@entity("email.mailing_list", unique=[("name",)])
class MailingList:
    """A mailing list; `created` is an instant. Its `status` is 0 (active) until moderators come in."""

    id: int
    name: str
    created: int
    status: int = 0


class Status:
    """What an address in a list is to the service (documented: the vendor's API pages)."""

    NEW: Final = 0
    ACTIVE: Final = 1
    CONFIRMATION_REQUESTED: Final = 2
    UNSUBSCRIBED: Final = 4
    REJECTED: Final = 5
    UNSUBSCRIBED_FROM_ALL: Final = 6


SENDABLE: Final = frozenset({Status.NEW, Status.ACTIVE})
"""Statuses of addresses that mail goes to and that can be unsubscribed. Unverified: that new ones are among them."""


@entity(
    "email.contact",
    unique=[("list_id", "email")],
    indexes=[("list_id",), ("list_id", "is_active"), ("email",)],
)
class Contact:
    """An address in one list. `email` is lower-cased, `phone` all digits, `added` an instant."""

    id: int
    list_id: int
    email: str
    status: int
    added: int
    phone: int | None
    variables: dict[str, Any]

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE


@entity("email.variable", unique=[("list_id", "name")], indexes=[("list_id",)])
class Variable:
    """A variable that contacts of a list may carry; `type` is ``string``, ``number`` or ``date``."""

    id: int
    list_id: int
    name: str
    type: str


@entity("email.sender", unique=[("email",)])
class Sender:
    """An address that may send. `is_active` once its owner has confirmed it."""

    id: int
    email: str
    name: str
    is_active: bool
