"""Fetching: the index and what it names on the same server, and nothing else."""

from __future__ import annotations

import re

import pytest
from shop import DOCUMENT

from contracts.verify.drift.fetching import fetch

INDEX = "https://shop.example.com/openapi/index.yaml"


class Server:
    """What lies under some addresses; remembers what was asked for."""

    def __init__(self, **files):
        self.files = {
            INDEX.replace("index.yaml", name.replace("_", ".")): text.encode() for name, text in files.items()
        }
        self.asked = []

    def read(self, address):
        self.asked.append(address)
        if address not in self.files:
            raise OSError(f"{address} answers 404, not 200")
        return self.files[address]


def test_an_index_that_is_a_document_is_fetched_alone():
    server = Server(index_yaml=DOCUMENT)

    assert fetch(INDEX, server.read) == {"index.yaml": DOCUMENT.encode()}
    assert server.asked == [INDEX]


def test_documents_that_an_index_names_are_fetched_once_each():
    index = f"apis:\n  - url: carts.yaml\n  - {{url: '{INDEX.replace('index', 'carts')}'}}\n  - /openapi/more.json\n"
    server = Server(index_yaml=index, carts_yaml=DOCUMENT, more_json="{}")

    assert fetch(INDEX, server.read) == {
        "index.yaml": index.encode(),
        "carts.yaml": DOCUMENT.encode(),
        "more.json": b"{}",
    }
    assert len(server.asked) == 3


def test_a_reference_is_fetched_without_its_fragment():
    server = Server(index_yaml="paths: {$ref: 'carts.yaml#/paths'}\nopenapi: 3.1.0", carts_yaml=DOCUMENT)

    assert sorted(fetch(INDEX, server.read)) == ["carts.yaml", "index.yaml"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example.com/carts.yaml",
        "http://shop.example.com/carts.yaml",
        "https://shop.example.com:444/carts.yaml",
        "//elsewhere.example.com/carts.yaml",
        "https://shop.example.com@elsewhere.example.com/carts.yaml",
        "file:///etc/carts.yaml",
        "https://[/carts.yaml",
        "see carts.yaml",
        "carts.html",
    ],
)
def test_nothing_else_is_contacted(elsewhere):
    server = Server(index_yaml=f'url: "{elsewhere}"')

    fetch(INDEX, server.read)

    assert server.asked == [INDEX]


@pytest.mark.parametrize(
    ("index", "complaint"),
    [
        ("a: [", "index.yaml: line "),
        ("[a/carts.yaml, b/carts.yaml]", "names two documents 'carts.yaml'"),
        ("['%2e%2e%2f.yaml']", "names no document"),
        (f"[{', '.join(f'{number}.yaml' for number in range(101))}]", "names 101 documents; more than 100 are not"),
    ],
)
def test_an_index_that_cannot_be_followed_is_told(index, complaint):
    server = Server(index_yaml=index, carts_yaml=DOCUMENT)
    server.files |= {INDEX.replace("index", f"{folder}/carts"): b"{}" for folder in "ab"}

    with pytest.raises(ValueError, match=re.escape(complaint)):
        fetch(INDEX, server.read)


def test_a_document_that_is_not_there_is_told():
    with pytest.raises(OSError, match=r"carts\.yaml answers 404"):
        fetch(INDEX, Server(index_yaml="[carts.yaml]").read)
