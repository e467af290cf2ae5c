"""What campaigns refuse."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import campaigns
from contracts.services.email import mailing_lists as lists
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA, MAIL

MINUTE: Final = 60_000_000
BLANK: Final = b64encode(b" \n").decode()


def _send(account: Account, **changes: Any) -> Answer:
    """A campaign to the readers, in every respect as it should be but for `changes`."""
    readers = account.known["email.mailing_list"][0]
    aim = {"sender_email": account.credentials.sender, "list_id": readers}
    return account.ask(campaigns.create, **{**MAIL, **aim, **changes})


def _sent(account: Account) -> int:
    """The number of a campaign that was sent to its end."""
    number: int = _send(account).json()["id"]
    account.advance(5 * MINUTE)
    return number


@provokes(campaigns.BODY_EMPTY, campaigns.create)
def _send_a_blank_body(account: Account, _: Operation) -> Answer:
    """The body, decoded, holds nothing but white space."""
    return _send(account, body=BLANK)


@provokes(campaigns.BODY_EMPTY, campaigns.update)
def _empty_the_body(account: Account, operation: Operation) -> Answer:
    """The body, decoded, holds nothing but white space."""
    return account.ask(operation, account.known["email.campaign"][0], body=BLANK)


@provokes(campaigns.LISTS_INVALID, campaigns.create)
def _test_with_two_lists(account: Account, _: Operation) -> Answer:
    """A test, or a campaign to a segment, names more than one list."""
    return _send(account, list_id=account.known["email.mailing_list"][:2], is_test=True)


@provokes(campaigns.LIST_NOT_FOUND, campaigns.create)
def _send_to_a_list_that_is_not_there(account: Account, _: Operation) -> Answer:
    """One of the lists does not exist."""
    return _send(account, list_id=[account.known["email.mailing_list"][0], 10**9])


@provokes(campaigns.TEMPLATE_NOT_FOUND, campaigns.create)
def _send_an_unknown_template(account: Account, _: Operation) -> Answer:
    """No template has that id."""
    return _send(account, body=None, template_id=10**9)


@provokes(campaigns.TEMPLATE_NOT_FOUND, campaigns.update)
def _change_to_an_unknown_template(account: Account, operation: Operation) -> Answer:
    """No template has that id."""
    return account.ask(operation, account.known["email.campaign"][0], template_id=10**9)


@provokes(campaigns.SENDER_NOT_FOUND, campaigns.create)
def _send_as_a_stranger(account: Account, _: Operation) -> Answer:
    """The address is no active sender of the account."""
    return _send(account, sender_email=ADA)


@provokes(campaigns.SENDER_NOT_FOUND, campaigns.update)
def _change_to_a_stranger(account: Account, operation: Operation) -> Answer:
    """The address is no active sender of the account."""
    return account.ask(operation, account.known["email.campaign"][0], sender_email=ADA)


@provokes(campaigns.DATE_INVALID, campaigns.create)
def _send_yesterday(account: Account, _: Operation) -> Answer:
    """The date is earlier than now, or not written YYYY-MM-DD hh:mm:ss."""
    return _send(account, send_date="2026-01-30 12:00:00")


@provokes(campaigns.DATE_INVALID, campaigns.update)
def _postpone_to_yesterday(account: Account, operation: Operation) -> Answer:
    """The date is earlier than now, or not written YYYY-MM-DD hh:mm:ss."""
    return account.ask(operation, account.known["email.campaign"][0], send_date="2026-01-30 12:00:00")


@provokes(campaigns.LISTS_EMPTY, campaigns.create)
def _send_to_nobody(account: Account, _: Operation) -> Answer:
    """The lists hold no address that mail goes to."""
    return _send(account, list_id=account.known["email.mailing_list"][1])


@provokes(campaigns.SENT_TOO_RECENTLY, campaigns.create)
def _send_twice(account: Account, _: Operation) -> Answer:
    """Another campaign, neither draft nor test, was sent to one of the lists less than 15 minutes ago."""
    _send(account)
    return _send(account)


@provokes(campaigns.TOO_MANY_CAMPAIGNS, campaigns.create)
def _send_more_than_an_hour_allows(account: Account, _: Operation) -> Answer:
    """As many campaigns as the setting `campaigns_per_hour` allows were created within the hour."""
    account.change("settings", campaigns_per_hour=1)
    return _send(account)


@provokes(campaigns.TOO_MANY_RECIPIENTS, campaigns.create)
def _send_to_more_than_the_plan_allows(account: Account, _: Operation) -> Answer:
    """There are more recipients than the plan allows in one campaign."""
    account.change("plan", category="free")
    readers = account.known["email.mailing_list"][0]
    account.get(lists.add_emails, readers, emails=[f"reader-{number}@example.com" for number in range(501)])
    return _send(account)


@provokes(campaigns.OUT_OF_FUNDS, campaigns.create)
def _send_without_money(account: Account, _: Operation) -> Answer:
    """Neither the mails that the plan includes nor the money suffice."""
    account.change("settings", emails_left=0, balance={"main": 0, "bonus": 0})
    return _send(account)


@provokes(campaigns.ALREADY_SENT, campaigns.update, campaigns.cancel)
def _change_what_was_sent(account: Account, operation: Operation) -> Answer:
    """The campaign was sent already; to edit it, it is enough that sending has begun."""
    arguments = {"name": "Too late"} if operation is campaigns.update else {}
    return account.ask(operation, _sent(account), **arguments)


@provokes(campaigns.WRONG_STATE, campaigns.update, campaigns.cancel)
def _change_what_was_cancelled(account: Account, operation: Operation) -> Answer:
    """The campaign was cancelled, or blocked by a moderator."""
    number = account.known["email.campaign"][0]
    account.get(campaigns.cancel, number)
    arguments = {"name": "Too late"} if operation is campaigns.update else {}
    return account.ask(operation, number, **arguments)


@provokes(campaigns.NO_CHANGES, campaigns.update)
def _change_nothing(account: Account, operation: Operation) -> Answer:
    """No known field is given."""
    return account.ask(operation, account.known["email.campaign"][0])


@provokes(campaigns.RECIPIENT_NOT_FOUND, campaigns.get_recipient)
def _ask_about_a_stranger(account: Account, operation: Operation) -> Answer:
    """The campaign does not go to that address."""
    return account.ask(operation, account.known["email.campaign"][0], "stranger@example.com")


@provokes(lists.BOOK_HAS_CAMPAIGN, lists.delete)
def _delete_a_list_in_use(account: Account, operation: Operation) -> Answer:
    """A campaign to the list is not finished."""
    return account.ask(operation, account.known["email.mailing_list"][2])
