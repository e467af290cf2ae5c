"""A small model of campaigns: what is promised of them, in as few words as possible.

All instants are microseconds since the suite's noon, all money is in cents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from contracts.suite.books import ACTIVATION

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
SAME_LIST: Final = 900 * SECOND
MODERATION: Final = 60 * SECOND

NEW, ACTIVE, UNSUBSCRIBED, COMPLAINED, BROKEN, UNAVAILABLE = 0, 1, 4, 6, 9, 14
SENDABLE: Final = frozenset({NEW, ACTIVE, UNAVAILABLE})

MODERATED, SENDING, SENT, TEST, BLOCKED, UPDATING, TEST_SENT, PREPARING = 1, 2, 3, 4, 5, 7, 8, 10
ASKED, NOBODY_LEFT, CREATING, QUEUED, CANCELLED = 11, 12, 13, 14, 16
SENDING_IN_PART, SENT_IN_PART, DRAFT, TO_BE_EDITED = 22, 23, 26, 27

EDITABLE: Final = frozenset({MODERATED, CREATING, QUEUED, DRAFT, TO_BE_EDITED})
BEGUN: Final = frozenset({SENDING, SENT, TEST, UPDATING, TEST_SENT, PREPARING, SENDING_IN_PART, SENT_IN_PART})
FINISHED: Final = frozenset({SENT, UPDATING, TEST_SENT, SENT_IN_PART})
GONE: Final = frozenset({BLOCKED, CANCELLED})
VERDICTS: Final = {"reject": BLOCKED, "ask": ASKED, "edit": TO_BE_EDITED}

IN_QUEUE, MAILED, DELIVERED, OPENED, CLICKED, LEFT, NO_MAILBOX, FULL, SPAM = 0, 1, 2, 3, 4, 5, 6, 10, 11
STRUCK_OFF, LEFT_BEFORE = 18, 20
FURTHER: Final = (DELIVERED, OPENED, CLICKED, LEFT, SPAM)
ERRORS: Final = frozenset({NO_MAILBOX, FULL})

PEOPLE: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "ada@example.com": (),
    "bob@example.org": (),
    "o+open@example.com": (("open", 60),),
    "c+click-90s@example.com": (("click", 90),),
    "r+open-2m+click-1h@example.com": (("open", 120), ("click", 3600)),
    "u+open-30s+unsubscribe@example.com": (("open", 30), ("unsubscribe", 180)),
    "s+spam-20m+open-1d@example.com": (("spam", 1200), ("open", 86_400)),
    "b+bounce@example.com": (("bounce", 0),),
    "l+bounce-2m+open@example.com": (("bounce", 120), ("open", 60)),
    "f+softbounce@example.com": (("softbounce", 0),),
    "g@nowhere.invalid": (("bounce", 0),),
}
"""Addresses, and what follows a mail to them after how many seconds."""


@dataclass
class Reader:
    """A contact of one list; `ended` is the status that something gave it, if anything did."""

    joined: int
    ended: int | None = None

    def status(self, now: int) -> int:
        """A contact is new until its time has come, unless something happened."""
        if self.ended is not None:
            return self.ended
        return ACTIVE if now >= self.joined + ACTIVATION else NEW


@dataclass
class Fate:
    """What became of one mail."""

    book: int
    status: int = IN_QUEUE
    is_sent: bool = False
    is_delivered: bool = False
    opens: int = 0
    clicks: int = 0


@dataclass
class Mailing:
    """One campaign. Of the steps that were planned for it only the one of its `turn` counts."""

    books: list[int]
    created: int
    send_at: int | None = None
    is_draft: bool = False
    is_test: bool = False
    is_dynamic: bool = False
    status: int = CREATING
    turn: int = 0
    fates: dict[str, Fate] = field(default_factory=dict)

    def counters(self) -> dict[str, int]:
        """The statistics of a list of campaigns."""
        fates = list(self.fates.values())
        return {
            "sent": sum(fate.is_sent for fate in fates),
            "delivered": sum(fate.is_delivered for fate in fates),
            "opening": sum(fate.opens > 0 for fate in fates),
            "link_redirected": sum(fate.clicks > 0 for fate in fates),
            "unsubscribe": sum(fate.status == LEFT for fate in fates),
            "error": sum(fate.status in ERRORS for fate in fates),
        }


class Mailings:
    """One account: lists, campaigns, money, and what is still to come."""

    def __init__(self, sender: str) -> None:
        self.now = 0
        self.books: dict[int, dict[str, Reader]] = {}
        self.campaigns: dict[int, Mailing] = {}
        self.barred: set[str] = set()
        self.moderation = "off"
        self.most_an_hour = 5
        self.mails_left = 15_000
        self.cents = 0
        self._sender = sender
        self._coming: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0

    def advance(self, span: int) -> None:
        """Let time pass, and do in order what it brings."""
        until = self.now + span
        while self._coming and self._coming[0][0] <= until:
            self.now, _, happen = heappop(self._coming)
            happen()
        self.now = until

    def next_change(self) -> int | None:
        """When something happens next."""
        return self._coming[0][0] if self._coming else None

    def audience(self, books: list[int]) -> dict[str, int]:
        """Everybody whom a campaign to these lists goes to, with the first list that has them."""
        found: dict[str, int] = {}
        for book in books:
            for email, reader in self.books[book].items():
                if reader.status(self.now) in SENDABLE and email not in self.barred:
                    found.setdefault(email, book)
        return found

    def begin(self, number: int, mailing: Mailing) -> None:
        """Let a campaign that was just created take its way, if it is more than a draft."""
        self.campaigns[number] = mailing
        if mailing.is_draft:
            mailing.status = DRAFT
            return
        self._queue(mailing)
        self._turn(mailing, CREATING, self.now + SECOND)

    def was_sent_to(self, books: list[int]) -> bool:
        """Whether one of these lists was sent to just now."""
        recent = (one for one in self.campaigns.values() if one.created > self.now - SAME_LIST)
        return any(not one.is_draft and not one.is_test and set(one.books) & set(books) for one in recent)

    def created_within_the_hour(self) -> int:
        """How many campaigns are not an hour old, drafts and tests among them."""
        return sum(one.created > self.now - HOUR for one in self.campaigns.values())

    def postpone(self, mailing: Mailing, send_at: int) -> None:
        """Give a campaign another date."""
        mailing.send_at = send_at
        if mailing.status == QUEUED:
            self._approve(mailing)

    def submit(self, mailing: Mailing) -> None:
        """Bring an edited campaign before its moderator, if it was sent back."""
        if mailing.status == TO_BE_EDITED:
            self._turn(mailing, MODERATED, self.now + MODERATION)

    def cancel(self, mailing: Mailing) -> None:
        """Send no more of it."""
        self._turn(mailing, CANCELLED)

    def _queue(self, mailing: Mailing) -> None:
        to = {self._sender: 0} if mailing.is_test else self.audience(mailing.books)
        for email, book in to.items():
            mailing.fates.setdefault(email, Fate(book))

    def _turn(self, mailing: Mailing, status: int, until: int | None = None) -> None:
        mailing.status = status
        mailing.turn += 1
        if until is not None:
            self._plan(until, self._step_of(mailing, mailing.turn))

    def _plan(self, at: int, happen: Callable[[], None]) -> None:
        self._planned += 1
        heappush(self._coming, (at, self._planned, happen))

    def _step_of(self, mailing: Mailing, turn: int) -> Callable[[], None]:
        return lambda: self._step(mailing) if mailing.turn == turn else None

    def _step(self, mailing: Mailing) -> None:
        soon = self.now + SECOND
        match mailing.status:
            case 13 if mailing.is_test:
                self._turn(mailing, TEST, soon)
            case 13 if self.moderation != "off":
                self._turn(mailing, MODERATED, self.now + MODERATION)
            case 1 if self.moderation in VERDICTS:
                self._turn(mailing, VERDICTS[self.moderation])
            case 13 | 1:
                self._approve(mailing)
            case 14:
                if mailing.is_dynamic:
                    self._queue(mailing)
                self._turn(mailing, PREPARING, soon)
            case 10 if any(self._mailable(mailing)):
                self._turn(mailing, SENDING, soon)
            case 10:
                self._turn(mailing, NOBODY_LEFT)
            case 2:
                self._send(mailing)
            case 4:
                self._mail(mailing, list(mailing.fates))
                self._turn(mailing, TEST_SENT)
            case 7:
                self._turn(mailing, SENT)
            case 22:
                self._turn(mailing, SENT_IN_PART)

    def _approve(self, mailing: Mailing) -> None:
        self._turn(mailing, QUEUED, max(self.now + SECOND, mailing.send_at or 0))

    def _mailable(self, mailing: Mailing) -> Iterator[str]:
        """Whom mail still goes to; the others are struck off on the way."""
        for email, fate in mailing.fates.items():
            if fate.status != IN_QUEUE:
                continue
            reader = self.books.get(fate.book, {}).get(email)
            if reader is None or email in self.barred:
                fate.status = STRUCK_OFF
            elif reader.status(self.now) not in SENDABLE:
                fate.status = LEFT_BEFORE
            else:
                yield email

    def _send(self, mailing: Mailing) -> None:
        ready = list(self._mailable(mailing))
        mailed = ready[: self.mails_left + self.cents]
        self._mail(mailing, mailed)
        from_plan = min(self.mails_left, len(mailed))
        self.mails_left -= from_plan
        self.cents -= len(mailed) - from_plan
        self._turn(mailing, UPDATING if mailed == ready else SENDING_IN_PART, self.now + SECOND)

    def _mail(self, mailing: Mailing, people: list[str]) -> None:
        for email in people:
            follows = PEOPLE.get(email, ())
            fate = mailing.fates[email]
            fate.is_sent = True
            fate.is_delivered = not {event for event, _ in follows} & {"bounce", "softbounce"}
            fate.status = DELIVERED if fate.is_delivered else MAILED
            for event, after in follows:
                self._plan(self.now + after * SECOND, self._event_of(event, email, fate))

    def _event_of(self, event: str, email: str, fate: Fate) -> Callable[[], None]:
        if event in {"bounce", "softbounce"}:
            return lambda: self._come_back(event, email, fate)
        return lambda: self._react(event, email, fate) if fate.is_delivered else None

    def _react(self, event: str, email: str, fate: Fate) -> None:
        if event == "open" or (event == "click" and not fate.opens):
            fate.opens += 1
        fate.clicks += event == "click"
        reached = {"open": OPENED, "click": CLICKED, "unsubscribe": LEFT, "spam": SPAM}[event]
        fate.status = max(fate.status, reached, key=FURTHER.index)
        if event == "unsubscribe":
            self._end(email, fate.book, UNSUBSCRIBED)
        if event == "spam":
            for book in self.books.values():
                if email in book:
                    book[email].ended = COMPLAINED

    def _come_back(self, event: str, email: str, fate: Fate) -> None:
        if event == "bounce":
            fate.status = NO_MAILBOX
            self._end(email, fate.book, BROKEN)
            return
        fate.status = FULL
        full = sum(one.fates[email].status == FULL for one in self.campaigns.values() if email in one.fates)
        self._end(email, fate.book, UNAVAILABLE if full < 3 else BROKEN)  # the third time is the last

    def _end(self, email: str, book: int, status: int) -> None:
        reader = self.books.get(book, {}).get(email)
        if reader is not None and reader.status(self.now) in SENDABLE:
            reader.ended = status
