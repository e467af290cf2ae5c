"""What tags refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import tags
from contracts.strategies import UNKNOWN_ID
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA, VIP

COLOR = "#ff8000"


@provokes(tags.NAME_TAKEN, tags.create)
def _make_a_tag_twice(account: Account, operation: Operation) -> Answer:
    """Another tag of the account has that name."""
    return account.ask(operation, name=VIP, color=COLOR)


@provokes(tags.NAME_TAKEN, tags.update)
def _give_a_tag_the_name_that_another_waits_for(account: Account, operation: Operation) -> Answer:
    """Another tag of the account has that name, or waits in the queue to get it."""
    account.get(tags.create, name="Quiet", color=COLOR)
    return account.ask(operation, account.known["email.tag"][0], name="Quiet", color=COLOR)


@provokes(tags.EMAIL_UNKNOWN, tags.pin_to_email, tags.unpin_from_email)
def _tag_who_is_in_no_list(account: Account, operation: Operation) -> Answer:
    """The address is in no mailing list of the account."""
    return account.ask(operation, email="stranger@example.com", tags=account.known["email.tag"])


@provokes(tags.TAGS_UNKNOWN, tags.pin_to_email, tags.unpin_from_email)
def _tag_with_what_is_not_there(account: Account, operation: Operation) -> Answer:
    """One of the tags does not exist."""
    return account.ask(operation, email=ADA, tags=[*account.known["email.tag"], UNKNOWN_ID])


@provokes(tags.PHONE_INVALID, tags.pin_to_phone, tags.unpin_from_phone)
def _tag_a_phone_in_words(account: Account, operation: Operation) -> Answer:
    """The phone is no phone number."""
    return account.ask(operation, phone="by the door", tags=account.known["email.tag"])


@provokes(tags.PHONE_UNKNOWN, tags.pin_to_phone, tags.unpin_from_phone)
def _tag_a_phone_that_nobody_has(account: Account, operation: Operation) -> Answer:
    """No contact of the account has the phone."""
    return account.ask(operation, phone="+380440000000", tags=account.known["email.tag"])


@provokes(tags.TAGS_UNKNOWN, tags.pin_to_phone, tags.unpin_from_phone)
def _tag_a_phone_with_what_is_not_there(account: Account, operation: Operation) -> Answer:
    """One of the tags does not exist."""
    return account.ask(operation, phone="+380501234567", tags=[UNKNOWN_ID])
