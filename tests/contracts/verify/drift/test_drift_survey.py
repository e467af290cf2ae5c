"""What is compared with what: services that are declared, however many documents describe them."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import DOCUMENT, document, examples, found, given, listing, of_files, surveyed

from contracts.catalogue import catalogue
from contracts.export import documents as exported
from contracts.verify import drift
from contracts.verify.acceptances import read
from contracts.verify.drift.documents import documents
from contracts.verify.drift.sources import parse
from contracts.verify.drift.survey import survey
from contracts.verify.findings import Finding, Severity

OTHER = """
openapi: 3.1.0
info: {title: Bank API, version: 1.0.0}
paths:
  /accounts: {get: {}, post: {}}
  /accounts/{id}: {get: {}, delete: {}}
"""


def test_our_own_documents_say_what_our_contracts_say():
    texts = exported(catalogue())

    found = survey(catalogue(), documents(parse((name, text.encode()) for name, text in texts.items())))

    assert [(one.kind, one.about) for one in found.findings] == [("drift.undocumented", "documents")]
    assert found.facts["operations compared"] == len(catalogue()) - 2


def test_a_service_that_we_do_not_declare_is_one_note():
    found = surveyed(DOCUMENT, OTHER)

    [note] = found.findings
    assert (note.kind, note.severity.value, note.about) == ("drift.not_built", "note", "Bank API")
    assert note.seen == "4 operations"
    assert found.facts == {
        "documents": 2,
        "operations in them": 6,
        "operations compared": 2,
        "operations not built yet": 4,
    }


def test_one_operation_in_common_does_not_make_a_service_ours():
    borrowed = OTHER.replace("paths:", "paths:\n  /carts: {get: {responses: {200: {description: Carts.}}}}")

    findings = surveyed(DOCUMENT, borrowed).findings

    assert [finding.kind for finding in findings] == ["drift.not_built"]


def test_an_operation_is_compared_in_whatever_document_it_stands():
    parameter = "{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}"
    borrowed = OTHER.replace("paths:", f"paths:\n  /carts: {{get: {{parameters: [{parameter}]}}}}")

    places = {finding.place for finding in surveyed(DOCUMENT, borrowed).findings}

    assert places == {"query.limit maximum=50", ""}


def test_documents_of_no_service_of_ours_cannot_be_compared():
    with pytest.raises(ValueError, match=r"nothing to compare: shop\.yaml describes no service"):
        surveyed(OTHER)


def test_no_document_at_all_cannot_be_compared():
    with pytest.raises(ValueError, match="nothing to compare: no document"):
        of_files({})


def test_what_one_document_leaves_out_another_may_tell():
    half = document(lambda whole: (examples(whole, 422).pop("name.taken"), given(whole)["properties"].pop("gift")))

    assert surveyed(half).findings != ()
    assert surveyed(half, DOCUMENT).findings == surveyed(DOCUMENT, half).findings == ()


def test_what_one_document_contradicts_is_found_whatever_another_tells():
    other = document(lambda whole: listing(whole)["parameters"][0]["schema"].update(maximum=50))

    assert [finding.place for finding in surveyed(DOCUMENT, other).findings] == ["query.limit maximum=50"]


def test_parts_of_documents_are_no_documents():
    assert surveyed(DOCUMENT, "schemas: {Cart: {type: object}}").facts["documents"] == 1


def test_slashes_and_names_of_parameters_do_not_matter():
    assert found(lambda whole: whole["paths"].update({"/carts/": whole["paths"].pop("/carts")})) == []


def test_what_is_looked_at_are_operations_documents_and_services():
    looked_at = surveyed(DOCUMENT, OTHER).looked_at

    assert {"shop", "shop.carts.list", "shop.carts.fill", "GET /carts", "Shop API", "Bank API"} <= looked_at


def test_what_comes_accepted_with_the_package_is_what_it_says():
    accepted = read(Path(drift.__file__).with_name("accepted.toml").read_text("utf-8"), "accepted.toml")

    named = [Finding(one.kind, Severity.NOTE, one.about, "", place=one.place) for one in accepted]
    ours = {operation.name for operation in catalogue()}
    assert [finding.fingerprint for finding in named] == [one.fingerprint for one in accepted]
    assert {one.about for one in accepted if "changed" in one.kind or "field" in one.kind} <= ours
