"""JUnit XML: valid for the schemas there are, and read back by a reader that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from junitparser import JUnitXml
from report_samples import EMPTY, KNOWN, LOST, MIXED, NASTY, NEW, NOTED, hostile
from xmlschema import XMLSchema

from contracts.verify.reports import FORMATS

SCHEMA = XMLSchema(Path(__file__).with_name("junit.xsd"))
junit = FORMATS["junit"]


def read(report):
    [suite] = JUnitXml.fromstring(junit(report).encode())
    return suite


@pytest.mark.parametrize("report", [MIXED, EMPTY, NOTED, *map(hostile, NASTY)])
def test_a_report_keeps_the_schemas_of_jenkins_and_surefire(report):
    SCHEMA.validate(junit(report))


def test_errors_and_warnings_fail_and_what_was_accepted_is_skipped():
    suite = read(MIXED)

    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (5, 2, 0, 1)
    assert len(list(suite)) == suite.tests


def test_a_case_tells_its_finding():
    case = next(case for case in read(MIXED) if case.classname == LOST.about)

    [failure] = case.result
    assert case.name == "answer.schema at *.id"
    assert (failure.type, failure.message) == (LOST.kind, LOST.summary)
    assert "expected: an integer\nseen: null\nevidence: observed (a Go client, 2021)" in failure.text
    assert LOST.fingerprint in failure.text
    assert LOST.reproduce in failure.text


def test_a_note_passes_and_is_told_as_output():
    case = next(case for case in read(MIXED) if case.classname == NEW.about)

    assert case.is_passed
    assert NEW.summary in case.system_out


def test_an_accepted_finding_says_why_it_is_skipped():
    case = next(case for case in read(MIXED) if case.classname == KNOWN.about)

    assert case.is_skipped
    assert case.result[0].message == "accepted until 2026-06-30: the vendor says it will change"


@pytest.mark.parametrize("report", [EMPTY, NOTED])
def test_a_good_report_has_a_case_and_no_failure(report):
    suite = read(report)

    assert suite.tests >= 1
    assert suite.failures == 0
    assert all(case.is_passed for case in suite)


def test_what_was_counted_stands_among_the_properties():
    properties = {one.name: one.value for one in read(MIXED).properties()}

    assert properties == {
        "target": "the emulator in process",
        "started": "2026-01-31T12:00:00Z",
        "calls": "120",
        "limits": "off",
    }
