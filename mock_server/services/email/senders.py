"""Addresses that may send."""

from mock_server.behaviour import founds
from mock_server.core.accounts import Account
from mock_server.services.email.entities import Sender


@founds
def owner_may_send(account: Account) -> None:
    """Every account starts with one active sender, its owner's address, unless its world has another idea of it."""
    senders = account.store[Sender]
    if senders.find(email=account.owner) is None:
        senders.add(email=account.owner, name="Owner", is_active=True)
