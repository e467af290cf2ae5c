"""Values read from answers: keys we do not know are left out, keys that are missing take their default."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")

Rows = list[T]  # its own name, for classes with a method called list


def one(kind: type[T]) -> Callable[[Mapping[str, Any]], T]:
    """A reader of one dataclass. It raises TypeError where a field without default is missing."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # T is a dataclass, which typing can't say
    return lambda row: kind(**{name: row[name] for name in names if name in row})


def many(kind: type[T]) -> Callable[[Iterable[Mapping[str, Any]]], Rows[T]]:
    """A reader of an array of them."""
    read = one(kind)
    return lambda rows: [read(row) for row in rows]
