"""Tables that are shown in pages: only the rows of one page are looked at, unless something is searched for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from flask import request

from mock_server.core.store import Row, Table
from mock_server.ui.fields import whole

R = TypeVar("R", bound=Row)

PAGE: Final = 50
MOST_SEARCHED: Final = 100_000
"""Rows that a search looks at, the oldest ones."""


class Shown(NamedTuple):
    """The rows of one page; `first` counts those before it, `total` all of them."""

    rows: Sequence[Any]
    first: int
    total: int

    @property
    def back(self) -> int | None:
        return max(0, self.first - PAGE) if self.first else None

    @property
    def on(self) -> int | None:
        return self.first + PAGE if self.first + PAGE < self.total else None

    @property
    def told(self) -> str:
        """Which rows of how many."""
        if not self.rows:
            return ""
        return f"{self.first + 1:,}–{self.first + len(self.rows):,} of {self.total:,}"


def first_asked() -> int:
    """How many rows lie before the page that is asked for."""
    return whole(request.args.get("first", "")) or 0


def text_asked() -> str:
    """What is searched for."""
    return request.args.get("text", "").strip()


def page_of(
    table: Table[R], *, newest_first: bool = True, fits: Callable[[R], bool] | None = None, **equal: Any
) -> Shown:
    """A page of the rows that equal some values, and that `fits`, if given, lets through."""
    if fits is None:
        total = table.count(**equal)
        first = _first_of(total)
        return Shown(table.page(PAGE, first, descending=newest_first, **equal), first, total)
    found = [row for row in islice(table.where(**equal), MOST_SEARCHED) if fits(row)]
    first = _first_of(len(found))
    return Shown((found[::-1] if newest_first else found)[first : first + PAGE], first, len(found))


def _first_of(total: int) -> int:
    """How many rows lie before the page: of what ended meanwhile, the last one."""
    return min(first_asked(), max(0, (total - 1) // PAGE * PAGE))
