"""What the blacklist refuses, beyond what is no base64."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import blacklist
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import in_base64


@provokes(blacklist.NO_DATA, blacklist.add, blacklist.remove)
def _name_nobody(account: Account, operation: Operation) -> Answer:
    """The text, decoded, holds no address."""
    return account.ask(operation, emails=in_base64("nobody", " "))
