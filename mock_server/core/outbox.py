"""What would have left the machine: every message stays here, what a mailing's messages share only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from mock_server.core.clock import Instant
from mock_server.core.mails import Content, Mail, Message
from mock_server.core.store import Store

_NOTHING: Final[dict[str, Any]] = {}
_FIRST_PAGE, _LARGEST_PAGE = 16, 1024


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
        is_template: bool = True,
    ) -> Content:
        """What many messages have in common; attachments are base64 by name, and every recipient may leave.

        Subject, HTML and text are templates, or else stand as they are given, braces too.
        """
        return self._contents.add(
            sender=sender,
            sender_name=sender_name,
            subject=subject,
            text=text,
            html=html,
            amp=amp,
            attachments=dict(attachments),
            headers=dict(headers),
            is_template=is_template,
            offers_leaving=True,
        )

    def post(
        self,
        content: Content,
        *,
        at: Instant,
        to: str,
        variables: Mapping[str, Any] = _NOTHING,
        about: Mapping[str, Any] = _NOTHING,
    ) -> int:
        """Put a mail with that content where the internet would be, and tell its id. `about` is what it belongs to.

        Both mappings are kept as they are, so that a hundred thousand messages can share them: never alter them.
        """
        return self._messages.add(at=at, to=to, content_id=content.id, variables=variables, about=about).id

    def send(
        self,
        *,
        at: Instant,
        sender: str,
        sender_name: str = "",
        to: str,
        subject: str,
        text: str = "",
        html: str = "",
        about: Mapping[str, Any],
        attachments: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Put a mail of its own where the internet would be; what is given stands as it is, braces too."""
        content = self._contents.add(
            sender=sender,
            sender_name=sender_name,
            subject=subject,
            text=text,
            html=html,
            attachments=dict(attachments),
            headers=dict(headers),
        )
        self.post(content, at=at, to=to, about=about)

    def __len__(self) -> int:
        return self._messages.count()

    def __iter__(self) -> Iterator[Mail]:
        return self.messages()

    def find(self, number: int) -> Mail | None:
        """The message with that id."""
        message = self._messages.get(number)
        return None if message is None else self.mail(message)

    def messages(
        self,
        *,
        to: str | None = None,
        subject: str | None = None,
        about: Mapping[str, Any] = _NOTHING,
        limit: int | None = None,
    ) -> Iterator[Mail]:
        """The newest `limit` messages that match, oldest first.

        `to` is an address in any case, `subject` a part of one, `about` some of what the message's own says.
        """
        if limit is None:
            return self._matching(self._messages.where(), to, subject, about)
        return reversed(list(islice(self._matching(self.newest_first(), to, subject, about), limit)))

    def newest(
        self, *, to: str | None = None, subject: str | None = None, about: Mapping[str, Any] = _NOTHING
    ) -> Mail | None:
        """The newest message that matches."""
        return next(self._matching(self.newest_first(), to, subject, about), None)

    def _matching(
        self, messages: Iterable[Message], to: str | None, subject: str | None, about: Mapping[str, Any]
    ) -> Iterator[Mail]:
        address = None if to is None else to.lower()
        for message in messages:
            if (address is None or message.to.lower() == address) and about.items() <= message.about.items():
                mail = self.mail(message)
                if subject is None or subject in mail.subject:
                    yield mail

    def newest_first(self) -> Iterator[Message]:
        """The rows of all messages; none may come or go meanwhile."""
        size, offset = _FIRST_PAGE, 0
        while page := self._messages.page(size, offset, descending=True):
            yield from page
            size, offset = min(2 * size, _LARGEST_PAGE), offset + len(page)

    def mail(self, message: Message) -> Mail:
        """A message as its recipient sees it, with what it shares with others."""
        return Mail(message, self.content(message.content_id))

    def content(self, number: int) -> Content:
        """What messages share; nothing, if a snapshot lost it."""
        return self._contents.get(number) or Content(id=number, sender="", subject="")

    def remove(self, number: int) -> bool:
        """Forget a message, and what was written for it alone; false if there is none with that id."""
        message = self._messages.get(number)
        if message is None:
            return False
        self._messages.remove(message)
        content = self._contents.get(message.content_id)
        if content is not None and not content.is_template and not self._messages.count(content_id=content.id):
            self._contents.remove(content)
        return True

    def clear(self) -> int:
        """Forget all messages, and tell how many there were. A template stays: more may be posted with it."""
        self._contents.remove_where(is_template=False)
        return self._messages.remove_where()
