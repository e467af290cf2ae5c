"""Names in double braces, and the values that take their places.

Unverified: that this is all. The vendor's template language is richer; what is no name here is left as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

_PLACE: Final = re.compile(r"\{\{([^{}<>\r\n]{1,255}+)\}\}")
_NAME: Final = re.compile(r"[\w .-]+")

MOST_SUBSTITUTED: Final = 50_000_000
"""Characters that values may add to one text; places beyond stay empty. A long value named often would fill memory."""


class Values:
    """What the names in a text stand for: those of the system in any case, others best in their own."""

    def __init__(self, system: Mapping[str, str], given: Mapping[str, Any]) -> None:
        self._system = system
        self._given = given

    def fill(self, text: str) -> str:
        """`text`, with a value in the place of every name; of one that nobody knows, nothing."""
        return self._filled(text, str)

    def fill_html(self, html: str) -> str:
        """The same in HTML, in which values are no markup."""
        return self._filled(html, escape)

    def _filled(self, text: str, written: Callable[[str], str]) -> str:
        room = MOST_SUBSTITUTED

        def value(place: re.Match[str]) -> str:
            nonlocal room
            known = self._value(place[1].strip())
            if known is None:
                return place[0]
            shown = written(known)
            room -= len(shown)
            return shown if room >= 0 else ""

        return _PLACE.sub(value, text) if "{{" in text else text

    def _value(self, name: str) -> str | None:
        """The value, nothing for an unknown name, None where no name stands."""
        folded = name.lower()
        if folded in self._system:
            return self._system[folded]
        if name in self._given:
            return _text(self._given[name])
        for known, value in self._given.items():
            if known.lower() == folded:
                return _text(value)
        return "" if _NAME.fullmatch(name) else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists without end
        return ""
