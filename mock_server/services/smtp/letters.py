"""A mail to be sent, whichever door it came in by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.core.mails import with_name
from mock_server.mailing.addresses import plain

_NOBODY_NAMED: Final = "undisclosed-recipients:;"

_OURS: Final = frozenset(
    {
        *("bcc", "cc", "content-transfer-encoding", "content-type", "date", "dkim-signature", "from"),
        *("list-unsubscribe", "message-id", "mime-version", "received", "reply-to", "return-path", "sender"),
        *("subject", "to"),
    }
)
"""Headers that follow from the rest of a letter, or that servers write."""


@dataclass(frozen=True, slots=True)
class Person:
    """An address and, where it is known, the name of whose it is."""

    email: str
    name: str = ""

    def __str__(self) -> str:
        return with_name(self.name, self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody wants to be sent; `attachments` are base64 by name, `headers` are further ones.

    It goes to everybody whom it names, or to the addresses of its `envelope` alone where it has one. With `variables`,
    subject, text and HTML are templates; without, they stand as they are.
    """

    sender: Person
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    reply_to: Person | None = None
    subject: str
    html: str = ""
    text: str = ""
    attachments: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] | None = None
    envelope: tuple[str, ...] | None = None

    @property
    def recipients(self) -> list[str]:
        """To whom it goes: each address once, as addresses are kept."""
        named = [person.email for person in (*self.to, *self.cc, *self.bcc)]
        return [*dict.fromkeys(map(plain, named if self.envelope is None else self.envelope))]

    @property
    def shown_headers(self) -> dict[str, str]:
        """What every recipient is shown of whom it goes to, and the further headers. Who is in `bcc` stays unseen."""
        further = {name: value for name, value in self.headers.items() if name.strip().lower() not in _OURS}
        lists = {"To": _listed(self.to) or _NOBODY_NAMED, "Cc": _listed(self.cc)}
        reply_to = {"Reply-To": str(self.reply_to)} if self.reply_to else {}
        return {name: value for name, value in lists.items() if value} | reply_to | further

    @property
    def size(self) -> int:
        """Bytes of what it says and carries. Unverified: the vendor may well count headers and encoding, too."""
        texts = (self.subject, self.html, self.text, *self.attachments)
        return sum(len(text.encode(errors="replace")) for text in texts) + sum(
            len(content) * 3 // 4 for content in self.attachments.values()
        )


def _listed(people: Iterable[Person]) -> str:
    return ", ".join(map(str, people))
