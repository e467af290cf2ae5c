"""When an exchange was made, as files write it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def seconds_of(value: Any) -> float | None:
    """Seconds since 1970 of a time in RFC 3339 or as in mails, or of a `datetime`; None for anything else."""
    if isinstance(value, str):
        value = _moment(value)
    if not isinstance(value, datetime):
        return None
    moment = value if value.tzinfo else value.replace(tzinfo=UTC)
    return moment.timestamp()


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, OverflowError):
            continue
    return None
