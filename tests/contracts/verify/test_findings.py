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


def test_any_text_a_target_sends_has_a_fingerprint():
    half = replace(LOST, place="data.\ud800")

    assert half.fingerprint != LOST.fingerprint


def test_where_a_finding_is_seen_is_no_part_of_what_it_is():
    moved = replace(LOST, file="bulk-email.yml", line=12)

    assert moved.fingerprint == LOST.fingerprint


def test_findings_come_once_and_the_worst_first():
    note = replace(LOST, kind="answer.headers", severity=Severity.NOTE)

    assert worst_first([note, LOST, LOST]) == (LOST, note)


def test_a_report_is_good_where_there_is_nothing_but_notes():
    note = replace(LOST, severity=Severity.NOTE)

    assert Report("verify", "the emulator", "2026-01-31T12:00:00Z", findings=(note,)).is_good
    assert not Report("verify", "the emulator", "2026-01-31T12:00:00Z", findings=(LOST,)).is_good
