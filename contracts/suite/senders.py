"""A small model of senders: what the vendor promises, in as few words as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PAUSE: Final = 15 * 60 * 1_000_000
"""Microseconds to wait until another code is mailed."""


@dataclass
class Applicant:
    """An address that may send, or asks to; instants are microseconds since the suite's noon."""

    name: str
    is_active: bool = False
    code: str | None = None
    """What was mailed last, as far as it arrived."""
    free_at: int = 0
    """When another code may be mailed."""

    @property
    def status(self) -> str:
        return "Active" if self.is_active else "Requested activation"


def other_than(code: str) -> str:
    """Another code, as like to the right one as can be."""
    return str(int(code) ^ 1)
