"""What would have left the machine: every message stays here, what a mailing's messages share only once."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Any, Final

from mock_server.core.clock import Instant, format_for_mail, format_instant
from mock_server.core.placeholders import Values
from mock_server.core.store import Store, entity

UNSUBSCRIBE_LINK: Final = "https://unsubscribe.sendpulse.example/{id}"
"""The link by which the recipient of a message leaves; `id` is the message's."""

_LINK: Final = re.compile(r"""https?://[^\s<>"']+""")
_TAG: Final = re.compile(r"<[^<>]*>")
_CODE: Final = re.compile(r"(?<!\w)\d{4,8}(?!\w)")
_NEEDS_QUOTES: Final = re.compile(r'[][\\()<>@,:;".]')
_NOTHING: Final[dict[str, Any]] = {}


@entity("core.content")
class Content:
    """What the messages of a mailing have in common; `attachments` are base64 by name.

    Subject, text and HTML are the same for all unless they are templates, whose names each message's values replace.
    """

    id: int
    channel: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    amp: str
    attachments: dict[str, Any]
    headers: dict[str, Any]
    is_template: bool


@entity("core.message")
class Message:
    """A content for one recipient; `at` is the instant it left. The rest is derived when somebody reads it."""

    id: int
    at: int
    to: str
    content_id: int
    variables: dict[str, Any]
    about: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A message as its recipient sees it. `at` is the instant it left, `about` tells what it belongs to."""

    id: int
    at: Instant
    to: str
    about: Mapping[str, Any]
    variables: Mapping[str, Any]
    content: Content = field(repr=False)

    @property
    def channel(self) -> str:
        """``email``, until other services send."""
        return self.content.channel

    @property
    def sender(self) -> str:
        """The address that it comes from."""
        return self.content.sender

    @cached_property
    def subject(self) -> str:
        """The subject, on one line."""
        subject = self.content.subject
        return _one_line(self._values.fill(subject) if self.content.is_template else subject)

    @cached_property
    def html(self) -> str:
        """The HTML, empty if there is none."""
        return self._values.fill_html(self.content.html) if self.content.is_template else self.content.html

    @cached_property
    def text(self) -> str:
        """The text; what the HTML says, if there is no other."""
        if not self.content.text:
            return unescape(_TAG.sub(" ", self.html))
        return self._values.fill(self.content.text) if self.content.is_template else self.content.text

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers by name, each on one line and in plain Unicode."""
        told = {
            "From": _address(self.content.sender_name, self.sender),
            "To": self.to,
            "Subject": self.subject,
            "Date": format_for_mail(self.at),
            "Message-ID": f"<{self.at}.{self.id}@mail.sendpulse.example>",
        }
        if self.unsubscribe_link is not None:
            told["List-Unsubscribe"] = f"<{self.unsubscribe_link}>"
        return {_one_line(name): _one_line(value) for name, value in (told | self.content.headers).items()}

    @cached_property
    def attachments(self) -> dict[str, bytes]:
        """The attached files by name."""
        return {name: _bytes(content) for name, content in self.content.attachments.items()}

    @property
    def unsubscribe_link(self) -> str | None:
        """By which the recipient leaves; None for a mail of its own, such as a confirmation."""
        return UNSUBSCRIBE_LINK.format(id=self.id) if self.content.is_template else None

    @property
    def _values(self) -> Values:
        link = self.unsubscribe_link or ""
        return Values({"email": self.to, "unsubscribe": link, "unsubscribe_url": link}, self.variables)

    def extract_links(self) -> list[str]:
        """The web addresses in the message, in order, each once."""
        found = _LINK.findall(unescape(self.html)) or _LINK.findall(self.text)
        return list(dict.fromkeys(link.rstrip(".,;:!?)") for link in found))

    def extract_code(self) -> str | None:
        """The first stand-alone number of four to eight digits, such as an activation code."""
        found = _CODE.search(_LINK.sub(" ", self.text))
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
            "headers": self.headers,
            "attachments": [
                {"name": name, "size": len(content), "content": b64encode(content).decode()}
                for name, content in self.attachments.items()
            ],
            "about": dict(self.about),
        }


def _one_line(text: object) -> str:
    """A header cannot smuggle in another one."""
    return " ".join(str(text).splitlines())


def _address(name: str, address: str) -> str:
    if not name:
        return address
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>' if _NEEDS_QUOTES.search(name) else f"{name} <{address}>"


def _bytes(encoded: object) -> bytes:
    """What base64 says; of what is none, as much as can be read: a snapshot may hold anything."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", str(encoded))
    whole = len(text) - (len(text) % 4 == 1)
    return b64decode(text[:whole] + "=" * (-whole % 4))


class Outbox:
    """The messages of one account, kept in its store: a refused request sends nothing."""

    def __init__(self, store: Store) -> None:
        self._contents = store[Content]
        self._messages = store[Message]

    def write(
        self,
        *,
        subject: str,
        html: str = "",
        text: str = "",
        sender: str,
        sender_name: str = "",
        attachments: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        amp: str = "",
    ) -> Content:
        """What many messages have in common: subject, HTML and text are templates. `attachments` are base64 by name."""
        return self._contents.add(
            channel="email",
            sender=sender,
            sender_name=sender_name,
            subject=subject,
            text=text,
            html=html,
            amp=amp,
            attachments=dict(attachments),
            headers=dict(headers),
            is_template=True,
        )

    def post(
        self,
        content: Content,
        *,
        at: Instant,
        to: str,
        variables: Mapping[str, Any] = _NOTHING,
        about: Mapping[str, Any] = _NOTHING,
    ) -> None:
        """Put a mail with that content where the internet would be. `about` tells what it belongs to.

        Both mappings are kept as they are, so that a hundred thousand messages can share them: never alter them.
        """
        self._messages.add(at=at, to=to, content_id=content.id, variables=variables, about=about)

    def send(
        self,
        *,
        at: Instant,
        sender: str,
        to: str,
        subject: str,
        text: str,
        html: str,
        about: Mapping[str, Any],
        sender_name: str = "",
    ) -> None:
        """Put a mail of its own where the internet would be, with subject, text and HTML as they are given."""
        content = self._contents.add(
            channel="email",
            sender=sender,
            sender_name=sender_name,
            subject=subject,
            text=text,
            html=html,
            amp="",
            attachments={},
            headers={},
            is_template=False,
        )
        self.post(content, at=at, to=to, about=about)

    def __len__(self) -> int:
        return self._messages.count()

    def __iter__(self) -> Iterator[Mail]:
        return self.messages()

    def find(self, number: int) -> Mail | None:
        """The message with that id."""
        message = self._messages.get(number)
        return None if message is None else self._rendered(message)

    def messages(
        self, *, to: str | None = None, subject: str | None = None, about: Mapping[str, Any] = _NOTHING
    ) -> Iterator[Mail]:
        """The messages that match, oldest first.

        `to` is an address in any case, `subject` a part of one, `about` some of what the message's own says.
        """
        for message in self._messages.where():
            if (to is None or message.to.lower() == to.lower()) and about.items() <= message.about.items():
                mail = self._rendered(message)
                if subject is None or subject in mail.subject:
                    yield mail

    def _rendered(self, message: Message) -> Mail:
        content = self._contents.get(message.content_id)
        return Mail(
            id=message.id,
            at=message.at,
            to=message.to,
            about=message.about,
            variables=message.variables,
            content=content or _lost(message.content_id),
        )


def _lost(number: int) -> Content:
    """What stands for a content that a snapshot left out."""
    return Content(
        id=number,
        channel="email",
        sender="",
        sender_name="",
        subject="",
        text="",
        html="",
        amp="",
        attachments={},
        headers={},
        is_template=False,
    )
