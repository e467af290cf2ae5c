"""The outbox as people read it: newest first, in pages, searched, counted by channel.

What a mailing's messages share is looked at once, however many they are; of each only what is its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final, NamedTuple

from mock_server.core.mails import EMAIL, UNSUBSCRIBE_LINK, Content, Mail, Message
from mock_server.core.markup import words_of
from mock_server.core.outbox import Outbox
from mock_server.core.store import Store

_SEARCHED: Final = 200_000
"""Characters of a text, or of HTML that has none beside it, that are searched: a mail of megabytes holds up nobody."""

_REMEMBERED: Final = 64_000_000
"""Characters that are remembered for the next search; with more, all are read anew."""

_ROWS_REMEMBERED: Final = 50_000
"""Messages that are held for the next search, if there are no more."""

_NEIGHBOURHOOD: Final = 1000
"""So far apart messages may be, all between them removed, and are still found one from the other."""

_TOKEN: Final = re.compile(r"(?:\{\{[^{}<>\r\n]{1,255}+\}\}|\S)++")
"""What stands between spaces; a place for a value belongs to what it stands in, spaces and all."""

_EDGE: Final = re.compile(r"\S(?=\{\{)|(?<=\}\})\S")

Version = tuple[int, int]


class Found(NamedTuple):
    """Some of the messages that were looked for, newest first, and how many there are in all."""

    mails: list[Mail]
    total: int


class Said(NamedTuple):
    """What is searched of a content: what all its messages say, and what only a message's values complete.

    Of the latter, `edges` are the characters that values touch, a brace where they touch one another; `leaves` tells
    whether it holds the link to leave by.
    """

    by_all: str
    by_each: str = ""
    edges: frozenset[str] = frozenset()
    leaves: bool = False


class Inbox:
    """The messages of one account, for readers. Whoever asks holds the account's lock."""

    def __init__(self, outbox: Outbox, store: Store) -> None:
        self._outbox = outbox
        self._contents = store[Content]
        self._messages = store[Message]
        self.forget()

    def forget(self) -> None:
        """Begin anew: the account's rows were restored or cleared."""
        self.opened: set[int] = set()
        """The messages that somebody looked at here, which nobody else is told. No restart keeps it."""
        self._said: dict[int, Said] = {}
        self._remembered = 0
        self._rows: list[Message] = []
        self._rows_of: Version = (0, 0)
        self._found: tuple[object, list[int]] = (None, [])

    @property
    def version(self) -> Version:
        """Another one whenever messages came or went."""
        return self._messages.last_id, self._messages.count()

    def page(self, limit: int, offset: int = 0, *, search: str = "", channel: str | None = None) -> Found:
        """Messages in which each word of `search` stands, in any case: in address, name, subject, text, a file's name.

        Where there is no text, what the HTML says is searched.
        """
        words = tuple(dict.fromkeys(search.casefold().split()))
        if not words and channel is None:
            rows = self._messages.page(limit, offset, descending=True)
            return Found([self._outbox.mail(row) for row in rows], self._messages.count())
        numbers = self._numbers(words, channel)
        rows = [row for number in numbers[offset : offset + limit] if (row := self._messages.get(number))]
        return Found([self._outbox.mail(row) for row in rows], len(numbers))

    def beside(self, number: int) -> tuple[int | None, int | None]:
        """The ids of the messages that came before and after one, None where there is none."""
        earlier = range(number - 1, max(number - _NEIGHBOURHOOD - 1, 0), -1)
        later = range(number + 1, min(number + _NEIGHBOURHOOD, self._messages.last_id) + 1)
        return self._first(earlier), self._first(later)

    def counts(self) -> dict[str, int]:
        """How many messages there are, by channel."""
        if self._contents.count(channel=EMAIL) == self._contents.count():  # looking at them all would take a while
            return {EMAIL: self._messages.count()} if self._messages.count() else {}
        by_content = Counter(row.content_id for row in self._newest_first())
        counts: Counter[str] = Counter()
        for content_id, number in by_content.items():
            counts[self._outbox.content(content_id).channel] += number
        return dict(counts)

    def remove(self, number: int) -> bool:
        """Forget one message; false if there is none with that id."""
        self.opened.discard(number)
        return self._outbox.remove(number)

    def clear(self) -> int:
        """Forget all messages, and tell how many there were."""
        self.forget()
        return self._outbox.clear()

    def _first(self, numbers: range) -> int | None:
        return next((number for number in numbers if self._messages.get(number) is not None), None)

    def _numbers(self, words: tuple[str, ...], channel: str | None) -> list[int]:
        """The ids of the messages that match, newest first; the last search is remembered, for its other pages."""
        asked = self.version, words, channel
        if self._found[0] != asked:
            self._found = asked, [*self._matching(words, channel)]
        return self._found[1]

    def _matching(self, words: tuple[str, ...], channel: str | None) -> Iterator[int]:
        missing: dict[int, list[str] | None] = {}
        for row in self._newest_first():
            if row.content_id not in missing:
                missing[row.content_id] = self._missing(row.content_id, words, channel)
            left = missing[row.content_id]
            if left is not None and (not left or self._completes(row, left)):
                yield row.id

    def _newest_first(self) -> Iterable[Message]:
        """All messages. Those of a file are remembered, as long as they are not too many."""
        last_id, count = self.version
        if count > _ROWS_REMEMBERED:
            return self._outbox.newest_first()
        known_to, known = self._rows_of
        if last_id - known_to != count - known:  # some were removed
            known_to, self._rows = 0, []
        new = [*takewhile(lambda row: row.id > known_to, self._outbox.newest_first())]
        self._rows, self._rows_of = new + self._rows, (last_id, count)
        return self._rows

    def _missing(self, content_id: int, words: tuple[str, ...], channel: str | None) -> list[str] | None:
        """Which words a content does not say to everybody; None if its channel is another."""
        if channel is not None and self._outbox.content(content_id).channel != channel:
            return None
        by_all = self._said_by(content_id).by_all
        return [word for word in words if word not in by_all]

    def _completes(self, row: Message, words: list[str]) -> bool:
        """Whether what is a message's own says the words."""
        to = row.to.casefold()
        left = [word for word in words if word not in to]
        said = self._said_by(row.content_id)
        if not left or not said.by_each or not all(_may_say(row, word, said) for word in left):
            return not left
        filled = self._outbox.mail(row).filled(said.by_each).casefold()
        return all(word in filled for word in left)

    def _said_by(self, content_id: int) -> Said:
        said = self._said.get(content_id)
        if said is None:
            said = _said_by(self._outbox.content(content_id))
            if self._remembered > _REMEMBERED:
                self._said.clear()
                self._remembered = 0
            self._said[content_id] = said
            self._remembered += len(said.by_all) + len(said.by_each)
        return said


def _said_by(content: Content) -> Said:
    text = content.text[:_SEARCHED] or words_of(content.html[:_SEARCHED])
    told = (content.sender, content.sender_name, content.subject, *content.headers.values(), *content.attachments, text)
    whole = "\n".join(map(str, told))
    if not content.is_template or "{{" not in whole:
        return Said(whole.casefold())
    tokens = dict.fromkeys(_TOKEN.findall(whole))
    by_all = "\n".join(token for token in tokens if "{{" not in token)
    by_each = [token for token in tokens if "{{" in token]
    filled = "\n".join(by_each)
    return Said(by_all.casefold(), filled, frozenset(_EDGE.findall(filled.casefold())), "unsubscribe" in filled.lower())


def _may_say(row: Message, word: str, said: Said) -> bool:
    """Whether it is worth while to fill in a message's values: of all that are asked, few say a word."""
    if "{" in said.edges or not said.edges.isdisjoint(word):
        return True
    if said.leaves and word in UNSUBSCRIBE_LINK.format(id=row.id):
        return True
    return any(not isinstance(value, str | int) or word in str(value).casefold() for value in row.variables.values())
