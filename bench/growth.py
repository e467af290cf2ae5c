"""What a list that grows costs: calls with few and with many contacts in it, bytes a contact; in memory, in a file.

The calls go through the whole emulator, in process: look up one contact, show a page of ten, add one.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path

from bench.figures import TURNS, Figure, cost, ratios
from bench.server import BOUNDLESS, token_of
from mock_server.app import make_emulator
from mock_server.core.store import MemoryBackend, Store
from mock_server.core.store.sqlite import SQLiteBackend
from mock_server.emulator import Emulator
from mock_server.services.email.entities import Contact, MailingList
from mock_server.services.email.statuses import ACTIVE

FEW, MANY = 1_000, 1_000_000
IN_FILE = 100_000
CALLS = 300
ADDED = 1_700_000_000_000_000


def figures() -> Iterator[Figure]:
    for name, turns in growth(None, MANY).items():
        yield Figure(f"{name}, {MANY:,} contacts in a list / {FEW:,}", turns, 1.2)
    yield Figure("a contact in memory", [footprint()], 350, "bytes")
    with tempfile.TemporaryDirectory() as folder:
        for name, turns in growth(f"sqlite:///{folder}/growth.db", IN_FILE).items():
            yield Figure(f"{name}, SQLite, {IN_FILE:,} contacts in a list / {FEW:,}", turns, 1.2)
        yield Figure("a contact in SQLite", [size_in_file(Path(folder, "size.db"))], 120, "bytes")


def growth(database: str | None, many: int) -> dict[str, list[float]]:
    """How many times dearer each call is in a list of `many` contacts than in one of `FEW`, a value a turn."""
    emulator = make_emulator(database=database)
    small, big = Book(emulator, FEW), Book(emulator, many)
    gc.collect()
    gc.freeze()  # or a collection that walks a million rows falls into this turn or that
    turns = {
        name: ratios(
            *zip(
                *[(cost(partial(request, big), CALLS), cost(partial(request, small), CALLS)) for _ in range(TURNS)],
                strict=True,
            )
        )
        for name, request in REQUESTS.items()
    }
    gc.unfreeze()
    emulator.close()
    return turns


class Book:
    """A list of contacts, in an account of its own."""

    def __init__(self, emulator: Emulator, contacts: int) -> None:
        self._emulator = emulator
        account = emulator.world.make_account(limits=BOUNDLESS)
        self._token = token_of(emulator, account)
        self._size = contacts
        self._numbers = count()
        self.path = f"/addressbooks/{account.store[MailingList].add(name='Readers', created=ADDED).id}/emails"
        fill(account.store, contacts)

    def some_address(self) -> str:
        """One from anywhere, so that a cache holds as little of many contacts as it would in use."""
        return address(next(self._numbers) * 7919 % self._size)

    def new_address(self) -> str:
        return address(self._size + next(self._numbers))

    def call(self, method: str, path: str, query: str = "", body: str = "") -> None:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            "wsgi.input": BytesIO(body.encode()),
        }
        self._emulator(environ, _expect_success)


def _expect_success(status: str, _: object) -> Callable[[bytes], object]:
    assert status == "200 OK", status
    return lambda _: None


def fill(store: Store, contacts: int) -> None:
    with store.transaction():
        for number in range(contacts):
            store[Contact].add(list_id=1, email=address(number), status=ACTIVE, added=ADDED, phone=None, variables={})


def address(number: int) -> str:
    return f"user{number}@example.com"


REQUESTS: dict[str, Callable[[Book], None]] = {
    "look-up": lambda book: book.call("GET", f"{book.path}/{book.some_address()}"),
    "page of 10": lambda book: book.call("GET", book.path, query="limit=10"),
    "add": lambda book: book.call("POST", book.path, body=f'{{"emails": ["{book.new_address()}"]}}'),
}


def footprint() -> float:
    """Bytes a contact in memory, its address included."""
    fill(MemoryBackend().store(1), 10 * FEW)  # imports what a long list needs
    store = MemoryBackend().store(1)
    tracemalloc.start()
    fill(store, IN_FILE)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / IN_FILE


def size_in_file(path: Path) -> float:
    backend = SQLiteBackend(path)
    fill(backend.store(1), IN_FILE)
    backend.close()
    return path.stat().st_size / IN_FILE
