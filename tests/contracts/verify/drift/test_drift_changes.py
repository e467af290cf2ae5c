"""Each kind of change to a document is found, at its place, and as grave as it is to a client."""

from __future__ import annotations

import json

import pytest
import yaml
from shop import DOCUMENT, asked, cart, document, examples, filling, found, given, listing, state, surveyed

from contracts.verify.findings import Severity


def test_a_document_that_says_what_we_say_is_no_finding():
    assert found() == []


CHANGES = {
    "an argument is added": (
        lambda whole: given(whole)["properties"].update(colour={"type": "string"}),
        ("field_added", "warning", "body.colour"),
    ),
    "a required argument is added": (
        lambda whole: (given(whole)["properties"].update(vat={}), given(whole)["required"].append("vat")),
        ("field_added", "error", "body.vat"),
    ),
    "an argument is added inside of another": (
        lambda whole: given(whole)["properties"]["lines"]["items"]["properties"].update(unit={}),
        ("field_added", "warning", "body.lines.*.unit"),
    ),
    "a parameter is added": (
        lambda whole: listing(whole)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
        ("field_added", "warning", "query.q"),
    ),
    "an argument is removed": (
        lambda whole: given(whole)["properties"].pop("gift"),
        ("field_removed", "warning", "body.gift"),
    ),
    "a parameter is removed": (
        lambda whole: listing(whole)["parameters"].pop(),
        ("field_removed", "warning", "query.order"),
    ),
    "an argument moves": (
        lambda whole: (
            given(whole)["properties"].pop("gift"),
            filling(whole)["parameters"].append({"name": "gift", "in": "query", "schema": {"type": "boolean"}}),
        ),
        ("argument_moved", "note", "body.gift"),
    ),
    "a body is removed": (
        lambda whole: filling(whole).pop("requestBody"),
        ("body_removed", "warning", "body"),
    ),
    "a body is added": (
        lambda whole: listing(whole).update(requestBody=filling(document())["requestBody"]),
        ("field_added", "error", "body.name"),
    ),
    "a field of an answer is added": (
        lambda whole: cart(whole)["properties"].update(owner={"type": "string"}),
        ("field_added", "warning", "answer.*.owner"),
    ),
    "a field of an answer is removed": (
        lambda whole: (cart(whole)["properties"].pop("name"), cart(whole)["required"].remove("name")),
        ("field_removed", "error", "answer.*.name"),
    ),
    "an optional field of an answer is removed": (
        lambda whole: cart(whole)["properties"].pop("note"),
        ("field_removed", "warning", "answer.*.note"),
    ),
    "an argument takes another type": (
        lambda whole: given(whole)["properties"].update(gift={"type": "string"}),
        ("type_changed", "error", "body.gift type=string"),
    ),
    "an argument takes more types": (
        lambda whole: given(whole)["properties"].update(gift={"type": ["boolean", "integer"]}),
        ("type_changed", "note", "body.gift type=boolean|integer"),
    ),
    "an argument takes fewer numbers": (
        lambda whole: given(whole)["properties"]["lines"]["items"]["properties"].update(amount={"type": "integer"}),
        ("type_changed", "error", "body.lines.*.amount type=integer"),
    ),
    "an answer may have another type": (
        lambda whole: cart(whole)["properties"].update(name={"type": ["string", "null"]}),
        ("type_changed", "error", "answer.*.name type=null|string"),
    ),
    "an answer is never null any more": (
        lambda whole: cart(whole)["properties"].update(note={"type": "string"}),
        ("type_changed", "note", "answer.*.note type=string"),
    ),
    "the type of an argument is no longer told": (
        lambda whole: given(whole)["properties"].update(gift={}),
        ("detail_removed", "note", "body.gift type"),
    ),
    "a path's parameter takes another type": (
        lambda whole: filling(whole)["parameters"][0].update(schema={"type": "string"}),
        ("type_changed", "error", "path.1 type=string"),
    ),
    "an argument becomes required": (
        lambda whole: given(whole)["required"].append("gift"),
        ("required_changed", "error", "body.gift required"),
    ),
    "a parameter becomes required": (
        lambda whole: listing(whole)["parameters"][0].update(required=True),
        ("required_changed", "error", "query.limit required"),
    ),
    "an argument becomes optional": (
        lambda whole: given(whole)["required"].remove("name"),
        ("required_changed", "note", "body.name optional"),
    ),
    "a field of an answer becomes optional": (
        lambda whole: cart(whole)["required"].remove("name"),
        ("required_changed", "error", "answer.*.name optional"),
    ),
    "a field of an answer is always there": (
        lambda whole: cart(whole)["required"].append("note"),
        ("required_changed", "note", "answer.*.note required"),
    ),
    "no argument of an object is said to be required any more": (
        lambda whole: given(whole)["properties"]["lines"]["items"].pop("required"),
        ("detail_removed", "note", "body.lines.*.sku presence"),
    ),
    "an argument loses a value": (
        lambda whole: asked(whole, 1).update(enum=["asc"]),
        ("value_removed", "error", 'query.order="desc"'),
    ),
    "an argument gains a value": (
        lambda whole: asked(whole, 1).update(enum=["asc", "desc", "none"]),
        ("value_added", "note", 'query.order="none"'),
    ),
    "an answer gains a value": (
        lambda whole: state(whole).update(enum=["open", "closed", "lost"]),
        ("value_added", "error", 'answer.state="lost"'),
    ),
    "an answer loses a value": (
        lambda whole: state(whole).update(enum=["open"]),
        ("value_removed", "note", 'answer.state="closed"'),
    ),
    "an argument gets values": (
        lambda whole: given(whole)["properties"]["name"].update(enum=["a", "b"]),
        ("detail_added", "error", 'body.name enum="a", "b"'),
    ),
    "the values of an answer are no longer told": (
        lambda whole: (state(whole).pop("enum"), cart(whole)["properties"]["note"].update(enum=["a", "b"])),
        ("detail_removed", "note", "answer.state enum"),
    ),
    "a bound gets tighter": (
        lambda whole: asked(whole, 0).update(maximum=50),
        ("bound_changed", "error", "query.limit maximum=50"),
    ),
    "a bound gets wider": (
        lambda whole: asked(whole, 0).update(minimum=0),
        ("bound_changed", "note", "query.limit minimum=0"),
    ),
    "a bound of a length changes": (
        lambda whole: given(whole)["properties"]["lines"].update(maxItems=5),
        ("bound_changed", "error", "body.lines maxItems=5"),
    ),
    "a bound of an answer gets wider": (
        lambda whole: cart(whole)["properties"]["id"].update(minimum=0),
        ("bound_changed", "error", "answer.*.id minimum=0"),
    ),
    "a bound is added": (
        lambda whole: given(whole)["properties"]["name"].update(maxLength=20),
        ("detail_added", "error", "body.name maxLength=20"),
    ),
    "a status of success is added": (
        lambda whole: filling(whole)["responses"].update({202: {"description": "Later."}}),
        ("status_added", "error", "status=202"),
    ),
    "a status of refusal is added": (
        lambda whole: filling(whole)["responses"].update({409: {"description": "No."}}),
        ("status_added", "warning", "status=409"),
    ),
    "a status of failure is added": (
        lambda whole: filling(whole)["responses"].update({500: {"description": "Oh."}}),
        ("status_added", "note", "status=500"),
    ),
    "a refusal is added": (
        lambda whole: examples(whole, 422).update({"cart.full": {"value": {"message": "Full", "error_code": 9}}}),
        ("refusal_added", "warning", "refusal.cart.full"),
    ),
    "a refusal is removed": (
        lambda whole: examples(whole, 422).pop("name.taken"),
        ("refusal_removed", "warning", "refusal.name.taken"),
    ),
    "a refusal gets another code": (
        lambda whole: examples(whole, 404)["cart.not_found"]["value"].update(error_code=213),
        ("refusal_changed", "error", "refusal.cart.not_found code=213"),
    ),
    "an operation is removed": (
        lambda whole: whole["paths"].pop("/carts"),
        ("operation_removed", "error", ""),
    ),
    "an operation is added": (
        lambda whole: whole["paths"]["/carts"].update(delete={"operationId": "dropCarts"}),
        ("operation_added", "warning", ""),
    ),
    "an operation gets another id": (
        lambda whole: listing(whole).update(operationId="getCarts"),
        ("label_changed", "note", "operationId=getCarts"),
    ),
}


@pytest.mark.parametrize(("change", "finding"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_found(change, finding):
    assert finding in found(change)


@pytest.mark.parametrize(
    "name", [name for name in CHANGES if name not in {"a body is added", "an operation is removed"}]
)
def test_a_change_is_one_finding(name):
    change, finding = CHANGES[name]

    # A value or bound that is told anew is contradicted nowhere else; an id that a client does not see either.
    assert [one for one in found(change) if one[1] != "note" or one == finding] == [finding]


def test_a_refusal_with_another_status_is_found():
    def change(whole):
        examples(whole, 404)["name.taken"] = examples(whole, 422).pop("name.taken")

    assert found(change) == [("refusal_changed", "error", "refusal.name.taken status=404")]


def test_a_refusal_in_other_words_is_found_and_its_place_holds_none_of_them():
    def change(whole):
        examples(whole, 422)["name.taken"]["value"]["message"] = "Sorry, no"

    [finding] = surveyed(document(change)).findings
    assert finding.kind == "drift.refusal_changed"
    assert finding.severity is Severity.WARNING
    assert (finding.expected, finding.seen) == ("Name taken", "Sorry, no")
    assert "Sorry" not in finding.place


def test_a_second_change_of_the_same_thing_is_another_finding():
    [fifty] = surveyed(document(lambda whole: asked(whole, 0).update(maximum=50))).findings
    [sixty] = surveyed(document(lambda whole: asked(whole, 0).update(maximum=60))).findings

    assert fifty.fingerprint != sixty.fingerprint


def test_the_same_change_is_the_same_finding_wherever_it_stands():
    [here] = surveyed(document(lambda whole: asked(whole, 0).update(maximum=50))).findings
    [there] = surveyed("# a new line\n" + DOCUMENT.replace("maximum: 100", "maximum: 50")).findings

    assert here.fingerprint == there.fingerprint
    assert here.line != there.line


def test_a_finding_names_file_line_and_evidence():
    [finding] = surveyed(DOCUMENT.replace("maximum: 100", "maximum: 50")).findings

    assert finding.about == "shop.carts.list"
    assert (finding.file, finding.line) == ("shop.yaml", 11)
    assert DOCUMENT.splitlines()[10].strip().startswith("- {name: limit")
    assert (finding.expected, finding.seen) == ("100", "50")
    assert str(finding.evidence) == "documented (the shop's document)"


def test_what_a_document_tells_of_nothing_is_no_finding_where_it_is_silent():
    def change(whole):
        del cart(whole)["required"]
        del filling(whole)["responses"][200]["content"]["application/json"]["schema"]["required"]

    assert found(change) == []


def test_arguments_that_may_stand_for_others_are_no_finding():
    def change(whole):
        given(whole)["properties"]["tags"] = {
            "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]
        }

    assert found(change) == []


def test_yaml_and_json_say_the_same():
    as_json = json.dumps(document())

    assert surveyed(as_json).findings == surveyed(yaml.safe_dump(document())).findings == ()
