"""What the SMTP service refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.smtp import NO_SMTP_USER, NOT_IN_TARIFF, SENDER_INVALID, USER_NEEDED, bounces, emails
from contracts.services.smtp import unsubscribed as suppression
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA, BOB, GONE, HELLO, letter_of

BEYOND_ANY_BOUND: Final = 2000
"""Recipients that no server takes at once."""
MEGABYTES: Final = 20_000_000

_ARGUMENTS: Final[Mapping[Operation, Mapping[str, Any]]] = {
    emails.get_many: {"emails": ["pzkic9-0afezp-fc"]},
    suppression.add: {"emails": [BOB]},
    suppression.remove: {"emails": [GONE]},
    suppression.search: {"email": GONE},
}
"""What keeps the rules of those operations that need arguments."""


@provokes(NO_SMTP_USER, emails.send)
def _send_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation, email=letter_of(account))


@provokes(NO_SMTP_USER, emails.get_total)
@provokes(
    USER_NEEDED,
    emails.list,
    emails.get_many,
    bounces.list,
    bounces.get_total,
    suppression.add,
    suppression.remove,
    suppression.list,
    suppression.search,
)
def _ask_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.ask(operation, **_ARGUMENTS.get(operation, {}))


@provokes(USER_NEEDED, emails.get)
def _look_at_a_mail_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return account.send(account.naming_what_is_there(operation))


@provokes(suppression.NO_USER, suppression.resubscribe)
def _invite_without_the_service(account: Account, operation: Operation) -> Answer:
    """The account has not switched SMTP on."""
    account.change("settings", smtp=False)
    return _invite(account, operation)


@provokes(NOT_IN_TARIFF, emails.list, emails.get_total, suppression.list)
def _look_on_a_free_plan(account: Account, operation: Operation) -> Answer:
    """The account's plan, or its plan of SMTP, is free."""
    account.change("plan", category="free")
    return account.ask(operation)


@provokes(emails.TEMPLATE_NOT_FOUND, emails.send)
def _send_a_template_that_is_not_there(account: Account, operation: Operation) -> Answer:
    """There is no template of that number or hash."""
    return account.ask(operation, email=letter_of(account, template={"id": 999, "variables": {}}))


@provokes(emails.TEMPLATE_EMPTY, emails.send)
def _send_an_empty_template(account: Account, operation: Operation) -> Answer:
    """The template says nothing, or is not ready yet."""
    [empty] = account.add_rows("email.template", {"name": "Empty", "body": " ", "lang": "en", "created": 0})
    return account.ask(operation, email=letter_of(account, template={"id": empty}))


@provokes(emails.TEMPLATE_ID_MISSING, emails.send)
def _send_a_template_without_saying_which(account: Account, operation: Operation) -> Answer:
    """There is a template without an id, and neither HTML nor text."""
    return account.ask(operation, email=letter_of(account, text=None, template={"variables": {"name": "Ada"}}))


@provokes(emails.BODY_MISSING, emails.send)
def _send_nothing(account: Account, operation: Operation) -> Answer:
    """There is neither HTML nor text nor template, or only white space in them."""
    return account.ask(operation, email=letter_of(account, text=" \n", html="IA=="))


@provokes(emails.REPLY_TO_INVALID, emails.send)
def _have_the_answer_sent_to_no_address(account: Account, operation: Operation) -> Answer:
    """The address to answer to is none."""
    return account.ask(operation, email=letter_of(account, reply_to="ada@"))


@provokes(emails.LIMITED, emails.send)
def _send_while_sending_is_limited(account: Account, operation: Operation) -> Answer:
    """The vendor has limited what the account may send."""
    account.change("settings", sending_limited=True)
    return account.ask(operation, email=letter_of(account))


@provokes(SENDER_INVALID, emails.send)
def _send_in_the_name_of_who_is_not_active(account: Account, operation: Operation) -> Answer:
    """The mail is from an address that is no active sender of the account."""
    return account.ask(operation, email=letter_of(account, **{"from": {"name": "Bob", "email": BOB}}))


@provokes(emails.TOO_MANY_RECIPIENTS, emails.send)
def _send_to_a_crowd(account: Account, operation: Operation) -> Answer:
    """The mail goes to more addresses than one mail may."""
    crowd = [{"email": f"reader-{number}@example.com"} for number in range(BEYOND_ANY_BOUND)]
    return account.ask(operation, email=letter_of(account, bcc=crowd))


@provokes(emails.TOO_LARGE, emails.send)
def _send_a_heavy_mail(account: Account, operation: Operation) -> Answer:
    """The mail is larger than one mail may be."""
    return account.ask(operation, email=letter_of(account, text="x" * MEGABYTES))


@provokes(emails.OUT_OF_MAILS, emails.send)
def _send_one_mail_too_many(account: Account, operation: Operation) -> Answer:
    """The plan does not include as many more mails as there are recipients."""
    account.change("settings", emails_left=1)
    return account.ask(operation, email=letter_of(account, html=HELLO, cc=[{"email": BOB}]))


@provokes(emails.NO_SUCH_EMAIL, emails.get)
def _look_at_a_mail_that_was_not_sent(account: Account, operation: Operation) -> Answer:
    """The account sent no mail with that id."""
    return account.ask(operation, "pzkic9-0afezp-fc")


@provokes(emails.NO_SUCH_EMAILS, emails.get_many)
def _look_at_mails_that_were_not_sent(account: Account, operation: Operation) -> Answer:
    """The account sent no mail with any of the ids."""
    return account.ask(operation, emails=["pzkic9-0afezp-fc", "1"])


@provokes(suppression.NOT_SUPPRESSED, suppression.remove)
def _take_off_who_is_not_suppressed(account: Account, operation: Operation) -> Answer:
    """None of the addresses is suppressed."""
    return account.ask(operation, emails=[ADA, BOB])


@provokes(suppression.NOT_BLOCKED, suppression.resubscribe)
def _invite_who_is_not_suppressed(account: Account, operation: Operation) -> Answer:
    """The address is not suppressed."""
    return account.ask(operation, email=ADA, sender=account.credentials.sender)


@provokes(suppression.SENDER_NOT_ACTIVE, suppression.resubscribe)
def _invite_in_the_name_of_who_is_not_active(account: Account, operation: Operation) -> Answer:
    """The invitation is from an address that is no active sender of the account."""
    return account.ask(operation, email=GONE, sender=BOB)


@provokes(suppression.TOO_MANY_A_DAY, suppression.resubscribe)
def _invite_six_times_a_day(account: Account, operation: Operation) -> Answer:
    """The account had five invitations sent within the last 24 hours."""
    for _ in range(5):
        _invite(account, operation)
    return _invite(account, operation)


def _invite(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, email=GONE, sender=account.credentials.sender, lang="en")
