"""Accept-lists: what is let pass, until when, and how a list tells what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contracts.verify.acceptances import accepting, read, settle, written
from contracts.verify.findings import Acceptance, Finding, Severity

LOST = Finding("drift.field_removed", Severity.ERROR, "email.tags.list", "Gone.", place="answer.*.id")
OTHER = replace(LOST, place="answer.*.name")
PASSED = accepting(LOST, "the vendor answers it all the same", "2026-06-30")


def settled(findings, acceptances, today="2026-06-30", looked_at=("email.tags.list",)):
    return settle(findings, acceptances, today=today, looked_at=looked_at)


def test_what_is_accepted_passes_and_the_rest_stays():
    outcome = settled([LOST, OTHER], [PASSED])

    assert outcome.findings == (OTHER,)
    assert outcome.accepted == ((LOST, PASSED),)


def test_an_acceptance_holds_on_its_last_day_and_no_longer():
    assert settled([LOST], [PASSED], today="2026-06-30").findings == ()

    still, expired = settled([LOST], [PASSED], today="2026-07-01").findings
    assert still == LOST
    assert (expired.kind, expired.severity, expired.about) == (
        "acceptance.expired",
        Severity.WARNING,
        "email.tags.list",
    )
    assert "2026-06-30" in expired.summary


def test_an_acceptance_of_what_is_not_found_is_told():
    [unused] = settled([OTHER], [PASSED]).findings[1:]

    assert (unused.kind, unused.severity) == ("acceptance.unused", Severity.NOTE)
    assert unused.seen == LOST.fingerprint


def test_an_acceptance_of_what_was_not_looked_at_may_be_needed_another_time():
    assert settled([], [PASSED], looked_at=["email.tags.create"]).findings == ()


def test_the_later_of_two_acceptances_counts():
    renewed = replace(PASSED, until="2027-06-30")

    assert settled([LOST], [PASSED, renewed], today="2026-12-31").findings == ()


def test_a_built_in_acceptance_need_not_be_needed_and_the_users_own_wins():
    expired = replace(PASSED, until="2026-01-31")

    unneeded = settle([OTHER], [], today="2026-06-30", looked_at=["email.tags.list"], built_in=[PASSED])
    renewed = settle([LOST], [PASSED], today="2026-06-30", looked_at=["email.tags.list"], built_in=[expired])

    assert unneeded.findings == (OTHER,)
    assert renewed.findings == ()


@pytest.mark.parametrize(
    "reason",
    ['"quoted" \\ and \\u0041', "line\nbreak\ttab", "ünïcödé \U0001f600", "\x7f \x01", "'single' # no comment", "]]"],
)
def test_what_is_written_is_read_back(reason):
    acceptance = accepting(replace(LOST, place=reason), reason, "2026-06-30")

    assert read(f"# mine\n{written([acceptance])}", "list") == (acceptance,)


def test_lists_can_be_written_one_after_the_other():
    both = written([PASSED]) + written([accepting(OTHER, "so it is", "2026-06-30")])

    assert [one.fingerprint for one in read(both, "list")] == [LOST.fingerprint, OTHER.fingerprint]


def test_a_day_may_be_a_date_or_a_text():
    text = written([PASSED]).replace("2026-06-30", '"2026-06-30"')

    assert read(text, "list") == (PASSED,)


def test_kind_and_place_need_not_be_told():
    text = f'[[accepted]]\nfingerprint = "{LOST.fingerprint}"\nreason = "so it is"\nuntil = 2026-06-30\n'

    assert read(text, "list") == (Acceptance(LOST.fingerprint, "so it is", "2026-06-30"),)


ENTRY = written([PASSED])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("accepted = [", "list: Invalid value"),
        ("accepted = 1", "list: 'accepted': an accept-list holds [[accepted]] and nothing else"),
        ("rejected = 1", "list: 'rejected': an accept-list holds [[accepted]] and nothing else"),
        ("accepted = [1]", "list: entry 1: an acceptance has fingerprint, reason, until"),
        (ENTRY.replace("until", "till"), "list: entry 1: an acceptance has fingerprint, reason, until"),
        (ENTRY + ENTRY.replace("reason", "because"), "list: entry 2: an acceptance has fingerprint, reason, until"),
        (
            ENTRY.replace('"the vendor answers it all the same"', "7"),
            "list: entry 1: reason is 7; write a text in quotes",
        ),
        (ENTRY.replace("the vendor answers it all the same", " "), f"list: entry 1: {LOST.fingerprint} has no reason"),
        (ENTRY.replace(LOST.fingerprint, "ABC"), "list: entry 1: 'ABC' is no fingerprint of 12 digits"),
        (ENTRY.replace("2026-06-30", '"soon"'), "list: entry 1: 'soon' is no day; write YYYY-MM-DD"),
        (ENTRY.replace("2026-06-30", '"20260630"'), "list: entry 1: '20260630' is no day"),
        (ENTRY.replace("2026-06-30", "2026-06-30T10:00:00"), "list: entry 1: until is datetime"),
        (ENTRY + ENTRY, f"list: {LOST.fingerprint} is accepted twice; keep one"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_its_entry(text, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read(text, "list")


@pytest.mark.parametrize(("reason", "until"), [("", "2026-06-30"), ("so it is", "tomorrow"), ("so it is", "")])
def test_nothing_is_accepted_without_reason_and_day(reason, until):
    with pytest.raises(ValueError, match="cannot accept"):
        accepting(LOST, reason, until)
