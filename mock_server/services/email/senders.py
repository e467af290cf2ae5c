"""Addresses that may send."""

from mock_server.behaviour import founds
from mock_server.core.accounts import Account
from mock_server.services.email.entities import Sender


@founds
def owner_may_send(account: Account) -> None:
    """Every account starts with one active sender, its owner's address."""
    account.store[Sender].add(email=account.owner, name="Owner", is_active=True)
