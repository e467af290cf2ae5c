"""Fields that a schema does not name: nothing breaks, and somebody may have misspelt one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.schema import Schema


def unknown_fields(schema: Schema, value: Any, path: str = "") -> Iterator[str]:
    """The fields of a value that its schema does not name, by their place."""
    start = f"{path}." if path else ""
    if isinstance(value, list):
        for item in value:
            yield from unknown_fields(schema.get("items", {}), item, f"{start}*")
    if not isinstance(value, dict):
        return
    known = _fields_of(schema)
    further = schema.get("additionalProperties")
    for name, item in value.items():
        if name in known:
            yield from unknown_fields(known[name], item, f"{start}{name}")
        elif isinstance(further, dict):
            yield from unknown_fields(further, item, f"{start}*")
        elif known:
            yield f"{start}{name}"


def _fields_of(schema: Schema) -> dict[str, Schema]:
    """The fields that an object may have, whichever of several shapes it has; none where the schema does not say."""
    known: dict[str, Schema] = dict(schema.get("properties", {}))
    for shape in schema.get("anyOf", ()):
        known |= _fields_of(shape)
    return known
