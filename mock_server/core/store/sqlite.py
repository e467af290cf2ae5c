"""Stores in one SQLite file: acknowledged writes survive the death of the process."""

import sqlite3
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar, cast

from mock_server.core.store import sql
from mock_server.core.store.database import LAST_ID, Database
from mock_server.core.store.encoding import encoded, key_of
from mock_server.core.store.entities import Entity, Row, entity_named, entity_of
from mock_server.core.store.tables import Backend, Duplicate, Store, Table, bounds

R = TypeVar("R", bound=Row)

ANSWERS_KEPT = 1000
"""Answers of the file that a store remembers at most: a page of an account's life, not its data."""


class SQLiteTable(Table[R]):
    """A table in a file. Indexes are the file's; how many rows share an index's values is kept beside them."""

    __slots__ = ("_account", "_database", "_encoding", "_last_id")
    _store: "SQLiteStore"

    def __init__(self, entity: Entity, store: "SQLiteStore", database: Database, account: int) -> None:
        super().__init__(entity, store)
        self._database = database
        self._account = account
        self._encoding = database.encoding(entity)
        self._last_id: int | None = None

    def get(self, row_id: int, /) -> R | None:
        return self.find(id=row_id)

    def find(self, **equal: Any) -> R | None:
        return next(iter(self._select(equal, 1, 0)), None)

    def count(self, **equal: Any) -> int:
        return self.counter(*equal)(*equal.values())

    def counter(self, *names: str) -> Callable[..., int]:
        def count(*values: Any) -> int:
            return int(self._once((self, names, values), lambda: self._count(dict(zip(names, values, strict=True)))))

        return count

    def page(self, limit: int, offset: int, *, descending: bool = False, **equal: Any) -> list[R]:
        return self._select(equal, *bounds(limit, offset), order="DESC" if descending else "ASC")

    @property
    def last_id(self) -> int:
        if self._last_id is None:
            self._last_id = self._counter(LAST_ID, "")
        return self._last_id

    def reserve_ids(self, last: int) -> None:
        if last > self.last_id:
            self._store.begin()
            self._last_id = last
            self._store.write_later(self)

    def write_last_id(self) -> None:
        """Keep the last id given for the next process; part of the transaction that gave it."""
        self._database.execute(sql.set_counter(self._entity), (self._account, LAST_ID, "", self.last_id))

    def forget_last_id(self) -> None:
        """Read the last id again when it is needed: what was given since is undone."""
        self._last_id = None

    def _after(self, after: int, limit: int, equal: Mapping[str, Any]) -> list[R]:
        return self._select(equal, limit, 0, after=after)

    def _select(
        self, equal: Mapping[str, Any], limit: int, offset: int, *, order: str = "ASC", after: int | None = None
    ) -> list[R]:
        key = (order, self, limit, offset, after, *equal.items())
        return list(self._once(key, lambda: self._fetch(equal, limit, offset, order, after)))

    def _once(self, key: tuple[Any, ...], read: Callable[[], Any]) -> Any:
        """What `read` answers. Nobody else writes the account's rows: an answer holds until this store writes."""
        known = self._store.known
        if known is None:
            return read()
        if key not in known:
            if len(known) >= ANSWERS_KEPT:
                known.clear()
            known[key] = read()
        return known[key]

    def _fetch(self, equal: Mapping[str, Any], limit: int, offset: int, order: str, after: int | None) -> list[R]:
        names = tuple(equal)
        self._entity.plan(names, unique=True)  # refuses names that cannot be searched by
        statement = sql.select(self._entity, names, order, after=after is not None)
        start = () if after is None else (after,)
        values = [self._account, *map(encoded, equal.values()), *start, limit, offset]
        return [self._encoding.row(row) for row in self._database.execute(statement, values)]

    def _count(self, equal: Mapping[str, Any]) -> int:
        plan = self._entity.plan(tuple(equal), unique=False)
        if plan.rest:
            statement = sql.count(self._entity, tuple(equal))
            return int(self._database.execute(statement, [self._account, *map(encoded, equal.values())])[0][0])
        self._store.settle()
        return self._counter(self._entity.buckets.index(plan.index), key_of(plan.index.values_in(equal)))

    def _counter(self, bucket: int, key: str) -> int:
        found = self._database.execute(sql.counter(self._entity), (self._account, bucket, key))
        return int(found[0][0]) if found else 0

    def _write(self, before: R | None, after: R | None) -> None:
        if not self._store.in_transaction:
            with self._store.transaction():
                self._write(before, after)
            return
        self._store.begin()
        try:
            self._execute_write(before, after)
        except sqlite3.IntegrityError:
            raise self._duplicate(after) from None
        if after is not None:
            self.reserve_ids(after.id)
        self._store.note(before, after)

    def _execute_write(self, before: R | None, after: R | None) -> None:
        if after is None:
            self._database.execute(sql.delete(self._entity), (self._account, cast("R", before).id))
        elif before is None:
            self._database.execute(sql.insert(self._entity), [self._account, *self._encoding.values(after)])
        else:
            differences = self._encoding.differences(before, after)
            statement = sql.update(self._entity, tuple(differences))
            self._database.execute(statement, [*differences.values(), self._account, before.id])

    def _duplicate(self, row: Any) -> Duplicate:
        """Which unique index a row that the file refused would break."""
        for index in self._entity.unique:
            values = index.values(row)
            other = self.find(**dict(zip(index.fields, values, strict=True)))
            if None not in values and other is not None and other.id != row.id:
                return Duplicate(self._entity.name, index.fields, values)
        return Duplicate(self._entity.name, ("id",), (row.id,))


class SQLiteStore(Store):
    """An account's tables in a file. A transaction that only reads never begins one in the database."""

    __slots__ = ("_account", "_begun", "_database", "_last_ids_to_write", "_settled", "_tables", "known")

    def __init__(self, database: Database, account: int) -> None:
        super().__init__()
        self._database = database
        self._account = account
        self._tables: dict[type[Any], SQLiteTable[Any]] = {}
        self._begun = False
        self._settled = 0
        self._last_ids_to_write: set[SQLiteTable[Any]] = set()
        self.known: dict[tuple[Any, ...], Any] | None = {}
        """Answers that the file gave since it was last written; None while it is being written."""

    def __getitem__(self, entity: type[R]) -> Table[R]:
        table = self._tables.get(entity)
        if table is None:
            table = self._tables[entity] = SQLiteTable(entity_of(entity), self, self._database, self._account)
        return table

    def begin(self) -> None:
        """Begin the transaction in the database, at its first write."""
        if not self._begun:
            self._database.begin(self)
            self._begun = True
            self.known = None

    def note(self, before: Row | None, after: Row | None) -> None:
        """Note a change that a table made inside the transaction."""
        if self._changes is not None:
            self._changes.record(before, after)

    def write_later(self, table: SQLiteTable[Any]) -> None:
        """Write a table's last id when the transaction settles."""
        self._last_ids_to_write.add(table)

    def settle(self) -> None:
        """Bring counters and last ids in the database up to date with the transaction so far, each written once."""
        if self._changes is None or not self._begun:
            return
        changes = sorted(self._changes.since(self._settled), key=_entity_name)
        for name, some in groupby(changes, key=_entity_name):
            self._database.count(self._account, entity_named(name), some)
        self._settled = len(self._changes)
        for table in self._last_ids_to_write:
            table.write_last_id()
        self._last_ids_to_write.clear()

    def _save(self) -> int | None:
        """How many changes are settled in the database's savepoint; None while the database knows of no transaction."""
        if not self._begun:
            return None
        self.settle()
        self._database.save()
        return self._settled

    def _keep(self, savepoint: int | None) -> None:
        if savepoint is not None:
            self._database.keep()

    def _undo(self, savepoint: int | None) -> None:
        self._last_ids_to_write.clear()
        for table in self._tables.values():
            table.forget_last_id()
        if savepoint is not None:
            self._settled = savepoint
            self._database.undo()
        elif self._begun:
            self._end()
            self._database.roll_back()

    def _commit(self) -> None:
        if self._begun:
            self.settle()
            self._database.commit()
            self._end()

    def _end(self) -> None:
        self._begun = False
        self._settled = 0
        self.known = {}

    def _clear(self) -> None:
        # What the transaction did before is settled: `clear` has set a savepoint.
        self.begin()
        for name in self._database.entity_names():
            self._database.execute(sql.clear(name), (self._account,))
            self._database.execute(sql.clear_counters(name), (self._account,))
        for table in self._tables.values():
            table.forget_last_id()

    def _entities(self) -> list[Entity]:
        self.settle()
        names = self._database.entity_names()
        return [entity_named(name) for name in names if self._database.execute(sql.any_counter(name), (self._account,))]


class SQLiteBackend(Backend):
    """Accounts in one file, which one process at a time may open.

    An integer beyond 64 bits, NaN, a lone surrogate and NUL are kept. Raises DatabaseUnusable, here or later, when the
    file is no database, another program's, damaged, or in use.
    """

    def __init__(self, path: str | Path) -> None:
        self._database = Database(Path(path))
        self._stores: dict[int, SQLiteStore] = {}

    def store(self, account: int) -> Store:
        return self._stores.get(account) or self._stores.setdefault(account, SQLiteStore(self._database, account))

    def holders(self, entity: type[Any]) -> list[int]:
        name = entity_of(entity).name
        known = name in self._database.entity_names()
        return [account for (account,) in self._database.execute(sql.holders(name))] if known else []

    def drop(self, account: int) -> None:
        self.store(account).clear()
        del self._stores[account]

    def close(self) -> None:
        self._stores.clear()
        self._database.close()


def _entity_name(change: tuple[Row | None, Row | None]) -> str:
    before, after = change
    return entity_of(type(before if after is None else after)).name
