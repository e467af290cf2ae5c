"""Keeping secrets out of everything that is shown or written."""

from __future__ import annotations

import re
from typing import Any, Final

REDACTED: Final = "[redacted]"
_SECRET_NAMES: Final = frozenset(
    {"client_secret", "access_token", "refresh_token", "api_key", "apikey", "password", "authorization"}
)
_SECRET_VALUES: Final = re.compile(r"sp_apikey_[0-9a-fA-F]+|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")


def redact(value: Any) -> Any:
    """A copy of a JSON value without secrets: by the name they bear, or by the shape of a token or key."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(REDACTED, value)
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, dict):
        return {
            redact(name): REDACTED if str(name).lower() in _SECRET_NAMES else redact(item)
            for name, item in value.items()
        }
    return value
