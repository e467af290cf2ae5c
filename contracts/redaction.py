"""Keeping secrets out of everything that is shown or written."""

from __future__ import annotations

import re
from typing import Any, Final

REDACTED: Final = "[redacted]"
_SECRET_NAMES: Final = frozenset(
    {"client_secret", "access_token", "refresh_token", "api_key", "apikey", "password", "authorization"}
)
_KEY: Final = re.compile(r"sp_apikey_[0-9a-fA-F]+")
# What only begins as a token does is matched too, and so never looked at twice: text may hold ten thousand beginnings.
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}+(?P<rest>\.[\w-]{8,}+\.[\w-]*)?")


def redact(value: Any) -> Any:
    """A copy of a JSON value without secrets: by the name they bear, or by the shape of a token or key."""
    if isinstance(value, str):
        return _KEY.sub(REDACTED, _TOKEN.sub(_without_token, value))
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, dict):
        return {
            redact(name): REDACTED if str(name).lower() in _SECRET_NAMES else redact(item)
            for name, item in value.items()
        }
    return value


def _without_token(found: re.Match[str]) -> str:
    return REDACTED if found["rest"] else found[0]
