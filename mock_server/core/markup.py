"""What a reader sees of HTML: its text and its links. Any markup is borne, and takes linear time.

The standard library's parser is not used: on a megabyte of tags that nobody closed it works for hours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# Nothing looks beyond the next "<": a tag that nobody closes is looked at once. Quotes may hold ">", if they end.
_TAG: Final = re.compile(
    r"""<!--|</?(?P<name>[a-zA-Z][^\s/<>]*+)(?P<rest>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+|[^<>]*+)>|<[!?/][^<>]*+>"""
)
_ATTRIBUTE: Final = re.compile(r"""([^\s"'=<>/]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"']++)))?+""")
_LINK: Final = re.compile(r"""https?://(?=[\w[])[^\s<>"']+""", re.IGNORECASE)
_ADDRESS: Final = re.compile(r" <https?://[^\s<>]*+>?+", re.IGNORECASE)
_NO_CHARACTER: Final = re.compile(r"&#[0-9]{20,}+;?")

_PUNCTUATION: Final = frozenset(".,;:!?")
_UNSEEN: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "template", "title")}
_UNSEEN_PARTS: Final = (("<!--", "--"), *((f"<{name}", f"</{name}") for name in _UNSEEN))
_NEW_PARAGRAPH: Final = "\x1d"
_NEW_LINE: Final = "\x1e"
"""What stands for the borders of blocks, however many meet; text holds neither, for both are space."""

_LINE: Final = frozenset({"address", "article", "dd", "div", "dt", "footer", "header", "li", "section", "tr"})
_PARAGRAPH: Final = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"})
_CELL: Final = frozenset({"td", "th"})
_ANY_TAG: Final = re.compile(r"</?[a-zA-Z!?][^<>]*+>?+")


class Tag(NamedTuple):
    """A tag by its name in small letters; `attributes` are as they were written."""

    name: str
    is_end: bool
    attributes: str

    def attribute(self, name: str) -> str:
        """The value of an attribute, empty if there is none."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == name:
                return unescape(found[2] or found[3] or found[4] or "").strip()
        return ""


def unescape(text: str) -> str:
    """`text` with characters in place of their names and numbers; a number may have any length."""
    return html.unescape(_NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text))


def text_of(markup: str) -> str:
    """What HTML says: blocks on lines of their own, the address of a link behind its words."""
    written: list[str] = []
    link, link_begins = "", 0
    for piece in _pieces(markup):
        if isinstance(piece, str):
            written.append(" ".join(f".{piece}.".split())[1:-1])
        elif piece.name == "a" and not piece.is_end:
            link, link_begins = _web(piece.attribute("href")), len(written)
        elif piece.name == "a":
            if link and link not in "".join(written[link_begins:]):
                written.append(f" <{link}>")
            link = ""
        else:
            written.append(_written(piece))
    return _paragraphs("".join(written))


def words_of(markup: str) -> str:
    """What HTML says, for a search and no reader: many times as fast as `text_of`. What tags part is not parted."""
    return unescape(_ANY_TAG.sub("", _seen(markup)))


def beginning_of(markup: str, length: int) -> str:
    """How the text begins, without addresses of links. Only the first of what HTML shows is looked at."""
    return _ADDRESS.sub("", text_of(_seen(markup[: 50 * length])[: 20 * length]))[:length]


def _seen(markup: str) -> str:
    """Markup without what no reader is shown."""
    folded = markup.lower()
    for begins, ends in _UNSEEN_PARTS:
        if begins in folded and len(folded) == len(markup):  # few characters change their number with their case
            markup = _without(markup, folded, begins, ends)
            folded = markup.lower()
    return markup


def _without(markup: str, folded: str, begins: str, ends: str) -> str:
    """Markup without what lies from one mark to the tag's end after another; what never ends reaches to the end."""
    kept: list[str] = []
    position = 0
    while (start := folded.find(begins, position)) >= 0:
        kept.append(markup[position:start])
        end = folded.find(ends, start)
        closed = folded.find(">", end) if end >= 0 else -1
        position = len(markup) if closed < 0 else closed + 1
    return "".join([*kept, markup[position:]])


def links_of(markup: str) -> list[str]:
    """The web addresses that a reader can follow, in order, each once."""
    found: list[str] = []
    for piece in _pieces(markup):
        if isinstance(piece, str):
            found += links_in(piece)
        elif piece.name in {"a", "area"}:
            found.append(_web(piece.attribute("href")))
    return [link for link in dict.fromkeys(found) if link]


def links_in(text: str) -> list[str]:
    """The web addresses in plain text, in order, each once, without the punctuation that follows them."""
    return list(dict.fromkeys(_without_punctuation(link) for link in _LINK.findall(text)))


def without_links(text: str) -> str:
    """Plain text without the web addresses in it."""
    return _LINK.sub(" ", text)


def _pieces(markup: str) -> Iterator[str | Tag]:
    """Texts, unescaped, and the tags between them; no comments, and nothing of what no reader is shown."""
    position = 0
    while found := _TAG.search(markup, position):
        if text := markup[position : found.start()]:
            yield unescape(text)
        position = found.end()
        name = (found["name"] or "").lower()
        if found[0] == "<!--":
            end = markup.find("-->", found.start() + 2)
            position = len(markup) if end < 0 else end + 3
        elif name:
            is_end = found[0].startswith("</")
            yield Tag(name, is_end, found["rest"])
            if name in _UNSEEN and not is_end:
                closing = _UNSEEN[name].search(markup, position)
                position = len(markup) if closing is None else closing.start()
    yield unescape(markup[position:])


def _written(tag: Tag) -> str:
    if tag.name == "br":
        return "\n"
    if tag.name in _PARAGRAPH:
        return _NEW_PARAGRAPH
    if tag.name in _LINE:
        return f"{_NEW_LINE}- " if tag.name == "li" and not tag.is_end else _NEW_LINE
    if tag.name == "img":
        return f" {tag.attribute('alt')} "
    return " " if tag.name in _CELL else ""


def _paragraphs(text: str) -> str:
    paragraphs = map(_paragraph, text.split(_NEW_PARAGRAPH))
    return "\n\n".join(filter(None, paragraphs))


def _paragraph(text: str) -> str:
    """Lines without superfluous space, and never more than one empty one."""
    lines: list[str] = []
    for broken in text.split("\n"):
        told = [bare for line in broken.split(_NEW_LINE) if (bare := " ".join(line.split()))]
        if told or (lines and lines[-1]):
            lines += told or [""]
    return "\n".join(lines).strip("\n")


def _web(address: str) -> str:
    return address if _LINK.match(address) else ""


def _without_punctuation(link: str) -> str:
    """A bracket belongs to the sentence, unless the address opened it."""
    end, too_many = len(link), link.count(")") - link.count("(")
    while link[end - 1] in _PUNCTUATION or (link[end - 1] == ")" and too_many > 0):
        too_many -= link[end - 1] == ")"
        end -= 1
    return link[:end]
