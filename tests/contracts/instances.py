"""Instances of declared schemas: a full valid one, one that breaks a given rule, and generated ones near to valid."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contracts.schema import Schema
from contracts.validation import validator
from contracts.wording import Rule, groups_of

_TEXTS = {
    "email": "ada@example.com",
    "url": "https://hooks.example.com/sendpulse",
    "filled": "Readers",
    "base64": "PHA+SGVsbG88L3A+",
    "color": "#0080ff",
    "date-time-local": "2026-01-31 12:00:00",
    "date-only": "2026-01-31",
}
_SCALARS = {"string": "text", "boolean": True, "number": 1.5}


def full(schema: Schema) -> Any:  # noqa: PLR0911 - one return per kind of schema
    """A valid instance with every field given and at least one item in each array."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return full(schema["anyOf"][0])
    match schema.get("type"):
        case "object":
            named = {name: full(inner) for name, inner in schema.get("properties", {}).items()}
            return named or (
                {"one": full(schema["additionalProperties"])} if schema.get("additionalProperties") else {}
            )
        case "array":
            return [full(schema["items"])] * max(1, schema.get("minItems", 1))
        case "integer":
            return schema.get("minimum", 1)
        case "string" if "format" in schema:
            return _TEXTS[schema["format"]]
        case kind:
            return _SCALARS.get(kind, "anything")


def breaking(schema: Schema, rule: Rule) -> Any:
    """An instance that breaks `rule` of `schema` and no other."""
    return _broken_at(schema, rule.field.split("."), rule)


def _broken_at(schema: Schema, steps: list[str], rule: Rule) -> Any:
    if not steps:
        return _wrong(schema, rule)
    step, *rest = steps
    if step == "*" and "additionalProperties" in schema:
        return {"one": _broken_at(schema["additionalProperties"], rest, rule)}
    if step == "*":
        return [_broken_at(schema["items"], rest, rule)]
    instance = full(schema)
    if rule.name == "required_without":
        absent = next(group for group in groups_of(schema) if group[0] == step)
        return {name: value for name, value in instance.items() if name not in absent}
    if not rest and rule.name in {"required", "required_with"}:
        return {name: value for name, value in instance.items() if name != step}
    return {**instance, step: _broken_at(schema["properties"][step], rest, rule)}


def _wrong(schema: Schema, rule: Rule) -> Any:  # noqa: PLR0911 - one return per kind of rule
    match rule.name:
        case "min" if rule.counts_items:
            return []
        case "max" if rule.counts_items and "additionalProperties" in schema:
            return {f"name {number}": full(schema["additionalProperties"]) for number in range(rule.bound + 1)}
        case "max" if rule.counts_items:
            return [full(schema["items"])] * (rule.bound + 1)
        case "min":
            return rule.bound - 1
        case "max":
            return rule.bound + 1
        case "filled":
            return " "
        case "base64":
            return "<p>"
        case "array" if "x-or-one" in schema:
            return {"key": "value"}
        case "in" | "color" | "url" | "date-only":
            return "none of these"
        case _:
            return next(
                value for value in (5, "none of these", [], {"key": "value"}) if not validator(schema).is_valid(value)
            )


arbitrary_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def near_valid(schema: Schema) -> SearchStrategy[Any]:
    """Instances of `schema` with fields left out, bounds overstepped and, here and there, something else altogether."""
    shaped = _shaped(schema)
    return st.integers(0, 7).flatmap(lambda die: arbitrary_json if die == 7 else shaped)


def _shaped(schema: Schema) -> SearchStrategy[Any]:  # noqa: PLR0911 - one return per kind of schema
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "none of these"])
    if "anyOf" in schema:
        return st.one_of(*(near_valid(inner) for inner in schema["anyOf"]))
    match schema.get("type"):
        case "object":
            return st.fixed_dictionaries(
                {}, optional={name: near_valid(inner) for name, inner in schema.get("properties", {}).items()}
            )
        case "array":
            return st.lists(near_valid(schema["items"]), max_size=3)
        case "integer":
            bounds = [schema[keyword] for keyword in ("minimum", "maximum") if keyword in schema]
            return st.sampled_from([bound + step for bound in bounds or [0] for step in (-1, 0, 1)]) | st.just(1.0)
        case "string" if "format" in schema:
            return st.sampled_from([_TEXTS[schema["format"]], " "]) | st.text(max_size=3)
        case "string":
            return st.text(max_size=3)
        case "boolean":
            return st.booleans()
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case _:
            return arbitrary_json
