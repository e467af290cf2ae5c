"""A run and its name, which everything that it makes on an account bears."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_BEGINNING: Final = re.compile(r"[^\s\"',;:<>()\[\]{}\\]*@")
"""What stands before an at sign, wherever that is in a text."""
_RUN: Final = re.compile(r"[a-z0-9]{4,20}")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the verification. Raises `ValueError` for an id that could not stand in an address."""

    id: str

    def __post_init__(self) -> None:
        if not _RUN.fullmatch(self.id):
            raise ValueError(f"{self.id!r} names no run: give 4 to 20 small letters and digits")

    @property
    def mark(self) -> str:
        """What every name that the run gives begins with."""
        return f"emu-{self.id}-"

    def name(self, words: str) -> str:
        """A name for something that the run makes."""
        return f"{self.mark}{words}"

    def address(self, who: str) -> str:
        """An address of the run's own, at a domain that belongs to nobody."""
        return f"{self.mark}{who}@example.com"

    def hook(self, what: str) -> str:
        """The address of a web page that is nowhere: no name server will ever know ``.invalid``."""
        return f"https://{self.mark}{what}.invalid/events"

    def bears_mark(self, text: object) -> bool:
        """Whether a name, an address or the address of a page was given by this run."""
        return isinstance(text, str) and text.removeprefix("https://").lower().startswith(self.mark)

    def bears_mark_within(self, value: Any) -> bool:
        """Whether any text in a JSON value was given by this run."""
        return any(self.bears_mark(text) for text in _texts_in(value))

    def strangers_in(self, value: Any, friends: frozenset[str] = frozenset()) -> list[str]:
        """The beginnings of addresses in a JSON value, keys included, that are neither the run's nor `friends`."""
        texts = [text for text in _texts_in(value) if text.lower() not in friends]
        found = [beginning for text in texts for beginning in _BEGINNING.findall(text)]
        return [beginning for beginning in found if not beginning.lower().startswith(self.mark)]


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _texts_in(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts_in(item)]
    return []
