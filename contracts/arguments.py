"""From what a client sent to what a behaviour is given: conversion, validation, defaults.

Real clients send numbers as text, flags as 1 and 0, lists as JSON strings or PHP-serialised ones. What the declared
type allows is converted here, once; what is left is the contract's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from contracts.decoding import Undecodable, decode_body, decode_field, decode_query
from contracts.model import Operation
from contracts.refusals import Refusal, Refused
from contracts.schema import Schema
from contracts.validation import Validator, first_broken, validator

Convert = Callable[[Any], Any]

_IN_PATH: Final = re.compile(r"\{(\w+)\}")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,19}")
_INTEGERS: Final = range(-(2**63), 2**63)
_FLAGS: Final = {"1": True, "0": False, "true": True, "false": False}


def given_arguments(
    query_string: str, content_type: str, body: bytes, array_as: str | None = None
) -> Mapping[str, Any]:
    """What query and body give; `array_as` is the argument that a bare array is, if any.

    A body that does not decode gives nothing; the first "missing" refusal follows.

    Unverified: the vendor's framework is known to read a body that is no JSON as an empty one.
    """
    query = decode_query(query_string) if query_string else {}
    if not body:
        return query
    try:
        decoded = decode_body(content_type, body)
    except Undecodable:
        return query
    if isinstance(decoded, list) and array_as is not None:
        decoded = {array_as: decoded}
    return query | decoded if isinstance(decoded, dict) else query


class Arguments:
    """How the arguments of one operation are read. Compiled at its first request."""

    def __init__(self, operation: Operation) -> None:
        schema = operation.arguments
        self._operation = operation
        self._schema = schema
        self._fields: dict[str, tuple[Convert | None, bool, Refusal | None]] = {
            name: (_converter(field), _may_be_empty(field), _undecodable(operation, name))
            for name, field in schema["properties"].items()
        }
        self._takes_further = "additionalProperties" in schema
        self._in_path = frozenset(_IN_PATH.findall(operation.path))
        self._must_check = not schema.keys().isdisjoint({"required", "allOf"})
        self._defaults = operation.defaults
        self._validator: Validator | None = None

    def read(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments of a request. Refuses with the wording of the first rule they break."""
        arguments = self._further(given) if self._takes_further else {}
        for name, (convert, may_be_empty, undecodable) in self._fields.items():
            value = given.get(name)
            if value is None or (value == "" and not may_be_empty):
                continue  # null is missing; so is, to the vendor's validator, an empty string where text is not meant
            arguments[name] = value if convert is None else self._convert(convert, value, undecodable)
        if arguments or self._must_check:
            self._check(arguments)
        return {**self._defaults, **arguments} if self._defaults else arguments

    def _further(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if name not in self._fields and name not in self._in_path}

    def _convert(self, convert: Convert, value: Any, undecodable: Refusal | None) -> Any:
        try:
            return convert(value)
        except Undecodable:
            if undecodable is not None:
                raise Refused(undecodable) from None
            return value

    def _check(self, arguments: dict[str, Any]) -> None:
        if self._validator is None:
            self._validator = validator(self._schema)
        broken = first_broken(self._schema, self._validator, arguments)
        if broken is not None:
            raise Refused(self._operation.refusal_of(broken))


@cache
def arguments_of(operation: Operation) -> Arguments:
    """How the arguments of `operation` are read."""
    return Arguments(operation)


def _may_be_empty(schema: Schema) -> bool:
    return schema.get("type") == "string" and schema.get("format") in {None, "filled"} and "enum" not in schema


def _undecodable(operation: Operation, name: str) -> Refusal | None:
    refusal = operation.wordings.get(f"{name}.decodable")
    return refusal if isinstance(refusal, Refusal) else None


def _converter(schema: Schema) -> Convert | None:
    """The conversion that values of `schema` need, if any."""
    match schema.get("type"):
        case "integer":
            return _to_integer
        case "boolean":
            return _to_boolean
        case "array":
            return _to_array(_inner(schema["items"]), takes_one="x-or-one" in schema)
        case "object":
            fields = {name: _inner(field) for name, field in schema.get("properties", {}).items()}
            return _to_object(fields, schema.get("x-text-as"))
        case _:
            return None


def _inner(schema: Schema) -> Convert | None:
    """The conversion inside arrays and objects: what does not decode there is left to be refused as the wrong type."""
    convert = _converter(schema)
    if convert is None or schema["type"] not in {"array", "object"}:
        return convert

    def inner(value: Any) -> Any:
        try:
            return convert(value)
        except Undecodable:
            return value

    return inner


def _to_integer(value: Any) -> Any:
    """Whole numbers of 64 bits. PHP holds larger ones as floats, which its validator takes for no integers."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value) if int(value) in _INTEGERS else value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return value
    return int(value) if int(value) in _INTEGERS else str(value)


def _to_boolean(value: Any) -> Any:
    if isinstance(value, str):
        return _FLAGS.get(value, value)
    return bool(value) if isinstance(value, int | float) and value in {0, 1} else value


def _to_array(convert: Convert | None, *, takes_one: bool) -> Convert:
    decode = _decode_or_split if takes_one else decode_field

    def to_array(value: Any) -> Any:
        if isinstance(value, str):
            value = decode(value)
        if takes_one and not isinstance(value, list | dict):
            value = [value]
        if value == {}:  # PHP knows one empty array
            return []
        return [convert(item) for item in value] if convert and isinstance(value, list) else value

    return to_array


def _decode_or_split(text: str) -> Any:
    try:
        return decode_field(text)
    except Undecodable:
        return [item.strip() for item in text.split(",")]


def _to_object(fields: Mapping[str, Convert | None], text_as: str | None) -> Convert:
    def to_object(value: Any) -> Any:
        if isinstance(value, str):
            value = {text_as: value} if text_as else decode_field(value)
        if value == []:
            return {}
        if not isinstance(value, dict) or fields.keys().isdisjoint(value):
            return value
        given = {name: item for name, item in value.items() if item is not None or name not in fields}
        return given | {name: convert(given[name]) for name, convert in fields.items() if convert and name in given}

    return to_object
