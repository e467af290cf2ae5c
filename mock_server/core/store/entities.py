"""Entities: frozen rows with a name, unique indexes and indexes, declared on the class."""

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cached_property
from operator import attrgetter, ne
from typing import Any, Literal, Protocol, TypeVar, dataclass_transform


class Row(Protocol):
    """What every entity's instances have: an id from 1 to 2**63 - 1, unique per account and entity."""

    @property
    def id(self) -> int: ...


C = TypeVar("C")
MAX_ID = 2**63 - 1
_OWN = "core."
"""How the names of entities begin that belong to no service: snapshots hold them, nobody writes them by hand."""

_CALLED = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    dict: "an object",
    list: "a list",
    types.NoneType: "null",
    Any: "any JSON",
}
"""What values are called before people who write JSON."""


class Kind(Enum):
    """How a field's values are written where only numbers and text exist."""

    PLAIN = "plain"
    BOOL = "bool"
    JSON = "json"


class Index:
    """Fields (or properties) whose values rows are found by; with `unique`, no two rows share them."""

    __slots__ = ("fields", "unique", "values")

    def __init__(self, names: Iterable[str], *, unique: bool = False) -> None:
        self.fields = tuple(names)
        self.unique = unique
        self.values = _values_of(self.fields)
        """Derives a row's values of this index, a tuple."""

    def values_in(self, equal: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([equal[field] for field in self.fields])


@dataclass(frozen=True, slots=True)
class Plan:
    """How to find the rows that equal some values: through an index, then by comparing what it leaves over."""

    index: Index
    rest: tuple[str, ...]


class Entity:
    """The description of an entity's class, shared by all backends.

    `buckets` are the indexes whose rows are counted and paged; the first has no fields and holds every row.
    """

    def __init__(
        self, name: str, cls: type[Any], unique: Iterable[tuple[str, ...]], indexes: Iterable[tuple[str, ...]]
    ) -> None:
        self.name = name
        self.cls = cls
        self.fields = tuple(field.name for field in fields(cls))
        self.unique = tuple(Index(names, unique=True) for names in unique)
        self.buckets = (Index(()), *(Index(names) for names in indexes))
        self.indexed = tuple(sorted({name for index in (*self.unique, *self.buckets) for name in index.fields}))
        self._indexed_values = _values_of(self.indexed)
        self.computed = tuple(name for name in self.indexed if name not in self.fields)
        """Indexed properties, which a database must keep in columns of their own."""
        self._plans: dict[tuple[bool, tuple[str, ...]], Plan] = {}
        self._check_declaration()

    def differences(self, before: Row, after: Row) -> tuple[bool, ...]:
        """Whether two rows differ in each of the indexed fields and properties."""
        return tuple(map(ne, self._indexed_values(before), self._indexed_values(after)))

    @cached_property
    def replaced(self) -> Callable[..., Any]:
        """Makes a row like another but for some fields. Half as dear as `dataclasses.replace`."""
        cls, names, values = self.cls, self.fields, _values_of(self.fields)
        return lambda row, changes: cls(**{**dict(zip(names, values(row), strict=True)), **changes})

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each field. Resolved late, because an annotation may name what is defined further down.

        Raises TypeError for a type that no backend can keep.
        """
        hints = typing.get_type_hints(self.cls)
        kinds = {}
        for field in self.fields:
            try:
                kinds[field] = _kind_of(hints[field])
            except TypeError as error:
                raise TypeError(f"{self.name}.{field}: {error}") from None
        if clumsy := sorted(name for name in self.indexed if kinds.get(name) is Kind.JSON):
            raise TypeError(
                f"{self.name}: {', '.join(clumsy)} cannot be indexed, because dicts and lists are not compared"
            )
        return kinds

    def check_types(self) -> None:
        """Raise TypeError for a field that not every backend can keep."""
        _ = self.kinds

    @cached_property
    def comparable(self) -> frozenset[str]:
        """The names that `find`, `where`, `count` and `page` accept."""
        return frozenset([*(name for name, kind in self.kinds.items() if kind is not Kind.JSON), *self.computed])

    @cached_property
    def defaults(self) -> dict[str, Callable[[], Any]]:
        """A maker of the default, for each field that has one."""
        made = {f.name: f.default_factory for f in fields(self.cls) if f.default_factory is not MISSING}
        fixed = {f.name: lambda value=f.default: value for f in fields(self.cls) if f.default is not MISSING}
        return made | fixed

    def plan(self, names: tuple[str, ...], *, unique: bool) -> Plan:
        """The best way to the rows that equal values of these names; `unique` allows unique indexes.

        Raises TypeError for a name that is neither a comparable field nor an indexed property.
        """
        plan = self._plans.get((unique, names))
        if plan is None:
            plan = self._plans[unique, names] = self._make_plan(names, unique=unique)
        return plan

    def as_dict(self, row: Row) -> dict[str, Any]:
        """A row's fields by name; nested values are the row's own."""
        return {field: getattr(row, field) for field in self.fields}

    @cached_property
    def _types(self) -> dict[str, frozenset[Any]]:
        """The types that each field's values may have; `Any` among them means all."""
        hints = typing.get_type_hints(self.cls)
        return {field: frozenset(_types_of(hints[field])) for field in self.fields}

    def takes_numbers(self, field: str) -> bool:
        """Whether a field of that name may hold whole numbers."""
        return int in self._types.get(field, ())

    def check_rows(self, rows: object) -> None:
        """Raise ValueError unless it is a list of dicts, each of which could be a row."""
        if not isinstance(rows, list):
            raise ValueError(f"the rows of {self.name} cannot be {rows!r}; give a list of objects")
        for row in rows:
            if not isinstance(row, dict):
                raise ValueError(f"a row of {self.name} cannot be {row!r}; give an object")
            self._check_fields(row)
            self._check_values(row)

    def _check_values(self, row: Mapping[str, Any]) -> None:
        for field, value in row.items():
            accepted = self._types[field]
            if accepted.isdisjoint({type(value), Any}):
                expected = " or ".join(sorted(_CALLED[kind] for kind in accepted))
                raise ValueError(f"{field} of {self.name} cannot be {value!r}; give {expected}")

    def _check_fields(self, row: Mapping[str, Any]) -> None:
        if unknown := sorted(row.keys() - set(self.fields)):
            raise ValueError(f"{self.name} has no field {unknown[0]!r}; it has {', '.join(self.fields)}")
        if absent := [field for field in self.fields[1:] if field not in row and field not in self.defaults]:
            raise ValueError(f"{self.name} needs the field {absent[0]!r}, which is not in {row!r}")

    def _make_plan(self, names: tuple[str, ...], *, unique: bool) -> Plan:
        if unknown := [name for name in names if name not in self.comparable]:
            known = ", ".join(sorted(self.comparable))
            raise TypeError(f"{self.name} cannot be searched by {', '.join(unknown)}; it can by {known}")
        usable = (
            index for index in (*(self.unique if unique else ()), *self.buckets) if set(index.fields) <= set(names)
        )
        index = max(usable, key=lambda index: (index.unique, len(index.fields)))
        return Plan(index, tuple(name for name in names if name not in index.fields))

    def _check_declaration(self) -> None:
        if self.fields[:1] != ("id",):
            raise TypeError(f"{self.name}: the first field must be `id: int`, not {self.fields[:1] or 'nothing'}")
        if lost := sorted(name for name in self.computed if not isinstance(getattr(self.cls, name, None), property)):
            raise TypeError(f"{self.name}: indexes name {', '.join(lost)}, which is neither a field nor a property")


_by_name: dict[str, Entity] = {}
_by_class: dict[type[Any], Entity] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def entity(
    name: str, *, unique: Iterable[tuple[str, ...]] = (), indexes: Iterable[tuple[str, ...]] = ()
) -> Callable[[type[C]], type[C]]:
    """Make a class an entity: a frozen, slotted, keyword-only dataclass whose rows a store keeps under `name`.

    `unique` and `indexes` list tuples of fields or properties; an indexed property is derived from the row alone. A row
    with None in a unique index is not held to it, as in SQL. Fields are int, str, float, bool (each may be None), or
    JSON: a dict with string keys, a list, Any. Dicts and lists belong to the store once they are in a row: replace them
    with `Table.change`, never alter them in place.

    Raises TypeError when the first field is not `id` or an index names nothing, ValueError when the name is taken.
    """

    def declare(cls: type[C]) -> type[C]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        taken = _by_name.get(name)
        if taken and (taken.cls.__module__, taken.cls.__qualname__) != (made.__module__, made.__qualname__):
            raise ValueError(f"the entity name {name!r} is taken by {taken.cls.__module__}.{taken.cls.__qualname__}")
        _by_name[name] = _by_class[made] = Entity(name, made, unique, indexes)
        return made

    return declare


def entity_of(cls: type[Any]) -> Entity:
    """The description of an entity's class. Raises TypeError for any other class."""
    try:
        return _by_class[cls]
    except KeyError:
        raise TypeError(f"{cls!r} is no entity: declare it with @entity(name)") from None


def entity_named(name: str) -> Entity:
    """The entity declared under a name. Raises ValueError when no imported module declares it."""
    try:
        return _by_name[name]
    except KeyError:
        known = ", ".join(sorted(known for known in _by_name if not known.startswith(_OWN)))
        raise ValueError(f"unknown entity: {name!r}; use one of: {known}") from None


def _values_of(names: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    if not names:
        return lambda _row: ()
    if len(names) == 1:
        value = attrgetter(names[0])
        return lambda row: (value(row),)
    return attrgetter(*names)


def _kind_of(hint: Any) -> Kind:
    members = set(_members_of(hint)) - {types.NoneType}
    if members == {bool}:
        return Kind.BOOL
    if members and all(
        isinstance(member, type) and issubclass(member, (int, str, float)) for member in members - {bool}
    ):
        return Kind.JSON if bool in members else Kind.PLAIN
    if all(member is Any or typing.get_origin(member) in {dict, list} or member in {dict, list} for member in members):
        return Kind.JSON
    raise TypeError(f"{hint} cannot be kept: use int, str, float, bool, a dict, a list, or one of them with None")


def _types_of(hint: Any) -> Iterator[Any]:
    for member in _members_of(hint):
        yield typing.get_origin(member) or member
        if member is float:
            yield int


def _members_of(hint: Any) -> Iterator[Any]:
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        for member in typing.get_args(hint):
            yield from _members_of(member)
    elif origin is Literal:
        yield from map(type, typing.get_args(hint))
    else:
        yield hint
