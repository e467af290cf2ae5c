"""Documents as they come: in both versions of OpenAPI, with references and combinations, and broken."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from shop import DOCUMENT, cart, document, filling, found, given, listing, of_files, surveyed

LIMIT = "- {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}"


def files(**parts):
    return {name.replace("_", "."): yaml.safe_dump(part).encode() for name, part in parts.items()}


def test_openapi_3_0_is_read_as_it_means_it():
    def change(whole):
        whole["openapi"] = "3.0.3"
        cart(whole)["properties"]["note"] = {"type": "string", "nullable": True}

    assert found(change) == []


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 50}, "query.limit exclusiveMaximum=50"),
        ({"type": "integer", "minimum": 1, "maximum": 50, "exclusiveMaximum": True}, "query.limit exclusiveMaximum=50"),
    ],
)
def test_strict_bounds_of_either_version_are_read(schema, place):
    def change(whole):
        listing(whole)["parameters"][0]["schema"] = schema

    assert ("detail_added", "error", place) in found(change)


def test_references_are_followed_within_a_document():
    def change(whole):
        whole["components"] = {
            "schemas": {"Cart": cart(whole)},
            "parameters": {"Limit": listing(whole)["parameters"][0]},
            "requestBodies": {"Fill": filling(whole)["requestBody"]},
            "responses": {"Taken": filling(whole)["responses"][422]},
        }
        answer = listing(whole)["responses"][200]["content"]["application/json"]["schema"]
        answer["items"] = {"$ref": "#/components/schemas/Cart"}
        listing(whole)["parameters"][0] = {"$ref": "#/components/parameters/Limit"}
        filling(whole)["requestBody"] = {"$ref": "#/components/requestBodies/Fill"}
        filling(whole)["responses"][422] = {"$ref": "#/components/responses/Taken"}

    assert found(change) == []


def test_references_are_followed_across_files_and_back():
    whole = document()
    shared = {"cart": cart(whole), "note": {"$ref": "../shop.yaml#/components/schemas/Note"}}
    shared["cart"]["properties"]["note"] = {"$ref": "#/note"}
    whole["components"] = {"schemas": {"Note": {"type": ["string", "null"]}}}
    answer = listing(whole)["responses"][200]["content"]["application/json"]["schema"]
    answer["items"] = {"$ref": "parts/shared.yml#/cart"}

    parts = {"shop.yaml": yaml.safe_dump(whole).encode(), "parts/shared.yml": yaml.safe_dump(shared).encode()}

    assert of_files(parts).findings == ()


def test_a_path_that_is_a_reference_is_followed():
    whole = document()
    parts = {"carts": whole["paths"]["/carts"]}
    whole["paths"]["/carts"] = {"$ref": "parts.yaml#/carts"}

    assert of_files(files(shop_yaml=whole, parts_yaml=parts)).findings == ()


def test_a_schema_that_holds_itself_says_no_more():
    def change(whole):
        whole["components"] = {"schemas": {"Tree": {"type": "object", "properties": {"in": {}}}}}
        whole["components"]["schemas"]["Tree"]["properties"]["in"] = {"$ref": "#/components/schemas/Tree"}
        cart(whole)["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}

    assert found(change) == [("field_added", "warning", "answer.*.tree")]


def test_a_schema_that_is_nothing_but_itself_says_nothing():
    def change(whole):
        whole["components"] = {"schemas": {"Echo": {"$ref": "#/components/schemas/Echo"}}}
        cart(whole)["properties"]["name"] = {"$ref": "#/components/schemas/Echo"}

    assert found(change) == [("detail_removed", "note", "answer.*.name type")]


def test_yaml_that_holds_itself_is_read():
    looped = DOCUMENT.replace("name: {type: string}", "name: &n {anyOf: [*n]}", 1)

    assert surveyed(looped).findings[0].place == "answer.*.name type"


def test_parts_of_all_of_are_one():
    def change(whole):
        properties = given(whole)["properties"]
        gift = {"type": "object", "properties": {"gift": properties.pop("gift")}, "required": ["lines"]}
        given(whole)["required"].remove("lines")
        given(whole)["allOf"] = [gift]

    assert found(change) == []


def test_alternatives_hold_what_any_of_them_holds():
    def change(whole):
        whole_cart = cart(whole)
        short = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1}}}
        items = listing(whole)["responses"][200]["content"]["application/json"]["schema"]
        items["items"] = {"oneOf": [dict(whole_cart), short]}

    assert found(change) == [("required_changed", "error", "answer.*.name optional")]


def test_null_among_alternatives_is_a_type_more():
    def change(whole):
        cart(whole)["properties"]["name"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}

    assert found(change) == [("type_changed", "error", "answer.*.name type=null|string")]


def test_a_path_of_the_server_stands_before_those_of_the_document():
    def change(whole):
        whole["servers"] = [{"url": "https://shop.example.com/v2"}]

    with pytest.raises(ValueError, match=r"shop\.yaml describes no service that the contracts declare"):
        found(change)


def test_parameters_of_the_path_hold_for_its_operations():
    def change(whole):
        item = whole["paths"]["/carts"]
        item["parameters"] = item["get"].pop("parameters")

    assert found(change) == []


def test_brackets_of_an_array_belong_to_the_way_it_is_sent():
    def change(whole):
        listing(whole)["parameters"][0]["name"] = "limit[]"

    assert found(change) == []


def test_yaml_is_read_as_openapi_means_it():
    told = DOCUMENT.replace("enum: [open, closed]", "enum: [open, closed, no, 2026-01-31, 0123, 12:30:00, 1_000]")

    places = {finding.place for finding in surveyed(told).findings}
    words = ("no", "2026-01-31", "0123", "12:30:00", "1_000")
    assert places == {f'answer.state="{word}"' for word in words}


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("openapi: [", "shop.yaml: line 2: "),
        ("a: {b: c", "shop.yaml: line "),
        ("openapi: 3.1.0\na: *nobody\n", "shop.yaml: line 2: found undefined alias"),
        ("openapi: 3.1.0\n? [a, b]\n: c\n", "shop.yaml: line 2: a key is no text"),
        ("swagger: '2.0'\npaths: {}\n", "shop.yaml: openapi: the version is 2.0; OpenAPI 3.0 and 3.1 can be read"),
        ("paths: {}\n", "shop.yaml: openapi: the version is none"),
        ("openapi: 4.0.0\npaths: {}\n", "shop.yaml: openapi: the version is 4.0.0"),
        ("openapi: 3.1.0\npaths: [a]\n", "shop.yaml: paths: there is ['a'] where a mapping belongs"),
        ("openapi: 3.1.0\npaths: {/carts: true}\n", "shop.yaml: paths./carts: there is True where a mapping belongs"),
        ("openapi: 3.1.0\npaths: {/carts: {get: x}}\n", "shop.yaml: paths./carts.get: there is 'x' where a mapping"),
        (DOCUMENT.replace(LIMIT, "- 7"), "shop.yaml: GET /carts: parameters: there is 7 where a mapping belongs"),
        (DOCUMENT.replace(LIMIT, "- {$ref: '#/gone'}"), "shop.yaml: $ref '#/gone': it leads nowhere in this folder"),
        (DOCUMENT.replace(LIMIT, "- {$ref: 'gone.yaml'}"), "shop.yaml: $ref 'gone.yaml': it leads nowhere"),
        (DOCUMENT.replace(LIMIT, "- {$ref: 'https://[/'}"), "shop.yaml: $ref 'https://[/': it leads nowhere"),
        (DOCUMENT.replace(LIMIT, "- {$ref: '#/servers/x'}"), "shop.yaml: $ref '#/servers/x': it leads nowhere"),
        (DOCUMENT.replace(LIMIT, "- &p {$ref: '#/paths/~1carts/get/parameters/0'}"), "parameters: it refers to itself"),
        (DOCUMENT.replace("{type: boolean}", "{$ref: '#/gone'}"), "shop.yaml: $ref '#/gone': it leads nowhere"),
        (f"openapi: 3.1.0\nx: {'[' * 5000}\n", "shop.yaml: "),
    ],
)
def test_a_broken_document_is_told_with_file_and_place(broken, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        surveyed(broken)


def test_bytes_that_are_no_text_are_told():
    with pytest.raises(ValueError, match=r"shop\.yaml: byte 4: this is not UTF-8"):
        of_files({"shop.yaml": b"abc \xff"})


def test_broken_json_is_told_with_its_line():
    with pytest.raises(ValueError, match=r"shop\.json: line 2: Expecting value"):
        of_files({"shop.json": b'{"openapi":\n}'})


def test_all_broken_documents_are_told_at_once():
    with pytest.raises(ValueError, match=r"^shop\.yaml: .*\nmore1\.yaml: .*$"):
        surveyed("a: [", "b: {", DOCUMENT)


def test_a_bomb_of_aliases_is_read_in_no_time():
    layers = "".join(f"  - &a{level} {{allOf: [{', '.join([f'*a{level - 1}'] * 9)}]}}\n" for level in range(1, 40))
    bomb = f"x-bomb:\n  - &a0 {{type: boolean}}\n{layers}{DOCUMENT}".replace("gift: {type: boolean}", "gift: *a39")

    assert surveyed(bomb).findings == ()


def test_schemas_nested_too_deeply_are_told():
    def change(whole):
        for _ in range(400):
            given(whole)["properties"]["gift"] = {"allOf": [given(whole)["properties"]["gift"]]}

    whole = json.dumps(document(change)).encode()

    with pytest.raises(ValueError, match=r"shop\.json: POST /carts/\{cart\}/items: its schemas are nested too deeply"):
        of_files({"shop.json": whole})


def test_tabs_in_json_are_white_space():
    assert of_files({"shop.json": json.dumps(document(), indent="\t").encode()}).findings == ()


def test_odd_parts_of_a_document_say_nothing():
    def change(whole):
        whole["info"] = None
        listing(whole)["responses"]["default"] = {"description": "Whatever."}
        listing(whole)["responses"]["4XX"] = {"description": "Whatever."}
        filling(whole)["responses"][422]["content"]["application/json"]["examples"]["odd"] = {"value": ["no", "object"]}
        given(whole)["properties"]["name"]["minLength"] = "three"
        given(whole)["properties"]["gift"]["enum"] = "yes"

    assert found(change) == []
