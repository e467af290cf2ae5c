"""Whether arguments keep their schema, and which rule they break first.

The vendor reports one broken rule: fields in declared order, an outer rule before an inner one, the first index first.
Two validators find it, `jsonschema` for reference and `jsonschema-rs` for speed; a property test shows that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

from contracts.schema import FORMATS, Schema
from contracts.wording import Rule, groups_of, is_of_presence, rule_of

Path = Sequence[str | int]

LONGEST_LIST: Final = 10_000
"""Items of one list in which broken rules are looked for at once: a validator tells of each, at a kilobyte apiece."""


class Validator(Protocol):
    """One schema, compiled."""

    def is_valid(self, instance: Any) -> bool: ...

    def broken(self, instance: Any) -> Iterator[tuple[Path, Path]]:
        """Where each error stands: its path in the instance, and the path of the broken keyword in the schema."""


class _Reference:
    def __init__(self, schema: Schema) -> None:
        from jsonschema import Draft202012Validator, FormatChecker

        formats = FormatChecker(())
        for name, means in FORMATS.items():
            formats.checks(name)(means)
        self._validator = Draft202012Validator(schema, format_checker=formats)

    def is_valid(self, instance: Any) -> bool:
        return bool(self._validator.is_valid(instance))

    def broken(self, instance: Any) -> Iterator[tuple[Path, Path]]:
        for error in self._validator.iter_errors(instance):
            yield list(error.absolute_path), list(error.absolute_schema_path)


class _Fast:
    def __init__(self, schema: Schema) -> None:
        from jsonschema_rs import Draft202012Validator

        self._validator = Draft202012Validator(schema, validate_formats=True, formats=dict(FORMATS))
        self.is_valid: Callable[[Any], bool] = self._validator.is_valid

    def broken(self, instance: Any) -> Iterator[tuple[Path, Path]]:
        for error in self._validator.iter_errors(instance):
            yield error.instance_path, error.schema_path


def reference_validator(schema: Schema) -> Validator:
    """The slow validator that decides what is right."""
    return _Reference(schema)


def validator(schema: Schema) -> Validator:
    """The validator in use: `jsonschema-rs`, or the reference where that has no wheel."""
    try:
        return _Fast(schema)
    except ImportError:
        return _Reference(schema)


def first_broken(schema: Schema, checker: Validator, instance: Any) -> Rule | None:
    """The rule of `schema` that `instance` breaks first, or None.

    Of a list beyond `LONGEST_LIST` only the first piece of that length that breaks a rule is looked at.
    """
    if checker.is_valid(instance):
        return None
    instance = _with_short_lists(schema, instance)
    broken = (found for at, keyword in checker.broken(instance) for found in _rules(schema, instance, at, keyword))
    if "x-presence-first" in schema:
        return min(broken, key=lambda found: (not is_of_presence(found[1]), found[0]))[1]
    return min(broken, key=lambda found: found[0])[1]


def _with_short_lists(schema: Schema, instance: Any) -> Any:
    """The instance with each of its long lists cut to the piece that breaks a rule, unless none alone does."""
    fields: dict[str, Schema] = schema.get("properties", {})
    if not isinstance(instance, dict):
        return instance
    long = [name for name in fields if _is_long(instance.get(name))]
    return instance | {name: _broken_piece(validator(fields[name]), instance[name]) for name in long}


def _is_long(value: Any) -> bool:
    return isinstance(value, list) and len(value) > LONGEST_LIST


def _broken_piece(checker: Validator, items: list[Any]) -> list[Any]:
    pieces = (items[start : start + LONGEST_LIST] for start in range(0, len(items), LONGEST_LIST))
    return next((piece for piece in pieces if not checker.is_valid(piece)), items)


_Place = tuple[list[int], list[int]]


def _rules(schema: Schema, instance: Any, at: Path, keyword: Path) -> Iterator[tuple[_Place, Rule]]:
    """The rules that one error of a validator stands for, each with its place in the order of the vendor's checks."""
    order: list[int] = []
    indexes: list[int] = []
    field: list[str] = []
    inner, value = schema, instance
    for step in at:
        value = value[step]
        if isinstance(step, int):
            inner = inner["items"]
            order.append(0)
            indexes.append(step)
            field.append("*")
            continue
        properties: dict[str, Schema] = inner.get("properties", {})
        if step not in properties:
            inner = inner["additionalProperties"]
            order.append(len(properties))
            field.append("*")
            continue
        inner = properties[step]
        order.append(list(properties).index(step))
        field.append(step)
    if "anyOf" in inner:
        yield (order, indexes), rule_of(".".join(field), inner, "anyOf")
        return
    if "allOf" in keyword:
        missing = groups_of(inner)[int(keyword[-2])][0]
        yield ([*order, list(inner["properties"]).index(missing)], indexes), Rule(missing, "required_without")
        return
    name = _keyword(keyword)
    if name not in {"required", "dependentRequired"}:
        yield (order, indexes), rule_of(".".join(field), inner, name)
        return
    for missing in _missing(inner, value, name):
        position = list(inner["properties"]).index(missing)
        yield ([*order, position], indexes), rule_of(".".join([*field, missing]), inner, name)


def _keyword(path: Path) -> str:
    return "dependentRequired" if "dependentRequired" in path else str(path[-1])


def _missing(schema: Schema, value: dict[str, Any], keyword: str) -> list[str]:
    if keyword == "required":
        return [name for name in schema["required"] if name not in value]
    needs: dict[str, list[str]] = schema["dependentRequired"]
    return [name for given, names in needs.items() if given in value for name in names if name not in value]
