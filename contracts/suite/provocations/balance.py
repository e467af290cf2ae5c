"""What the balance refuses."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import balance
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes


@provokes(balance.CURRENCY_INVALID, balance.get_in_currency)
def _count_in_shells(account: Account, operation: Operation) -> Answer:
    """The path names no currency that the service knows."""
    return account.ask(operation, "shells")
