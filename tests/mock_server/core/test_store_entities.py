"""What may be declared an entity."""

from dataclasses import FrozenInstanceError
from enum import StrEnum
from typing import Any, Literal

import pytest

from mock_server.core.store import MemoryBackend, entity
from mock_server.core.store.sqlite import SQLiteBackend


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
    with pytest.raises(TypeError, match=r"tests\.declared\.lost: the first field must be `id: int`"):

        @entity("tests.declared.lost")
        class Lost:
            name: str
            id: int


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
