"""A run against a laboratory: the whole suite, every check of it, on accounts made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hypothesis import settings

from contracts.checks import Failure
from contracts.suite.exams import Exam, exams
from contracts.suite.laboratories import Laboratory
from contracts.suite.profiles import CI, LIVE, register_profiles
from contracts.suite.tally import Tally
from contracts.verify.findings import Finding, Report, Severity, worst_first
from contracts.verify.selection import Selection
from contracts.verify.verdicts import weighed

_LONGEST: Final = 400

QUICK, THOROUGH = LIVE, CI
"""Profiles: three examples of everything, or ten."""

Progress = Callable[[int, Exam], None]
"""Is told which check comes, and its number from 1."""


def exams_of(selection: Selection) -> list[Exam]:
    """The checks about what is selected; those about many operations where nothing is left out."""
    is_whole = selection == Selection()
    return [exam for exam in exams() if (exam.operation in selection if exam.operation else is_whole)]


def examine(
    laboratory: Laboratory, chosen: Sequence[Exam], *, progress: Progress, profile: str = QUICK
) -> list[Finding]:
    """What the checks find. Hypothesis keeps its profile as it was before."""
    register_profiles()
    before = settings.get_current_profile_name()
    settings.load_profile(profile)
    try:
        return [
            finding for number, exam in enumerate(chosen, 1) for finding in _sat(laboratory, exam, number, progress)
        ]
    finally:
        settings.load_profile(before)


def report_of(
    findings: Sequence[Finding], chosen: Sequence[Exam], tally: Tally, *, target: str, started: str
) -> Report:
    """What was found, as a report."""
    facts: dict[str, int | str] = {
        "checks": len(chosen),
        "examples": tally.examples,
        "answers": tally.answers,
        "operations served": len(tally.served),
        "refusals provoked": len(tally.provoked),
        "calls in habits of clients": tally.written.total(),
    }
    return Report("verify", target, started, facts, worst_first(findings))


def _sat(laboratory: Laboratory, exam: Exam, number: int, progress: Progress) -> Iterator[Finding]:
    progress(number, exam)
    try:
        exam.run(laboratory)
    except* Failure as failures:
        yield from (_finding(exam, failure) for failure in _each(failures))


def _each(failures: BaseExceptionGroup[Failure]) -> Iterator[Failure]:
    for failure in failures.exceptions:
        if isinstance(failure, BaseExceptionGroup):
            yield from _each(failure)
        else:
            yield failure


def _finding(exam: Exam, failure: Failure) -> Finding:
    told, _, _ = str(failure).partition("\n")
    evidence = exam.operation.evidence if exam.operation else None
    return Finding(
        f"suite.{exam.check}",
        weighed(Severity.ERROR, evidence) if evidence else Severity.ERROR,
        exam.operation.name if exam.operation else exam.about,
        told[:_LONGEST],
        place=f"{exam.about}: {type(failure).__name__}",
        evidence=evidence,
    )
