"""JSON: complete, and valid for the schema that `sendpulse-mock export` publishes."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from jsonschema import Draft202012Validator
from report_samples import EMPTY, KNOWN, LOST, MIXED, NASTY, NOTED, hostile

from contracts.catalogue import catalogue
from contracts.export import schema_files
from contracts.verify.reports import FORMATS

document = FORMATS["json"]


@pytest.mark.parametrize("report", [MIXED, EMPTY, NOTED])
def test_a_report_keeps_the_published_schema(report):
    schema = schema_files(catalogue())["report.json"]

    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    assert list(checker.iter_errors(json.loads(document(report)))) == []


def test_a_report_is_told_in_full():
    told = json.loads(document(MIXED))

    assert told["counts"] == {"error": 1, "warning": 1, "note": 1, "accepted": 1}
    assert told["facts"] == {"calls": 120, "limits": "off"}
    assert told["good"] is False
    assert [finding["about"] for finding in told["findings"]] == [finding.about for finding in MIXED.findings]


def test_a_finding_has_all_its_facts_and_its_fingerprint():
    told = json.loads(document(MIXED))["findings"][0]

    assert told == {**asdict(LOST), "fingerprint": LOST.fingerprint}


def test_an_accepted_finding_has_reason_and_date():
    [told] = json.loads(document(MIXED))["accepted"]

    assert told["fingerprint"] == KNOWN.fingerprint
    assert (told["reason"], told["until"]) == ("the vendor says it will change", "2026-06-30")


@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_as_it_was(text):
    written = document(hostile(text)).encode()

    assert json.loads(written)["findings"][0]["seen"] == text


def test_a_finding_that_lacks_a_key_breaks_the_schema():
    told = json.loads(document(MIXED))
    del told["findings"][0]["severity"]

    assert not Draft202012Validator(schema_files(catalogue())["report.json"]).is_valid(told)
