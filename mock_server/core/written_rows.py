"""The rows of a world as people write them: one for many, with texts and instants that only the account knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_server.core.clock import Instant, parse_duration, refuse_unwritable
from mock_server.core.store import Entity, entity_named

REPEAT: Final = "repeat"
"""The key of a row that stands for so many."""

MOST: Final = 100_000

_PLACE: Final = re.compile(r"(?<!\{)\{(n|owner)\}(?!\})")  # two braces belong to the placeholders of mails
_DIRECTIONS: Final = {"in": 1, "ago": -1}


def rows_of(written: Any, *, now: Instant, owner: str) -> Any:
    """The rows that a world's mean: repeated, ``{n}`` and ``{owner}`` filled in, ``{"in": "1d"}`` counted from `now`.

    Raises `ValueError` naming what does not fit; what is no list of rows at all is left to the store to refuse.
    """
    if not isinstance(written, Mapping):
        return written
    return {
        name: [one for row in rows for one in _rows_of(entity_named(name), row, now, owner)]
        if isinstance(rows, list)
        else rows
        for name, rows in written.items()
    }


def _rows_of(entity: Entity, row: Any, now: Instant, owner: str) -> Iterator[Any]:
    """What one row stands for."""
    if not isinstance(row, dict):
        yield row
        return
    dated = {name: _dated(entity, name, value, now) for name, value in row.items() if name != REPEAT}
    if REPEAT not in row:
        yield _filled(dated, {"owner": owner})
        return
    for number in range(1, _times(entity, row[REPEAT]) + 1):
        yield _filled(dated, {"owner": owner, "n": str(number)})


def _times(entity: Entity, times: Any) -> int:
    if type(times) is not int or not 1 <= times <= MOST:
        raise ValueError(f"{REPEAT} of {entity.name} cannot be {times!r}; give a whole number from 1 to {MOST}")
    return times


def _dated(entity: Entity, name: str, value: Any, now: Instant) -> Any:
    """A value of a row, or the instant so far away that it tells."""
    if not isinstance(value, dict) or not entity.takes_numbers(name):
        return value
    try:
        [(direction, span)] = value.items()
        instant = now + _DIRECTIONS[direction] * parse_duration(span)
        refuse_unwritable(instant)
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f'{name} of {entity.name} cannot be {value!r}; give {{"in": "1d"}}, {{"ago": "2h"}} or a whole number'
        ) from None
    return instant


def _filled(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACE.sub(lambda place: places.get(place[1], place[0]), value) if "{" in value else value
    if isinstance(value, list):
        return [_filled(item, places) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, places) for key, item in value.items()}
    return value
