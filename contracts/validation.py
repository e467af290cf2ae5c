"""Whether arguments keep their schema, and which rule they break first.

The vendor reports one broken rule: fields in declared order, an outer rule before an inner one, the first index first.
Two validators find it, `jsonschema` for reference and `jsonschema-rs` for speed; a property test shows that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

from contracts.schema import FORMATS, Schema
from contracts.wording import CHECKED, Rule, groups_of, is_of_presence, rule_of

Path = Sequence[str | int]

LONGEST_PIECE: Final = 10_000
"""Items of one list or mapping in which broken rules are looked for at once: each that is told of takes a kilobyte."""


class Breach(NamedTuple):
    """One error of a validator: where it stands in the instance and in the schema, and the value that stands there.

    `at` is not to be followed: `jsonschema-rs` leaves out empty keys and turns keys that are digits into numbers.
    """

    at: Path
    keyword: Path
    value: Any


class Validator(Protocol):
    """One schema, compiled."""

    def is_valid(self, instance: Any) -> bool: ...

    def broken(self, instance: Any) -> Iterator[Breach]:
        """Every error, in no order."""


class _Reference:
    def __init__(self, schema: Schema) -> None:
        from jsonschema import Draft202012Validator, FormatChecker

        formats = FormatChecker(())
        for name, means in FORMATS.items():
            formats.checks(name)(means)
        self._validator = Draft202012Validator(schema, format_checker=formats)

    def is_valid(self, instance: Any) -> bool:
        return bool(self._validator.is_valid(instance))

    def broken(self, instance: Any) -> Iterator[Breach]:
        for error in self._validator.iter_errors(instance):
            yield Breach(list(error.absolute_path), list(error.absolute_schema_path), error.instance)


class _Fast:
    def __init__(self, schema: Schema) -> None:
        from jsonschema_rs import Draft202012Validator

        self._validator = Draft202012Validator(schema, validate_formats=True, formats=dict(FORMATS))
        self.is_valid: Callable[[Any], bool] = self._validator.is_valid

    def broken(self, instance: Any) -> Iterator[Breach]:
        for error in self._validator.iter_errors(instance):
            yield Breach(error.instance_path, error.schema_path, error.instance)


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

    Of a list or mapping beyond `LONGEST_PIECE` only the first piece of that size that breaks a rule is looked at.
    """
    if checker.is_valid(instance):
        return None
    instance = _in_pieces(schema, instance)
    broken = (found for breach in checker.broken(instance) for found in _rules(schema, breach))
    if "x-presence-first" in schema:
        return min(broken, key=lambda found: (not is_of_presence(found[1]), found[0]))[1]
    return min(broken, key=lambda found: found[0])[1]


def _in_pieces(schema: Schema, instance: Any) -> Any:
    """The instance with each of its long fields, or of those of its objects, cut to the piece that breaks a rule.

    What breaks none alone stays whole.
    """
    if not isinstance(instance, dict):
        return instance
    fields: dict[str, Schema] = schema.get("properties", {})
    return instance | {name: _in_piece(inner, instance[name]) for name, inner in fields.items() if name in instance}


def _in_piece(schema: Schema, value: Any) -> Any:
    return _broken_piece(validator(schema), value) if _is_long(value) else _in_pieces(schema, value)


def _is_long(value: Any) -> bool:
    return isinstance(value, list | dict) and len(value) > LONGEST_PIECE


def _broken_piece(checker: Validator, whole: Any) -> Any:
    return next((piece for piece in _pieces(whole) if not checker.is_valid(piece)), whole)


def _pieces(whole: list[Any] | dict[str, Any]) -> Iterator[list[Any] | dict[str, Any]]:
    if isinstance(whole, list):
        yield from (whole[start : start + LONGEST_PIECE] for start in range(0, len(whole), LONGEST_PIECE))
        return
    entries = iter(whole.items())
    while piece := dict(islice(entries, LONGEST_PIECE)):
        yield piece


_Place = tuple[list[int], list[int], int]
"""What comes first is lower: fields in declared order, then indexes, then the keywords of one value."""


def _rules(schema: Schema, breach: Breach) -> Iterator[tuple[_Place, Rule]]:
    """The rules that one error of a validator stands for, each with its place in the order of the vendor's checks."""
    inner, steps, keyword = _value_at(schema, breach)
    field = ".".join(step.name for step in steps)
    order = [step.position for step in steps]
    indexes = [at for step, at in zip(steps, breach.at, strict=False) if step.is_item and isinstance(at, int)]
    if "anyOf" in inner:
        keyword = "anyOf"
    if keyword == "allOf":
        group = groups_of(inner)[int(breach.keyword[-2])]
        yield ([*order, _position(inner, group[0])], indexes, 0), Rule(group[0], "required_without")
    elif keyword in {"required", "dependentRequired"}:
        for missing in _missing(inner, breach.value, keyword):
            rule = rule_of(f"{field}.{missing}" if field else missing, inner, keyword)
            yield ([*order, _position(inner, missing)], indexes, 0), rule
    else:
        rank = CHECKED.index(keyword) if keyword in CHECKED else len(CHECKED)
        yield (order, indexes, rank), rule_of(field, inner, keyword)


class _Step(NamedTuple):
    """From an object to one of its fields, or from a list or mapping to any of its items."""

    name: str
    position: int
    is_item: bool = False


def _value_at(schema: Schema, breach: Breach) -> tuple[Schema, list[_Step], str]:
    """The schema of the value that an error is about, the way there, and the keyword that the value breaks."""
    steps: list[_Step] = []
    way = iter(map(str, breach.keyword))
    for keyword in way:
        if keyword == "properties":
            name = next(way)
            steps.append(_Step(name, _position(schema, name)))
            schema = schema["properties"][name]
        elif keyword in {"items", "additionalProperties"} and schema[keyword] is not False:
            steps.append(_Step("*", len(schema.get("properties", ())), is_item=keyword == "items"))
            schema = schema[keyword]
        else:
            break
    return schema, steps, keyword


def _position(schema: Schema, name: str) -> int:
    return [*schema["properties"]].index(name)


def _missing(schema: Schema, value: dict[str, Any], keyword: str) -> list[str]:
    if keyword == "required":
        return [name for name in schema["required"] if name not in value]
    needs: dict[str, list[str]] = schema["dependentRequired"]
    return [name for given, names in needs.items() if given in value for name in names if name not in value]
