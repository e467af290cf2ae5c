"""Stores in memory: rows by id, unique indexes as nested dicts, the other indexes as sorted ids. Nothing survives."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from mock_server.core.store.entities import Entity, Index, Row, entity_of
from mock_server.core.store.tables import Backend, Duplicate, Store, Table, bounds

R = TypeVar("R", bound=Row)

LONGEST_FLAT_LIST = 2000
PAGE_BITS = 6
PAGE_SIZE = 1 << PAGE_BITS


class Ids:
    """Sorted ids: a plain list while that is short, chunks of lists once shifting its tail would cost more."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: Any = []

    def add(self, row_id: int) -> None:
        if type(self._ids) is not list:
            self._ids.add(row_id)
            return
        insort(self._ids, row_id)
        if len(self._ids) > LONGEST_FLAT_LIST:
            from sortedcontainers import SortedList  # type: ignore[import-untyped]

            self._ids = SortedList(self._ids)

    def remove(self, row_id: int) -> None:
        if type(self._ids) is list:
            del self._ids[bisect_left(self._ids, row_id)]
        else:
            self._ids.remove(row_id)

    def ascending(self, after: int = 0) -> Iterable[int]:
        """The ids greater than `after`."""
        if type(self._ids) is list:
            return cast("list[int]", self._ids[bisect_right(self._ids, after) :])
        return cast("Iterable[int]", self._ids.irange(after, inclusive=(False, True)))

    def descending(self) -> Iterable[int]:
        return cast("Iterable[int]", reversed(self._ids))

    def first(self, limit: int, offset: int) -> list[int]:
        """At most `limit` ids upwards, after the first `offset`."""
        return cast("list[int]", self._ids[offset : offset + limit])

    def last(self, limit: int, offset: int) -> list[int]:
        """At most `limit` ids downwards, after the first `offset`."""
        stop = max(0, len(self._ids) - offset)
        return cast("list[int]", self._ids[max(0, stop - limit) : stop][::-1])

    def __len__(self) -> int:
        return len(self._ids)


NO_IDS = Ids()


class Rows(Generic[R]):
    """Rows by id, in short lists: ids mostly follow one another, and a list's place costs a fifth of a dict's."""

    __slots__ = ("_pages",)

    def __init__(self) -> None:
        self._pages: dict[int, list[R | None]] = {}

    def get(self, row_id: int) -> R | None:
        page = self._pages.get(row_id >> PAGE_BITS)
        return page[row_id % PAGE_SIZE] if page else None

    def of(self, row_ids: Iterable[int]) -> list[R]:
        """The rows of ids that an index holds."""
        pages = self._pages
        return cast("list[R]", [pages[row_id >> PAGE_BITS][row_id % PAGE_SIZE] for row_id in row_ids])

    def set(self, row: R) -> None:
        page = self._pages.get(row.id >> PAGE_BITS)
        if page is None:
            page = self._pages[row.id >> PAGE_BITS] = [None] * PAGE_SIZE
        page[row.id % PAGE_SIZE] = row

    def remove(self, row_id: int) -> None:
        page = self._pages[row_id >> PAGE_BITS]
        page[row_id % PAGE_SIZE] = None
        if not any(page):
            del self._pages[row_id >> PAGE_BITS]


class UniqueIndex:
    """The id for each combination of values, in a dict per combination of all values but the last."""

    __slots__ = ("_ids", "fields", "values")

    def __init__(self, index: Index) -> None:
        self.fields = index.fields
        self.values = index.values
        self._ids: dict[tuple[Any, ...], dict[Any, int]] = {}

    def get(self, values: tuple[Any, ...]) -> int | None:
        ids = self._ids.get(values[:-1])
        return ids.get(values[-1]) if ids else None

    def add(self, values: tuple[Any, ...], row_id: int) -> None:
        if None not in values:
            self._ids.setdefault(values[:-1], {})[values[-1]] = row_id

    def remove(self, values: tuple[Any, ...], _row_id: int) -> None:
        if None in values:
            return
        ids = self._ids[values[:-1]]
        del ids[values[-1]]
        if not ids:
            del self._ids[values[:-1]]


class Buckets:
    """The sorted ids for each combination of values."""

    __slots__ = ("_ids", "fields", "values")

    def __init__(self, index: Index) -> None:
        self.fields = index.fields
        self.values = index.values
        self._ids: dict[tuple[Any, ...], Ids] = {}

    def get(self, values: tuple[Any, ...]) -> Ids:
        return self._ids.get(values, NO_IDS)

    def count(self, *values: Any) -> int:
        ids = self._ids.get(values)
        return 0 if ids is None else len(ids)

    def add(self, values: tuple[Any, ...], row_id: int) -> None:
        ids = self._ids.get(values)
        if ids is None:
            ids = self._ids[values] = Ids()
        ids.add(row_id)

    def remove(self, values: tuple[Any, ...], row_id: int) -> None:
        ids = self._ids[values]
        ids.remove(row_id)
        if not ids:
            del self._ids[values]


Move = tuple[UniqueIndex | Buckets, tuple[Any, ...] | None, tuple[Any, ...] | None]
"""An index, and a row's values in it before and after."""


class Contents(Generic[R]):
    """All that a table holds, in one place, so that clearing, and taking that back, is one assignment."""

    __slots__ = ("_names", "_touched", "buckets", "counters", "indexes", "last_id", "rows", "unique")

    def __init__(self, entity: Entity) -> None:
        self.last_id = 0
        self.rows: Rows[R] = Rows()
        self.unique = {index: UniqueIndex(index) for index in entity.unique}
        self.buckets = {index: Buckets(index) for index in entity.buckets}
        self.counters = {index.fields: buckets.count for index, buckets in self.buckets.items()}
        self.indexes: tuple[UniqueIndex | Buckets, ...] = (*self.unique.values(), *self.buckets.values())
        self._names = entity.indexed
        self._touched: dict[tuple[bool, ...], tuple[UniqueIndex | Buckets, ...]] = {}

    def touched(self, differences: tuple[bool, ...]) -> tuple[UniqueIndex | Buckets, ...]:
        """The indexes in which a row moves that changed in some of the indexed fields."""
        known = self._touched.get(differences)
        if known is None:
            changed = {name for name, differs in zip(self._names, differences, strict=True) if differs}
            known = tuple(index for index in self.indexes if not changed.isdisjoint(index.fields))
            self._touched[differences] = known
        return known


class MemoryTable(Table[R]):
    """A table whose look-ups, pages and counts by index cost the same however many rows there are."""

    __slots__ = ("_contents",)
    _store: "MemoryStore"

    def __init__(self, entity: Entity, store: "MemoryStore") -> None:
        super().__init__(entity, store)
        entity.check_types()
        self._contents: Contents[R] = Contents(entity)

    def get(self, row_id: int, /) -> R | None:
        return self._contents.rows.get(row_id)

    def find(self, **equal: Any) -> R | None:
        plan = self._entity.plan(tuple(equal), unique=None not in equal.values())
        if not plan.index.unique:
            return next(self._matches(self._bucket(plan.index, equal).ascending(), plan.rest, equal), None)
        row_id = self._contents.unique[plan.index].get(plan.index.values_in(equal))
        if row_id is None or not plan.rest:
            return None if row_id is None else self._contents.rows.get(row_id)
        return next(self._matches((row_id,), plan.rest, equal), None)

    def count(self, **equal: Any) -> int:
        plan = self._entity.plan(tuple(equal), unique=False)
        bucket = self._bucket(plan.index, equal)
        if not plan.rest:
            return len(bucket)
        return sum(1 for _ in self._matches(bucket.ascending(), plan.rest, equal))

    def counter(self, *names: str) -> Callable[..., int]:
        counted = self._contents.counters.get(names)
        return counted or (lambda *values: self.count(**dict(zip(names, values, strict=True))))

    def page(self, limit: int, offset: int, *, descending: bool = False, **equal: Any) -> list[R]:
        limit, offset = bounds(limit, offset)
        plan = self._entity.plan(tuple(equal), unique=False)
        bucket = self._bucket(plan.index, equal)
        if plan.rest:
            matches = self._matches(bucket.descending() if descending else bucket.ascending(), plan.rest, equal)
            return list(islice(islice(matches, offset, None), limit))
        row_ids = bucket.last(limit, offset) if descending else bucket.first(limit, offset)
        return self._contents.rows.of(row_ids)

    @property
    def last_id(self) -> int:
        return self._contents.last_id

    def reserve_ids(self, last: int) -> None:
        contents = self._contents
        if last > contents.last_id:
            self._store.undo_by(partial(setattr, contents, "last_id", contents.last_id))
            contents.last_id = last

    def replace_contents(self, contents: Contents[R] | None = None) -> Contents[R]:
        """Hold other contents, by default none; returns those held until now."""
        held = self._contents
        self._contents = contents or Contents(self._entity)
        return held

    def _after(self, after: int, limit: int, equal: Mapping[str, Any]) -> list[R]:
        plan = self._entity.plan(tuple(equal), unique=False)
        row_ids = self._bucket(plan.index, equal).ascending(after)
        return list(islice(self._matches(row_ids, plan.rest, equal), limit))

    def _bucket(self, index: Index, equal: Mapping[str, Any]) -> Ids:
        return self._contents.buckets[index].get(index.values_in(equal))

    def _matches(self, row_ids: Iterable[int], names: tuple[str, ...], equal: Mapping[str, Any]) -> Iterator[R]:
        for row in map(self._contents.rows.get, row_ids):
            if row is not None and all(getattr(row, name) == equal[name] for name in names):
                yield row

    def _write(self, before: R | None, after: R | None) -> None:
        moves = self._moves(before, after)
        if after is not None:
            self._refuse_duplicate(after, moves)
            self.reserve_ids(after.id)
        self._make(moves, before, after)
        self._store.note(before, after, self._swap)

    def _refuse_duplicate(self, row: R, moves: list[Move]) -> None:
        for index, _, values in moves:
            if isinstance(index, UniqueIndex) and values is not None and index.get(values) not in {None, row.id}:
                raise Duplicate(self._entity.name, index.fields, values)

    def _swap(self, before: R | None, after: R | None) -> None:
        self._make(self._moves(before, after), before, after)

    def _make(self, moves: list[Move], before: R | None, after: R | None) -> None:
        row_id = cast("R", before if after is None else after).id
        for index, old, new in moves:
            if old is not None:
                index.remove(old, row_id)
            if new is not None:
                index.add(new, row_id)
        if after is None:
            self._contents.rows.remove(row_id)
        else:
            self._contents.rows.set(after)

    def _moves(self, before: R | None, after: R | None) -> list[Move]:
        """What must change in which index: all known before any is touched."""
        contents = self._contents
        moves: list[Move] = []
        if before is not None and after is not None:
            touched = contents.touched(self._entity.differences(before, after))
            moves = [(index, index.values(before), index.values(after)) for index in touched]
        elif after is not None:
            moves = [(index, None, index.values(after)) for index in contents.indexes]
        elif before is not None:
            moves = [(index, index.values(before), None) for index in contents.indexes]
        for _, _, new in moves:
            hash(new)  # a list where a number belongs must fail here
        return moves


class MemoryStore(Store):
    """An account's tables in memory; a transaction keeps the steps that undo it."""

    __slots__ = ("_tables", "_undoing")

    def __init__(self) -> None:
        super().__init__()
        self._tables: dict[type[Any], MemoryTable[Any]] = {}
        self._undoing: list[Callable[[], object]] = []

    def __getitem__(self, entity: type[R]) -> Table[R]:
        table = self._tables.get(entity)
        if table is None:
            table = self._tables[entity] = MemoryTable(entity_of(entity), self)
        return table

    def holds(self, entity: type[Any]) -> bool:
        """Whether there are rows of an entity. Makes no table."""
        table = self._tables.get(entity)
        return table is not None and table.count() > 0

    def note(self, before: Row | None, after: Row | None, swap: Callable[[Any, Any], None]) -> None:
        """Note a change that a table made and, inside a transaction, how to take it back."""
        if self._changes is not None:
            self._changes.record(before, after)
            self._undoing.append(partial(swap, after, before))

    def undo_by(self, step: Callable[[], object]) -> None:
        """Take this step, after all later ones, if the transaction is undone."""
        if self._changes is not None:
            self._undoing.append(step)

    def _save(self) -> int:
        return len(self._undoing)

    def _keep(self, savepoint: int) -> None:
        pass

    def _undo(self, savepoint: int) -> None:
        while len(self._undoing) > savepoint:
            self._undoing.pop()()

    def _commit(self) -> None:
        self._undoing.clear()

    def _clear(self) -> None:
        for table in self._tables.values():
            self._undoing.append(partial(table.replace_contents, table.replace_contents()))

    def _entities(self) -> list[Entity]:
        used = (entity_of(cls) for cls, table in self._tables.items() if table.last_id)
        return sorted(used, key=lambda entity: entity.name)


class MemoryBackend(Backend):
    """Accounts in this process's memory."""

    def __init__(self) -> None:
        self._stores: dict[int, MemoryStore] = {}

    def store(self, account: int) -> Store:
        return self._stores.get(account) or self._stores.setdefault(account, MemoryStore())

    def holders(self, entity: type[Any]) -> list[int]:
        return [account for account, store in list(self._stores.items()) if store.holds(entity)]

    def drop(self, account: int) -> None:
        self._stores.pop(account, None)

    def close(self) -> None:
        self._stores.clear()
