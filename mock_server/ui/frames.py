"""A mail's HTML for a frame in which nothing of it can run, call out, or reach the page around it.

Two walls. The answer's policy gives the frame an origin of its own, without scripts, and lets it load nothing but what
is written in it. And most of what would try is gone before, styles apart: policies say nothing of connections that are
only prepared, and links must be led to us anyway, which takes a parser.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

import nh3

from mock_server.core.mails import Mail
from mock_server.core.markup import links_in, links_of, text_of
from mock_server.core.sources import named_by, type_of

SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
"""What the frame may do: open a link in a new tab, which is one of ours. No script, no form, no way to the page."""

HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            f"sandbox {SANDBOX}",
            "default-src 'none'",
            "img-src data:",
            "style-src 'unsafe-inline'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "X-DNS-Prefetch-Control": "off",
}
"""Of the answer, wherever it is shown: it is as safe in a tab of its own."""

LONGEST_SHOWN: Final = 500_000
"""Characters of HTML that are shown. Mail programs cut off much earlier."""

DEEPEST_SHOWN: Final = 500
"""So deep elements are shown within one another, which is what browsers do; the parser takes ever longer with more."""

_MOST_PICTURES: Final = 10_000_000
"""Bytes of attached pictures that are shown."""

_TAGS: Final = nh3.ALLOWED_TAGS | {"address", "big", "dir", "font", "main", "section", "style", "tfoot", "u"}
_HIDDEN: Final = {"script", "template", "title", "noscript", "iframe", "object", "svg", "math", "select", "textarea"}
_SIZES: Final = {"width", "height", "align", "valign", "bgcolor", "border"}
_ATTRIBUTES: Final = {
    "*": {"style", "class", "id", "dir", "lang", "title", *_SIZES},
    "a": {"href", "name"},
    "area": {"href", "shape", "coords", "alt"},
    "col": {"span"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "hspace", "vspace", "usemap"},
    "map": {"name"},
    "ol": {"start", "type"},
    "style": {"media", "type"},
    "table": {"cellpadding", "cellspacing", "role"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
}
_NEW_TAB: Final = {"target": "_blank"}

_NESTING: Final = re.compile(
    r"<(/?)(?!(?:a|area|br|col|hr|img|input|li|link|meta|option|p|t[dhr]|wbr)[\s/>])[a-z]", re.IGNORECASE
)
"""Tags but for those that hold nothing, or end by themselves where the next one of them begins."""

_BODY: Final = re.compile(r"<(/?)body(?=[\s/>])", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(
    r"""(?:\b(?:src|srcset|background|poster)\s*+=\s*+["']?+\s*+|\burl\(\s*+["']?+|@import\s++["'])((?:https?:)?//[^\s"'<>),]++)""",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(r"data:image/(?:png|gif|jpeg|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The message's HTML</title>
<style>
:root {{ color-scheme: light; background: #fff; }}
body {{ margin: 0; font: 15px/1.5 system-ui, sans-serif; color: #111; overflow-wrap: anywhere; }}
main {{ display: flow-root; margin: 8px; }}
img {{ max-width: 100%; }}
img:not([src]) {{ outline: 1px dashed #8a8f98; outline-offset: -1px; background: #f1f3f6; color: #5a6170; }}
</style>
</head>
<body>
{}
</body>
</html>
"""


def framed(mail: Mail, link_to: Callable[[int], str]) -> str:
    """The page in the frame. Its links lead to `link_to`, which is given their number among `links_shown`."""
    links = {link: number for number, link in enumerate(links_shown(mail), 1)}
    pictures = _Pictures(mail.attachments)

    def changed(_: str, name: str, value: str) -> str | None:
        if name == "href":
            number = links.get(value.strip())
            return None if number is None else link_to(number)
        return pictures.shown(value) if name == "src" else value

    shown = nh3.clean(
        _BODY.sub(r"<\1main", part_shown(mail.html)),
        tags=_TAGS,
        clean_content_tags=_HIDDEN,
        attributes=_ATTRIBUTES,
        attribute_filter=changed,
        url_schemes={"http", "https", "cid", "data"},
        set_tag_attribute_values={"a": _NEW_TAB, "area": _NEW_TAB},
    )
    return _PAGE.format(shown if "<main" in shown else f"<main>{shown}</main>")


def part_shown(html: str) -> str:
    """HTML without an end that is too far away, or too deep."""
    depth = 0
    for tag in _NESTING.finditer(html, 0, LONGEST_SHOWN):
        depth = max(depth + (-1 if tag[1] else 1), 0)
        if depth > DEEPEST_SHOWN:
            return html[: tag.start()]
    return html[:LONGEST_SHOWN]


def links_shown(mail: Mail) -> list[str]:
    """The web addresses that a reader can follow, in order, each once."""
    return links_of(part_shown(mail.html)) or links_in(text_shown(mail))


def text_shown(mail: Mail) -> str:
    """The text, or else what the HTML says, as far as it is shown."""
    return mail.text[:LONGEST_SHOWN] if mail.has_text else text_of(part_shown(mail.html))


def elsewhere_in(html: str) -> int:
    """How many pictures, styles and the like HTML would load from elsewhere."""
    return len(set(_ELSEWHERE.findall(html[:LONGEST_SHOWN])))


class _Pictures:
    """The pictures that are in the mail itself, and no others."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._left = _MOST_PICTURES

    def shown(self, source: str) -> str | None:
        if not source.lower().startswith("cid:"):
            return source if _PICTURE.fullmatch(source) else None
        name = named_by(unquote(source[4:]), self._files) or ""
        content, kind = self._files.get(name), type_of(name)
        if content is None or not kind.startswith("image/") or len(content) > self._left:
            return None
        self._left -= len(content)
        return f"data:{kind};base64,{b64encode(content).decode()}"
