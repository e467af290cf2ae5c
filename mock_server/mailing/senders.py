"""Addresses that may send. The vendor keeps one list of them for all its services of mail."""

from __future__ import annotations

from mock_server.behaviour import founds
from mock_server.core.accounts import Account
from mock_server.core.store import Store, entity
from mock_server.mailing.addresses import plain


@entity("email.sender", unique=[("email",)])
class Sender:
    """An address that may send, once its owner has activated it: with the `code` that was mailed at `code_sent`."""

    id: int
    email: str
    name: str
    is_active: bool
    code: str | None = None
    code_sent: int | None = None


@founds
def owner_may_send(account: Account) -> None:
    """Every account starts with one active sender, its owner's address, unless its world has another idea of it."""
    senders = account.store[Sender]
    if senders.find(email=account.owner) is None:
        senders.add(email=account.owner, name="Owner", is_active=True)


def sender_named(store: Store, address: str) -> Sender | None:
    """The sender with that address, active or not."""
    return store[Sender].find(email=plain(address))
