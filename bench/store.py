"""What the store costs: memory and time, at 1,000 and at 1,000,000 rows, in memory and in a file.

Run from the repository's root: python -m bench.store [--rows 1000000]
"""

import argparse
import gc
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from mock_server.core.store import Backend, MemoryBackend, Store, entity
from mock_server.core.store.sqlite import SQLiteBackend

FEW = 1_000
IN_FILE = 100_000
TRIES = 7


@entity("bench.contacts", unique=[("list_id", "email")], indexes=[("list_id",), ("list_id", "is_active")])
class Contact:
    id: int
    list_id: int
    email: str
    phone: int | None
    status: int
    variables: dict[str, Any]

    @property
    def is_active(self) -> bool:
        return self.status == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    print_footprint()
    print_times("memory", MemoryBackend, rows)
    with tempfile.TemporaryDirectory() as folder:
        files = (Path(folder) / f"{number}.db" for number in range(100))
        print_times("SQLite", lambda: SQLiteBackend(next(files)), IN_FILE)
        print_file(Path(folder))


def fill(store: Store, rows: int, *, first: int = 0) -> None:
    table = store[Contact]
    for number in range(first, first + rows):
        table.add(list_id=1, email=email(number), phone=None, status=number % 2, variables={})


def email(number: int) -> str:
    return f"user{number}@example.com"


def print_footprint() -> None:
    backend = MemoryBackend()
    tracemalloc.start()
    fill(backend.store(1), IN_FILE)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"memory: {size / IN_FILE:.0f} bytes a contact at {IN_FILE:,}")


def print_times(name: str, open_backend: Callable[[], Backend], many: int) -> None:
    print(f"\n{name + ', µs a call':28}{FEW:>12,}{many:>12,}{'ratio':>8}")
    columns = [measure(open_backend(), rows) for rows in (FEW, many)]
    for operation, little in columns[0].items():
        print(f"{operation:28}{little:12.2f}{columns[1][operation]:12.2f}{columns[1][operation] / little:8.2f}")


def measure(backend: Backend, rows: int) -> dict[str, float]:
    store = backend.store(1)
    with store.transaction():
        fill(store, rows)
    table = store[Contact]
    gc.collect()
    middle = rows // 2
    # Spread, so that a cache holds as little of many rows as it would in use.
    ids = [1 + number * 7919 % rows for number in range(1000)]
    costs = {
        "get": timed(lambda: [table.get(row_id) for row_id in ids], 1000),
        "find by unique index": timed(lambda: [table.find(list_id=1, email=email(row_id - 1)) for row_id in ids], 1000),
        "first page of 10": timed(lambda: [table.page(10, 0, list_id=1) for _ in ids], 1000),
        "page of 10 in the middle": timed(lambda: [table.page(10, middle, list_id=1) for _ in ids[:100]], 100),
        "count of an index": timed(lambda: [table.count(list_id=1, is_active=True) for _ in ids], 1000),
    }
    added = iter(range(rows, 2 * rows + 100_000, 300))
    costs["add"] = timed(lambda: fill(store, 300, first=next(added)), 300)
    row = table.get(middle)
    assert row
    phones = iter(range(1_000_000))
    costs["change without index"] = timed(lambda: [table.change(row, phone=next(phones)) for _ in range(300)], 300)
    costs["change within an index"] = timed(
        lambda: [table.change(row, status=next(phones) % 2) for _ in range(300)], 300
    )
    accounts = iter(range(2, 100_000))
    costs["a new account's store"] = timed(lambda: [backend.store(next(accounts)) for _ in range(1000)], 1000)
    backend.close()
    return costs


def timed(work: Callable[[], object], calls: int) -> float:
    """The best of several tries, in microseconds a call."""
    return min(once(work) for _ in range(TRIES)) / calls * 1e6


def once(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def print_file(folder: Path) -> None:
    """Size on disk, and the time to open what a killed process left."""
    path = folder / "killed.db"
    program = (
        "import sys, time\n"
        "from bench.store import *\n"
        f"store = SQLiteBackend({str(path)!r}).store(1)\n"
        "with store.transaction():\n"
        f"    fill(store, {IN_FILE})\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    start = perf_counter()
    backend = SQLiteBackend(path)
    assert backend.store(1)[Contact].count() == IN_FILE
    print(f"\nSQLite: {(perf_counter() - start) * 1000:.0f} ms to open {IN_FILE:,} contacts after SIGKILL")
    backend.close()
    print(f"SQLite: {path.stat().st_size / IN_FILE:.0f} bytes a contact at {IN_FILE:,}")


if __name__ == "__main__":
    main()
