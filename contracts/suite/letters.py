"""A small model of transactional mail: to whom it goes, what comes of it, who gets no more.

All instants are microseconds since the suite's noon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Final

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
MOST_INVITATIONS: Final = 5

WAITING, TAKEN, REFUSED, FULL = 0, 250, 550, 452
BY_LINK, BY_USER, COMPLAINED = "unsubscribe_by_link", "unsubscribe_by_user", "spam_complaint"

PEOPLE: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "ada@example.com": (),
    "bob+tag@example.org": (),
    "o+open@example.com": (("open", 60),),
    "c+click-90s@example.com": (("click", 90),),
    "u+open-30s+unsubscribe@example.com": (("open", 30), ("unsubscribe", 180)),
    "s+spam-20m@example.com": (("spam", 1200),),
    "b+bounce@example.com": (("bounce", 0),),
    "l+bounce-2m+open@example.com": (("bounce", 120), ("open", 60)),
    "f+softbounce-1h@example.com": (("softbounce", 3600),),
    "g@nowhere.invalid": (("bounce", 0),),
}
"""Addresses, and what follows a mail to them after how many seconds."""

FAILURES: Final = {"bounce": REFUSED, "softbounce": FULL}


@dataclass
class Sent:
    """A mail to one recipient; `id` is what the API calls the mail, `came_back` the instant of a bounce."""

    id: str
    recipient: str
    at: int
    code: int = TAKEN
    opens: int = 0
    clicks: int = 0
    came_back: int | None = None


@dataclass
class Reasons:
    """Why no mail goes to an address, and since when the newest reason holds."""

    since: int
    flags: set[str] = field(default_factory=set)


class Post:
    """One account: its mails, its suppression list, and what is still to come."""

    def __init__(self) -> None:
        self.now = 0
        self.mails_left = 15_000
        self.sent: list[Sent] = []
        self.suppressed: dict[str, Reasons] = {}
        self.invited: list[int] = []
        self._coming: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0

    def advance(self, span: int) -> None:
        """Let time pass, and do in order what it brings."""
        until = self.now + span
        while self._coming and self._coming[0][0] <= until:
            self.now, _, happen = heappop(self._coming)
            happen()
        self.now = until

    def recipients(self, named: Iterable[str]) -> list[str]:
        """To whom a mail goes that is to go to these: each once, and nobody who is suppressed."""
        return [address for address in dict.fromkeys(map(str.lower, named)) if address not in self.suppressed]

    def send(self, number: str, recipients: Iterable[str], *, has_link: bool) -> None:
        """Mail somebody, and plan what comes of it; what does so at once is seen by whoever asks next."""
        for address in recipients:
            follows = PEOPLE.get(address, ())
            arrives = FAILURES.keys().isdisjoint(event for event, _ in follows)
            mail = Sent(number, address, self.now, TAKEN if arrives else WAITING)
            self.sent.append(mail)
            for event, after in follows:
                self._plan(self.now + after * SECOND, event, mail, has_link=has_link)
        self.advance(0)

    def invitations_today(self) -> int:
        """How many invitations were mailed within 24 hours."""
        return sum(at > self.now - DAY for at in self.invited)

    def suppress(self, address: str, reason: str) -> None:
        """Let no more mail go to an address."""
        reasons = self.suppressed.setdefault(address.lower(), Reasons(self.now))
        reasons.since = self.now
        reasons.flags.add(reason)

    def bounces(self) -> list[Sent]:
        """What came back within 24 hours, in the order in which it was sent."""
        return [mail for mail in self.sent if mail.came_back is not None and mail.came_back > self.now - DAY]

    def counters(self) -> dict[str, Any]:
        """What all outcomes add up to."""
        return {
            "total": len(self.sent),
            "opens": sum(mail.opens for mail in self.sent),
            "clicks": sum(mail.clicks for mail in self.sent),
            "bounces": len(self.bounces()),
        }

    def _plan(self, at: int, event: str, mail: Sent, *, has_link: bool) -> None:
        self._planned += 1
        heappush(self._coming, (at, self._planned, lambda: self._happen(event, mail, has_link=has_link)))

    def _happen(self, event: str, mail: Sent, *, has_link: bool) -> None:
        if event in FAILURES:
            self._come_back(mail, FAILURES[event])
        elif mail.code == TAKEN:
            self._react(event, mail, has_link=has_link)

    def _come_back(self, mail: Sent, code: int) -> None:
        if mail.came_back is None and not mail.opens:
            mail.code, mail.came_back = code, self.now

    def _react(self, event: str, mail: Sent, *, has_link: bool) -> None:
        if event == "open" or (event == "click" and has_link and not mail.opens):
            mail.opens += 1
        mail.clicks += event == "click" and has_link
        if event == "unsubscribe":
            self.suppress(mail.recipient, BY_LINK)
        if event == "spam":
            self.suppress(mail.recipient, COMPLAINED)
