"""Coverage counts what is promised, and claims nothing that nobody knows."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from contracts.badge import badge
from contracts.coverage import codes_reached, coverage, ledger, number_told
from contracts.envelopes import CLASSIC
from contracts.evidence import Grade, documented, inferred
from contracts.model import READ, Service
from contracts.refusals import PLAN_REQUIRED, UNKNOWN_PATH, refusal
from contracts.schema import anything
from contracts.services import oauth
from contracts.services.email import tags
from contracts.wording import BULK_EMAIL

SERVICE = Service("animals", "Animals", CLASSIC, BULK_EMAIL, needs_token=False)
GONE = refusal("animal.gone", 213, documented("the vendor's table of codes"))


def operation(name, evidence, *refuses):
    declared = SERVICE.get(f"/{name}", "", "Do it.", returns=anything, effect=READ, evidence=evidence, refuses=refuses)
    declared.christen(name)
    return declared


FEED = operation("feed", documented("a page"), UNKNOWN_PATH, GONE)
WALK = operation("walk", inferred("it has legs"), GONE)


def test_operations_are_met_when_they_are_served():
    counted = coverage([FEED, WALK], served={"walk", "fly"}).operations

    assert (counted.declared, counted.met, counted.percent) == (2, 1, 50)
    assert counted.missing == ("feed",)


def test_refusals_are_met_operation_by_operation():
    provoked = {("walk", "animal.gone"), ("walk", "body.too_large"), ("walk", "no.such")}

    counted = coverage([FEED, WALK], served=(), provoked=provoked).refusals

    assert (counted.declared, counted.met) == (5, 2)
    assert counted.missing == (("feed", "body.too_large"), ("feed", "path.unknown"), ("feed", "animal.gone"))


def test_without_a_suite_nothing_is_said_about_provoked_refusals():
    counted = coverage([FEED], served=()).refusals

    assert (counted.met, counted.missing) == (None, None)


def test_evidence_is_counted_by_grade():
    counted = coverage([FEED, WALK], served=())

    assert counted.operations.evidence == {Grade.DOCUMENTED: 1, Grade.INFERRED: 1}
    assert counted.refusals.evidence == {Grade.DOCUMENTED: 2, Grade.INFERRED: 3}


def test_nothing_declared_is_wholly_served():
    assert coverage([], served=()).operations.percent == 100


def test_json_names_what_is_missing_and_every_grade():
    document = coverage([WALK], served=(), provoked=()).as_json()

    assert document == {
        "operations": {
            "declared": 1,
            "served": 0,
            "missing": ("walk",),
            "evidence": {"observed": 0, "documented": 0, "inferred": 1},
        },
        "refusals": {
            "declared": 2,
            "provoked": 0,
            "missing": (("walk", "body.too_large"), ("walk", "animal.gone")),
            "evidence": {"observed": 0, "documented": 1, "inferred": 1},
        },
        "answers": {"declared": 3, "evidence": {"observed": 0, "documented": 1, "inferred": 2}},
    }


def test_answers_are_successes_and_refusals_together():
    counted = coverage([FEED, WALK], served=())

    assert counted.answers.declared == 7
    assert counted.answers.evidence == {Grade.DOCUMENTED: 3, Grade.INFERRED: 4}
    assert round(counted.well_known, 1) == 42.9


def test_ledger_counts_the_answers_of_each_operation():
    assert ledger([FEED, WALK]) == {
        "feed": {Grade.OBSERVED: 0, Grade.DOCUMENTED: 2, Grade.INFERRED: 2},
        "walk": {Grade.OBSERVED: 0, Grade.DOCUMENTED: 1, Grade.INFERRED: 2},
    }


@pytest.mark.parametrize(("percent", "told"), [(0, "0 %"), (45.99, "45 %"), (99.99, "99 %"), (100.0, "100 %")])
def test_badge_tells_people_and_screen_readers_the_same_and_rounds_nothing_up(percent, told):
    drawn = ET.fromstring(badge("known & <sure>", percent))  # noqa: S314 - it is our own

    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["known & <sure>", told]
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-label"] == drawn[0].text == f"known & <sure>: {told}"


def test_codes_are_met_when_a_provoked_refusal_brings_them_over_the_wire():
    provoked = {("feed", "animal.gone"), ("walk", "no.such")}

    counted = codes_reached([FEED, WALK], provoked)

    assert (counted["vendor"].declared, counted["vendor"].met) == (43, 1)
    assert 213 not in counted["vendor"].missing
    assert (counted["further"].met, counted["total"].met) == (0, 1)


def test_number_that_the_envelope_has_no_place_for_is_not_told():
    assert number_told(FEED, GONE) == 213
    assert number_told(oauth.issue_token, oauth.UNSUPPORTED_GRANT_TYPE) is None
    assert number_told(tags.update, tags.TAG_NOT_FOUND) is None
    assert number_told(tags.update, PLAN_REQUIRED) == 3030303030


def test_without_a_suite_nothing_is_said_about_codes():
    assert codes_reached([FEED])["total"].met is None
