"""Any sequence of calls does the same in memory, in a file, and in a dict."""

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.core.store import Changes, Duplicate, MemoryBackend, Store, entity
from mock_server.core.store.sqlite import SQLiteBackend


@entity("tests.machine.items", unique=[("group", "name"), ("code",)], indexes=[("group",), ("is_big", "group")])
class Item:
    id: int
    group: int
    name: str
    code: str | None
    size: int
    notes: list[Any]

    @property
    def is_big(self) -> bool:
        return self.size > 1


ROWS = st.fixed_dictionaries({
    "group": st.integers(0, 2),
    "name": st.sampled_from(["a", "b", "c\0", "\ud800"]),
    "code": st.none() | st.sampled_from(["x", "y"]),
    "size": st.integers(0, 3) | st.just(2**70),
    "notes": st.lists(st.integers() | st.text(max_size=3), max_size=2),
})  # fmt: skip
CHANGES = ROWS.flatmap(lambda row: st.sets(st.sampled_from(sorted(row))).map(lambda names: {n: row[n] for n in names}))
IDS = st.integers(1, 12)
EQUAL = st.sampled_from([{}, {"group": 1}, {"is_big": True, "group": 0}, {"size": 2}, {"group": 2, "code": None}])


class MishapError(Exception):
    """Undoes a transaction."""


class Model:
    """A store as a dict of rows and the last id given; a copy is a savepoint."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, Any]] = {}
        self.last_id = 0

    def admits(self, row_id: int, row: dict[str, Any]) -> bool:
        others = [other for other_id, other in self.rows.items() if other_id != row_id]
        return not any(
            (other["group"], other["name"]) == (row["group"], row["name"])
            or (row["code"] is not None and other["code"] == row["code"])
            for other in others
        )

    def set(self, row_id: int, row: dict[str, Any]) -> None:
        self.rows[row_id] = row
        self.last_id = max(self.last_id, row_id)

    def matches(self, equal: dict[str, Any]) -> list[Item]:
        items = [Item(id=row_id, **row) for row_id, row in sorted(self.rows.items())]
        return [item for item in items if all(getattr(item, name) == value for name, value in equal.items())]


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.memory = MemoryBackend().store(1)
        self.backend = SQLiteBackend(Path(self.folder.name) / "accounts.db")
        self.model = Model()
        self.saved: dict[str, Any] | None = None
        self.saved_model = Model()
        self.open: list[tuple[Model, list[Any]]] = []
        self.told: list[Changes] = []

    def teardown(self) -> None:
        while self.open:
            self.undo()
        self.backend.close()
        self.folder.cleanup()

    @property
    def stores(self) -> list[Store]:
        return [self.memory, self.backend.store(1)]

    @rule(row=ROWS)
    def add(self, row: dict[str, Any]) -> None:
        row_id = self.model.last_id + 1
        if self.write(self.model.admits(row_id, row), lambda store: store[Item].add(**row) == Item(id=row_id, **row)):
            self.model.set(row_id, row)

    @rule(row_id=IDS, row=ROWS)
    def put(self, row_id: int, row: dict[str, Any]) -> None:
        item = Item(id=row_id, **row)
        if self.write(self.model.admits(row_id, row), lambda store: store[Item].put(item) == item):
            self.model.set(row_id, row)

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), fields=CHANGES)
    def change(self, data: st.DataObject, fields: dict[str, Any]) -> None:
        row_id = data.draw(st.sampled_from(sorted(self.model.rows)))
        old, new = self.model.rows[row_id], self.model.rows[row_id] | fields
        stale = Item(id=row_id, **old)
        if self.write(
            self.model.admits(row_id, new), lambda store: store[Item].change(stale, **fields) == Item(id=row_id, **new)
        ):
            self.model.set(row_id, new)

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        row_id = data.draw(st.sampled_from(sorted(self.model.rows)))
        item = Item(id=row_id, **self.model.rows.pop(row_id))
        for store in self.stores:
            store[Item].remove(item)

    @rule(equal=EQUAL)
    def remove_where(self, equal: dict[str, Any]) -> None:
        gone = self.model.matches(equal)
        for store in self.stores:
            assert store[Item].remove_where(**equal) == len(gone)
        for item in gone:
            del self.model.rows[item.id]

    @rule()
    def clear(self) -> None:
        for store in self.stores:
            store.clear()
        self.model = Model()

    @rule()
    def snapshot(self) -> None:
        in_memory, in_file = (store.snapshot() for store in self.stores)
        assert in_memory == in_file
        self.saved, self.saved_model = in_memory, copy.deepcopy(self.model)

    @precondition(lambda self: self.saved is not None)
    @rule()
    def restore(self) -> None:
        for store in self.stores:
            store.restore(self.saved or {})
        self.model = copy.deepcopy(self.saved_model)

    @precondition(lambda self: len(self.open) < 3)
    @rule()
    def begin(self) -> None:
        transactions = [store.transaction() for store in self.stores]
        self.told = [transaction.__enter__() for transaction in transactions]
        self.open.append((copy.deepcopy(self.model), transactions))

    @precondition(lambda self: self.open)
    @rule()
    def keep(self) -> None:
        _, transactions = self.open.pop()
        for transaction in transactions:
            transaction.__exit__(None, None, None)
        in_memory, in_file = self.told
        assert in_memory.summary() == in_file.summary()
        assert in_memory.cleared == in_file.cleared

    @precondition(lambda self: self.open)
    @rule()
    def undo(self) -> None:
        self.model, transactions = self.open.pop()
        for transaction in transactions:
            mishap = MishapError()
            assert not transaction.__exit__(MishapError, mishap, None)

    @precondition(lambda self: not self.open)
    @rule()
    def reopen(self) -> None:
        self.backend.close()
        self.backend = SQLiteBackend(Path(self.folder.name) / "accounts.db")

    def write(self, admitted: bool, call: Callable[[Store], bool]) -> bool:
        """Make a call in both stores, which must admit or refuse it alike."""
        for store in self.stores:
            try:
                assert call(store)
                assert admitted
            except Duplicate:
                assert not admitted
        return admitted

    @rule(equal=EQUAL, limit=st.integers(0, 4), offset=st.integers(0, 4))
    def ask(self, equal: dict[str, Any], limit: int, offset: int) -> None:
        expected = self.model.matches(equal)
        for store in self.stores:
            items = store[Item]
            assert list(items.where(**equal)) == expected
            assert items.find(**equal) == next(iter(expected), None)
            assert items.page(limit, offset, **equal) == expected[offset : offset + limit]
            assert items.page(limit, offset, descending=True, **equal) == expected[::-1][offset : offset + limit]

    @invariant()
    def rows_counts_and_unique_look_ups_agree(self) -> None:
        for store in self.stores:
            items = store[Item]
            assert list(items.where()) == self.model.matches({})
            for equal in ({}, {"group": 0}, {"group": 1}, {"is_big": True, "group": 1}, {"is_big": False, "group": 0}):
                assert items.count(**equal) == len(self.model.matches(equal))
            for item in self.model.matches({}):
                assert items.get(item.id) == items.find(group=item.group, name=item.name) == item


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
