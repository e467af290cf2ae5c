"""Files that mails carry."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping


def all_in_base64(texts: Mapping[str, str], encoded: Mapping[str, str]) -> dict[str, str]:
    """Attachments by name, all of them in unbroken base64; of two with one name that which is `encoded` already stays.

    Ruby breaks base64 into lines, which is no part of what it stands for.
    """
    written = {name: b64encode(text.encode(errors="replace")).decode() for name, text in texts.items()}
    return written | {name: "".join(content.split()) for name, content in encoded.items()}
