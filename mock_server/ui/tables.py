"""Tables that are shown in pages, however many rows they have: only the rows of one page are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from flask import request

from mock_server.core.store import Row, Table

R = TypeVar("R", bound=Row)

PAGE: Final = 50
MOST_SEARCHED: Final = 100_000
"""Rows that a search looks at, the newest ones."""

_LONGEST_NUMBER: Final = 9


class Shown(NamedTuple):
    """The rows of one page; `first` counts those before it, `total` all of them, None where that is not known."""

    rows: Sequence[Any]
    first: int
    has_more: bool
    total: int | None

    @property
    def back(self) -> int | None:
        return max(0, self.first - PAGE) if self.first else None

    @property
    def on(self) -> int | None:
        return self.first + PAGE if self.has_more else None

    @property
    def told(self) -> str:
        """Which rows of how many."""
        if not self.rows:
            return ""
        of = "" if self.total is None else f" of {self.total:,}"
        return f"{self.first + 1:,}–{self.first + len(self.rows):,}{of}"


def first_asked() -> int:
    """How many rows lie before the page that is asked for."""
    text = request.args.get("first", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def text_asked() -> str:
    """What is searched for."""
    return request.args.get("text", "").strip()


def page_of(
    table: Table[R], *, newest_first: bool = True, fits: Callable[[R], bool] | None = None, **equal: Any
) -> Shown:
    """A page of the rows that equal some values, and that `fits`, if given, lets through."""
    first = first_asked()
    if fits is None:
        rows = table.page(PAGE, first, descending=newest_first, **equal)
        total = table.count(**equal)
        return Shown(rows, first, first + len(rows) < total, total)
    found = (row for row in islice(_all(table, newest_first, equal), MOST_SEARCHED) if fits(row))
    rows = list(islice(found, first, first + PAGE + 1))
    return Shown(rows[:PAGE], first, len(rows) > PAGE, None)


def _all(table: Table[R], newest_first: bool, equal: dict[str, Any]) -> Any:
    size, offset = 1024, 0
    while rows := table.page(size, offset, descending=newest_first, **equal):
        yield from rows
        offset += len(rows)
