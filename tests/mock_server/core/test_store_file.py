"""What a SQLite file adds: it survives, it belongs to one process, it says what is wrong with it."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing, suppress
from typing import Any

import pytest

from mock_server.core.store import DatabaseUnusable, Duplicate, entity, sql
from mock_server.core.store.entities import entity_of
from mock_server.core.store.sqlite import SQLiteBackend


@entity("tests.file.notes", unique=[("name",)], indexes=[("size",), ("size", "is_long")])
class Note:
    id: int
    name: str
    size: int = 0

    @property
    def is_long(self) -> bool:
        return self.size > 100


def declare(name: str, fields: dict[str, Any], **indexes: Any) -> Any:
    """Declare the class `Versioned`, as one version of a program or another would."""
    defaults = {field: default for field, (_, default) in fields.items() if default is not ...}
    annotations = {"id": int} | {field: hint for field, (hint, _) in fields.items()}
    return entity(name, **indexes)(type("Versioned", (), {"__annotations__": annotations, **defaults}))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "accounts.db"


def start(program: str, path) -> subprocess.Popen[str]:
    """Run a program that finds `Note` and `path` in place."""
    head = f"""
        import sys
        from mock_server.core.store import entity
        from mock_server.core.store.sqlite import SQLiteBackend
        path = {str(path)!r}

        @entity("tests.file.notes", unique=[("name",)], indexes=[("size",), ("size", "is_long")])
        class Note:
            id: int
            name: str
            size: int = 0
            is_long = property(lambda self: self.size > 100)
    """
    source = textwrap.dedent(head) + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_rows_counts_and_ids_are_there_after_a_restart(path):
    first = SQLiteBackend(path)
    notes = first.store(1)[Note]
    notes.add(name="a", size=1)
    notes.remove(notes.add(name="b", size=1))
    first.close()

    second = SQLiteBackend(path)

    notes = second.store(1)[Note]
    assert [note.name for note in notes.where()] == ["a"]
    assert notes.count() == notes.count(size=1) == 1
    assert notes.add(name="c").id == 3
    second.close()


def test_every_acknowledged_write_survives_sigkill(path):
    writer = start(
        """
        notes = SQLiteBackend(path).store(1)[Note]
        while True:
            print(notes.add(name=str(notes.count())).id, flush=True)
        """,
        path,
    )
    acknowledged = [int(writer.stdout.readline()) for _ in range(300)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.communicate()[0].split("\n")[:-1]]

    backend = SQLiteBackend(path)

    notes = backend.store(1)[Note]
    kept = [note.id for note in notes.where()]
    assert kept[: len(acknowledged)] == acknowledged
    assert notes.count() == notes.count(size=0) == len(kept)
    assert notes.add(name="next").id == len(kept) + 1
    backend.close()


def test_a_transaction_cut_short_by_sigkill_leaves_nothing(path):
    writer = start(
        """
        store = SQLiteBackend(path).store(1)
        store[Note].add(name="before")
        with store.transaction():
            for number in range(5000):
                store[Note].add(name=str(number))
            print(store[Note].count(), flush=True)
            sys.stdin.read()
        """,
        path,
    )
    assert writer.stdout.readline() == "5001\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()

    backend = SQLiteBackend(path)

    assert [note.name for note in backend.store(1)[Note].where()] == ["before"]
    assert backend.store(1)[Note].count() == backend.store(1)[Note].count(size=0) == 1
    backend.close()


def test_a_second_process_is_refused_until_the_first_is_gone(path):
    holder = start("backend = SQLiteBackend(path); print('open', flush=True); sys.stdin.read()", path)
    assert holder.stdout.readline() == "open\n"

    with pytest.raises(DatabaseUnusable, match=r"accounts\.db is in use by another process"):
        SQLiteBackend(path)

    holder.communicate()
    SQLiteBackend(path).close()


def test_a_file_that_is_no_database_is_named_and_left_alone(path):
    path.write_text("a letter to the bank\n" * 100)

    with pytest.raises(DatabaseUnusable, match=r"accounts\.db cannot be used as a database: file is not a database"):
        SQLiteBackend(path)

    assert path.read_text().startswith("a letter")


def test_another_programs_database_is_named_and_left_alone(path):
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE recipes (name)")
    foreign.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseUnusable, match=r"accounts\.db is another program's database"):
        SQLiteBackend(path)

    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path):
    told = r"nowhere/accounts\.db cannot be used as a database: unable to open .*; name one in a folder"

    with pytest.raises(DatabaseUnusable, match=told):
        SQLiteBackend(tmp_path / "nowhere" / "accounts.db")


def test_a_damaged_file_is_named_when_it_is_read(path):
    backend = SQLiteBackend(path)
    with backend.store(1).transaction():
        for number in range(2000):
            backend.store(1)[Note].add(name=f"note {number}")
    backend.close()
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))

    with closing(SQLiteBackend(path)) as damaged, pytest.raises(DatabaseUnusable, match=r"accounts\.db cannot be used"):
        list(damaged.store(1)[Note].where())


@pytest.mark.parametrize("equal", [(), ("id",), ("name",), ("size",), ("size", "is_long"), ("is_long", "size", "id")])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_rows_are_searched_through_the_declared_index_and_never_sorted(path, equal, after, order):
    backend = SQLiteBackend(path)
    backend.store(1)[Note].add(name="a")
    statement = sql.select(entity_of(Note), equal, order, after=after)
    values = [1] * statement.count("?")

    plan = " ".join(row[3] for row in backend._database.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
    assert all(f"{name}=?" in plan or f"{name}()=?" in plan for name in equal if "id" not in equal)
    backend.close()


def test_counters_of_values_no_row_has_any_more_are_dropped(path):
    backend = SQLiteBackend(path)
    notes = backend.store(1)[Note]
    with backend.store(1).transaction():
        for size in range(100):
            notes.add(name=str(size), size=size)

    notes.remove_where()

    counters = backend._database.execute(sql.any_counter(entity_of(Note).name).replace(" LIMIT 1", ""), (1,))
    assert len(counters) == 1, "the last id, and nothing else"
    backend.close()


def test_an_account_waits_for_anothers_transaction(path):
    backend = SQLiteBackend(path)
    order = []

    def write() -> None:
        backend.store(2)[Note].add(name="theirs")
        order.append("theirs")

    other = threading.Thread(target=write)
    with backend.store(1).transaction():
        backend.store(1)[Note].add(name="ours")
        other.start()
        order.append("ours")
    other.join()

    assert order == ["ours", "theirs"]
    assert backend.store(2)[Note].count() == 1
    backend.close()


def test_writing_to_another_account_inside_a_transaction_is_refused(path):
    backend = SQLiteBackend(path)

    with backend.store(1).transaction():
        backend.store(1)[Note].add(name="ours")
        with pytest.raises(RuntimeError, match="inside another account's transaction"):
            backend.store(2)[Note].add(name="theirs")

    assert (backend.store(1)[Note].count(), backend.store(2)[Note].count()) == (1, 0)
    backend.store(2)[Note].add(name="theirs")
    backend.close()


def test_tables_first_used_in_a_transaction_that_fails_are_there_later(path):
    backend = SQLiteBackend(path)
    store = backend.store(1)
    with suppress(KeyError), store.transaction():
        store[Note].add(name="a")
        raise KeyError

    store[Note].add(name="a")
    backend.store(2)[Note].add(name="b")

    assert store[Note].count() == 1
    backend.close()


def test_a_newer_version_may_add_fields_and_indexes(path):
    older = declare("tests.file.grown", {"name": (str, ...)}, indexes=[("name",)])
    first = SQLiteBackend(path)
    for account, names in ((1, "aab"), (2, "a")):
        for name in names:
            first.store(account)[older].add(name=name)
    first.store(1)[older].remove(first.store(1)[older].get(3))
    first.close()

    fields = {"name": (str, ...), "tags": (list[str] | None, None), "size": (int, 7), "on": (bool, True)}
    newer = declare("tests.file.grown", fields, unique=[("id", "size")], indexes=[("size", "on")])
    second = SQLiteBackend(path)

    grown = second.store(1)[newer]
    assert list(grown.where()) == [newer(id=1, name="a"), newer(id=2, name="a")]
    assert grown.count() == grown.count(size=7, on=True) == 2
    assert grown.add(name="c", size=8).id == 4
    assert second.store(2)[newer].count(size=7, on=True) == 1
    second.close()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": (str, ...), "size": (int, ...)}, "lacks size, for which this version has no default"),
        ({"title": (str, "")}, "holds name, which this version does not know"),
    ],
)
def test_a_version_that_cannot_read_the_file_says_so_and_leaves_it(path, fields, complaint):
    first = SQLiteBackend(path)
    older = declare("tests.file.strange", {"name": (str, ...)})
    first.store(1)[older].add(name="a")
    first.close()

    second = SQLiteBackend(path)
    strange = declare("tests.file.strange", fields)

    with pytest.raises(DatabaseUnusable, match=rf"accounts\.db: the table of tests.file.strange {complaint}"):
        second.store(1)[strange]
    again = declare("tests.file.strange", {"name": (str, ...)})
    assert second.store(1)[again].count() == 1
    second.close()


def test_indexes_that_old_rows_break_are_refused(path):
    first = SQLiteBackend(path)
    older = declare("tests.file.doubled", {"name": (str, ...)})
    first.store(1)[older].add(name="a")
    first.store(1)[older].add(name="a")
    first.close()

    second = SQLiteBackend(path)
    newer = declare("tests.file.doubled", {"name": (str, ...)}, unique=[("name",)])

    with pytest.raises(DatabaseUnusable, match="holds rows that a unique index of this version forbids"):
        second.store(1)[newer]
    second.close()


def test_a_file_of_entities_not_imported_is_cleared_but_not_half_told(path):
    writer = start(
        """
        @entity("tests.file.elsewhere")
        class Elsewhere:
            id: int

        SQLiteBackend(path).store(1)[Elsewhere].add()
        """,
        path,
    )
    writer.communicate()
    backend = SQLiteBackend(path)

    with pytest.raises(ValueError, match=r"tests\.file\.elsewhere"):
        backend.store(1).snapshot()

    backend.store(1).clear()
    assert backend.store(1).snapshot() == {"rows": {}, "next_ids": {}}
    backend.close()


def test_a_duplicate_of_strange_values_is_refused(path):
    backend = SQLiteBackend(path)
    notes = backend.store(1)[Note]
    notes.add(name="\ud800")

    with pytest.raises(Duplicate):
        notes.add(name="\ud800")

    backend.close()
