"""What readers without Python get: documents that stand by themselves and say all the contracts say."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from instances import breaking, full
from jsonschema import Draft202012Validator

from contracts import export
from contracts.catalogue import Catalogue, catalogue
from contracts.envelopes import CLASSIC
from contracts.evidence import inferred
from contracts.model import READ, Operation, Service
from contracts.schema import FORMATS, anything, array, array_as, filled, integer, mapping, moment, obj, string, text_as
from contracts.wording import BULK_EMAIL, rules_of

OPERATIONS = export.described(catalogue())
SERVICES = sorted({operation.service.name for operation in OPERATIONS})
INDEX = export.openapi_document(catalogue())
DOCUMENTS = {None: INDEX, **{service: export.openapi_document(catalogue(), service) for service in SERVICES}}
TEXTS = export.documents(catalogue())
SCHEMAS = export.schema_files(catalogue())
RULES = [(operation, rule) for operation in OPERATIONS for rule in rules_of(operation.arguments)]

for_every_document = pytest.mark.parametrize("service", DOCUMENTS, ids=["index", *SERVICES])
for_every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def operations_of(document):
    return {entry["operationId"]: entry for item in document["paths"].values() for entry in item.values()}


ENTRIES = operations_of(INDEX)


@for_every_document
def test_document_is_valid_openapi(service):
    from openapi_spec_validator import OpenAPIV31SpecValidator

    errors = list(OpenAPIV31SpecValidator(DOCUMENTS[service]).iter_errors())

    assert errors == []


@for_every_document
def test_schemathesis_loads_every_operation_of_a_document(service):
    import schemathesis

    document = DOCUMENTS[service]

    loaded = [result.ok().definition.raw for result in schemathesis.openapi.from_dict(document).get_all_operations()]

    assert {entry["operationId"] for entry in loaded} == operations_of(document).keys()


@pytest.mark.skipif(shutil.which("redocly") is None, reason="redocly is not on PATH: npm install -g @redocly/cli")
def test_redocly_finds_neither_error_nor_warning(tmp_path):
    documents = [path.name for path in export.write(catalogue(), tmp_path) if path.suffix == ".yaml"]
    offline = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

    lint = subprocess.run(
        ["redocly", "lint", "--extends=recommended-strict", *documents],
        cwd=tmp_path / "openapi",
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        check=False,
    )

    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_index_holds_all_services_and_each_document_one():
    parts = [operations_of(DOCUMENTS[service]) for service in SERVICES]

    assert {name: entry for part in parts for name, entry in part.items()} == ENTRIES
    assert sorted(TEXTS) == sorted(["index.yaml", *(f"{service}.yaml" for service in SERVICES)])


def test_documents_leave_out_the_service_that_serves_them():
    left_out = {operation.name for operation in catalogue()} - {operation.name for operation in OPERATIONS}

    assert left_out == {"documents.get", "documents.get_index"}
    assert "well-known" not in TEXTS["index.yaml"]


def test_unknown_service_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no service is called 'post'; there are .*email"):
        export.openapi_document(catalogue(), "post")


@for_every_document
def test_yaml_says_what_the_document_says(service):
    text = TEXTS[f"{service or 'index'}.yaml"]

    assert yaml.safe_load(text) == DOCUMENTS[service]
    assert not re.search(r"[&*]id\d", text)


@for_every_operation
def test_operation_is_identified_by_its_dotted_name(operation):
    entry = ENTRIES[operation.name]

    assert entry.get("x-vendor-operation-id", "") == operation.label
    assert entry["summary"] == operation.summary
    assert entry["x-evidence"] == str(operation.evidence)
    assert entry["x-effect"] == operation.effect.value
    assert (entry.get("security") == []) is not operation.service.needs_token


@for_every_operation
def test_every_refusal_is_an_example_under_its_status(operation):
    responses = ENTRIES[operation.name]["responses"]

    for refusal in operation.refusals.values():
        example = responses[str(refusal.status)]["content"]["application/json"]["examples"][refusal.key]

        assert example == {"value": operation.service.envelope.refuse(refusal), "x-evidence": str(refusal.evidence)}


@for_every_document
def test_every_example_keeps_the_shape_of_its_response(service):
    document = DOCUMENTS[service]
    contents = [
        (response["content"]["application/json"], status)
        for entry in operations_of(document).values()
        for status, response in entry["responses"].items()
        if "examples" in response.get("content", {}).get("application/json", {})
    ]

    for content, status in contents:
        name = content["schema"]["$ref"].removeprefix("#/components/schemas/")
        shape = Draft202012Validator(document["components"]["schemas"][name])
        assert status.startswith("4")
        assert all(shape.is_valid(example["value"]) for example in content["examples"].values())


@for_every_operation
def test_every_argument_stands_in_query_or_body(operation):
    entry = ENTRIES[operation.name]

    query = {parameter["name"] for parameter in entry.get("parameters", []) if parameter["in"] == "query"}
    schemas = [content["schema"] for content in entry.get("requestBody", {}).get("content", {}).values()]
    bodies = [schema.get("anyOf", [schema])[0]["properties"] for schema in schemas]

    assert query == operation.query["properties"].keys()
    assert all(list(body) == list(operation.body["properties"]) for body in bodies)
    assert bool(bodies) == bool(operation.body["properties"])


def test_token_endpoint_takes_json_and_forms():
    entry = ENTRIES["oauth.issue_token"]

    assert entry["requestBody"]["content"].keys() == {"application/json", "application/x-www-form-urlencoded"}


def test_variant_is_a_path_of_its_own():
    entries = operations_of(DOCUMENTS["email"])
    declared = entries["email.mailing_lists.find_by_variable"]
    variant = entries["email.mailing_lists.find_by_variable.variant_1"]

    assert variant == {**declared, "operationId": "email.mailing_lists.find_by_variable.variant_1"}


def test_paths_that_differ_in_parameter_names_alone_are_one_path():
    service = Service("library", "Library", CLASSIC, BULK_EMAIL)
    get = Operation(service, "GET", "/books/{id}", "", "Get.", anything, READ, inferred("a test"))
    burn = Operation(
        service, "DELETE", "/books/{book}", "", "Burn.", anything, READ, inferred("a test"), params={"book": integer()}
    )
    get.christen("library.get")
    burn.christen("library.burn")

    paths = export.openapi_document(Catalogue([get, burn]))["paths"]

    assert list(paths) == ["/books/{id}"]
    assert paths["/books/{id}"]["delete"]["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    ]


def test_published_schema_needs_no_private_words():
    contact = obj(None, email=string, joined=moment) | text_as("email")
    schema = obj({"format": filled, "contacts": array(contact)}, notes=mapping(filled))

    published = Draft202012Validator(export.published(schema))

    assert "x-text-as" not in json.dumps(published.schema)
    assert published.is_valid({"format": "x", "contacts": ["ada@example.com", {"joined": "2026-01-31 12:00:00"}]})
    assert not published.is_valid({"format": " ", "contacts": []})
    assert not published.is_valid({"format": "x", "contacts": [{"joined": "yesterday"}]})
    assert not published.is_valid({"format": "x", "contacts": [5]})
    assert not published.is_valid({"format": "x", "contacts": [], "notes": {"a": ""}})


def test_published_body_may_be_the_bare_array_that_stands_for_it():
    published = export.published(obj({"emails": array(string, min=1)}) | array_as("emails"))

    keeps = Draft202012Validator(published).is_valid

    assert keeps({"emails": ["ada@example.com"]})
    assert keeps(["ada@example.com"])
    assert not keeps([])
    assert not keeps([5])
    assert not keeps({})


def test_publishing_leaves_the_declaration_alone():
    schema = obj({"name": filled}, tags=array(string))

    published = export.published(schema)
    published["properties"]["tags"]["items"]["type"] = "integer"
    published["required"].append("tags")

    assert schema == obj({"name": filled}, tags=array(string))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_file_is_json_schema_under_its_own_name(name):
    schema = SCHEMAS[name]

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert f"{schema['$id'].removeprefix('urn:sendpulse-mock:')}.json" == name
    assert not _formats(schema) & (FORMATS.keys() - {"email"})


def _formats(node):
    if isinstance(node, list):
        return set().union(*map(_formats, node))
    if not isinstance(node, dict):
        return set()
    own = {node["format"]} if isinstance(node.get("format"), str) else set()
    return own.union(*map(_formats, node.values()))


def test_every_operation_has_a_file_for_arguments_and_answer_and_every_envelope_one():
    names = set(SCHEMAS)
    expected = {f"{operation.name}.{part}.json" for operation in OPERATIONS for part in ("arguments", "answer")}

    assert expected < names
    assert {"ClassicError.json", "OauthError.json"} <= names - expected


@for_every_operation
def test_published_arguments_accept_what_the_operation_accepts(operation):
    published = SCHEMAS[f"{operation.name}.arguments.json"]

    assert Draft202012Validator(published).is_valid(full(operation.arguments))


@pytest.mark.parametrize(
    ("operation", "rule"), RULES, ids=[f"{operation.name}-{rule.key}" for operation, rule in RULES]
)
def test_published_arguments_refuse_what_the_operation_refuses(operation, rule):
    published = SCHEMAS[f"{operation.name}.arguments.json"]
    checker = Draft202012Validator(published, format_checker=Draft202012Validator.FORMAT_CHECKER)

    assert not checker.is_valid(breaking(operation.arguments, rule))


def test_files_are_written_where_they_are_promised(tmp_path):
    written = export.write(catalogue(), tmp_path)

    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert (tmp_path / "openapi" / "index.yaml").read_text("utf-8") == TEXTS["index.yaml"]
    assert json.loads((tmp_path / "schemas" / "ClassicError.json").read_text("utf-8"))["type"] == "object"


def test_every_run_writes_the_same_bytes(tmp_path):
    program = (
        "import sys, pathlib; from contracts import catalogue, export;"
        "export.write(catalogue.catalogue(), pathlib.Path(sys.argv[1]))"
    )
    digests = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", program, folder], env=environment, check=True)
        digests.append({path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*.*")})

    assert digests[0] == digests[1]
