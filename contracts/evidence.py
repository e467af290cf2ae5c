"""How far a promise can be trusted: who said so, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How we know a fact, best first."""

    OBSERVED = "observed"
    DOCUMENTED = "documented"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A grade, the source behind it, and the date of the observation where there is one (ISO, e.g. ``2026-08-13``)."""

    grade: Grade
    source: str
    date: str | None = None

    def __str__(self) -> str:
        return f"{self.grade} ({', '.join(part for part in (self.source, self.date) if part)})"


def observed(source: str, date: str | None = None) -> Evidence:
    """Seen in a real answer somebody published."""
    return Evidence(Grade.OBSERVED, source, date)


def documented(source: str, date: str | None = None) -> Evidence:
    """Stated by the vendor."""
    return Evidence(Grade.DOCUMENTED, source, date)


def inferred(why: str) -> Evidence:
    """Our own conclusion; no direct evidence."""
    return Evidence(Grade.INFERRED, why)
