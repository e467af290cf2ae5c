"""What a run finds: one model, from which every report is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

from contracts.evidence import Evidence

FINGERPRINT_LENGTH: Final = 12


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    """A client that relies on the promise breaks."""
    WARNING = "warning"
    """Something differs that a client may well notice."""
    NOTE = "note"
    """Worth knowing; nothing breaks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as promised.

    Attributes:
        kind: what was checked, in dotted words: ``answer.schema``, ``drift.field_removed``.
        about: what it concerns: mostly an operation, by its dotted name.
        place: where in it, without what differs from run to run: ``data.*.id``, never ``data.3.id``.
        summary: the finding in one sentence.
        expected, seen: what was promised, and what was there instead; empty where that says nothing.
        evidence: how we know the promise.
        reproduce: what to type to see it again; no secrets.
        file, line: where it can be seen in a file, counted from 1; no part of the fingerprint.
    """

    kind: str
    severity: Severity
    about: str
    summary: str
    place: str = ""
    expected: str = ""
    seen: str = ""
    evidence: Evidence | None = None
    reproduce: str = ""
    file: str = ""
    line: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same finding in every run, whatever its wording: twelve hexadecimal digits."""
        identity = f"{self.kind}\0{self.about}\0{self.place}".encode(errors="surrogatepass")
        return sha256(identity).hexdigest()[:FINGERPRINT_LENGTH]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A finding that somebody looked at and let pass: why, and until which day (ISO), the last one included.

    `kind`, `about` and `place` are those of the finding, for whoever reads the list.
    """

    fingerprint: str
    reason: str
    until: str
    kind: str = ""
    about: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did and found.

    Attributes:
        command: what was run: ``verify``, ``drift``, ``check``.
        target: what it was run against, in words.
        started: when, RFC 3339.
        facts: what was counted, by name, in the order in which it is told: ``{"calls": 120, "operations": 60}``.
        findings: what is not as promised and nobody accepted, worst first.
        accepted: findings that were let pass, each with the reason.
    """

    command: str
    target: str
    started: str
    facts: Mapping[str, int | str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    accepted: tuple[tuple[Finding, Acceptance], ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing worse than a note was found."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the worst first, then by what they are about."""
    ranks = [*Severity]
    once = {finding.fingerprint: finding for finding in findings}
    return tuple(sorted(once.values(), key=lambda one: (ranks.index(one.severity), one.about, one.kind, one.place)))
