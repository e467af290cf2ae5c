"""How values are written on pages: moments, numbers, JSON, and text of any kind, which may be meant to do harm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson
from markupsafe import Markup, escape

from contracts.redaction import redact
from mock_server.core.clock import DAY, HOUR, MINUTE, SECOND, Instant, format_instant

LONGEST_SHOWN: Final = 65_536
"""Characters of one text that a page shows."""

# Controls but for tab and line feed, signs that turn the direction of what follows, and halves of characters.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TICKS: Final = re.compile(r"`([^`]+)`")
_JSON: Final = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*+"(?=: ))|(?P<text>"(?:\\.|[^"\\])*+")|(?P<word>-?\d[\d.eE+-]*|true|false|null)'
)


def visible(value: Any) -> Any:
    """What a template is about to write, with all that cannot be seen, or would move the rest, made visible."""
    if value is None:
        return ""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _UNSEEN.sub(_named, value)
    return value


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return "" if found[0] == "\r" else chr(0x2400 + code)
    return f"‹U+{code:04X}›"


def brief(text: object, longest: int = 80) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(str(text)[: longest + 1].split("\n"))
    return line if len(str(text)) <= longest else f"{line[: longest - 1]}…"


def bounded(text: str, longest: int = LONGEST_SHOWN) -> str:
    """A text as it is, unless it is very long."""
    left = len(text) - longest
    return text if left <= 0 else f"{text[:longest]}\n… and {left:,} characters more"


def ago(instant: Instant, now: Instant) -> str:
    """How far an instant lies from now: ``12 s ago``, ``in 3 min``."""
    distance = abs(now - instant)
    if distance < SECOND:
        return "now"
    size, unit = next((size, unit) for size, unit in _UNITS if distance >= size)
    told = f"{distance // size} {unit}"
    return f"{told} ago" if instant <= now else f"in {told}"


_UNITS: Final = ((365 * DAY, "y"), (DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


def absolute(instant: Instant) -> str:
    """``2026-01-31 12:00:00 UTC``."""
    return f"{format_instant(instant)[:19].replace('T', ' ')} UTC"


def time_of_day(instant: Instant) -> str:
    """``12:00:00.123``."""
    return format_instant(instant)[11:23]


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 contact``, ``2,000 contacts``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def in_bytes(size: float) -> str:
    """``512 B``, ``1.5 kB``."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def milliseconds(seconds: float) -> str:
    """``0.42 ms``, ``1,204 ms``."""
    return f"{seconds * 1000:,.2f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def percentage(part: float, whole: float) -> str:
    """``12.5 %``; of nothing, nothing."""
    return f"{part * 100 / whole:.3g} %" if whole else "–"


def pretty(value: Any) -> str:
    """JSON, indented; what cannot be written as JSON, as it is."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, orjson.JSONEncodeError):  # a number beyond 64 bits, half a character
        return json.dumps(value, indent=2, default=str)


def reindented(text: str) -> str:
    """JSON as text, indented; what is none, cut off for instance, as it is."""
    try:
        return pretty(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text


def inline_json(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def as_json(value: Any) -> Markup:
    """JSON, indented and coloured."""
    return coloured(pretty(value))


def coloured(text: str) -> Markup:
    """Indented JSON with its keys, texts and numbers marked."""
    return Markup("").join(_marked(bounded(text)))


def _marked(text: str) -> Iterator[Markup]:
    end = 0
    for found in _JSON.finditer(text):
        yield escape(visible(text[end : found.start()]))
        yield Markup('<span class="json-{}">{}</span>').format(found.lastgroup, visible(found[0]))
        end = found.end()
    yield escape(visible(text[end:]))


def with_code(text: object) -> Markup:
    """A text in which what stands between backticks is code."""
    parts = _TICKS.split(str(visible(str(text))))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


FILTERS: Final = {
    "brief": brief,
    "bounded": bounded,
    "ago": ago,
    "absolute": absolute,
    "time_of_day": time_of_day,
    "iso": format_instant,
    "counted": counted,
    "in_bytes": in_bytes,
    "milliseconds": milliseconds,
    "percentage": percentage,
    "pretty": pretty,
    "as_json": as_json,
    "coloured": coloured,
    "with_code": with_code,
    "redacted": redact,
    "inline_json": inline_json,
    "reindented": reindented,
}
"""The filters of templates, by name."""
