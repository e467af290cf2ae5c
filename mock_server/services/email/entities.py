"""What bulk email keeps. All instants are microseconds since the epoch; addresses are lower-cased."""

from __future__ import annotations

from typing import Any

from mock_server.core.store import entity
from mock_server.services.email.statuses import ACTIVE


@entity("email.mailing_list", unique=[("name",)])
class MailingList:
    """A mailing list; `created` is an instant. Its `status` is 0 (active) until moderators come in."""

    id: int
    name: str
    created: int
    status: int = 0


@entity(
    "email.contact",
    unique=[("list_id", "email")],
    indexes=[("list_id",), ("list_id", "is_active"), ("list_id", "has_phone")],
)
class Contact:
    """An address in one list. `email` is lower-cased, `phone` all digits, `added` an instant."""

    id: int
    list_id: int
    email: str
    status: int
    added: int
    phone: int | None
    variables: dict[str, Any]

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE

    @property
    def has_phone(self) -> bool:
        return self.phone is not None


@entity("email.variable", unique=[("list_id", "name")], indexes=[("list_id",)])
class Variable:
    """A variable that contacts of a list may carry; `type` is ``string``, ``number`` or ``date``."""

    id: int
    list_id: int
    name: str
    type: str


@entity("email.blacklisted", unique=[("email",)])
class Blacklisted:
    """An address that no campaign goes to."""

    id: int
    email: str
    comment: str = ""


@entity("email.tag", unique=[("name",)])
class Tag:
    """A label for addresses and phones; `color` is ``#rrggbb``."""

    id: int
    name: str
    color: str


@entity("email.tagging", unique=[("tag_id", "email"), ("tag_id", "phone")], indexes=[("tag_id",)])
class Tagging:
    """A tag on an address or on a phone, which is all digits; the other is None."""

    id: int
    tag_id: int
    email: str | None = None
    phone: int | None = None


@entity("email.tag_write", indexes=[("name",)])
class TagWrite:
    """A write that waits in the queue of tags: its `kind` is ``create``, ``update``, ``delete``, ``pin`` or ``unpin``.

    It is done to `tag_ids`; `name` and `color` are what a tag shall have, `email` or `phone` what tags are put on.
    """

    id: int
    kind: str
    tag_ids: list[int]
    name: str | None = None
    color: str | None = None
    email: str | None = None
    phone: int | None = None


@entity("email.webhook", unique=[("url", "action")], indexes=[("action",)])
class Webhook:
    """Where to report one kind of event."""

    id: int
    url: str
    action: str


@entity("email.campaign")
class Campaign:
    """A mailing. `body` is HTML; `send_at` is when it shall be sent, None for as soon as possible.

    A test has `test_addresses`; what began as a draft stays `is_draft`, even cancelled. `included` and `price` are what
    was quoted at creation: mails that the plan covers, and money for the others; `paid` and `spent` are the mails that
    money went to, and that money. Of the tasks that were planned for it only the one of its `turn` counts.
    """

    id: int
    name: str
    status: int
    created: int
    sender_name: str
    sender_email: str
    subject: str
    body: str
    list_ids: list[int]
    test_addresses: list[str]
    is_draft: bool = False
    segment_id: int | None = None
    takes_late_contacts: bool = False
    send_at: int | None = None
    body_amp: str = ""
    attachments: dict[str, str]
    tracks_opens: bool = True
    tracks_clicks: bool = True
    utm_campaign: str = ""
    included: int = 0
    price: float = 0
    paid: int = 0
    spent: float = 0
    content_id: int | None = None
    turn: int = 0

    @property
    def is_test(self) -> bool:
        return bool(self.test_addresses)


@entity(
    "email.delivery",
    unique=[("campaign_id", "email")],
    indexes=[
        ("campaign_id",),
        ("campaign_id", "status"),
        ("campaign_id", "is_sent"),
        ("campaign_id", "is_delivered"),
        ("campaign_id", "is_opened"),
        ("campaign_id", "is_clicked"),
        ("campaign_id", "country"),
    ],
)
class Delivery:
    """What became of a campaign's mail to one address. `sent` is an instant; `country` is where it was opened first."""

    id: int
    campaign_id: int
    email: str
    list_id: int
    status: int
    sent: int | None = None
    is_delivered: bool = False
    opens: int = 0
    clicks: int = 0
    country: str = ""

    @property
    def is_sent(self) -> bool:
        return self.sent is not None

    @property
    def is_opened(self) -> bool:
        return self.opens > 0

    @property
    def is_clicked(self) -> bool:
        return self.clicks > 0


@entity("email.click", indexes=[("campaign_id",)])
class Click:
    """A link of a campaign's mail that its recipient followed."""

    id: int
    campaign_id: int
    delivery_id: int
    url: str
    at: int
