"""From query and body of a call to its arguments: strict, unlike the vendor, because nothing here should be a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from werkzeug.exceptions import HTTPException

from contracts.decoding import Undecodable, decode_body
from contracts.model import Operation
from contracts.schema import Schema
from contracts.validation import Validator, first_broken, validator
from mock_server.admin.calls import refuse, refuse_as
from mock_server.exchange import LARGEST_BODY

if TYPE_CHECKING:
    from flask import Request

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


def arguments_of(operation: Operation, request: Request) -> Mapping[str, Any]:
    """The arguments of a call, validated and with their defaults. Refuses with 400 what the contract does not allow."""
    given = _given_in_query(operation.query, request) | _given_in_body(operation, request)
    _check(operation, given)
    return {**operation.defaults, **given}


def _given_in_query(schema: Schema, request: Request) -> dict[str, Any]:
    return {
        name: int(text)
        if schema["properties"].get(name, {}).get("type") == "integer" and _WHOLE.fullmatch(text)
        else text
        for name, text in request.args.items()
    }


def _given_in_body(operation: Operation, request: Request) -> dict[str, Any]:
    body = _body_of(request)
    expected = f"send {described(operation.body)}"
    if not body:
        if operation.method == "PUT":  # which would change nothing, and call that a success
            refuse(400, "the body is missing", expected)
        return {}
    if not request.is_json:
        refuse(400, f"the body has the content type {request.content_type!r}", "send Content-Type: application/json")
    try:
        given = decode_body(request.mimetype, body)
    except Undecodable as error:
        refuse_as(400, error, expected)
    if not isinstance(given, dict) or not body.lstrip().startswith(b"{"):
        refuse(400, f"the body is no JSON object: {body[:80].decode(errors='replace')!r}", expected)
    return given


def _body_of(request: Request) -> bytes:
    request.max_content_length = LARGEST_BODY
    try:
        return request.get_data()
    except HTTPException as error:
        refuse(400, f"the body cannot be read: {error.name}", f"send at most {LARGEST_BODY} bytes")


@cache
def _validator_of(operation: Operation) -> Validator:
    return validator(operation.arguments)


def _check(operation: Operation, given: Mapping[str, Any]) -> None:
    schema = operation.arguments
    for name in given:
        if name not in schema["properties"]:
            refuse(400, f"unknown key: {name!r}", f"send {described(schema)}")
    broken = first_broken(schema, _validator_of(operation), given)
    if broken is None:
        return
    if broken.name == "required":
        refuse(400, f"{broken.field} is missing", f"send {described(schema)}")
    place, inner, value = _at(schema, given, broken.field)
    refuse(400, f"{place} cannot be {orjson.dumps(value).decode()}", f"send {described(inner)}")


def _at(schema: Schema, value: Any, field: str) -> tuple[str, Schema, Any]:
    """Where a broken field stands, what is allowed there and what was given; a star is the first item that is wrong."""
    place = ""
    for name in field.split("."):
        if name == "*":
            schema = schema["items"]
            is_valid = validator(schema).is_valid
            index, value = next((index, item) for index, item in enumerate(value) if not is_valid(item))
            place += f"[{index}]"
        else:
            schema, value = schema["properties"][name], value[name]
            place += f".{name}" if place else name
    return place, schema, value


def described(schema: Schema) -> str:
    """What a schema allows, in words."""
    return " or ".join(_descriptions(schema))


def _descriptions(schema: Schema) -> Iterator[str]:
    match schema:
        case {"anyOf": [*choices]}:
            for choice in choices:
                yield from _descriptions(choice)
        case {"enum": [*values]}:
            yield f"one of: {', '.join(values)}"
        case {"const": value}:
            yield repr(value).lower()
        case {"type": "integer" | "number" as kind}:
            bounds = [f"{word} {schema[key]:g}" for key, word in _BOUNDS.items() if key in schema]
            yield " ".join([_KINDS[kind], *bounds])
        case {"type": "array", "items": items}:
            yield f"a list, each of it {described(items)}"
        case {"type": "object", "properties": fields} if fields:
            needed = schema.get("required", ())
            told = (f"{name} ({described(inner)})" if name in needed else name for name, inner in fields.items())
            yield f"an object with {', '.join(told)}"
        case {"type": kind}:
            yield _KINDS[kind]
        case _:
            yield "any JSON"


_BOUNDS: Final = {"minimum": "from", "maximum": "up to"}
_KINDS: Final = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "object": "an object",
    "null": "null",
}
