"""What a mail says that comes as a program wrote it: names, texts and files out of MIME, however broken.

Nothing here refuses: where a mail breaks the rules, what can be made of it is taken, as mail programs do.
"""

from __future__ import annotations

import codecs
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from typing import Final, cast

from contracts.schema import is_email
from mock_server.services.smtp.letters import Letter, Person

LONGEST_HEADER: Final = 65_536
"""Characters of a header that are looked at."""

MOST_PARTS: Final = 1000
"""Parts of a mail that are looked at."""

_SLOW: Final = frozenset({"idna", "punycode"})
"""Encodings of host names: no mail is written in them, and long texts take them for ever."""

_FOLD: Final = re.compile(r"\r?\n[ \t]*|\x00")
_PATH: Final = re.compile(r".*[/\\]", re.DOTALL)

_OF_THE_PROGRAM: Final = ("content-", "user-agent", "x-mailer")
"""Beginnings of headers that tell how a program wrote the mail, and nothing that its author meant to say."""


def letter_of(content: bytes, sender: str, recipients: Sequence[str]) -> Letter:
    """The letter that a mail is: what it says, and to whom its envelope takes it.

    Raises `RecursionError` for a mail in a mail in a mail, and so on, and for parts in parts as many.
    """
    message = message_from_bytes(content, policy=_POLICY)
    texts, files = _contents(message)
    return Letter(
        sender=next(_people(message, "from"), Person(sender)),
        to=(*_people(message, "to"),),
        cc=(*_people(message, "cc"),),
        reply_to=next(_people(message, "reply-to"), None),
        subject=_header(message, "subject"),
        html=texts["text/html"],
        text=texts["text/plain"],
        attachments={name: b64encode(file).decode() for name, file in files.items()},
        headers=_further_headers(message),
        envelope=tuple(recipients),
    )


class _Bounded(Compat32):
    """Lets go of the end of endless headers, which the standard library takes very long to understand."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_POLICY: Final = _Bounded()


def _parts(message: Message) -> Iterator[Message]:
    """Everything that holds no further parts; a mail inside of the mail counts as one."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(_inside(part))
        else:
            yield part


def _contents(message: Message) -> tuple[dict[str, str], dict[str, bytes]]:
    """The texts by their type, and every other file by its name, those that are shown inside of the text, too."""
    texts, files = {"text/plain": "", "text/html": ""}, dict[str, bytes]()
    for part in _parts(message):
        kind, name = _kind_of(part), _file_name(part)
        if kind in texts and not name and part.get_content_disposition() != "attachment":
            texts[kind] = "\n".join(filter(None, (texts[kind], _text(part))))
        else:
            files[_free_name(name or _made_up_name(part), files)] = _bytes(part)
    return texts, files


def _kind_of(part: Message) -> str:
    """Its type. What was to have parts, and has none that could be found, is text."""
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") else kind


def _inside(part: Message) -> list[Message]:
    return cast("list[Message]", part.get_payload())


def _text(part: Message) -> str:
    """The text of a part, with line feeds, and without those at its end, which belong to the transport."""
    charset = part.get_content_charset("utf-8")
    return _decoded(_bytes(part), charset).replace("\r\n", "\n").rstrip("\n")


def _bytes(part: Message) -> bytes:
    if part.is_multipart():  # a mail inside of the mail
        return b"\n".join(whole.as_bytes() for whole in _inside(part))
    payload = cast("bytes", part.get_payload(decode=True))
    is_as_it_was = str(part["content-transfer-encoding"]).strip().lower() == "base64"
    return payload if is_as_it_was else payload.replace(b"\r\n", b"\n")  # on its way all lines end in CRLF


def _file_name(part: Message) -> str:
    return _PATH.sub("", _plain(part.get_filename("")))


def _made_up_name(part: Message) -> str:
    return "attached.eml" if part.get_content_type() == "message/rfc822" else "attachment"


def _free_name(name: str, taken: dict[str, bytes]) -> str:
    """The name, numbered if an earlier file has it: `a.txt`, `a-2.txt`."""
    stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
    numbered = (f"{stem}-{number}{dot}{suffix}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(free for free in numbered if free not in taken)


def _further_headers(message: Message) -> dict[str, str]:
    return {name: _plain(value) for name, value in message.raw_items() if not name.lower().startswith(_OF_THE_PROGRAM)}


def _header(message: Message, name: str) -> str:
    return _plain(next((value for known, value in message.raw_items() if known.lower() == name), ""))


def _people(message: Message, name: str) -> Iterator[Person]:
    """Those that a header names, as far as their addresses are some."""
    lines = [_readable(value) for known, value in message.raw_items() if known.lower() == name]
    for person, address in getaddresses(lines):
        if is_email(address):
            yield Person(address, _plain(person))


def _readable(value: object) -> str:
    """A header on one line. Bytes that are no ASCII are UTF-8, as SMTPUTF8 has it, or else Latin-1."""
    raw = str(value).encode(errors="surrogateescape")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _FOLD.sub(" ", text).strip()


def _plain(value: object) -> str:
    """A header with its encoded words decoded."""
    text = _readable(value)
    try:
        words = decode_header(text) if "=?" in text else [(text, None)]
    except HeaderParseError:
        return text
    return "".join(
        word if isinstance(word, str) else _decoded(word, charset or "raw-unicode-escape") for word, charset in words
    ).strip()


def _decoded(encoded: bytes, charset: str) -> str:
    """What bytes say in an encoding; in one that nobody knows, they are taken for UTF-8."""
    try:
        if codecs.lookup(charset).name not in _SLOW:
            return encoded.decode(charset, errors="replace")
    except (LookupError, ValueError):
        pass
    return encoded.decode(errors="replace")
