"""What happens to a mail after it left, whoever causes it: its recipient, a mail server, or a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from mock_server.behaviour import Happening, Occasion, recounts, simulates
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.mails import Mail
from mock_server.core.store import Missing
from mock_server.mailing.addresses import plain
from mock_server.mailing.bounces import FULL_MAILBOX, NO_MAILBOX, Reply
from mock_server.mailing.reactions import BOUNCE, CLICK, OPEN, SOFT_BOUNCE, SPAM, UNSUBSCRIBE
from mock_server.services.smtp.entities import IN_QUEUE, Delivery, Email, Track
from mock_server.services.smtp.notifications import announce, answered, bounced, happened
from mock_server.services.smtp.suppression import BY_LINK, COMPLAINED, suppress


def happen(account: Account, event: str, delivery: Delivery, at: Instant, url: str | None = None) -> bool:
    """Let `event` happen to a mail; false where it cannot, as opening what never arrived."""
    return _EVENTS[event](account, delivery, at, url)


def email_of(account: Account, delivery: Delivery) -> Email:
    """The mail that a delivery is of. Raises `Missing` where a snapshot lost it."""
    email = account.store[Email].get(delivery.email_id)
    if email is None:
        raise Missing(f"the mail of {delivery!r} is not there")
    return email


def _open(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not delivery.is_delivered:
        return False
    account.store[Track].add(delivery_id=delivery.id, at=at)
    _tell(account, "opened", delivery, at)
    return True


def _click(account: Account, delivery: Delivery, at: Instant, url: str | None) -> bool:
    followed = url or _first_link(account, delivery)
    if not delivery.is_delivered or followed is None:
        return False
    if not _is_opened(account, delivery):  # nobody follows a link unseen
        _open(account, delivery, at, None)
    account.store[Track].add(delivery_id=delivery.id, at=at, url=followed)
    _tell(account, "clicked", delivery, at)
    return True


def _first_link(account: Account, delivery: Delivery) -> str | None:
    mail = account.outbox.find(delivery.message_id)
    links = mail.extract_links() if mail else []
    return next((link for link in links if mail is None or link != mail.unsubscribe_link), None)


def _is_opened(account: Account, delivery: Delivery) -> bool:
    return account.store[Track].count(delivery_id=delivery.id) > 0


def _unsubscribe(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not delivery.is_delivered:
        return False
    suppress(account, delivery.recipient, BY_LINK, at)
    _tell(account, "unsubscribed", delivery, at)
    return True


def _complain(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    if not delivery.is_delivered:
        return False
    suppress(account, delivery.recipient, COMPLAINED, at)
    _tell(account, "spam_by_user", delivery, at)
    return True


def _bounce(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    return _come_back(account, delivery, at, NO_MAILBOX, "hard_bounces")


def _bounce_softly(account: Account, delivery: Delivery, at: Instant, _: str | None) -> bool:
    return _come_back(account, delivery, at, FULL_MAILBOX, "soft_bounces")


def _come_back(account: Account, delivery: Delivery, at: Instant, reply: Reply, action: str) -> bool:
    """A mail is not taken after all; false if it came back before, or somebody has seen it."""
    if delivery.is_bounced or _is_opened(account, delivery):
        return False
    failed = account.store[Delivery].change(
        delivery, code=reply.code, subcode=reply.subcode, answer=reply.text, answered=at
    )
    email = email_of(account, failed)
    announce(account, "undelivered", [answered(email, failed, at)], at)
    announce(account, action, [bounced(email, failed, at)], at)
    return True


def _tell(account: Account, action: str, delivery: Delivery, at: Instant) -> None:
    announce(account, action, [happened(email_of(account, delivery), delivery.recipient, at)], at)


_EVENTS: Final[Mapping[str, Callable[[Account, Delivery, Instant, str | None], bool]]] = {
    OPEN: _open,
    CLICK: _click,
    UNSUBSCRIBE: _unsubscribe,
    SPAM: _complain,
    BOUNCE: _bounce,
    SOFT_BOUNCE: _bounce_softly,
}


def _simulate(event: str, account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """An event could happen to the mail that ``{"message": id}``, of the outbox or the API, or ``{"email"}`` names."""
    delivery = _named(account, of)
    if delivery is None:
        return None
    return Occasion(delivery.sent, partial(happen, account, event, delivery, account.clock.now(), of.get("url")))


def _named(account: Account, of: Mapping[str, Any]) -> Delivery | None:
    deliveries, message = account.store[Delivery], of.get("message")
    if "campaign" in of:
        return None
    if isinstance(message, str):
        return _of_email(account, message, of.get("email"))
    if message is not None:
        return deliveries.find(message_id=message)
    newest = deliveries.page(1, 0, descending=True, recipient=plain(str(of.get("email", ""))))
    return next(iter(newest), None)


def _of_email(account: Account, key: str, recipient: str | None) -> Delivery | None:
    """The mail with that id of the API: to its first recipient, unless another one is named."""
    email = account.store[Email].find(key=key)
    if email is None:
        return None
    everybody = account.store[Delivery].where(email_id=email.id)
    return next((one for one in everybody if recipient is None or one.recipient == plain(recipient)), None)


for _event in _EVENTS:
    simulates(_event)(partial(_simulate, _event))


@recounts
def recount(account: Account, mail: Mail) -> Iterator[Happening]:
    """What the other server answered, and what was tracked since."""
    delivery = account.store[Delivery].find(message_id=mail.id) if mail.about.get("kind") == "smtp" else None
    if delivery is None:
        return
    yield Happening("Delivered" if delivery.is_delivered else "In queue" if delivery.code == IN_QUEUE else "Bounced")
    yield Happening("Sent", delivery.sent)
    if delivery.answered is not None:
        yield Happening(f"Answered: {delivery.answer}", delivery.answered)
    for track in account.store[Track].where(delivery_id=delivery.id):
        yield Happening("Link followed" if track.url else "Opened", track.at, track.url)
