"""Reports to be written in every format."""

from __future__ import annotations

from contracts.evidence import documented, observed
from contracts.verify.findings import Acceptance, Finding, Report, Severity

LOST = Finding(
    "answer.schema",
    Severity.ERROR,
    "email.mailing_lists.get",
    "There is no id.",
    place="*.id",
    expected="an integer",
    seen="null",
    evidence=observed("a Go client", "2021"),
    reproduce="curl https://api.example.com/addressbooks/1 \\\n  -H 'Authorization: Bearer …'",
    file="vendor/bulk-email.yml",
    line=120,
)
SLOW = Finding("answer.time", Severity.WARNING, "email.campaigns.list", "It took three seconds.")
NEW = Finding("answer.field", Severity.NOTE, "account.get", "There is a field more.", place="phone")
KNOWN = Finding("answer.status", Severity.ERROR, "email.tags.list", "It answers 201.", evidence=documented("a page"))

MIXED = Report(
    "verify",
    "the emulator in process",
    "2026-01-31T12:00:00Z",
    facts={"calls": 120, "limits": "off"},
    findings=(LOST, SLOW, NEW),
    accepted=((KNOWN, Acceptance(KNOWN.fingerprint, "the vendor says it will change", "2026-06-30")),),
)
EMPTY = Report("drift", "19 documents", "2026-01-31T12:00:00Z")
NOTED = Report("drift", "19 documents", "2026-01-31T12:00:00Z", findings=(NEW,))

NASTY = (
    "</style><script>alert('1')</script> & \"quoted\" <b>]]>",
    "\x1b[31mred\x1b[0m \x00 \x07 \x85",
    "line\r\nbreak\nand ::error title=x::y, 100%",
    "lone \ud800 surrogate, \ufffe, \u202eflipped",
    "::warning::",
)
"""Texts that would be markup, commands or broken characters, if anybody took them at their word."""


def hostile(text: str) -> Report:
    """A report that holds `text` wherever a target, a document or a user could have put it."""
    finding = Finding(text, Severity.ERROR, text, text, text, text, text, documented(text), text, text, 1)
    other = Finding(f"{text}!", Severity.NOTE, text, text, text, text, text, observed(text, text), text, text, 2)
    acceptance = Acceptance(finding.fingerprint, text, text)
    return Report(text, text, text, {text: text}, (finding, other), ((finding, acceptance),))
