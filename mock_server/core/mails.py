"""A mail: what it shares with others of its mailing, what is its own, and what its recipient sees."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from mock_server.core.clock import Instant, format_for_mail, format_instant
from mock_server.core.markup import beginning_of, links_in, links_of, text_of, without_links
from mock_server.core.placeholders import Values
from mock_server.core.sources import source_of
from mock_server.core.store import entity

EMAIL: Final = "email"
"""The channel of mails."""

UNSUBSCRIBE_LINK: Final = "https://unsubscribe.sendpulse.example/{id}"
"""The link by which the recipient of a message leaves; `id` is the message's."""

_PREVIEWED: Final = 200
"""Characters of a text that stand for it in a list."""

_CODE: Final = re.compile(r"(?<!\w)(?<![0-9][.,:/-])[0-9]{4,8}(?!\w|[.,:/-][0-9])")
_NEEDS_QUOTES: Final = re.compile(r'[][\\()<>@,:;".]')
_NO_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]+")


@entity("core.content")
class Content:
    """What the messages of a mailing have in common; `attachments` are base64 by name.

    Subject, text and HTML are the same for all unless they are templates, whose names each message's values replace.
    Recipients of a template, and of what `offers_leaving`, are given a link to leave by.
    """

    id: int
    channel: str = EMAIL
    sender: str
    sender_name: str = ""
    subject: str
    text: str = ""
    html: str = ""
    amp: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    is_template: bool = False
    offers_leaving: bool = False


@entity("core.message")
class Message:
    """A content for one recipient; `at` is the instant it left. The rest is derived when somebody reads it."""

    id: int
    at: int
    to: str
    content_id: int
    variables: dict[str, Any]
    about: dict[str, Any]


@dataclass(frozen=True, repr=False)
class Mail:
    """A message as its recipient sees it, rendered when somebody looks."""

    _message: Message
    _content: Content

    @property
    def id(self) -> int:
        """Its number, from 1."""
        return self._message.id

    @property
    def at(self) -> Instant:
        """When it left, in microseconds since the epoch."""
        return self._message.at

    @property
    def to(self) -> str:
        """The address that it goes to."""
        return self._message.to

    @property
    def about(self) -> dict[str, Any]:
        """What it belongs to, such as ``{"kind": "confirmation", "list_id": 1, "contact_id": 1}``."""
        return dict(self._message.about)

    @property
    def channel(self) -> str:
        """``email``, until other services send."""
        return self._content.channel

    @property
    def sender(self) -> str:
        """The address that it comes from."""
        return self._content.sender

    @cached_property
    def subject(self) -> str:
        """The subject, on one line."""
        subject = self._content.subject
        return _one_line(self._values.fill(subject) if self._content.is_template else subject)

    @cached_property
    def html(self) -> str:
        """The HTML, empty if there is none."""
        return self._values.fill_html(self._content.html) if self._content.is_template else self._content.html

    @cached_property
    def text(self) -> str:
        """The text; what the HTML says, if there is no other."""
        text = self._content.text
        if not text:
            return text_of(self.html)
        return self._values.fill(text) if self._content.is_template else text

    @property
    def has_text(self) -> bool:
        """Whether a text was given beside the HTML, or alone."""
        return bool(self._content.text)

    @cached_property
    def preview(self) -> str:
        """How the text begins, on one line; the rest is not looked at."""
        content = self._content
        begins = content.text[:_PREVIEWED] or beginning_of(content.html, _PREVIEWED)
        return " ".join((self.filled(begins) if content.is_template else begins).split())[:_PREVIEWED]

    @cached_property
    def amp(self) -> str:
        """The AMP for mail clients that take it, empty if there is none."""
        return self._values.fill_html(self._content.amp) if self._content.is_template else self._content.amp

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers by name, each on one line and in plain Unicode."""
        told = {
            "From": with_name(self._content.sender_name, self.sender),
            "To": self.to,
            "Subject": self.subject,
            "Date": format_for_mail(self.at),
            "Message-ID": f"<{self.at}.{self.id}@mail.sendpulse.example>",
        }
        if self.unsubscribe_link is not None:
            told["List-Unsubscribe"] = f"<{self.unsubscribe_link}>"
        return {_one_line(name): _one_line(value) for name, value in (told | self._content.headers).items()}

    @cached_property
    def attachments(self) -> dict[str, bytes]:
        """The attached files by name."""
        return {name: _bytes(content) for name, content in self._content.attachments.items()}

    @property
    def source(self) -> bytes:
        """The mail as it would have travelled, as a file with the ending ``.eml`` holds it."""
        text = self.text if self.has_text else ""
        return source_of(self.headers, text=text, html=self.html, amp=self.amp, attachments=self.attachments)

    @property
    def has_files(self) -> bool:
        """Whether files are attached."""
        return bool(self._content.attachments)

    @property
    def unsubscribe_link(self) -> str | None:
        """By which the recipient leaves; None for a mail of its own, such as a confirmation."""
        offered = self._content.is_template or self._content.offers_leaving
        return UNSUBSCRIBE_LINK.format(id=self.id) if offered else None

    def filled(self, template: str) -> str:
        """Plain text with the message's values in the place of names."""
        return self._values.fill(template)

    @property
    def _values(self) -> Values:
        link = self.unsubscribe_link or ""
        return Values({"email": self.to, "unsubscribe": link, "unsubscribe_url": link}, self._message.variables)

    def extract_links(self) -> list[str]:
        """The web addresses that the recipient can follow, in order, each once."""
        return links_of(self.html) or links_in(self.text)

    def extract_code(self) -> str | None:
        """The first number of four to eight digits that is part of nothing else, such as an activation code.

        Looked for in the text, then in the subject.
        """
        for text in (without_links(self.text), self.subject):
            if found := _CODE.search(text):
                return found[0]
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} to {self.to}: {self.subject!r}>"

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
            "about": self.about,
        }


def _one_line(text: object) -> str:
    """A header cannot smuggle in another one."""
    return " ".join(str(text).splitlines())


def with_name(name: str, address: str) -> str:
    """An address as headers show it, with the name of whose it is if there is one."""
    if not name:
        return address
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>' if _NEEDS_QUOTES.search(name) else f"{name} <{address}>"


def _bytes(encoded: object) -> bytes:
    """What base64 says; of what is none, as much as can be read: a snapshot may hold anything."""
    text = _NO_BASE64.sub("", str(encoded))
    whole = len(text) - (len(text) % 4 == 1)
    return b64decode(text[:whole] + "=" * (-whole % 4))
