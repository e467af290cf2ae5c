"""The interface of a store: an account's tables, its transactions, its snapshots. Backends fill in the rest."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

from mock_server.core.choices import keys_of
from mock_server.core.store.changes import Changes, Mark
from mock_server.core.store.entities import MAX_ID, Entity, Row, entity_named

R = TypeVar("R", bound=Row)

FIRST_BATCH = 16
LARGEST_BATCH = 1024


class Duplicate(Exception):
    """A row would share the values of a unique index, or an id, with another row."""

    def __init__(self, entity: str, index: tuple[str, ...], values: tuple[Any, ...]) -> None:
        shared = ", ".join(f"{name}={value!r}" for name, value in zip(index, values, strict=True))
        super().__init__(f"{entity} already has a row with {shared}")
        self.entity = entity
        self.index = index
        self.values = values


class DatabaseUnusable(Exception):
    """The database file cannot be opened, read or written; the message names it and says why."""


class Missing(LookupError):
    """A row to change or remove is not in the table (any more)."""


class Table(ABC, Generic[R]):
    """The rows of one entity in one account.

    `equal` names fields, or indexed properties, and the values they must have; None matches None.
    """

    __slots__ = ("_entity", "_store")

    def __init__(self, entity: Entity, store: "Store") -> None:
        self._entity = entity
        self._store = store

    @abstractmethod
    def get(self, row_id: int, /) -> R | None:
        """The row with this id."""

    @abstractmethod
    def find(self, **equal: Any) -> R | None:
        """The first match by id."""

    @abstractmethod
    def count(self, **equal: Any) -> int:
        """How many rows match: at once when `equal` is empty or exactly a declared index, otherwise by looking."""

    @abstractmethod
    def counter(self, *names: str) -> Callable[..., int]:
        """`count` for many values in a row: a function of the values that `names` must have.

        In memory it is of use until the table is cleared.
        """

    @abstractmethod
    def page(self, limit: int, offset: int, *, descending: bool = False, **equal: Any) -> list[R]:
        """`limit` matches by id after the first `offset`. In SQLite a deep offset costs in proportion to its depth."""

    def where(self, **equal: Any) -> Iterator[R]:
        """All matches by id. The table may change meanwhile: rows come in batches, as they were when fetched."""
        return self._in_batches(equal)

    def add(self, **fields: Any) -> R:
        """Add a row; the table gives the id unless `fields` hold one.

        Raises Duplicate, and TypeError for a missing or unknown field.
        """
        if "id" not in fields:
            fields["id"] = self.last_id + 1
        elif self.get(fields["id"]) is not None:
            raise Duplicate(self._entity.name, ("id",), (fields["id"],))
        self._check_id(fields["id"])
        row: R = self._entity.cls(**fields)
        self._write(None, row)
        return row

    def put(self, row: R) -> R:
        """Insert a whole row, or replace the one with its id. Raises Duplicate."""
        before = self.get(row.id)
        if before is None:
            self._check_id(row.id)
        if row != before:
            self._write(before, row)
        return row

    def change(self, row: R, **fields: Any) -> R:
        """Change fields of the row as it stands in the table now.

        Raises Missing, Duplicate, and TypeError for an unknown field.
        """
        if "id" in fields:
            raise TypeError(f"{self._entity.name}: an id never changes; remove the row and add another")
        before = self._standing(row)
        after: R = self._entity.replaced(before, fields)
        if after != before:
            self._write(before, after)
        return after

    def remove(self, row: R) -> None:
        """Remove the row with this row's id. Raises Missing."""
        self._write(self._standing(row), None)

    def remove_where(self, **equal: Any) -> int:
        """Remove all matches; returns how many there were."""
        with self._store.transaction():
            rows = list(self.where(**equal))
            for row in rows:
                self._write(row, None)
        return len(rows)

    @property
    @abstractmethod
    def last_id(self) -> int:
        """The greatest id ever given in this table, 0 when none was."""

    @abstractmethod
    def reserve_ids(self, last: int) -> None:
        """Never give an id up to `last`; inside a transaction only."""

    @abstractmethod
    def _write(self, before: R | None, after: R | None) -> None:
        """Bring one row from `before`, which the table holds, to `after`. Raises Duplicate before any change."""

    @abstractmethod
    def _after(self, after: int, limit: int, equal: Mapping[str, Any]) -> list[R]:
        """At most `limit` matches by id whose id is greater than `after`."""

    def _in_batches(self, equal: Mapping[str, Any]) -> Iterator[R]:
        size = FIRST_BATCH
        batch = self._after(0, size, equal)
        yield from batch
        while len(batch) == size:
            size = min(2 * size, LARGEST_BATCH)
            batch = self._after(batch[-1].id, size, equal)
            yield from batch

    def _standing(self, row: R) -> R:
        standing = self.get(row.id)
        if standing is None:
            raise Missing(f"{self._entity.name} has no row {row.id}; it was removed, or never added: {row!r}")
        return standing

    def _check_id(self, row_id: int) -> None:
        if not 0 < row_id <= MAX_ID:
            raise ValueError(f"{self._entity.name}: an id lies between 1 and 2**63 - 1, not {row_id!r}")


def bounds(limit: int, offset: int) -> tuple[int, int]:
    """Limit and offset of a page, held within 64 bits. Raises ValueError for negative ones."""
    if limit < 0 or offset < 0:
        raise ValueError(f"a page needs limit and offset of at least 0, not {limit!r} and {offset!r}")
    return min(limit, MAX_ID), min(offset, MAX_ID)


class Store(ABC):
    """One account's tables. Accounts do not share anything; the requests of one account come one after the other.

    In one thread, finish a store's transaction before writing to another account's store.
    """

    __slots__ = ("_afterwards", "_changes", "_entered")

    def __init__(self) -> None:
        self._changes: Changes | None = None
        self._entered: list[tuple[Any, Mark, int]] = []
        self._afterwards: list[Callable[[], object]] = []

    @abstractmethod
    def __getitem__(self, entity: type[R]) -> Table[R]:
        """The table of an entity, made at its first use."""

    @property
    def in_transaction(self) -> bool:
        return self._changes is not None

    def transaction(self) -> AbstractContextManager[Changes]:
        """All or nothing: any exception undoes what was done inside, ids given out included.

        Inside another transaction it joins that one, and shares its Changes: undone alone when it fails and the outer
        one goes on, kept only when the outer one ends well. Outside of any transaction each call is its own.
        """
        return self  # and no generator, which would cost three times as much in every request

    def __enter__(self) -> Changes:
        if self._changes is None:
            self._changes = Changes()
        self._entered.append((self._save(), self._changes.mark(), len(self._afterwards)))
        return self._changes

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        savepoint = self._entered.pop()
        try:
            if failure is None:
                self._end_well(*savepoint)
            else:
                self._take_back(*savepoint)
        finally:
            if not self._entered:
                self._changes = None
        if self._afterwards and not self._entered:
            self._do_afterwards()

    def afterwards(self, step: Callable[[], object]) -> None:
        """Have `step` done once what was done so far is permanent: now, or after the transaction. Undone, never.

        It runs in this thread and is not to fail: what was done stays done.
        """
        if self._changes is None:
            step()
        else:
            self._afterwards.append(step)

    def _do_afterwards(self) -> None:
        steps, self._afterwards = self._afterwards, []
        for step in steps:
            step()

    def clear(self) -> None:
        """Remove all rows of this account; ids start at 1 again."""
        with self.transaction() as changes:
            self._clear()
            changes.cleared = True

    def snapshot(self) -> dict[str, Any]:
        """All rows: `{"rows": {entity: [row, ...]}, "next_ids": {entity: id}}`. Nested values are the rows' own."""
        tables = {entity.name: (entity, self[entity.cls]) for entity in self._entities()}
        return {
            "rows": {name: [entity.as_dict(row) for row in table.where()] for name, (entity, table) in tables.items()},
            "next_ids": {name: table.last_id + 1 for name, (_, table) in tables.items()},
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Replace all rows by a snapshot's, or change nothing. A row without `id` gets one; `next_ids` may be absent.

        Raises ValueError naming what does not fit; Duplicate.
        """
        given = keys_of("the rows", snapshot, ("rows", "next_ids"))
        with self.transaction():
            self.clear()
            for entity, next_id in _by_entity("next_ids", given.get("next_ids", {})):
                if type(next_id) is not int or not 1 <= next_id <= MAX_ID + 1:
                    raise ValueError(f"the next id of {entity.name} cannot be {next_id!r}; give a whole number from 1")
                self[entity.cls].reserve_ids(next_id - 1)
            self.add_rows(given.get("rows", {}))

    def add_rows(self, rows: Mapping[str, Any]) -> None:
        """Add lists of rows by the name of their entity. A row without `id` gets one.

        Raises ValueError naming what does not fit; Duplicate.
        """
        for entity, given in _by_entity("rows", rows):
            entity.check_rows(given)
            table = self[entity.cls]
            for row in sorted(given, key=lambda row: "id" not in row):
                table.add(**row)

    def _end_well(self, savepoint: Any, mark: Mark, steps: int) -> None:
        try:
            if self._entered:
                self._keep(savepoint)
            else:
                self._commit()
        except BaseException:
            self._take_back(savepoint, mark, steps)
            raise

    def _take_back(self, savepoint: Any, mark: Mark, steps: int) -> None:
        del self._afterwards[steps:]
        self._undo(savepoint)
        cast("Changes", self._changes).return_to(mark)

    @abstractmethod
    def _save(self) -> Any:
        """A savepoint: what `_undo` needs to come back to this moment."""

    @abstractmethod
    def _keep(self, savepoint: Any) -> None:
        """What was done since the savepoint stays, as far as the outer transaction does."""

    @abstractmethod
    def _undo(self, savepoint: Any) -> None:
        """Come back to the moment of the savepoint."""

    @abstractmethod
    def _commit(self) -> None:
        """Make what the outermost transaction did permanent."""

    @abstractmethod
    def _clear(self) -> None:
        """Remove all rows and forget the ids given."""

    @abstractmethod
    def _entities(self) -> list[Entity]:
        """The entities that have rows or have given ids in this account, by name."""


def _by_entity(what: str, given: object) -> Iterator[tuple[Entity, Any]]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{what} cannot be {given!r}; give an object whose keys are names of entities")
    for name, value in given.items():
        yield entity_named(name), value


class Backend(ABC):
    """Where the stores of all accounts are kept. Different accounts may be used in different threads at once."""

    @abstractmethod
    def store(self, account: int) -> Store:
        """The one store of an account, made when it is first asked for."""

    @abstractmethod
    def holders(self, entity: type[Any]) -> list[int]:
        """The accounts that have rows of an entity."""

    @abstractmethod
    def drop(self, account: int) -> None:
        """Remove an account's store and all its rows; a store kept from before must not be used again."""

    @abstractmethod
    def close(self) -> None:
        """Let go of memory, files and locks. Committed rows of a file are there for the next one who opens it."""
