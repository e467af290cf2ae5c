"""The contracts for readers without Python: OpenAPI 3.1 documents and JSON Schema 2020-12 files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from contracts import envelopes
from contracts.catalogue import Catalogue
from contracts.envelopes import DOCUMENT, OAUTH, Envelope, Json
from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.schema import PATTERNS, Schema
from contracts.verify.reports.document import SCHEMA as REPORT

_ABOUT: Final = (
    "Exported from the contracts of sendpulse-mock; not a document of the vendor. `x-evidence` tells how far each "
    "promise can be trusted: observed on the wire, documented by the vendor, or inferred by us. `x-effect` tells what "
    "a call does to a real account; never generate calls that spend."
)
_PARAMETER: Final = re.compile(r"\{([^}]*)\}")


def described(catalogue: Iterable[Operation]) -> list[Operation]:
    """The operations that are exported: all but those that serve the very documents, which are no JSON."""
    return [operation for operation in catalogue if operation.service.envelope is not DOCUMENT]


def openapi_document(catalogue: Catalogue, service: str | None = None) -> dict[str, Json]:
    """The OpenAPI 3.1 document of the whole API, or of one service by name. It is complete in itself.

    Raises `ValueError` for a service the catalogue does not hold.
    """
    every = described(catalogue)
    services = {operation.service.name: operation.service for operation in every}
    if service not in {None, *services}:
        raise ValueError(f"no service is called {service!r}; there are {', '.join(sorted(services))}")
    operations = [operation for operation in every if service in {None, operation.service.name}]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"SendPulse API: {services[service].title}" if service else "SendPulse API",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "https://api.sendpulse.com"}],
        "security": [{"bearer": []}],
        "tags": _tags(operations),
        "paths": _paths(operations),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _error_schemas(operations),
        },
    }


def documents(catalogue: Catalogue) -> dict[str, str]:
    """Every OpenAPI document as YAML by file name: ``index.yaml`` for the whole API, ``email.yaml`` for one service."""
    services = dict.fromkeys(operation.service.name for operation in described(catalogue))
    per_service = {f"{name}.yaml": _yaml(openapi_document(catalogue, name)) for name in services}
    return {"index.yaml": _yaml(openapi_document(catalogue)), **per_service}


def schema_files(catalogue: Catalogue) -> dict[str, Schema]:
    """JSON Schema documents by file name: arguments and answer of each operation, refusals, our own reports."""
    operations = described(catalogue)
    schemas = {**_error_schemas(operations), "report": REPORT}
    for operation in operations:
        schemas[f"{operation.name}.arguments"] = published(operation.arguments)
        schemas[f"{operation.name}.answer"] = published(operation.service.envelope.success(operation.returns))
    return {f"{name}.json": _schema_document(name, schema) for name, schema in schemas.items()}


def write(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Write all documents to ``openapi/`` and all schemas to ``schemas/`` below `folder`; tells what it wrote."""
    schemas = {name: f"{json.dumps(schema, indent=2)}\n" for name, schema in schema_files(catalogue).items()}
    texts = {
        **{folder / "openapi" / name: text for name, text in documents(catalogue).items()},
        **{folder / "schemas" / name: text for name, text in schemas.items()},
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def published(schema: Schema) -> Schema:
    """A copy of `schema` that any validator understands: our formats as patterns, what stands for another spelt out."""
    plain = dict(_plain_keywords(schema))
    if "x-or-one" in schema:
        item, several = published(schema["items"]), {"type": "string"}
        return {"anyOf": [plain, several] if item == several else [plain, item, several]}
    if "x-array-as" in schema:
        return {"anyOf": [plain, published(schema["properties"][schema["x-array-as"]])]}
    if "x-text-as" not in schema:
        return plain
    return {"anyOf": [published(schema["properties"][schema["x-text-as"]]), plain]}


def _plain_keywords(schema: Schema) -> Iterator[tuple[str, Json]]:
    for keyword, value in schema.items():
        match keyword:
            case "properties":
                yield keyword, {name: published(inner) for name, inner in value.items()}
            case "anyOf":
                yield keyword, [published(inner) for inner in value]
            case "items" | "additionalProperties":
                yield keyword, published(value)
            case "format" if value in PATTERNS:
                yield "pattern", PATTERNS[value]
            case "x-text-as" | "x-array-as" | "x-or-one" | "x-presence-first":
                continue
            case _:
                yield keyword, deepcopy(value)


def _schema_document(name: str, schema: Schema) -> Schema:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:sendpulse-mock:{name}", **schema}


def _error_name(envelope: Envelope) -> str:
    """What the shape of an envelope's refusals is called: by the first envelope that has it, ``ClassicError``."""
    for name, known in vars(envelopes).items():
        if isinstance(known, Envelope) and known.error == envelope.error:
            return f"{name.title().replace('_', '')}Error"
    raise ValueError(f"{envelope!r} has no name: declare it in contracts.envelopes")


def _error_schemas(operations: Iterable[Operation]) -> dict[str, Schema]:
    used = [operation.service.envelope for operation in operations]
    return {_error_name(envelope): published(envelope.error) for envelope in used}


def _group(operation: Operation) -> str:
    """The dotted name without its verb, which is the resource: ``email.mailing_lists``."""
    return operation.name.rpartition(".")[0]


def _tags(operations: Iterable[Operation]) -> list[Json]:
    about = {_group(operation): _description(operation) for operation in operations}
    return [{"name": group, "description": description} for group, description in about.items()]


def _description(operation: Operation) -> str:
    service = operation.service
    resource = _group(operation).removeprefix(service.name).strip(".").replace("_", " ")
    return f"{service.title}: {resource}" if resource else service.title


def _paths(operations: Iterable[Operation]) -> dict[str, Json]:
    """The path items. Paths that differ in parameter names alone are one path to OpenAPI: the first spelling wins."""
    paths: dict[str, dict[str, Json]] = {}
    spellings: dict[str, str] = {}
    for operation in operations:
        for number, path in enumerate((operation.path, *operation.variants)):
            spelling = spellings.setdefault(_PARAMETER.sub("{}", path), path)
            suffix = f".variant_{number}" if number else ""
            paths.setdefault(spelling, {})[operation.method.lower()] = {
                **_identity(operation, suffix),
                **_parameters(operation, path, spelling),
                **_request_body(operation),
                "responses": {**_success(operation), **_refusals(operation)},
            }
    return paths


def _identity(operation: Operation, suffix: str) -> dict[str, Json]:
    return {
        "operationId": f"{operation.name}{suffix}",
        **({"x-vendor-operation-id": operation.label} if operation.label else {}),
        "summary": operation.summary,
        "tags": [_group(operation)],
        "x-effect": str(operation.effect),
        "x-evidence": str(operation.evidence),
        **({} if operation.service.needs_token else {"security": []}),
    }


def _parameters(operation: Operation, path: str, spelling: str) -> dict[str, Json]:
    parameters = [*_path_parameters(operation, path, spelling), *_query_parameters(operation)]
    return {"parameters": parameters} if parameters else {}


def _path_parameters(operation: Operation, path: str, spelling: str) -> Iterator[Json]:
    for name, printed in zip(_PARAMETER.findall(path), _PARAMETER.findall(spelling), strict=True):
        schema = published(operation.param_schema(name))
        yield {"name": printed, "in": "path", "required": True, "schema": schema}


def _query_parameters(operation: Operation) -> Iterator[Json]:
    required = operation.query.get("required", ())
    for name, schema in operation.query["properties"].items():
        yield {"name": name, "in": "query", "required": name in required, "schema": published(schema)}


def _request_body(operation: Operation) -> dict[str, Json]:
    if not operation.body["properties"]:
        return {}
    # The server takes forms everywhere, as the vendor does; only OAuth makes the form the expected way.
    forms = ("application/x-www-form-urlencoded",) if operation.service.envelope is OAUTH else ()
    content = {kind: {"schema": published(operation.body)} for kind in ("application/json", *forms)}
    return {"requestBody": {"required": "required" in operation.body, "content": content}}


def _success(operation: Operation) -> dict[str, Json]:
    envelope = operation.service.envelope
    answer: dict[str, Json] = {"description": "What the call answers."}
    if operation.status != 204:
        answer["content"] = {envelope.media_type: {"schema": published(envelope.success(operation.returns))}}
    return {str(operation.status): answer}


def _refusals(operation: Operation) -> dict[str, Json]:
    """A response per status, its refusals as examples by key."""
    by_status: dict[int, list[Refusal]] = {}
    for refusal in operation.refusals.values():
        by_status.setdefault(refusal.status, []).append(refusal)
    envelope = operation.service.envelope
    schema = {"$ref": f"#/components/schemas/{_error_name(envelope)}"}
    return {
        str(status): {
            "description": f"Refused: {', '.join(refusal.key for refusal in refusals)}.",
            "content": {
                "application/json": {
                    "schema": dict(schema),
                    "examples": {refusal.key: _example(envelope, refusal) for refusal in refusals},
                }
            },
        }
        for status, refusals in sorted(by_status.items())
    }


def _example(envelope: Envelope, refusal: Refusal) -> Json:
    return {"value": envelope.refuse(refusal), "x-evidence": str(refusal.evidence)}


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same text, five times as fast, where libyaml is there
    return str(yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120))
