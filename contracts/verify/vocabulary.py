"""Words that may be told of an answer: those of the contracts. Any other may be somebody's name, address or secret."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.refusals import NOWHERE

_WORD: Final = re.compile(r"\w+")
_LONGEST: Final = 160
_MEDIA_TYPES: Final = frozenset(
    {
        "application/json",
        "application/octet-stream",
        "application/problem+json",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
        "text/html",
        "text/plain",
        "text/yaml",
    }
)


def known_words(text: str) -> str:
    """A text in which every word that no contract uses is `…`."""
    told = _WORD.sub(lambda found: found[0] if _is_known(found[0]) else "…", text)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"


def media_type(text: str) -> str:
    """A ``Content-Type`` as far as it is a usual one."""
    kind, _, rest = text.partition(";")
    usual = kind.strip().lower()
    if usual not in _MEDIA_TYPES:
        return "another" if text else "none"
    return usual + ("; charset=utf-8" if rest.strip().lower() == "charset=utf-8" else "; …" if rest else "")


def _is_known(word: str) -> bool:
    return word.lower() in _words() or (word.isdigit() and int(word) in CODES)


@cache
def _words() -> frozenset[str]:
    refusals = [refusal for operation in catalogue() for refusal in operation.refusals.values()]
    texts = [text for refusal in (*refusals, *NOWHERE) for text in (refusal.message, refusal.key, refusal.hint or "")]
    texts += [code.message for code in CODES.values()]
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
