"""What a store promises, whatever keeps it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from mock_server.core.store import (
    Backend,
    Changes,
    Duplicate,
    MemoryBackend,
    Missing,
    Store,
    entity,
    open_backend,
)
from mock_server.core.store.sqlite import SQLiteBackend


@entity("tests.contacts", unique=[("list_id", "email")], indexes=[("list_id",), ("list_id", "is_active")])
class Contact:
    id: int
    list_id: int = 1
    email: str | None
    phone: int | None = None
    status: int = 0
    score: float | None = None
    confirmed: bool | None = None
    variables: dict[str, Any] | None = None

    @property
    def is_active(self) -> bool:
        return self.status == 1


@entity("tests.tags", unique=[("name",)])
class Tag:
    id: int
    name: str


@entity("tests.labels", unique=[("tag", "email"), ("tag", "phone")])
class Label:
    id: int
    tag: int
    email: str | None = None
    phone: int | None = None


BACKENDS: dict[str, Callable[[Path], Backend]] = {
    "memory": lambda _folder: MemoryBackend(),
    "sqlite": lambda folder: SQLiteBackend(folder / "accounts.db"),
}


class MishapError(Exception):
    """What goes wrong at the end of a transaction."""


@contextmanager
def failing(store: Store) -> Iterator[Changes]:
    """A transaction that fails when all inside is done."""
    with suppress(MishapError), store.transaction() as changes:
        yield changes
        raise MishapError


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(backend: Backend) -> Store:
    return backend.store(1)


def add_many(store: Store, *emails: str, **fields: Any) -> list[Contact]:
    return [store[Contact].add(email=email, **fields) for email in emails]


def seen(store: Store) -> dict[str, Any]:
    """All that can be asked of a store: rows, pages, counts, look-ups, next ids."""
    contacts = store[Contact]
    rows = list(contacts.where())
    return {
        "snapshot": store.snapshot(),
        "rows": rows,
        "by id": [contacts.get(row_id) for row_id in range(1, 30)],
        "by email": [contacts.find(list_id=row.list_id, email=row.email) for row in rows],
        "pages": [contacts.page(3, offset, list_id=1) for offset in range(0, 12, 3)],
        "active": list(contacts.where(list_id=1, is_active=True)),
        "counts": [
            contacts.count(),
            store[Tag].count(),
            *(contacts.count(list_id=list_id) for list_id in (1, 2)),
            *(contacts.count(list_id=1, is_active=is_active) for is_active in (True, False)),
        ],
    }


class TestRows:
    def test_ids_count_up_from_one_for_each_entity_and_account(self, backend):
        first, second = backend.store(1), backend.store(2)

        contacts = [store[Contact].add(email=email).id for store in (first, second) for email in ("a", "b")]

        assert contacts == [1, 2, 1, 2]
        assert first[Tag].add(name="vip").id == 1

    def test_an_id_is_not_given_twice(self, store):
        ada, bob = add_many(store, "ada", "bob")
        store[Contact].remove(bob)

        carol = store[Contact].add(email="carol")

        assert carol.id == 3
        assert store[Contact].get(bob.id) is None
        assert store[Contact].get(ada.id) == ada

    def test_ids_go_on_after_the_greatest_one_put(self, store):
        store[Tag].put(Tag(id=70, name="vip"))

        assert store[Tag].add(name="new").id == 71

    def test_an_id_beyond_64_bits_is_refused_and_not_found(self, store):
        with pytest.raises(ValueError, match="1180591620717411303424"):
            store[Tag].put(Tag(id=2**70, name="vip"))
        with pytest.raises(ValueError, match="not 0"):
            store[Tag].add(id=0, name="vip")

        assert store[Tag].get(2**70) is None
        assert store[Tag].count() == 0

    @pytest.mark.parametrize(
        "values",
        [
            {"email": "with\0NUL"},
            {"email": "lone \ud800 surrogate"},
            {"email": "Привіт, 世界 🌍"},
            {"email": ""},
            {"email": '"1"'},
            {"email": None},
            {"phone": 2**63 - 1},
            {"phone": -(2**63)},
            {"phone": 2**63},
            {"phone": 10**40},
            {"score": -0.5},
            {"score": 1e300},
            {"score": float("inf")},
            {"confirmed": True},
            {"confirmed": False},
            {"variables": {}},
            {"variables": {"a": [1, 2.5, None, True, {"b": "c"}], "big": 2**90, "lone": "\udfff", "NUL": "\0"}},
        ],
        ids=repr,
    )
    def test_a_row_comes_back_as_it_went_in(self, store, values):
        added = store[Contact].add(**{"email": "ada", **values})

        read = store[Contact].get(added.id)

        assert read == added
        assert [type(getattr(read, field)) for field in values] == [type(value) for value in values.values()]
        assert [getattr(read, field) for field in values] == list(values.values())

    @pytest.mark.parametrize("number", [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**40, -(10**40)])
    def test_a_number_is_kept_and_found_however_long(self, store, number):
        row = store[Contact].add(email="ada", phone=number)

        assert store[Contact].get(row.id).phone == number
        assert store[Contact].find(phone=number) == row

    def test_nan_is_kept(self, store):
        added = store[Contact].add(email="ada", score=float("nan"), variables={"score": float("nan")})

        read = store[Contact].get(added.id)

        assert str(read.score) == "nan"
        assert str(read.variables) == "{'score': nan}"

    def test_a_missing_or_unknown_field_adds_nothing(self, store):
        with pytest.raises(TypeError, match="email"):
            store[Contact].add(list_id=1)
        with pytest.raises(TypeError, match="mail"):
            store[Contact].add(email="ada", mail="ada")

        assert store[Contact].count() == 0

    def test_put_inserts_and_replaces(self, store):
        add_many(store, "ada")

        store[Contact].put(Contact(id=1, email="augusta", status=1))
        store[Contact].put(Contact(id=5, email="bob"))

        assert [row.email for row in store[Contact].where()] == ["augusta", "bob"]
        assert store[Contact].count(list_id=1, is_active=True) == 1
        assert store[Contact].find(list_id=1, email="ada") is None

    def test_a_change_applies_to_the_row_as_it_stands(self, store):
        (ada,) = add_many(store, "ada")
        store[Contact].change(ada, phone=1)

        changed = store[Contact].change(ada, status=1)

        assert (changed.phone, changed.status) == (1, 1)
        assert store[Contact].get(ada.id) == changed

    def test_a_change_of_an_indexed_property_moves_the_row(self, store):
        ada, bob = add_many(store, "ada", "bob")

        store[Contact].change(bob, status=1)

        assert [row.id for row in store[Contact].where(list_id=1, is_active=True)] == [bob.id]
        assert [row.id for row in store[Contact].where(list_id=1, is_active=False)] == [ada.id]
        assert store[Contact].count(list_id=1, is_active=False) == 1

    def test_an_id_and_a_row_that_is_gone_cannot_be_changed(self, store):
        (ada,) = add_many(store, "ada")
        with pytest.raises(TypeError, match="an id never changes"):
            store[Contact].change(ada, id=2)
        store[Contact].remove(ada)

        with pytest.raises(Missing, match="no row 1"):
            store[Contact].change(ada, status=1)
        with pytest.raises(Missing, match="no row 1"):
            store[Contact].remove(ada)

    def test_a_class_that_is_no_entity_has_no_table(self, store):
        with pytest.raises(TypeError, match="declare it with @entity"):
            store[Path]


class TestLookUps:
    @pytest.fixture
    def contacts(self, store):
        for number in range(20):
            store[Contact].add(list_id=1 + number % 2, email=f"{number}@example.com", status=number % 3)
        return store[Contact]

    @pytest.mark.parametrize(
        "equal",
        [
            {},
            {"list_id": 1},
            {"list_id": 1, "is_active": True},
            {"is_active": True, "list_id": 2},
            {"list_id": 1, "email": "4@example.com"},
            {"list_id": 2, "email": "4@example.com"},
            {"list_id": 1, "email": "4@example.com", "status": 2},
            {"list_id": 1, "status": 2},
            {"status": 2},
            {"is_active": False},
            {"id": 5},
            {"id": 5, "status": 2},
            {"phone": None},
            {"phone": None, "list_id": 1},
            {"list_id": None, "email": None},
            {"list_id": 99},
        ],
        ids=repr,
    )
    def test_every_way_of_asking_answers_the_same_rows_by_id(self, contacts, equal):
        every_row = [contacts.get(row_id) for row_id in range(1, 21)]
        expected = [row for row in every_row if all(getattr(row, name) == value for name, value in equal.items())]

        assert list(contacts.where(**equal)) == expected
        assert contacts.find(**equal) == next(iter(expected), None)
        assert contacts.count(**equal) == contacts.counter(*equal)(*equal.values()) == len(expected)
        assert contacts.page(3, 2, **equal) == expected[2:5]
        assert contacts.page(3, 2, descending=True, **equal) == expected[::-1][2:5]
        assert contacts.page(10**30, 0, **equal) == expected
        assert contacts.page(0, 0, **equal) == contacts.page(5, 10**30, **equal) == []

    def test_rows_come_by_id_whatever_the_order_they_were_put_in(self, store):
        for row_id in (5, 3, 900, 1):
            store[Tag].put(Tag(id=row_id, name=str(row_id)))

        assert [row.id for row in store[Tag].where()] == [1, 3, 5, 900]
        assert [row.id for row in store[Tag].page(2, 1, descending=True)] == [5, 3]

    def test_many_rows_are_found_in_order_and_in_pages(self, store):
        with store.transaction():
            for number in range(5000):
                store[Contact].add(email=str(number), status=number % 2)
            store[Contact].remove_where(list_id=1, is_active=True)

        assert [row.id for row in store[Contact].where(list_id=1)] == list(range(1, 5001, 2))
        assert [row.id for row in store[Contact].page(2, 2400, list_id=1)] == [4801, 4803]
        assert [row.id for row in store[Contact].page(2, 2400, descending=True, list_id=1)] == [199, 197]
        assert store[Contact].count(list_id=1, is_active=False) == store[Contact].count() == 2500

    def test_rows_may_be_removed_while_they_are_walked(self, store):
        add_many(store, *map(str, range(100)))

        for row in store[Contact].where(list_id=1):
            store[Contact].remove(row)

        assert store[Contact].count() == 0

    @pytest.mark.parametrize("name", ["mail", "variables"])
    def test_a_name_that_cannot_be_compared_is_refused(self, store, name):
        for ask in (store[Contact].find, store[Contact].count):
            with pytest.raises(TypeError, match=f"tests.contacts cannot be searched by {name}"):
                ask(**{name: 1})

    def test_a_negative_page_is_refused(self, store):
        with pytest.raises(ValueError, match="-1"):
            store[Contact].page(-1, 0)
        with pytest.raises(ValueError, match="-2"):
            store[Contact].page(1, -2)


class TestUniqueIndexes:
    def test_a_duplicate_is_refused_by_name_and_changes_nothing(self, store):
        _, bob = add_many(store, "ada", "bob")
        before = seen(store)

        for attempt in (
            lambda: store[Contact].add(email="ada", status=1),
            lambda: store[Contact].put(Contact(id=9, email="ada", status=1)),
            lambda: store[Contact].put(Contact(id=bob.id, email="ada", status=1)),
            lambda: store[Contact].change(bob, email="ada", status=1),
        ):
            with pytest.raises(
                Duplicate, match=r"tests\.contacts already has a row with list_id=1, email='ada'"
            ) as caught:
                attempt()
            assert (caught.value.entity, caught.value.index, caught.value.values) == (
                "tests.contacts", ("list_id", "email"), (1, "ada"),
            )  # fmt: skip
            assert seen(store) == before

    def test_an_id_is_added_once(self, store):
        add_many(store, "ada")

        with pytest.raises(Duplicate, match=r"tests\.contacts already has a row with id=1"):
            store[Contact].add(id=1, email="bob")

    def test_the_same_values_may_stand_elsewhere(self, backend):
        add_many(backend.store(1), "ada")

        backend.store(1)[Contact].add(list_id=2, email="ada")
        backend.store(2)[Contact].add(list_id=1, email="ada")

        assert backend.store(1)[Contact].count() == 2

    def test_the_index_is_named_that_a_duplicate_breaks(self, store):
        labels = store[Label]
        labels.add(tag=1, phone=5)
        labels.add(tag=1, email="ada")

        with pytest.raises(Duplicate, match="tag=1, phone=5") as by_phone:
            labels.add(tag=1, phone=5)
        with pytest.raises(Duplicate, match="tag=1, email='ada'") as by_email:
            labels.add(tag=1, email="ada")

        assert (by_phone.value.index, by_email.value.index) == (("tag", "phone"), ("tag", "email"))
        assert labels.count() == 2

    def test_a_row_that_becomes_a_duplicate_is_refused_and_one_that_stays_itself_is_not(self, store):
        labels = store[Label]
        one, other = labels.add(tag=1, phone=5), labels.add(tag=1, phone=6, email="ada")

        with pytest.raises(Duplicate, match="tag=1, phone=5") as refused:
            labels.change(other, phone=5)
        changed = labels.change(one, email="bob")

        assert refused.value.values == (1, 5)
        assert [*labels.where()] == [changed, other]

    def test_none_is_not_held_to_a_unique_index(self, store):
        first = store[Contact].add(email=None)

        store[Contact].add(email=None)

        assert store[Contact].count(list_id=1) == 2
        assert store[Contact].find(list_id=1, email=None) == first

    def test_values_are_free_again_after_a_change_or_a_removal(self, store):
        ada, bob = add_many(store, "ada", "bob")
        store[Contact].change(ada, email="augusta")
        store[Contact].remove(bob)

        again = add_many(store, "ada", "bob")

        assert [row.id for row in again] == [3, 4]


class TestTransactions:
    def test_what_is_done_inside_stays(self, store):
        with store.transaction():
            ada, bob = add_many(store, "ada", "bob")
            store[Contact].change(ada, status=1)
            store[Contact].remove(bob)

        assert [row.status for row in store[Contact].where()] == [1]
        assert store[Contact].count() == store[Contact].count(list_id=1, is_active=True) == 1

    def test_an_exception_comes_through(self, store):
        mishap = MishapError()

        with pytest.raises(MishapError) as caught, store.transaction():
            raise mishap

        assert caught.value is mishap

    @pytest.mark.parametrize("used_before", [True, False])
    def test_an_exception_undoes_everything(self, store, used_before):
        if used_before:
            add_many(store, *map(str, range(10)), status=1)
            store[Tag].add(name="vip")
        before = store.snapshot()
        all_before = seen(store) if used_before else None

        with failing(store) as changes:
            (ada,) = add_many(store, "ada", status=1)
            store[Contact].change(ada, status=2)
            store[Contact].put(Contact(id=3, list_id=2, email="moved"))
            store[Contact].remove_where(list_id=1, is_active=True)
            store[Tag].add(name="new")
            store.clear()
            add_many(store, "after")
            store.restore({"rows": {"tests.tags": [{"id": 7, "name": "restored"}]}})
            assert store[Tag].count() == 1

        assert store.snapshot() == before
        assert all_before in (None, seen(store))
        assert changes.summary() == {"added": [], "changed": [], "removed": [], "left_out": 0}
        assert not changes.cleared
        assert store[Contact].add(email="next").id == (11 if used_before else 1)

    def test_counts_inside_are_those_of_the_transaction(self, store):
        add_many(store, "ada")

        with store.transaction():
            add_many(store, "bob", status=1)
            inside = store[Contact].count(), store[Contact].count(list_id=1, is_active=True)
            store[Contact].remove_where()
            emptied = store[Contact].count()

        assert inside == (2, 1)
        assert emptied == store[Contact].count() == 0

    def test_an_inner_one_fails_alone(self, store):
        with store.transaction() as changes:
            add_many(store, "ada")
            with failing(store) as inner:
                assert inner is changes
                add_many(store, "bob")
                store.clear()
                store[Tag].add(name="vip")
            add_many(store, "carol")

        assert [row.email for row in store[Contact].where()] == ["ada", "carol"]
        assert (store[Contact].count(), store[Tag].count()) == (2, 0)
        assert [row.email for row in changes.added] == ["ada", "carol"]
        assert not changes.cleared

    def test_an_inner_one_is_undone_with_the_outer_one(self, store):
        with failing(store), store.transaction():
            add_many(store, "ada")

        assert store[Contact].count() == 0

    def test_what_comes_afterwards_sees_what_was_kept(self, store):
        seen_afterwards: list[int] = []
        with store.transaction():
            store.afterwards(lambda: seen_afterwards.append(store[Contact].count()))
            with store.transaction():
                store.afterwards(lambda: add_many(store, "later"))
            add_many(store, "ada")
            assert seen_afterwards == []

        assert seen_afterwards == [1]
        assert store[Contact].count() == 2

    def test_outside_of_any_it_comes_at_once(self, store):
        done: list[str] = []

        store.afterwards(lambda: done.append("step"))

        assert done == ["step"]

    def test_what_is_undone_has_nothing_afterwards(self, store):
        done: list[str] = []
        with failing(store):
            store.afterwards(lambda: done.append("undone"))
        with store.transaction():
            store.afterwards(lambda: done.append("kept"))
            with failing(store):
                store.afterwards(lambda: done.append("undone inside"))

        assert done == ["kept"]

    def test_a_refusal_inside_leaves_the_rest(self, store):
        with store.transaction():
            add_many(store, "ada")
            with pytest.raises(Duplicate):
                add_many(store, "ada")
            add_many(store, "bob")

        assert store[Contact].count() == store[Contact].count(list_id=1) == 2

    def test_changes_tell_what_happened_in_order(self, store):
        ada, bob = add_many(store, "ada", "bob")

        with store.transaction() as changes:
            (carol,) = add_many(store, "carol")
            changed = store[Contact].change(ada, status=1, phone=5)
            store[Contact].change(ada, status=1)
            store[Contact].remove(bob)
            tag = store[Tag].add(name="vip")

        assert changes.added == [carol, tag]
        assert changes.changed == [(ada, changed)]
        assert changes.removed == [bob]

    def test_the_summary_is_json_and_counts_what_it_leaves_out(self, store):
        with store.transaction() as changes:
            tag = store[Tag].add(name="vip")
            store[Tag].change(tag, name="best")
            store[Tag].remove(tag)
            store[Tag].add(name="other")

        summary = changes.summary(limit=3)

        assert json.loads(json.dumps(summary)) == {
            "added": [{"entity": "tests.tags", "row": {"id": 1, "name": "vip"}}],
            "changed": [{"entity": "tests.tags", "row": {"id": 1, "name": "best"}, "before": {"name": "vip"}}],
            "removed": [{"entity": "tests.tags", "row": {"id": 1, "name": "best"}}],
            "left_out": 1,
        }


class TestWholeStores:
    def test_clear_removes_this_account_alone_and_restarts_ids(self, backend):
        add_many(backend.store(1), "ada", "bob")
        add_many(backend.store(2), "ada")

        backend.store(1).clear()

        assert backend.store(1)[Contact].count() == backend.store(1)[Contact].count(list_id=1) == 0
        assert backend.store(1)[Contact].find(list_id=1, email="ada") is None
        assert backend.store(1)[Contact].add(email="ada").id == 1
        assert backend.store(2)[Contact].count() == 1

    def test_a_dropped_account_is_new_when_asked_for_again(self, backend):
        add_many(backend.store(1), "ada")
        add_many(backend.store(2), "ada")

        backend.drop(1)
        backend.drop(77)

        assert backend.store(1)[Contact].count() == 0
        assert backend.store(1)[Contact].add(email="bob").id == 1
        assert backend.store(2)[Contact].count() == 1

    def test_a_snapshot_brings_everything_back_elsewhere(self, backend):
        source, target = backend.store(1), backend.store(2)
        _, bob = add_many(source, "ada", "bob", status=1, variables={"a": [1]})
        source[Contact].remove(bob)
        add_many(target, "other", list_id=5)

        target.restore(json.loads(json.dumps(source.snapshot())))

        assert seen(target) == seen(source)
        assert target[Contact].count(list_id=5) == 0
        assert target[Contact].add(email="carol").id == 3

    def test_a_snapshot_is_plain_json(self, store):
        store[Tag].add(name="vip")

        assert store.snapshot() == {"rows": {"tests.tags": [{"id": 1, "name": "vip"}]}, "next_ids": {"tests.tags": 2}}

    def test_rows_written_by_hand_may_lack_ids_and_defaults(self, store):
        store.restore({"rows": {"tests.contacts": [{"email": "ada"}, {"email": "bob", "id": 1}]}})

        assert [(row.id, row.email, row.list_id) for row in store[Contact].where()] == [(1, "bob", 1), (2, "ada", 1)]

    @pytest.mark.parametrize(
        ("snapshot", "complaint"),
        [
            ({"rows": {"tests.unheard": []}}, "tests.unheard"),
            ({"rows": {"tests.tags": [{"name": "a"}, {"name": "b", "colour": 1}]}}, "tests.tags has no field 'colour'"),
            ({"rows": {"tests.tags": [{"name": "a"}, {"id": 2}]}}, "tests.tags needs the field 'name'"),
            ({"rows": {"tests.tags": [{"id": 0, "name": "a"}]}}, "not 0"),
            ({"row": {}}, "'row'"),
            ({"next_ids": {"tests.unheard": 3}}, "tests.unheard"),
        ],
    )
    def test_a_wrong_snapshot_is_refused_and_changes_nothing(self, store, snapshot, complaint):
        add_many(store, "ada", status=1)
        before = seen(store)

        with pytest.raises(ValueError, match=complaint):
            store.restore(snapshot)

        assert seen(store) == before

    @pytest.mark.parametrize("next_id", [1, 2, 2**63 - 1])
    def test_a_snapshot_says_which_id_is_given_next(self, store, next_id):
        store.restore({"next_ids": {"tests.tags": next_id}})

        assert store[Tag].add(name="first").id == next_id

    def test_a_snapshot_may_say_that_all_ids_are_given(self, store):
        store.restore({"next_ids": {"tests.tags": 2**63}})

        with pytest.raises(ValueError, match="an id lies between 1 and"):
            store[Tag].add(name="none left")

    @pytest.mark.parametrize("next_id", [0, -1, 2**63 + 1, True, 1.0, "1", None])
    def test_a_next_id_that_cannot_be_is_refused(self, store, next_id):
        with pytest.raises(ValueError, match=r"the next id of tests\.tags cannot be .*; give a whole number from 1"):
            store.restore({"next_ids": {"tests.tags": next_id}})

    def test_a_snapshot_with_duplicates_is_refused_and_changes_nothing(self, store):
        add_many(store, "ada", status=1)
        before = seen(store)

        with pytest.raises(Duplicate):
            store.restore({"rows": {"tests.tags": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}})

        assert seen(store) == before

    def test_accounts_work_in_threads_at_once(self, backend):
        failures = []

        def work(account):
            try:
                store = backend.store(account)
                for number in range(40):
                    with store.transaction():
                        row = store[Contact].add(email=str(number))
                        store[Contact].change(row, status=number % 2)
                    with failing(store):
                        store[Contact].remove_where(list_id=1)
                    assert store[Contact].count(list_id=1) == number + 1
            except BaseException as error:
                failures.append(error)
                raise

        threads = [threading.Thread(target=work, args=(account,)) for account in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        assert [backend.store(account)[Contact].count(list_id=1, is_active=True) for account in range(4)] == [20] * 4


class TestURLs:
    def test_no_url_means_memory(self):
        assert isinstance(open_backend(None), MemoryBackend)

    def test_four_slashes_begin_an_absolute_path_and_three_a_relative_one(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert tmp_path.is_absolute()

        open_backend(f"sqlite:///{tmp_path}/absolute.db").close()
        open_backend("sqlite:///relative.db").close()

        assert {path.name for path in tmp_path.iterdir()} == {"absolute.db", "relative.db"}

    @pytest.mark.parametrize(
        "url", ["", "accounts.db", "sqlite://accounts.db", "sqlite:///", "postgresql://localhost/x"]
    )
    def test_any_other_url_is_refused_with_the_accepted_forms(self, url):
        with pytest.raises(ValueError, match="sqlite:///FILE"):
            open_backend(url)
