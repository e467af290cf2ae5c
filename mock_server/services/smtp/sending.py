"""From a letter to its recipients: the one way, whichever door the letter came in by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from contracts.refusals import ACCOUNT_EXPIRED, NOT_PERMITTED
from contracts.services.smtp import NO_SMTP_USER, SENDER_INVALID
from contracts.services.smtp import emails as api
from mock_server.behaviour import Errand, does, refuse
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.placeholders import Values
from mock_server.core.purse import pay
from mock_server.mailing.addresses import plain
from mock_server.mailing.bounces import Reply
from mock_server.mailing.reactions import BOUNCE, FAILURES, Reaction, reactions_of
from mock_server.services.smtp.entities import DELIVERED, Delivery, Email
from mock_server.services.smtp.keys import key_of
from mock_server.services.smtp.letters import Letter
from mock_server.services.smtp.notifications import announce, answered
from mock_server.services.smtp.outcomes import happen
from mock_server.services.smtp.permissions import may_send, require_user
from mock_server.services.smtp.suppression import suppressed

REACT: Final = "smtp.react"

MOST_RECIPIENTS: Final = 100
"""To so many addresses one mail may go. Unverified: the vendor's bound is unknown; no server may have a lower one."""

LARGEST_LETTER: Final = 10 * 1024 * 1024
"""Bytes of a letter that are taken. Unverified: the vendor's bound is unknown."""

_TAKEN: Final = Reply(DELIVERED, "", "250 2.0.0 OK: message accepted")


def accept(account: Account, letter: Letter, at: Instant) -> Email:
    """Send a letter to everybody but those who are suppressed. Refuses, in the order of the checks, and then charges.

    Whoever calls this holds the account's lock and has a transaction open: what is refused leaves nothing.
    """
    _refuse_who_may_not_send(account, letter)
    if len(letter.recipients) > MOST_RECIPIENTS:
        refuse(api.TOO_MANY_RECIPIENTS)
    if letter.size > LARGEST_LETTER:
        refuse(api.TOO_LARGE)
    recipients = [address for address in letter.recipients if suppressed(account.store, address) is None]
    _charge(account, len(recipients))
    return dispatch(account, letter, recipients, at)


def _refuse_who_may_not_send(account: Account, letter: Letter) -> None:
    settings = account.settings
    if settings.account_expired:
        refuse(ACCOUNT_EXPIRED)
    if api.send.name in settings.forbidden:
        refuse(NOT_PERMITTED)
    require_user(account, NO_SMTP_USER)
    if settings.sending_limited:
        refuse(api.LIMITED)
    if not may_send(account, letter.sender.email):
        refuse(SENDER_INVALID)


def _charge(account: Account, mails: int) -> None:
    """Take mails off what the plan includes. Unverified: that all services of mail draw on one number."""
    if mails > account.purse.emails_left:
        refuse(api.OUT_OF_MAILS)
    if mails:
        pay(account.store, account.purse, emails=mails, money=0)


def dispatch(account: Account, letter: Letter, recipients: Iterable[str], at: Instant) -> Email:
    """Put a letter into the outbox once for each recipient, and plan what comes of it."""
    outbox = account.outbox
    content = outbox.write(
        sender=letter.sender.email,
        sender_name=letter.sender.name,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        attachments=letter.attachments,
        headers=letter.shown_headers,
        is_template=letter.variables is not None,
    )
    email = _noted(account, letter, at)
    about, variables = {"kind": "smtp", "id": email.key}, letter.variables or {}
    posted = [
        (address, outbox.post(content, at=at, to=address, variables=variables, about=about)) for address in recipients
    ]
    _deliver(account, email, posted)
    return email


def _noted(account: Account, letter: Letter, at: Instant) -> Email:
    table = account.store[Email]
    subject = letter.subject if letter.variables is None else Values({}, letter.variables).fill(letter.subject)
    return table.add(
        key=key_of(at, table.last_id + 1),
        at=at,
        sender=plain(letter.sender.email),
        subject=" ".join(subject.splitlines()),
        size=letter.size,
    )


def _deliver(account: Account, email: Email, posted: Iterable[tuple[str, int]]) -> None:
    deliveries, at = account.store[Delivery], email.at
    arrived: list[Delivery] = []
    planned: dict[Reaction, list[int]] = {}
    for address, message_id in posted:
        follows = _follows(account, email, address)
        delivery = deliveries.add(email_id=email.id, message_id=message_id, recipient=address, sent=at)
        if FAILURES.isdisjoint(reaction.event for reaction in follows):
            arrived.append(_arrive(account, delivery, at))
        for reaction in follows:
            planned.setdefault(reaction, []).append(delivery.id)
    for (event, after), numbers in planned.items():
        account.schedule.add(at + after, REACT, event=event, deliveries=numbers)
    announce(account, "delivered", (answered(email, delivery, at) for delivery in arrived), at)


def _follows(account: Account, email: Email, address: str) -> list[Reaction]:
    if not account.settings.has_mail_server(address):
        return [Reaction(BOUNCE, 0)]
    return reactions_of(account.settings.reactions, email.key, address)


def _arrive(account: Account, delivery: Delivery, at: Instant) -> Delivery:
    return account.store[Delivery].change(
        delivery, code=_TAKEN.code, subcode=_TAKEN.subcode, answer=_TAKEN.text, answered=at
    )


@does(REACT)
def react(errand: Errand) -> None:
    """Recipients, or the servers of their mail, do what follows one mail."""
    deliveries = errand.store[Delivery]
    for number in errand.payload["deliveries"]:
        delivery = deliveries.get(number)
        if delivery is not None:
            happen(errand.account, errand.payload["event"], delivery, errand.now)
