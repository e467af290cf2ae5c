"""What a report tells in every format: the verdict, the counts, and what belongs to one finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from contracts.verify.findings import Acceptance, Finding, Report, Severity

_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """`text` with every character spelt out that would steer a terminal, hide text, or is none of XML's.

    What a target answers ends up in reports, and a target may be anybody.
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def verdict(report: Report) -> str:
    """The outcome in a few words: ``3 errors, 1 note``, ``Good``, ``Good, with 2 notes``."""
    told = ", ".join(_numbered(number, name) for name, number in counts(report).items() if number and name in _RANKS)
    if not report.is_good:
        return told
    return f"Good, with {told}" if told else "Good"


def counts(report: Report) -> dict[str, int]:
    """How many findings there are of each severity, and how many were accepted."""
    found = Counter(finding.severity for finding in report.findings)
    return {**{severity.value: found[severity] for severity in Severity}, "accepted": len(report.accepted)}


_RANKS: Final = frozenset(severity.value for severity in Severity)


def _numbered(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def by_severity(report: Report) -> Iterator[tuple[Severity, list[Finding]]]:
    """The findings of each severity that has some, worst first."""
    for severity in Severity:
        if found := [finding for finding in report.findings if finding.severity is severity]:
            yield severity, found


def title(finding: Finding) -> str:
    """What the finding is about, and where in it."""
    return f"{finding.about}: {finding.place}" if finding.place else finding.about


def location(finding: Finding) -> str:
    """``file:line``, as far as it is known."""
    return finding.file if finding.line is None else f"{finding.file}:{finding.line}"


def details(finding: Finding) -> list[tuple[str, str]]:
    """What else there is to tell of a finding, each with its label."""
    told = {
        "expected": finding.expected,
        "seen": finding.seen,
        "evidence": str(finding.evidence or ""),
        "in": location(finding),
        "reproduce with": finding.reproduce,
        "fingerprint": f"{finding.fingerprint} ({finding.kind})",
    }
    return [(label, text) for label, text in told.items() if text]


def leave(acceptance: Acceptance) -> str:
    """Until when a finding is let pass, and why."""
    return f"accepted until {acceptance.until}: {acceptance.reason}"
