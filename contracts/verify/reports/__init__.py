"""Reports in every format, each a function from a `Report` to text. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from contracts.verify.findings import Finding, Report, Severity
from contracts.verify.reports.document import document
from contracts.verify.reports.github import github
from contracts.verify.reports.junit import junit
from contracts.verify.reports.page import page
from contracts.verify.reports.terminal import plain_text, told

FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": plain_text,
    "json": document,
    "junit": junit,
    "html": page,
    "github": github,
}
"""The formats by the names that users give them."""


def assert_good(findings: Iterable[Finding]) -> None:
    """That no finding is worse than a note. Raises `AssertionError` telling those that are."""
    __tracebackhide__ = True
    bad = [line for finding in findings if finding.severity is not Severity.NOTE for line in told(finding)]
    if bad:
        raise AssertionError("\n".join(bad))
