"""Requests find the operation they mean."""

from __future__ import annotations

import re

import pytest

from contracts.catalogue import Catalogue, Match, Miss, catalogue, declared_in, modules_of, segments_of
from contracts.envelopes import CLASSIC
from contracts.evidence import inferred
from contracts.model import READ, Operation, Service
from contracts.schema import anything
from contracts.wording import BULK_EMAIL

service = Service("library", "Library", CLASSIC, BULK_EMAIL)


def declare(name: str, method: str, path: str, **facts) -> Operation:
    operation = Operation(service, method, path, "", "A test.", anything, READ, inferred("a test"), **facts)
    operation.christen(name)
    return operation


BOOK = declare("books.get", "GET", "/books/{id}")
RENAME = declare("books.rename", "PUT", "/books/{id}")
TOTAL = declare("books.total", "GET", "/books/total")
PAGE = declare("books.page", "GET", "/books/{id}/pages/{page}", variants=("/pages/{page}/of/{id}",))
READERS = declare("books.readers", "GET", "/books/total/readers")
LIBRARY = Catalogue([BOOK, RENAME, TOTAL, PAGE, READERS])


def found(method: str, path: str) -> tuple[str, dict[str, str]]:
    match = LIBRARY.match(method, path)
    assert isinstance(match, Match), match
    return match.operation.name, dict(match.params)


def test_literals_come_before_parameters():
    assert found("GET", "/books/total") == ("books.total", {})
    assert found("GET", "/books/7") == ("books.get", {"id": "7"})


def test_parameter_takes_over_where_a_literal_leads_nowhere():
    assert found("GET", "/books/total/pages/3") == ("books.page", {"id": "total", "page": "3"})


def test_parameter_takes_over_where_a_literal_lacks_the_method():
    assert found("PUT", "/books/total") == ("books.rename", {"id": "total"})


def test_parameters_of_a_variant_keep_their_names_in_another_order():
    assert found("GET", "/pages/3/of/7") == ("books.page", {"id": "7", "page": "3"})


@pytest.mark.parametrize("path", ["/books/7", "books/7", "//books/7", "/books/7/", "///books/7//"])
def test_slashes_at_both_ends_are_folded(path):
    assert found("GET", path) == ("books.get", {"id": "7"})


def test_empty_segment_inside_is_an_empty_parameter():
    assert found("GET", "/books//pages/3") == ("books.page", {"id": "", "page": "3"})


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada%40example.com", "ada@example.com"),
        ("ada+news@example.com", "ada+news@example.com"),
        ("ada%2Bnews", "ada+news"),
        ("a%20b", "a b"),
        ("a%2Fb", "a/b"),
        ("%D0%B0", "а"),
        ("100%", "100%"),
    ],
)
def test_parameters_are_decoded_as_paths_are(raw, value):
    assert found("GET", f"/books/{raw}") == ("books.get", {"id": value})


def test_segments_are_split_before_they_are_decoded():
    assert segments_of("/a%2Fb/c") == ["a/b", "c"]


def test_head_is_answered_as_get():
    assert found("HEAD", "/books/7") == ("books.get", {"id": "7"})


def test_wrong_method_learns_which_methods_the_path_answers():
    assert LIBRARY.match("DELETE", "/books/7") == Miss(("GET", "PUT"))
    assert LIBRARY.match("DELETE", "/books/total") == Miss(("GET", "PUT"))


@pytest.mark.parametrize("path", ["/", "", "/book", "/books", "/books/7/pages", "/books/7/pages/3/4"])
def test_unknown_path_answers_no_method(path):
    assert LIBRARY.match("GET", path) == Miss(())


def test_two_operations_for_the_same_requests_are_refused():
    rival = declare("books.look", "GET", "/books/{book}")

    with pytest.raises(ValueError, match="answer the same requests"):
        Catalogue([BOOK, rival])


def test_two_operations_of_one_name_are_refused():
    namesake = declare("books.get", "GET", "/elsewhere")

    with pytest.raises(ValueError, match="two operations are called"):
        Catalogue([BOOK, namesake])


def test_operation_keeps_its_first_name():
    with pytest.raises(ValueError, match="declared a second time"):
        BOOK.christen("books.other")


def test_every_declared_operation_is_in_the_catalogue():
    import contracts.services

    declared = [name for path, module in modules_of(contracts.services) for name in _names(path, module)]

    assert list(catalogue().by_name) == declared


def _names(path, module):
    return [operation.name for operation in declared_in(module, path)]


@pytest.mark.parametrize("operation", list(catalogue()), ids=lambda operation: operation.name)
def test_every_declared_path_means_its_own_operation(operation):
    for path in (operation.path, *operation.variants):
        names = re.findall(r"\{(\w+)\}", path)
        request = re.sub(r"\{\w+\}", "7", path)

        match = catalogue().match(operation.method, request)

        assert match == Match(operation, dict.fromkeys(names, "7"))
