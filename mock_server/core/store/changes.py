"""What a transaction did to which rows, in order."""

from typing import Any, TypeAlias

from mock_server.core.store.entities import Row, entity_of

Mark: TypeAlias = tuple[int, bool]
"""A moment between changes."""

SUMMARISED = 100
"""How many changes are told one by one."""


class Changes:
    """The rows a transaction added, changed and removed. Rows are referred to, not copied.

    Empty after the transaction is undone. `Store.clear` is not listed row by row: it only sets `cleared`.
    """

    __slots__ = ("_left_out", "_log", "cleared")

    def __init__(self) -> None:
        self._log: list[tuple[Row | None, Row | None]] = []
        self._left_out = 0
        self.cleared = False

    @property
    def added(self) -> list[Row]:
        return [after for before, after in self._log if before is None and after is not None]

    @property
    def changed(self) -> list[tuple[Row, Row]]:
        """Pairs of a row before and after."""
        return [(before, after) for before, after in self._log if before is not None and after is not None]

    @property
    def removed(self) -> list[Row]:
        return [before for before, after in self._log if before is not None and after is None]

    def shorten(self, limit: int = SUMMARISED) -> None:
        """Let go of all but the first `limit`, once the transaction has ended; `summary` goes on counting them."""
        self._left_out += max(0, len(self._log) - limit)
        del self._log[limit:]

    def summary(self, limit: int = SUMMARISED) -> dict[str, Any]:
        """The first `limit` changes in JSON's terms, for a journal; `left_out` counts the others.

        `{"added": [{"entity", "row"}], "changed": [{"entity", "row", "before"}], "removed": [...], "left_out": 0}`:
        `row` is the whole row, after the change where there was one, `before` only the fields that were different.
        """
        told: dict[str, Any] = {"added": [], "changed": [], "removed": []}
        for before, after in self._log[:limit]:
            if before is None:
                told["added"].append(_told(after))
            elif after is None:
                told["removed"].append(_told(before))
            else:
                told["changed"].append(_told(after) | {"before": _different(before, after)})
        return told | {"left_out": self._left_out + max(0, len(self._log) - limit)}

    def record(self, before: Row | None, after: Row | None) -> None:
        """Note one change; for the store's tables only."""
        self._log.append((before, after))

    def since(self, position: int) -> list[tuple[Row | None, Row | None]]:
        """What was noted after the first `position` changes: pairs of before and after, None where there was no row."""
        return self._log[position:]

    def mark(self) -> Mark:
        """This moment, for `return_to`."""
        return len(self._log), self.cleared

    def return_to(self, mark: Mark) -> None:
        """Forget what was noted after the mark, because it was undone."""
        position, self.cleared = mark
        del self._log[position:]

    def __len__(self) -> int:
        return len(self._log)


def _told(row: Any) -> dict[str, Any]:
    entity = entity_of(type(row))
    return {"entity": entity.name, "row": entity.as_dict(row)}


def _different(before: Row, after: Row) -> dict[str, Any]:
    fields = entity_of(type(before)).fields
    return {field: getattr(before, field) for field in fields if getattr(before, field) != getattr(after, field)}
