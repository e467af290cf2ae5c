"""Findings: told apart by what they are, not by how they are worded."""

from __future__ import annotations

from dataclasses import replace

from contracts.verify.findings import Finding, Report, Severity, worst_first

LOST = Finding("answer.schema", Severity.ERROR, "email.mailing_lists.get", "There is no id.", place="*.id")


def test_the_same_finding_in_other_words_has_the_same_fingerprint():
    reworded = replace(LOST, summary="The id is missing.", seen="{}", severity=Severity.NOTE)
    elsewhere = replace(LOST, place="*.name")

    assert reworded.fingerprint == LOST.fingerprint
    assert elsewhere.fingerprint != LOST.fingerprint


def test_findings_come_once_and_the_worst_first():
    note = replace(LOST, kind="answer.headers", severity=Severity.NOTE)

    assert worst_first([note, LOST, LOST]) == (LOST, note)


def test_a_report_is_good_where_there_is_nothing_but_notes():
    note = replace(LOST, severity=Severity.NOTE)

    assert Report("verify", "the emulator", "2026-01-31T12:00:00Z", findings=(note,)).is_good
    assert not Report("verify", "the emulator", "2026-01-31T12:00:00Z", findings=(LOST,)).is_good
