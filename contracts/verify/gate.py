"""The last look at everything that a run leaves behind: no credential in it, in no form in which one gets somewhere.

The gate removes nothing. What should not have got there is a bug, and a run that has one fails.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

_SHORTEST: Final = 6
"""Shorter texts are found everywhere by chance."""
_BLANKS: Final = re.compile(rb"\s+")
_HASHES: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


class Leak(Exception):
    """A credential of the run stands in something that it leaves behind."""


class Gate:
    """Knows the secrets of a run, and finds them in texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: dict[bytes, str] = {}
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Look for these too."""
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                self._forms.update({_loose(form): name for name, form in _forms_of(secret.encode())})

    def forms_in(self, content: bytes) -> list[str]:
        """The forms in which secrets stand in a content, wrapped over lines or not, in any case of letters."""
        loose = _loose(content)
        return sorted({name for form, name in self._forms.items() if form in loose})

    def check(self, artefacts: Mapping[str, bytes]) -> None:
        """Raises `Leak` naming the first of the artefacts that holds a secret, and in which form."""
        for name, content in artefacts.items():
            for forms in (self.forms_in(name.encode(errors="surrogateescape")), self.forms_in(content)):
                if forms:
                    shown = name if not self.forms_in(name.encode(errors="surrogateescape")) else "a file's name"
                    raise Leak(f"{shown} holds a credential of the run ({', '.join(forms)}): do not pass it on")


def _loose(content: bytes) -> bytes:
    """A content without blanks, in small letters."""
    return _BLANKS.sub(b"", content).lower()


def _forms_of(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """Every form of a secret, each with a name."""
    text = secret.decode()
    yield "plain", secret
    yield "reversed", secret[::-1]
    yield from (("URL-encoded", form.encode()) for form in {quote(text, safe=""), quote_plus(text), _percent(secret)})
    yield "hex", secret.hex().encode()
    yield from (("base64", form) for form in {*_base64_of(secret)} if len(form) >= _SHORTEST)
    for name in _HASHES:
        digest = hashlib.new(name, secret, usedforsecurity=False).digest()
        yield f"{name} in hex", digest.hex().encode()
        yield from ((f"{name} in base64", encode(digest).rstrip(b"=")) for encode in (b64encode, urlsafe_b64encode))


def _percent(secret: bytes) -> str:
    return "".join(f"%{byte:02x}" for byte in secret)


def _base64_of(secret: bytes) -> Iterator[bytes]:
    """What the secret looks like in base64 wherever it begins: only whole digits that it alone decides."""
    for offset in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            digits = encode(bytes(offset) + secret)
            first = (offset * 8 + 5) // 6
            last = (offset + len(secret)) * 8 // 6
            yield digits[first:last]
