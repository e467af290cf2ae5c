"""A mail as it would have travelled: RFC 5322, with alternatives, pictures and files; of one mail always the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, getaddresses
from functools import cache
from hashlib import blake2b
from mimetypes import MimeTypes
from typing import Any, Final
from urllib.parse import unquote

_POLICY: Final = SMTP.clone(header_factory=HeaderRegistry(use_default_map=False), max_line_length=998)
"""Headers are text, whatever they hold: the library's own parsers raise for addresses that nobody could have."""

_NAME: Final = re.compile(r"[!-9;-~]+")
_ADDRESSES: Final = frozenset({"from", "sender", "to", "cc", "reply-to"})
_NOT_OURS_TO_TELL: Final = ("content-", "mime-version", "bcc")
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONG: Final = 200_000
"""Characters from which a text is written in base64 without trying what would be shorter, which takes seconds."""

_CID: Final = re.compile(r"""\bcid:([^\s"'<>)]+)""", re.IGNORECASE)


def source_of(
    headers: Mapping[str, str], *, text: str, html: str, amp: str = "", attachments: Mapping[str, bytes]
) -> bytes:
    """The bytes of a mail, with CRLF. Files that the HTML shows belong to it, the others follow."""
    message = EmailMessage(_POLICY)
    for name, value in headers.items():
        if _NAME.fullmatch(name) and not name.lower().startswith(_NOT_OURS_TO_TELL):
            message[name] = _addresses(value) if name.lower() in _ADDRESSES else _writable(value)
    page = _write_texts(message, {"plain": text, "x-amp-html": amp, "html": html})
    shown = {named_by(cid, attachments): cid for cid in _shown_in(html)}
    for name, content in attachments.items():
        if name in shown:
            cid = f"<{_writable(shown[name])}>"
            page.add_related(content, *type_of(name).split("/"), cid=cid, **_file(name, "inline"))
    for name, content in attachments.items():
        if name not in shown:
            message.add_attachment(content, *type_of(name).split("/"), **_file(name, "attachment"))
    _settle_boundaries(message)
    return message.as_bytes()


def named_by(cid: str, names: Iterable[str]) -> str | None:
    """The file that HTML shows as ``cid:…``: the one of that name, else one whose name begins so, before a dot.

    Whoever writes ``cid:logo@shop`` mostly calls the file ``logo.png``. The ids of parts are not kept, as the API has
    none.
    """
    beginning = cid.partition("@")[0]
    for fits in (cid.__eq__, lambda name: beginning in {name, name.rpartition(".")[0]}):
        if found := next(filter(fits, names), None):
            return found
    return None


def _shown_in(html: str) -> list[str]:
    return [*dict.fromkeys(unquote(cid) for cid in _CID.findall(html))]


def type_of(name: str) -> str:
    """The content type that the name of a file speaks of."""
    guessed, encoding = _types().guess_type(f"./{name}", strict=False)
    is_whole = guessed is not None and encoding is None and not guessed.startswith(("message/", "multipart/"))
    return guessed if guessed and is_whole else "application/octet-stream"


@cache
def _types() -> MimeTypes:
    return MimeTypes()


def _write_texts(message: EmailMessage, texts: Mapping[str, str]) -> EmailMessage:
    """Write what there is of the texts, by subtype, the plainest first; gives the part that the last one stands in."""
    (first, *others) = [*{subtype: text for subtype, text in texts.items() if text}.items()] or [("plain", "")]
    message.set_content(_writable_text(first[1]), subtype=first[0], **_encoding(first[1]))
    for subtype, text in others:
        message.add_alternative(_writable_text(text), subtype=subtype, **_encoding(text))
    return [*message.iter_parts()][-1] if others else message  # type: ignore[return-value]


def _encoding(text: str) -> dict[str, Any]:
    return {"cte": "base64"} if len(text) > _LONG else {}


def _file(name: str, disposition: str) -> dict[str, Any]:
    return {"filename": _writable(name), "disposition": disposition}


def _addresses(value: str) -> str:
    """Addresses with their names encoded each by itself, or the text as it is if it holds none that can be."""
    try:
        return ", ".join(formataddr(pair) for pair in getaddresses([_writable(value)]) if pair[1]) or _writable(value)
    except UnicodeEncodeError:  # an address beyond ASCII, which is written as it is
        return _writable(value)


def _writable(value: str) -> str:
    return _UNWRITABLE.sub(" ", value)


def _writable_text(text: str) -> str:
    return text.encode(errors="replace").decode()


def _settle_boundaries(message: EmailMessage) -> None:
    """Boundaries that no content can hold, as they are made of all of it, and no chance is in them."""
    digest = blake2b(digest_size=12)
    parts = [part for part in message.walk() if part.is_multipart()]
    for part in message.walk():
        if not part.is_multipart():
            digest.update(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{number}_{digest.hexdigest()}")
