"""What look-ups of addresses refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import addresses
from contracts.services.email.mailing_lists import NO_SUCH_CONTACT
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes


@provokes(NO_SUCH_CONTACT, addresses.get, addresses.get_details, addresses.delete, addresses.get_campaigns)
def _ask_for_a_stranger(account: Account, operation: Operation) -> Answer:
    """The address is in no mailing list of the account."""
    return account.ask(operation, "stranger@example.com")
