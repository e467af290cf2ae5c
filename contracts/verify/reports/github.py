"""Reports as the commands of GitHub's runner, which shows them beside the lines of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.verify.findings import Finding, Report, Severity
from contracts.verify.reports.parts import details, printable, title

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_DATA: Final[Mapping[str, str]] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final[Mapping[str, str]] = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def github(report: Report) -> str:
    """A workflow command for each finding, worst first: GitHub shows the first ten of a kind."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.file,
        "line": str(finding.line or ""),
        "title": f"{finding.kind}: {title(finding)}",
    }
    told = ",".join(f"{name}={_escaped(text, _IN_PROPERTY)}" for name, text in properties.items() if text)
    message = "\n".join([finding.summary, *(f"{label}: {text}" for label, text in details(finding))])
    return f"::{_COMMANDS[finding.severity]} {told}::{_escaped(message, _IN_DATA)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in printable(text))
