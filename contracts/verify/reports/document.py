"""Reports as JSON, for programs, and the schema that every such document keeps."""

from __future__ import annotations

import json
from typing import Any, Final

from contracts.evidence import Evidence, Grade
from contracts.schema import array, boolean, either, integer, nullable, obj, one_of, string
from contracts.verify.findings import Finding, Report, Severity
from contracts.verify.reports.parts import counts

_FINDING: Final = {
    "fingerprint": string | {"pattern": "^[0-9a-f]{12}$"},
    "kind": string,
    "severity": one_of(*Severity),
    "about": string,
    "place": string,
    "summary": string,
    "expected": string,
    "seen": string,
    "evidence": nullable(obj({"grade": one_of(*Grade), "source": string, "date": nullable(string)})),
    "reproduce": string,
    "file": string,
    "line": nullable(integer(min=1)),
}

SCHEMA: Final = obj(
    {
        "command": string,
        "target": string,
        "started": string | {"format": "date-time"},
        "good": boolean,
        "counts": obj({name: integer(min=0) for name in (*Severity, "accepted")}),
        "facts": {"type": "object", "additionalProperties": either(integer(), string)},
        "findings": array(obj(_FINDING)),
        "accepted": array(obj({**_FINDING, "reason": string, "until": string | {"format": "date"}})),
    }
)
"""What a report is as JSON."""


def document(report: Report) -> str:
    """The whole report as a JSON document that keeps `SCHEMA`."""
    return f"{json.dumps(_report(report), indent=2)}\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "command": report.command,
        "target": report.target,
        "started": report.started,
        "good": report.is_good,
        "counts": counts(report),
        "facts": dict(report.facts),
        "findings": [_finding(finding) for finding in report.findings],
        "accepted": [
            {**_finding(finding), "reason": acceptance.reason, "until": acceptance.until}
            for finding, acceptance in report.accepted
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    plain = {name: getattr(finding, name) for name in _FINDING if name != "evidence"}
    return {**plain, "evidence": _evidence(finding.evidence)}


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {"grade": evidence.grade.value, "source": evidence.source, "date": evidence.date}
