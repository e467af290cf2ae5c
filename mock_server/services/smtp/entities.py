"""What the SMTP service keeps. Instants are microseconds since the epoch; addresses of recipients are lower-cased."""

from __future__ import annotations

from mock_server.core.store import entity

IN_QUEUE = 0
DELIVERED = 250


@entity("smtp.email", unique=[("key",)])
class Email:
    """A mail that was accepted at `at`; `key` is its id before clients."""

    id: int
    key: str
    at: int
    sender: str
    subject: str
    size: int


@entity(
    "smtp.delivery",
    unique=[("message_id",)],
    indexes=[("email_id",), ("recipient",), ("is_bounced",)],
)
class Delivery:
    """What became of a mail to one recipient: the message in the outbox, and what the other server `answered` when.

    `code` is 0 while the mail waits for that answer.
    """

    id: int
    email_id: int
    message_id: int
    recipient: str
    sent: int
    code: int = IN_QUEUE
    subcode: str = ""
    answer: str = ""
    answered: int | None = None

    @property
    def is_delivered(self) -> bool:
        return self.code == DELIVERED

    @property
    def is_bounced(self) -> bool:
        return self.code > DELIVERED


@entity("smtp.track", indexes=[("delivery_id",)])
class Track:
    """Something that a recipient did with a mail: opened it or, where there is a `url`, followed that link."""

    id: int
    delivery_id: int
    at: int
    url: str = ""


@entity("smtp.suppressed", unique=[("email",)])
class Suppressed:
    """An address that no mail goes to, and why; `at` is the instant of the newest reason."""

    id: int
    email: str
    at: int
    by_link: bool = False
    by_user: bool = False
    complained: bool = False
    comment: str = ""


@entity("smtp.invitation", indexes=[("recipient",)])
class Invitation:
    """A mail that asked a suppressed recipient to come back; `is_accepted` once its link was followed."""

    id: int
    email_id: int
    recipient: str
    at: int
    is_accepted: bool = False


@entity("smtp.sender_domain", unique=[("domain",)])
class SenderDomain:
    """A domain in whose name mail may go out once it is active. `domain` is lower-cased.

    `asked` is the address that was asked at `asked_at` to confirm it by mail, if any was; `is_confirmed` once it has.
    """

    id: int
    domain: str
    asked: str | None = None
    asked_at: int | None = None
    is_confirmed: bool = False
