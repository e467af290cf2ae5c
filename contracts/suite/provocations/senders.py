"""What senders refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import senders
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA, BOB, GONE
from contracts.suite.senders import PAUSE, other_than


@provokes(senders.EMAIL_SYNTAX, senders.create)
def _add_what_is_no_address(account: Account, operation: Operation) -> Answer:
    """The address is a text, and no valid address."""
    return account.ask(operation, email="ada@", name="Ada")


@provokes(senders.FREE_MAIL, senders.create)
def _add_a_free_mailbox(account: Account, operation: Operation) -> Answer:
    """The address is at a free mailbox provider."""
    return account.ask(operation, email="ada@gmail.com", name="Ada")


@provokes(senders.DMARC, senders.create)
def _add_an_address_of_a_strict_domain(account: Account, operation: Operation) -> Answer:
    """The policy of the domain forbids that others send for it."""
    account.change("settings", strict_dmarc_domains=["bank.example"])
    return account.ask(operation, email="ada@bank.example", name="Ada")


@provokes(senders.BLACKLISTED, senders.create)
def _add_who_is_on_the_blacklist(account: Account, operation: Operation) -> Answer:
    """The address is on the blacklist."""
    return account.ask(operation, email=GONE, name="Gone")


@provokes(senders.TAKEN, senders.create)
def _add_a_sender_twice(account: Account, operation: Operation) -> Answer:
    """The address is among the senders already, active or not."""
    return account.ask(operation, email=BOB, name="Bob")


@provokes(senders.TOO_MANY, senders.create)
def _add_one_sender_too_many(account: Account, operation: Operation) -> Answer:
    """The account has as many senders as it may have."""
    account.change("settings", senders_allowed=2)
    return account.ask(operation, email=ADA, name="Ada")


@provokes(senders.NOT_FOUND, senders.delete)
def _delete_a_stranger(account: Account, operation: Operation) -> Answer:
    """The address is no sender of the account."""
    return account.ask(operation, email=ADA)


@provokes(senders.NOT_NAMED, senders.request_code)
def _have_a_code_mailed_to_nobody(account: Account, operation: Operation) -> Answer:
    """The address in the path is blank."""
    return account.ask(operation, " ")


@provokes(senders.NOT_NAMED, senders.activate)
def _activate_nobody(account: Account, operation: Operation) -> Answer:
    """The address in the path is blank."""
    return account.ask(operation, " ", code="12345")


@provokes(senders.UNKNOWN, senders.request_code)
def _have_a_code_mailed_to_a_stranger(account: Account, operation: Operation) -> Answer:
    """The address in the path is no sender of the account."""
    return account.ask(operation, ADA)


@provokes(senders.UNKNOWN, senders.activate)
def _activate_a_stranger(account: Account, operation: Operation) -> Answer:
    """The address in the path is no sender of the account."""
    return account.ask(operation, ADA, code="12345")


@provokes(senders.TOO_SOON, senders.request_code)
def _ask_again_a_moment_too_early(account: Account, operation: Operation) -> Answer:
    """A code was mailed to the address less than 15 minutes ago."""
    account.advance(PAUSE - 1)
    return account.ask(operation, BOB)


@provokes(senders.UNSENT, senders.request_code)
def _have_a_code_mailed_where_no_mail_arrives(account: Account, operation: Operation) -> Answer:
    """The code cannot be mailed: the domain of the address has no mail server."""
    account.get(senders.create, email="ada@nowhere.invalid", name="Ada")
    return account.ask(operation, "ada@nowhere.invalid")


@provokes(senders.NOT_AWAITED, senders.activate)
def _activate_who_is_active(account: Account, operation: Operation) -> Answer:
    """The sender is active already."""
    return account.ask(operation, account.credentials.sender, code="12345")


@provokes(senders.CODE_WRONG, senders.activate)
def _activate_with_a_wrong_code(account: Account, operation: Operation) -> Answer:
    """The code is not the one that was mailed last."""
    return account.ask(operation, BOB, code=other_than(account.mails(BOB)[-1]["code"]))
