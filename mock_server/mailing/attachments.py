"""Files that mails carry."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping


def all_in_base64(texts: Mapping[str, str], encoded: Mapping[str, str]) -> dict[str, str]:
    """Attachments by name, all of them in base64 as `encoded` is already; of two with one name that one stays."""
    return {name: b64encode(text.encode(errors="replace")).decode() for name, text in texts.items()} | dict(encoded)
