"""Whether a snapshot from outside can be restored: what it says of the clock and of every row must fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args, get_origin, get_type_hints

from mock_server.core.clock import Clock, refuse_unwritable
from mock_server.core.store import entity_named
from mock_server.core.store.entities import Entity

_LARGEST: Final = 2**63 - 1
"""The largest number that every backend counts with."""


def check_snapshot(snapshot: Mapping[str, Any]) -> None:
    """Raise `ValueError` naming what does not fit; what is missing or unknown is the store's to judge."""
    if "clock" in snapshot:
        refuse_unwritable(Clock.of_state(snapshot["clock"]).now())
    rows = snapshot.get("rows", {})
    for name, number in rows.get("next_ids", {}).items():
        if type(number) is not int or not 1 <= number <= _LARGEST:
            raise ValueError(f"the next id of {name!r} cannot be {number!r}; send a whole number from 1")
    for name, given in rows.get("rows", {}).items():
        _check_rows(entity_named(name), given)


def _check_rows(entity: Entity, rows: Any) -> None:
    if not isinstance(rows, list):
        raise ValueError(f"the rows of {entity.name} cannot be {rows!r}; send a list of objects")
    hints = get_type_hints(entity.cls)
    for row in rows:
        if not isinstance(row, dict):
            raise ValueError(f"a row of {entity.name} cannot be {row!r}; send an object")
        for field, value in row.items():
            if field in hints and not _is_a(value, hints[field]):
                raise ValueError(f"{field} of {entity.name} cannot be {value!r}; send {hints[field]}")


def _is_a(value: Any, hint: Any) -> bool:
    if type(value) is int and abs(value) > _LARGEST:
        return False
    return any(kind is Any or type(value) is kind for kind in _types_of(hint))


def _types_of(hint: Any) -> Iterator[Any]:
    origin = get_origin(hint)
    if origin in {dict, list}:
        yield origin
    elif get_args(hint):
        for member in get_args(hint):
            yield from _types_of(member)
    else:
        yield hint
    if hint is float:
        yield int
