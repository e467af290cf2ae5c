"""What may be declared an entity."""

import re
from dataclasses import FrozenInstanceError, field
from enum import StrEnum
from typing import Any, Literal

import pytest

from mock_server.core.store import MemoryBackend, entity, entity_named
from mock_server.core.store.entities import entity_of
from mock_server.core.store.sqlite import SQLiteBackend
from mock_server.services.email.entities import Contact


class Status(StrEnum):
    NEW = "new"


def test_an_entity_is_frozen_slotted_and_keyword_only():
    @entity("tests.declared.row")
    class Declared:
        id: int
        name: str = ""

    row = Declared(id=1, name="a")

    with pytest.raises(FrozenInstanceError):
        row.name = "b"
    with pytest.raises(TypeError):
        Declared(1, "a")
    assert not hasattr(row, "__dict__")


def test_the_first_field_is_the_id():
    with pytest.raises(TypeError, match=r"tests\.declared\.lost: the first field must be `id: int`, not \('name',\)$"):

        @entity("tests.declared.lost")
        class Lost:
            name: str
            id: int


def test_an_entity_has_fields():
    with pytest.raises(TypeError, match=r"tests\.declared\.bare: the first field must be `id: int`, not nothing$"):

        @entity("tests.declared.bare")
        class Bare:
            pass


def test_an_entity_that_is_not_there_is_told_with_those_that_services_keep():
    with pytest.raises(ValueError, match=r"^unknown entity: 'email\.moon'; use one of: (.*)$") as told:
        entity_named("email.moon")

    known = str(told.value).partition("use one of: ")[2].split(", ")
    assert known == sorted(known)
    assert entity_of(Contact).name in known
    assert not [name for name in known if name.startswith("core.")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"name": 5}, "name of tests.declared.whole cannot be 5; give a text"),
        ({"name": "a", "size": "5"}, "size of tests.declared.whole cannot be '5'; give a whole number or null"),
        ({"name": "a", "size": True}, "size of tests.declared.whole cannot be True; give a whole number or null"),
        ({"name": "a", "share": "5"}, "share of tests.declared.whole cannot be '5'; give a number or a whole number"),
        ({"name": "a", "facts": []}, "facts of tests.declared.whole cannot be []; give an object"),
        ({"name": "a", "names": {}}, "names of tests.declared.whole cannot be {}; give a list"),
        ({"name": "a", "is_good": 1}, "is_good of tests.declared.whole cannot be 1; give true or false"),
        (
            {"name": "a", "nam": 1},
            "tests.declared.whole has no field 'nam'; it has id, name, size, share, facts, names",
        ),
        ({"size": 1}, "tests.declared.whole needs the field 'name', which is not in {'size': 1}"),
        (5, "a row of tests.declared.whole cannot be 5; give an object"),
        ({"b": 1, "a": 1}, "tests.declared.whole has no field 'a'; it has id, name"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_what_could(row, told):
    @entity("tests.declared.whole")
    class Whole:
        id: int
        name: str
        size: int | None = None
        share: float = 1
        facts: dict[str, Any] = field(default_factory=dict)
        names: list[str] = field(default_factory=list)
        is_good: bool = False
        anything: Any = None

    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        MemoryBackend().store(1).add_rows({"tests.declared.whole": [row]})


def test_the_first_field_that_a_row_lacks_is_named():
    @entity("tests.declared.lacking")
    class Lacking:
        id: int
        name: str
        size: int

    with pytest.raises(ValueError, match=r"lacking needs the field 'name', which is not in \{\}$"):
        MemoryBackend().store(1).add_rows({"tests.declared.lacking": [{}]})


def test_a_row_may_hold_what_its_fields_take():
    @entity("tests.declared.taking")
    class Taking:
        id: int
        share: float
        anything: Any

    store = MemoryBackend().store(1)
    store.add_rows({"tests.declared.taking": [{"share": 1, "anything": value} for value in (None, 1, "a", [], {})]})

    assert [row.anything for row in store[Taking].where()] == [None, 1, "a", [], {}]


def test_an_index_names_fields_and_properties_only():
    with pytest.raises(TypeError, match=r"tests\.declared\.odd: indexes name mail,"):

        @entity("tests.declared.odd", indexes=[("mail",)])
        class Odd:
            id: int
            email: str


def test_a_name_is_taken_once():
    @entity("tests.declared.taken")
    class First:
        id: int

    with pytest.raises(ValueError, match=r"'tests\.declared\.taken' is taken by .*First"):

        @entity("tests.declared.taken")
        class Second:
            id: int


@pytest.mark.parametrize("backend", ["memory", "sqlite"])
def test_a_type_that_cannot_be_kept_is_refused_everywhere(backend, tmp_path):
    @entity("tests.declared.bytes")
    class Raw:
        id: int
        content: bytes

    opened = MemoryBackend() if backend == "memory" else SQLiteBackend(tmp_path / "accounts.db")

    with pytest.raises(TypeError, match=r"tests\.declared\.bytes\.content: <class 'bytes'> cannot be kept"):
        opened.store(1)[Raw]
    opened.close()


def test_a_json_field_is_not_indexed():
    @entity("tests.declared.indexed_json", indexes=[("variables",)])
    class Indexed:
        id: int
        variables: dict[str, Any]

    with pytest.raises(TypeError, match="variables cannot be indexed"):
        MemoryBackend().store(1)[Indexed]


@pytest.mark.parametrize("backend", ["memory", "sqlite"])
def test_enums_literals_and_anything_json_are_kept(backend, tmp_path):
    @entity("tests.declared.fancy", indexes=[("status", "mode")])
    class Fancy:
        id: int
        status: Status
        mode: Literal["a", "b"] | None
        flag: int | bool
        anything: Any

    opened = MemoryBackend() if backend == "memory" else SQLiteBackend(tmp_path / "accounts.db")
    rows = opened.store(1)[Fancy]
    added = [rows.add(status=Status.NEW, mode="a", flag=True, anything=value) for value in ("text", 5, [1], None)]

    assert list(rows.where(status="new", mode="a")) == added
    assert rows.get(1).flag is True
    opened.close()
