"""What Automation 360 refuses."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.automation360 import events
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA


@provokes(events.EVENT_UNKNOWN, events.trigger)
def _report_what_starts_no_flow(account: Account, operation: Operation) -> Answer:
    """No flow of the account starts with the event."""
    return account.ask(operation, "nothing-happened", email=ADA)
