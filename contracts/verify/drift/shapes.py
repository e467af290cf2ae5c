"""What a schema says of a value, whether ours or the vendor's: references followed, combinations made one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final, TypeGuard

Schema = Mapping[str, Any]
Follow = Callable[[str], tuple[Schema, "Follow"]]
"""From a reference to the schema it leads to, and to what follows the references in there."""

_STRICTLY: Final = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
BOUNDED: Final = {
    "minimum": frozenset({"integer", "number"}),
    "maximum": frozenset({"integer", "number"}),
    "minLength": frozenset({"string"}),
    "maxLength": frozenset({"string"}),
    "minItems": frozenset({"array"}),
    "maxItems": frozenset({"array"}),
    "minProperties": frozenset({"object"}),
    "maxProperties": frozenset({"object"}),
}
"""The keywords that bound a value, and the types that they are about."""
_SIZES: Final = frozenset({"minLength", "minItems", "minProperties"})
"""The bounds that say nothing where they are 0."""


@dataclass(frozen=True, eq=False)
class Shape:
    """What is said of a value. What is not said is empty, and contradicts nothing.

    Attributes:
        types: the JSON types it may have.
        stand_ins: further types that are let pass in its place, as one item is for an array of it.
        as_array: what an array is that stands for an object.
        enum: the values it may be, as JSON, None for any.
        properties, items, values: what is said of an object's fields, an array's items, a mapping's values.
        required: the fields that must be there, None where no word is said of any.
        line: where the schema begins in its file.
    """

    types: frozenset[str] = frozenset()
    stand_ins: frozenset[str] = frozenset()
    as_array: Shape | None = None
    enum: frozenset[str] | None = None
    bounds: Mapping[str, float] = field(default_factory=dict)
    properties: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] | None = None
    items: Shape | None = None
    values: Shape | None = None
    line: int | None = None

    @property
    def fields(self) -> dict[str, Shape]:
        """What it holds, by the name in a place: its fields, and ``*`` for items or values."""
        inside = self.items or self.values
        return {**self.properties, **({"*": inside} if inside else {})}


ANYTHING: Final = Shape()
OBJECT: Final = frozenset({"object"})
_NUMBERS: Final = BOUNDED["minimum"]
_NULL: Final = frozenset({"null"})


def no_references(reference: str) -> tuple[Schema, Follow]:
    """What follows references where there are none. Raises `LookupError`."""
    raise LookupError(reference)


def shape_of(schema: Schema, follow: Follow = no_references) -> Shape:
    """The shape of values that keep `schema`. A schema inside of itself says nothing more."""
    return _Reader().read(schema, follow)


class _Reader:
    """Reads each part of a document once, however often it is referred to."""

    def __init__(self) -> None:
        self._read: dict[int, Shape] = {}
        self._parts: list[object] = []  # kept alive, so that no two have the same id

    def read(self, schema: object, follow: Follow) -> Shape:
        if not isinstance(schema, Mapping):  # `true`, or a mistake: it says nothing
            return ANYTHING
        key = id(schema)
        if key not in self._read:
            self._parts.append(schema)
            self._read[key] = ANYTHING
            self._read[key] = self._fresh(schema, follow)
        return self._read[key]

    def _fresh(self, schema: Schema, follow: Follow) -> Shape:
        own = self._own(schema, follow)
        parts = [own, *(self.read(part, follow) for part in _listed(schema, "allOf"))]
        if isinstance(reference := schema.get("$ref"), str):
            parts.insert(0, self.read(*follow(reference)))
        alternatives = [_listed(schema, keyword) for keyword in ("oneOf", "anyOf")]
        parts += [reduce(either, (self.read(one, follow) for one in some)) for some in alternatives if some]
        met = replace(reduce(both, parts), line=own.line)
        return replace(met, types=met.types | {"null"}) if schema.get("nullable") is True and met.types else met

    def _stand_ins(self, schema: Schema, follow: Follow) -> frozenset[str]:
        """By the annotations of our own schemas; see `contracts.schema`."""
        if "x-or-one" in schema:
            return self.read(schema["items"], follow).types | {"string"}
        names = {"x-text-as": "string", "x-array-as": "array"}
        return frozenset(kind for annotation, kind in names.items() if annotation in schema)

    def _own(self, schema: Schema, follow: Follow) -> Shape:
        properties = schema.get("properties")
        named = properties.items() if isinstance(properties, Mapping) else ()
        values = schema.get("additionalProperties")
        return Shape(
            types=_types(schema),
            stand_ins=self._stand_ins(schema, follow),
            as_array=self.read(schema["properties"][schema["x-array-as"]], follow) if "x-array-as" in schema else None,
            enum=_enum(schema),
            bounds=_bounds(schema),
            properties={name: self.read(inner, follow) for name, inner in named},
            required=frozenset(map(str, schema["required"])) if isinstance(schema.get("required"), list) else None,
            items=self.read(schema["items"], follow) if "items" in schema else None,
            values=self.read(values, follow) if isinstance(values, Mapping) and values else None,
            line=getattr(schema, "line", None),
        )


def _listed(schema: Schema, keyword: str) -> list[object]:
    parts = schema.get(keyword)
    return parts if isinstance(parts, list) else []


def _types(schema: Schema) -> frozenset[str]:
    told = schema.get("type")
    if isinstance(told, str):
        return frozenset({told})
    if isinstance(told, list):
        return frozenset(map(str, told))
    if (values := _values(schema)) is not None:
        return frozenset(map(_type_of, values))
    inside = {"properties": "object", "additionalProperties": "object", "items": "array"}
    return frozenset(kind for keyword, kind in inside.items() if keyword in schema)


def _type_of(value: object) -> str:
    return _TYPES.get(type(value), "object")


_TYPES: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
}


def _values(schema: Schema) -> list[object] | None:
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else None


def _enum(schema: Schema) -> frozenset[str] | None:
    from json import dumps

    values = _values(schema)
    return None if values is None else frozenset(dumps(value, sort_keys=True) for value in values)


def _bounds(schema: Schema) -> dict[str, float]:
    """The bounds that say something, by keyword; a strict one in either version's way under its own name."""
    found: dict[str, float] = {}
    for keyword in BOUNDED:
        bound, strictly = schema.get(keyword), _STRICTLY.get(keyword, keyword)
        if is_number(strict := schema.get(strictly)):
            found[strictly] = strict  # 3.1
        if is_number(bound):
            found[strictly if strict is True else keyword] = bound  # 3.0 says `true` beside the bound
    return {keyword: bound for keyword, bound in found.items() if bound != 0 or keyword not in _SIZES}


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def both(one: Shape, other: Shape) -> Shape:
    """The shape of what keeps two shapes at once."""
    return Shape(
        types=one.types & other.types or one.types or other.types,
        stand_ins=one.stand_ins | other.stand_ins,
        as_array=one.as_array or other.as_array,
        enum=one.enum if other.enum is None else other.enum if one.enum is None else one.enum & other.enum,
        bounds={**one.bounds, **other.bounds},
        properties=_joined(one.properties, other.properties, both),
        required=_of_both(one.required, other.required),
        items=_of_two(one.items, other.items, both),
        values=_of_two(one.values, other.values, both),
        line=one.line or other.line,
    )


def either(one: Shape, other: Shape) -> Shape:
    """The shape of what keeps one of two shapes; one that says nothing leaves nothing said but the fields."""
    for this, that in ((one, other), (other, one)):
        if this.types == _NULL:
            return replace(that, types=that.types and that.types | _NULL)
    return Shape(
        types=one.types | other.types if one.types and other.types else frozenset(),
        stand_ins=one.stand_ins | other.stand_ins,
        as_array=one.as_array or other.as_array,
        enum=None if one.enum is None or other.enum is None else one.enum | other.enum,
        bounds={**_bounds_beside(one, other), **_bounds_beside(other, one)},
        properties=_joined(one.properties, other.properties, either),
        required=_of_either(one, other),
        items=_of_two(one.items, other.items, either),
        values=_of_two(one.values, other.values, either),
        line=one.line or other.line,
    )


def _bounds_beside(one: Shape, other: Shape) -> dict[str, float]:
    """The bounds of `one` that hold too for what keeps `other`, if it is of such a type at all."""
    return {
        keyword: bound
        for keyword, bound in one.bounds.items()
        if other.bounds.get(keyword) == bound or _is_never(other, BOUNDED.get(keyword, _NUMBERS))
    }


def _is_never(shape: Shape, types: frozenset[str]) -> bool:
    return bool(shape.types) and not shape.types & types


def _of_either(one: Shape, other: Shape) -> frozenset[str] | None:
    """The fields that must be there in either case; what is no object has none to be asked for."""
    if _is_never(one, OBJECT) or _is_never(other, OBJECT):
        return one.required if _is_never(other, OBJECT) else other.required
    return None if one.required is None or other.required is None else one.required & other.required


def _of_both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    said: Iterable[frozenset[str]] = (names for names in (one, other) if names is not None)
    return frozenset().union(*said) if one is not None or other is not None else None


def _of_two(one: Shape | None, other: Shape | None, combine: Callable[[Shape, Shape], Shape]) -> Shape | None:
    return combine(one, other) if one and other else one or other


def _joined(
    some: Mapping[str, Shape], more: Mapping[str, Shape], combine: Callable[[Shape, Shape], Shape]
) -> dict[str, Shape]:
    return {
        name: combine(some[name], more[name]) if name in some and name in more else some.get(name) or more[name]
        for name in (*some, *more)
    }
