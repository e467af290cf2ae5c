"""Keeping secrets out of everything that is shown or written."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

REDACTED: Final = "[redacted]"
SECRET_NAMES: Final = frozenset(
    {"client_secret", "access_token", "refresh_token", "api_key", "apikey", "password", "authorization"}
)
"""Whatever bears one of these names is a secret."""

SHORTEST_SECRET: Final = 6
"""Characters of a value that is looked for elsewhere: of a shorter one, every text would hold some."""

_KEY: Final = re.compile(r"sp_apikey_[0-9a-fA-F]+")
# What only begins as a token does is matched too, and so never looked at twice: text may hold ten thousand beginnings.
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}+(?P<rest>\.[\w-]{8,}+\.[\w-]*)?")
_NAMED: Final = re.compile(
    rf"(?P<name>(?:{'|'.join(sorted(SECRET_NAMES))})[\"']?\s{{0,9}}[=:]\s{{0,9}}[\"']?(?:(?:Bearer|Basic) )?)"
    r"[^\s\"'&,;}]++",
    re.IGNORECASE,
)


def redact(value: Any) -> Any:
    """A copy of a JSON value without secrets: by the name they bear, or by the shape of a token or key."""
    if isinstance(value, str):
        return _KEY.sub(REDACTED, _TOKEN.sub(_without_token, value))
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, dict):
        return {
            redact(name): REDACTED if str(name).lower() in SECRET_NAMES else redact(item)
            for name, item in value.items()
        }
    return value


def redact_text(text: str) -> str:
    """The same for what was not taken apart, such as a body that was cut: ``client_secret=…``, ``"password": …``."""
    shown: str = redact(_NAMED.sub(rf"\g<name>{REDACTED}", text))
    return shown


def _without_token(found: re.Match[str]) -> str:
    return REDACTED if found["rest"] else found[0]


def secrets_in(value: Any) -> Iterator[str]:
    """The texts in a JSON value that bear the name of a secret."""
    if isinstance(value, list):
        for item in value:
            yield from secrets_in(item)
    if isinstance(value, dict):
        for name, item in value.items():
            if str(name).lower() not in SECRET_NAMES:
                yield from secrets_in(item)
            elif isinstance(item, str) and len(item) >= SHORTEST_SECRET:
                yield item


class Veil:
    """Hides given secrets in any text: as they are, percent-encoded and in base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def hide(self, text: str) -> str:
        """The text without them."""
        return self._pattern.sub(REDACTED, text) if self._pattern else text


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="", errors="surrogatepass")
    yield quote_plus(secret, errors="surrogatepass")
    for shift in range(3):  # what stands before it in the encoded text moves its digits
        digits = b64encode(b"\0" * shift + secret.encode("utf-8", "surrogatepass")).decode()
        yield digits.rstrip("=")[(0, 2, 3)[shift] : -1]
