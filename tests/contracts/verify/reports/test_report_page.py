"""HTML: one file that needs nothing else, with the verdict first, and text that is never markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from report_samples import EMPTY, LOST, MIXED, NASTY, NOTED, hostile

from contracts.verify.findings import Severity
from contracts.verify.reports import FORMATS

page = FORMATS["html"]
DOCUMENT = {"html", "head", "meta", "title", "style", "body", "header", "section", "article"}
TEXT = {"h1", "h2", "h3", "p", "dl", "dt", "dd", "code", "pre", "span"}
TABLE = {"table", "caption", "tbody", "tr", "th", "td"}
TAGS = DOCUMENT | TEXT | TABLE


class Reader(HTMLParser):
    """The tags, attributes and texts of a page, in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data)


def test_the_verdict_comes_first_then_the_numbers_then_the_findings():
    texts = Reader(page(MIXED)).texts

    order = ["1 error, 1 warning, 1 note", "In numbers", "Errors (1)", "Warnings (1)", "Notes (1)", "Accepted (1)"]
    assert [text for text in texts if text in order] == order


@pytest.mark.parametrize(("report", "verdict"), [(EMPTY, "Good"), (NOTED, "Good, with 1 note")])
def test_a_good_report_says_so(report, verdict):
    reader = Reader(page(report))

    assert verdict in reader.texts
    assert ("class", "good") in reader.attributes


def test_a_finding_is_told_with_all_that_is_known():
    texts = Reader(page(MIXED)).texts

    known = {LOST.about, LOST.place, LOST.summary, LOST.expected, LOST.seen, str(LOST.evidence), LOST.reproduce}
    assert known <= set(texts)
    assert f"{LOST.fingerprint} ({LOST.kind})" in texts
    assert "vendor/bulk-email.yml:120" in texts


def test_an_accepted_finding_says_why():
    assert "accepted until 2026-06-30: the vendor says it will change" in Reader(page(MIXED)).texts


def test_a_page_loads_nothing_and_runs_nothing():
    reader = Reader(page(MIXED))

    assert set(reader.tags) <= TAGS
    assert not {name for name, _ in reader.attributes} & {"src", "href", "style"}
    assert "url(" not in page(MIXED)
    assert "@import" not in page(MIXED)


@pytest.mark.parametrize("text", NASTY)
def test_what_a_target_answers_is_never_markup(text):
    reader = Reader(page(hostile(text)).encode().decode())

    assert set(reader.tags) <= TAGS
    assert "\x1b" not in page(hostile(text))


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_is_explained(severity):
    finding = next(finding for finding in MIXED.findings if finding.severity is severity)

    assert ("class", severity.value) in Reader(page(MIXED)).attributes
    assert ("id", finding.fingerprint) in Reader(page(MIXED)).attributes
