"""Coverage counts what is promised, and claims nothing that nobody knows."""

from __future__ import annotations

from contracts.coverage import codes_reached, coverage, number_told
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
    }


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
