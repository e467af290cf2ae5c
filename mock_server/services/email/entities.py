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


NEW: Final = 0
ACTIVE: Final = 1
CONFIRMATION_REQUESTED: Final = 2
UNSUBSCRIBED: Final = 4

EXPLAINED: Final = {
    NEW: "New",
    ACTIVE: "Active",
    # Unverified from here on: the vendor tells what these mean, not how it words them.
    CONFIRMATION_REQUESTED: "Confirmation requested",
    UNSUBSCRIBED: "Unsubscribed",
}
"""What an address in a list is to the service, with the wire's wording."""

SENDABLE: Final = (NEW, ACTIVE)
"""What mail goes to and can be unsubscribed. Unverified: that new addresses are among it."""


@entity(
    "email.contact",
    unique=[("list_id", "email")],
    indexes=[("list_id",), ("list_id", "is_active"), ("list_id", "has_phone")],
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
        return self.status == ACTIVE

    @property
    def has_phone(self) -> bool:
        return self.phone is not None


@entity("email.variable", unique=[("list_id", "name")], indexes=[("list_id",)])
class Variable:
    """A variable that contacts of a list may carry; `type` is ``string``, ``number`` or ``date``."""

    id: int
    list_id: int
    name: str
    type: str


@entity("email.sender", unique=[("email",)])
class Sender:
    """An address that may send, once its owner has activated it."""

    id: int
    email: str
    name: str
    is_active: bool
