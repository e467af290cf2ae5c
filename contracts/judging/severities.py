"""How much a broken promise matters: as much as we know about it."""

from __future__ import annotations

from contracts.evidence import Evidence, Grade
from contracts.verify.findings import Severity


def severity_of(evidence: Evidence) -> Severity:
    """What only we concluded convicts nobody."""
    return Severity.WARNING if evidence.grade is Grade.INFERRED else Severity.ERROR
