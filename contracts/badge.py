"""A badge: a label and a share, as an SVG that needs no font and no server, and that a screen reader can read."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

_COLOURS: Final = ((80, "#2e7d32"), (50, "#a35200"), (0, "#c62828"))
"""From which share on the badge has which colour; white is legible on all of them."""

_CHARACTER: Final = 6.6
"""The width of a character of the font, on average, in pixels."""

_MARGIN: Final = 8


def badge(label: str, percent: float) -> str:
    """An SVG that says ``label: 81 %``. Of what is not whole no badge says 100."""
    value = f"{int(percent)} %"
    colour = next(colour for share, colour in _COLOURS if percent >= share)
    left, right = _width(label), _width(value)
    name = quoteattr(f"{label}: {value}")
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label={name}>
  <title>{escape(f"{label}: {value}")}</title>
  <rect width="{left}" height="20" fill="#444"/>
  <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  <g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" text-anchor="middle" aria-hidden="true">
    <text x="{left / 2:g}" y="14">{escape(label)}</text>
    <text x="{left + right / 2:g}" y="14">{escape(value)}</text>
  </g>
</svg>
"""


def _width(text: str) -> int:
    return round(len(text) * _CHARACTER) + 2 * _MARGIN
