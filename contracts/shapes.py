"""Schemas as rows of a table: a field each, nested ones by their path, such as ``emails[].email``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from contracts.schema import Schema
from contracts.wording import groups_of

TOLD: Final = "x-told"
"""The annotation of a schema of which there is more to tell than it says, or of which all is told elsewhere."""

_FORMATS: Final = {
    "email": "an address",
    "url": "the address of a page",
    "filled": "not blank",
    "base64": "base64",
    "color": "`#rrggbb`",
    "date-time-local": "`YYYY-MM-DD HH:MM:SS`",
    "date-only": "`YYYY-MM-DD`",
}
_TYPES: Final = re.compile(r"\b(array|boolean|integer|number|object|string)\b")


class Field(NamedTuple):
    """One field of a shape: where it stands, its JSON type, whether it must be there, and what else holds of it."""

    path: str
    type: str
    is_required: bool
    bounds: str


def fields_of(schema: Schema, path: str = "") -> Iterator[Field]:
    """Every field of a shape that stands at `path`, those inside others right after them."""
    for choice in schema.get("anyOf", ()):
        yield from fields_of(choice, path)
    if "items" in schema:
        yield from fields_of(schema["items"], f"{path}[]")
    for name, inner in schema.get("properties", {}).items():
        inner_path = f"{path}.{name}" if path else name
        needs = [f"or `{'`, `'.join(group[1:])}`" for group in groups_of(schema) if group[0] == name]
        needs += ["a bare array as the body means it"] if schema.get("x-array-as") == name else []
        needs += [f"needs `{other}`" for other in schema.get("dependentRequired", {}).get(name, ())]
        notes = "; ".join([*bounds_of(inner), *needs])
        yield Field(inner_path, type_of(inner), name in schema.get("required", ()), notes)
        yield from fields_of(inner, inner_path)
    if "properties" in schema and schema.get("additionalProperties") == {}:
        yield Field(f"{path}.*" if path else "*", "any", False, "any other field")


def type_of(schema: Schema) -> str:
    """The JSON types that a shape takes, in words: ``array of strings``, ``integer or null``."""
    match schema:
        case {"anyOf": [*choices]}:
            return " or ".join(dict.fromkeys(map(type_of, choices)))
        case {"const": value}:
            return "boolean" if isinstance(value, bool) else "string"
        case {"type": "array", "items": items}:
            return f"array of {_plural(type_of(items))}"
        case {"additionalProperties": {"type": _} | {"anyOf": _} as values}:
            return f"object of {_plural(type_of(values))}"
        case {"type": kind}:
            return f"{kind} or string" if "x-text-as" in schema else str(kind)
        case _:
            return "any"


def _plural(types: str) -> str:
    return _TYPES.sub(r"\1s", types)


def bounds_of(schema: Schema) -> Iterator[str]:
    """What a value must keep beyond its type, and what it means not to give it."""
    for choice in schema.get("anyOf", ()):
        yield from bounds_of(choice)
    if TOLD in schema:
        yield schema[TOLD]
    if "enum" in schema:
        yield " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        yield f"always `{json.dumps(schema['const'])}`"
    if "format" in schema:
        yield _FORMATS[schema["format"]]
    yield from _range(schema.get("minimum"), schema.get("maximum"), "")
    yield from _range(schema.get("minItems"), schema.get("maxItems"), " items")
    if "items" in schema:
        yield from (f"each item: {bound}" for bound in bounds_of(schema["items"]))
    yield from _range(None, schema.get("maxProperties"), " keys")
    if "x-or-one" in schema:
        yield "one of them means an array of it, and so do several in one text, joined by commas"
    if "x-text-as" in schema:
        yield f"a string means an object with that `{schema['x-text-as']}`"
    if "x-spends" in schema:
        yield "makes the call send"
    if "default" in schema:
        yield f"if left out: `{json.dumps(schema['default'])}`"


def _range(low: float | None, high: float | None, of: str) -> Iterator[str]:
    if low is not None and low == high:
        yield f"{low:g}{of}"
    elif low is not None and high is not None:
        yield f"{low:g} to {high:g}{of}"
    elif low is not None:
        yield f"from {low:g}{of}"
    elif high is not None:
        yield f"up to {high:g}{of}"
