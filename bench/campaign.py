"""A large list, filled in batches, and one campaign to all of it: time and memory for each contact.

The time is CPU time of the whole emulator, in process, from the first call to the campaign's last mail.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Final, NamedTuple

from bench.figures import Figure, ratios
from bench.month import HTML, START, readers
from mock_server import AccountHandle, MockServer

FEW, MANY = 1_000, 100_000
BATCH: Final = 1_000
WEIGHED: Final = 20_000
"""Recipients of the campaign whose memory is measured, which takes several times as long."""

TURNS: Final = 3
OPTIONS: Final = {"clock": START, "limits": "off", "plan": "enterprise", "settings": {"emails_left": MANY}}


class Cost(NamedTuple):
    """Microseconds of CPU for each contact: added, and mailed from the call that creates the campaign to its end."""

    adding: float
    mailing: float


def figures() -> Iterator[Figure]:
    yield from _times("", lambda: None)
    yield Figure("  a recipient in memory: what became of the mail, the mail", [footprint()], unit="bytes")
    with tempfile.TemporaryDirectory() as folder:
        numbers = count()
        yield from _times(", SQLite", lambda: f"sqlite:///{folder}/{next(numbers)}.db")
        yield Figure("  the same in SQLite", [size_in_file(Path(folder))], unit="bytes")


def _times(where: str, database: Callable[[], str | None]) -> Iterator[Figure]:
    """A ratio shows whether the work grows with the list, so Python's collector, whose work does, is off for it."""
    cost(FEW, database())  # imports what it needs
    gc.disable()
    few, many = zip(*[(_mean(FEW, database), cost(MANY, database())) for _ in range(TURNS)], strict=True)
    gc.enable()
    collected = cost(MANY, database())
    for what in Cost._fields:
        ours, theirs = [getattr(one, what) for one in many], [getattr(one, what) for one in few]
        yield Figure(f"{what}{where}, each of {MANY:,} contacts / of {FEW:,}", ratios(ours, theirs), 1.2)
        yield Figure(f"  {what}{where}, each of {MANY:,}", ours, unit="µs")
        yield Figure(
            f"  {what}{where}, each of {MANY:,}, with Python's collector", [getattr(collected, what)], unit="µs"
        )


def _mean(contacts: int, database: Callable[[], str | None]) -> Cost:
    """Of a few campaigns, as one is over too soon to be timed."""
    costs = [cost(contacts, database()) for _ in range(10)]
    return Cost(*map(fmean, zip(*costs, strict=True)))


def cost(contacts: int, database: str | None) -> Cost:
    with closing(MockServer(database=database)) as mock, mock.intercept(**OPTIONS) as account:
        gc.collect()
        began = process_time()
        book = fill(account, contacts)
        added = process_time()
        mail(account, book)
        mailed = process_time()
    return Cost((added - began) / contacts * 1e6, (mailed - added) / contacts * 1e6)


def fill(account: AccountHandle, contacts: int) -> int:
    """A list of so many active contacts, which were added in batches."""
    lists = account.client.email.mailing_lists
    book = lists.create("Readers").id
    for first in range(0, contacts, BATCH):
        lists.add_emails(book, readers(first, BATCH))
    account.clock.advance("1m")
    return book


def mail(account: AccountHandle, book: int) -> None:
    """A campaign to a whole list, to its end."""
    campaigns = account.client.email.campaigns
    made = campaigns.create(
        sender_name="The editors", sender_email=account.sender, subject="News", html=HTML, list_id=book
    )
    account.clock.advance("1h")
    assert campaigns.list()[0].statistics["delivered"] == made.count


def footprint() -> float:
    """Bytes that a campaign takes for each of its recipients."""
    with closing(MockServer()) as mock, mock.intercept(**OPTIONS) as account:
        book = fill(account, WEIGHED)
        gc.collect()
        tracemalloc.start()
        mail(account, book)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / WEIGHED


def size_in_file(folder: Path) -> float:
    """What a file grows by for each recipient."""
    return (_size(folder / "mailed.db", fill_and_mail) - _size(folder / "filled.db", fill)) / WEIGHED


def fill_and_mail(account: AccountHandle, contacts: int) -> None:
    mail(account, fill(account, contacts))


def _size(path: Path, done: Callable[[AccountHandle, int], object]) -> int:
    """The size of a file after something was done in it. What an account that is gone took, a file keeps."""
    with closing(MockServer(database=f"sqlite:///{path}")) as mock, mock.intercept(**OPTIONS) as account:
        done(account, WEIGHED)
    return path.stat().st_size
