"""What would have left the machine: every message stays here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from mock_server.core.clock import Instant, format_instant
from mock_server.core.store import Store, entity

_LINK: Final = re.compile(r"""https?://[^\s<>"']+""")
_TAG: Final = re.compile(r"<[^<>]*>")
_CODE: Final = re.compile(r"(?<!\w)\d{4,8}(?!\w)")


@entity("core.message", indexes=[("to",)])
class Message:
    """One message to one recipient. `channel` is ``email`` until other services send; `at` is the instant it left."""

    id: int
    at: int
    channel: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    about: dict[str, Any]

    def extract_links(self) -> list[str]:
        """The web addresses in the message, in order, each once."""
        found = _LINK.findall(unescape(self.html)) or _LINK.findall(self.text)
        return list(dict.fromkeys(link.rstrip(".,;:!?)") for link in found))

    def extract_code(self) -> str | None:
        """The first stand-alone number of four to eight digits, such as an activation code."""
        text = _LINK.sub(" ", self.text or unescape(_TAG.sub(" ", self.html)))
        found = _CODE.search(text)
        return found and found[0]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": format_instant(self.at),
            "channel": self.channel,
            "from": self.sender,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "about": self.about,
        }


class Outbox:
    """The messages of one account, kept in its store: a refused request sends nothing."""

    def __init__(self, store: Store) -> None:
        self._messages = store[Message]

    def send(
        self, *, at: Instant, sender: str, to: str, subject: str, text: str, html: str, about: dict[str, Any]
    ) -> Message:
        """Put a mail where the internet would be. `about` tells what it belongs to."""
        return self._messages.add(
            at=at, channel="email", sender=sender, to=to, subject=subject, text=text, html=html, about=about
        )

    def __len__(self) -> int:
        return self._messages.count()

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._messages.where()))

    def messages(self, *, to: str | None = None, subject: str | None = None) -> list[Message]:
        """The messages that match, oldest first; `to` is an address in any case, `subject` a part of one."""
        return [
            message
            for message in self
            if (to is None or message.to.lower() == to.lower()) and (subject is None or subject in message.subject)
        ]
