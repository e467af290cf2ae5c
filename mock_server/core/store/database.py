"""One SQLite file: opening it for this process alone, its one connection, its transactions, its tables."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from mock_server.core.store import sql
from mock_server.core.store.encoding import Encoding, key_of
from mock_server.core.store.entities import Entity, Row
from mock_server.core.store.tables import DatabaseUnusable

APPLICATION_ID = 0x53504D4B
"""Marks a SQLite file as a store's: "SPMK"."""

LAST_ID = -1
"""The bucket, in an entity's counters, that holds the last id given."""


class Database:
    """The connection that all accounts share. One transaction at a time; who writes holds the lock until it ends.

    The file belongs to one process: SQLite's exclusive lock keeps others out and vanishes with the process. Each commit
    hands the write-ahead log to the operating system: it survives the death of the process, not always of the machine.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._writer: object = None
        self._prepared: dict[Entity, Encoding] = {}
        self._prepared_in_transaction: list[Entity] = []
        try:
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=0, cached_statements=1000
            )
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error
        try:
            self._take_possession()
        except BaseException:
            self._connection.close()
            raise

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement answers. Raises sqlite3.IntegrityError, DatabaseUnusable."""
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def begin(self, writer: object) -> None:
        """Start a writer's transaction and hold the lock until `commit` or `roll_back`."""
        self._lock.acquire()
        try:
            if self._writer is not None:
                raise RuntimeError(
                    "this thread is inside another account's transaction: finish that before writing here"
                )
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        self._writer = writer

    def commit(self) -> None:
        self.execute("COMMIT")
        self._end()

    def roll_back(self) -> None:
        try:
            if self._connection.in_transaction:  # SQLite itself undoes a transaction when, say, the disk is full
                self.execute("ROLLBACK")
        finally:
            fresh = self._forget_fresh()
            self._end()
        for entity in fresh:
            self.encoding(entity)

    def save(self) -> None:
        self.execute("SAVEPOINT inner")

    def keep(self) -> None:
        self.execute("RELEASE inner")

    def undo(self) -> None:
        self.execute("ROLLBACK TO inner")
        self.keep()
        for entity in self._forget_fresh():
            self.encoding(entity)

    def encoding(self, entity: Entity) -> Encoding:
        """How an entity's rows are written; its tables are there afterwards.

        Raises DatabaseUnusable when they are there in a form that cannot be brought to the declared one.
        """
        encoding = self._prepared.get(entity)
        if encoding is None:
            with self._lock:
                encoding = Encoding(entity)
                self._make_tables(entity, encoding)
                if self._writer is not None:
                    self._prepared_in_transaction.append(entity)
                self._prepared[entity] = encoding
        return encoding

    def count(self, account: int, entity: Entity, changes: Iterable[tuple[Row | None, Row | None]]) -> None:
        """Bring an entity's counters up to date with changes of its rows."""
        for (bucket, key), n in _differences(entity, changes).items():
            if n:
                self.execute(sql.add_to_counter(entity), (account, bucket, key, n))
            if n < 0:
                self.execute(sql.drop_empty_counter(entity), (account, bucket, key))

    def entity_names(self) -> list[str]:
        """The entities that have tables in this file, by name."""
        names = {name for (name,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return sorted(name for name in names if f"{name} counts" in names)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _take_possession(self) -> None:
        self.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.execute("BEGIN EXCLUSIVE")
        [(application,)] = self.execute("PRAGMA application_id")
        [(tables,)] = self.execute("SELECT count(*) FROM sqlite_master")
        if application != APPLICATION_ID and (application or tables):
            raise DatabaseUnusable(
                f"{self._path} is another program's database; name a new file, or one this program made"
            )
        self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self.execute("COMMIT")
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")

    def _end(self) -> None:
        self._prepared_in_transaction.clear()
        self._writer = None
        self._lock.release()

    def _forget_fresh(self) -> list[Entity]:
        """The entities whose tables were made, and now unmade, with the transaction."""
        fresh = [entity for entity in self._prepared_in_transaction if self._prepared.pop(entity, None)]
        self._prepared_in_transaction.clear()
        return fresh

    def _make_tables(self, entity: Entity, encoding: Encoding) -> None:
        wanted = sql.create(entity)
        texts = self.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN (?, ?) AND sql IS NOT NULL",
            (entity.name, f"{entity.name} counts"),
        )
        found = {text for (text,) in texts}
        if found == set(wanted):
            return
        self.execute("SAVEPOINT tables")
        try:
            if found:
                self._rebuild(entity, encoding, wanted)
            else:
                self._run(wanted)
        except sqlite3.IntegrityError as error:
            self.execute("ROLLBACK TO tables")
            raise self._unlike(entity, "holds rows that a unique index of this version forbids") from error
        except BaseException:
            self.execute("ROLLBACK TO tables")
            raise
        finally:
            self.execute("RELEASE tables")

    def _rebuild(self, entity: Entity, encoding: Encoding, wanted: list[str]) -> None:
        """Bring an entity's tables to the form declared now: new indexes, and new fields that have a default."""
        table, counters = sql.quoted(entity.name), sql.counters(entity)
        columns = [name for _, name, *_ in self.execute(f"PRAGMA table_info({table})")][1:]
        kept = [column for column in columns if not column.endswith("()")]
        if gone := [column for column in kept if column not in entity.fields]:
            raise self._unlike(entity, f"holds {', '.join(gone)}, which this version does not know")
        if bare := [field for field in entity.fields if field not in kept and field not in entity.defaults]:
            raise self._unlike(entity, f"lacks {', '.join(bare)}, for which this version has no default")

        old = self.execute(f"SELECT account, {', '.join(map(sql.quoted, kept))} FROM {table}")  # noqa: S608 - quoted
        last_ids = self.execute(f"SELECT account, n FROM {counters} WHERE bucket = {LAST_ID}")  # noqa: S608 - quoted
        self._run([f"DROP TABLE {table}", f"DROP TABLE {counters}", *wanted])
        added: dict[int, list[tuple[None, Row]]] = {}
        for account, *values in old:
            row = encoding.row_with_defaults(dict(zip(kept, values, strict=True)))
            self.execute(sql.insert(entity), [account, *encoding.values(row)])
            added.setdefault(account, []).append((None, row))
        for account, changes in added.items():
            self.count(account, entity, changes)
        for account, last_id in last_ids:
            self.execute(sql.set_counter(entity), (account, LAST_ID, "", last_id))

    def _run(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.execute(statement)

    def _unusable(self, error: sqlite3.DatabaseError) -> DatabaseUnusable:
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_BUSY:
            return DatabaseUnusable(f"{self._path} is in use by another process; stop that one, or name another file")
        remedy = "; name one in a folder that is there and yours" if code == sqlite3.SQLITE_CANTOPEN else ""
        return DatabaseUnusable(f"{self._path} cannot be used as a database: {error}{remedy}")

    def _unlike(self, entity: Entity, difference: str) -> DatabaseUnusable:
        return DatabaseUnusable(f"{self._path}: the table of {entity.name} {difference}; start with a new file")


def _differences(entity: Entity, changes: Iterable[tuple[Row | None, Row | None]]) -> dict[tuple[int, str], int]:
    """How many rows more or fewer each bucket holds after the changes, by its position and its values as a key."""
    differences: Counter[tuple[int, tuple[Any, ...]]] = Counter()
    for before, after in changes:
        for position, index in enumerate(entity.buckets):
            if before is not None:
                differences[position, index.values(before)] -= 1
            if after is not None:
                differences[position, index.values(after)] += 1
    return {(position, key_of(values)): n for (position, values), n in differences.items()}
