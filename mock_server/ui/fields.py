"""What stands in the fields of forms and in the query of addresses: text, which may be meant as a number."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 18
"""Digits of a number that anything here could have."""


def whole(text: str) -> int | None:
    """The whole number from 0 that a text is; None for any other text."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None


def number_or_text(text: str) -> float | str:
    """The number that a text is; any other text as it is, so that whoever gets it can name it in a complaint."""
    for read in (int, float):
        try:
            number: float = read(text)
        except ValueError:  # the next may read it
            continue
        return number
    return text
