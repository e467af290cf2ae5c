"""Reports to be read at once: laid out for a terminal, or plain lines for a pipe.

A line has a tone, and whoever prints it knows which colour that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from textwrap import wrap
from typing import Final

from contracts.verify.findings import Finding, Report, Severity
from contracts.verify.reports.parts import by_severity, counts, details, leave, printable, title, verdict


class Tone(Enum):
    """How a line is meant."""

    PLAIN = auto()
    STRONG = auto()
    FAINT = auto()
    GOOD = auto()
    ERROR = auto()
    WARNING = auto()
    NOTE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report, without its end."""

    text: str
    tone: Tone = Tone.PLAIN


_TONES: Final = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.NOTE}
_INDENT: Final = "  "
_NARROWEST: Final = 40


def plain_text(report: Report) -> str:
    """The report for a pipe: a line for each finding and one for each detail below it, the verdict last."""
    return "".join(f"{line}\n" for line in plain(report))


def plain(report: Report) -> Iterator[str]:
    """The lines of `plain_text`."""
    for finding in report.findings:
        yield from told(finding)
    for finding, acceptance in report.accepted:
        yield _one_line(f"accepted {title(finding)}: {finding.summary}")
        yield _one_line(f"    {leave(acceptance)} ({finding.fingerprint})")
    for name, fact in report.facts.items():
        yield _one_line(f"{name}: {fact}")
    yield _one_line(f"{report.command}, {report.target}: {verdict(report)}{_let_pass(report)}")


def told(finding: Finding) -> Iterator[str]:
    """The lines of one finding: what was found, and each detail below it."""
    yield _one_line(f"{finding.severity} {title(finding)}: {finding.summary}")
    for label, text in details(finding):
        yield from _indented(f"{label}: ", text)


def laid_out(report: Report, width: int) -> Iterator[Line]:
    """The lines for a terminal of so many columns: the verdict first, then a table of numbers, then what was found."""
    columns = max(width, _NARROWEST)
    tone = Tone.GOOD if report.is_good else Tone.ERROR
    yield Line(_one_line(f"{verdict(report)}{_let_pass(report)}"), tone)
    yield Line(_one_line(f"{report.command}, {report.target}, {report.started}"), Tone.FAINT)
    if report.facts:
        yield Line("")
        yield from _table(report)
    for severity, findings in by_severity(report):
        yield Line("")
        yield Line(f"{severity.value.upper()} ({len(findings)})", Tone.STRONG)
        for finding in findings:
            yield from _laid_out(finding, columns)


def _let_pass(report: Report) -> str:
    accepted = counts(report)["accepted"]
    return f" ({accepted} accepted)" if accepted else ""


def _table(report: Report) -> Iterator[Line]:
    numbers = [str(fact) for fact in report.facts.values()]
    names = max(map(len, report.facts))
    figures = max(map(len, numbers))
    for name, number in zip(report.facts, numbers, strict=True):
        yield Line(_one_line(f"{name.ljust(names)}  {number.rjust(figures)}"))


def _laid_out(finding: Finding, columns: int) -> Iterator[Line]:
    yield Line(_one_line(title(finding)), _TONES[finding.severity])
    for text in wrap(_one_line(finding.summary), columns - len(_INDENT)):
        yield Line(f"{_INDENT}{text}")
    told = details(finding)
    labels = max(len(label) for label, _ in told)
    for label, text in told:
        yield from _detail(f"{_INDENT}{label.ljust(labels)}  ", text, columns)


def _detail(label: str, text: str, columns: int) -> Iterator[Line]:
    """A labelled text. One of several lines is a script, and stays as it is to be copied."""
    lines = printable(text).splitlines()
    if len(lines) == 1:
        lines = wrap(lines[0], columns - len(label), break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        yield Line(f"{' ' * len(label) if number else label}{line}", Tone.FAINT)


def _indented(label: str, text: str) -> Iterator[str]:
    lines: Sequence[str] = printable(text).splitlines()
    for number, line in enumerate(lines):
        yield f"    {' ' * len(label) if number else label}{line}"


def _one_line(text: str) -> str:
    return printable(" ".join(text.split("\n")))
