"""What webhooks refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import webhooks
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import HOOK


@provokes(webhooks.WEBHOOK_EXISTS, webhooks.update)
def _move_a_webhook_onto_another(account: Account, operation: Operation) -> Answer:
    """Another webhook tells that address of the same event."""
    account.get(webhooks.create, url="https://elsewhere.example.org/", actions=["unsubscribe"])
    return account.ask(operation, account.known["email.webhook"][-1], url=HOOK)
