"""A month of a newsletter, as an application would live it: what it costs, and what the tests hold to be the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from time import perf_counter
from typing import Any, Final

from bench.figures import TURNS, Figure
from mock_server import AccountHandle, MockServer

START: Final = "2026-01-01T08:00:00Z"
DAYS: Final = 30
AT_FIRST, A_DAY = 1_000, 50
"""Contacts that the list begins with, and that come every day."""

BATCH: Final = 250
MAILING_DAYS: Final = (2, 9, 16, 23)
EVENTS: Final = (
    "delivered",
    "open",
    "redirect",
    "unsubscribe",
    "new_emails",
    "delete",
    "spam",
    "task_status_update",
    "soft_bounces",
    "hard_bounces",
)
RATES: Final = {"bounce": 0.02, "softbounce": 0.03, "spam": 0.002, "unsubscribe": 0.01, "open": 0.4, "click": 0.1}
HTML: Final = '<p>Dear {{name}}, <a href="https://example.com/news">read more</a></p>'


def figures() -> Iterator[Figure]:
    took = [seconds(None) for _ in range(TURNS)]
    yield Figure(f"{DAYS} days of a list that grows, 4 campaigns, 10 webhooks", took, 2, "s")


def seconds(database: str | None) -> float:
    """Real time that a month takes, the emulator's start left out."""
    with closing(MockServer(database=database)) as mock, mock.intercept(**account_with(seed=1)) as account:
        began = perf_counter()
        live(account)
        return perf_counter() - began


def account_with(seed: int) -> Any:
    """What the account of a month is like."""
    return {"client_id": "month", "clock": START, "settings": {"reactions": {**RATES, "seed": seed}}}


def live(account: AccountHandle) -> None:
    """Register webhooks, fill a list, and then let day after day pass."""
    lists = account.client.email.mailing_lists
    account.client.email.webhooks.create("https://example.com/hook", EVENTS)
    book = lists.create("Readers").id
    for first in range(0, AT_FIRST, BATCH):
        lists.add_emails(book, readers(first, BATCH))
    for day in range(DAYS):
        account.clock.advance("1d")
        lists.add_emails(book, readers(AT_FIRST + A_DAY * day, A_DAY))
        if day in MAILING_DAYS:
            mail(account, book)
        lists.get(book)
        account.client.email.campaigns.list()


def readers(first: int, number: int) -> list[tuple[str, dict[str, str]]]:
    return [(f"reader{n}@example.com", {"name": f"Reader {n}"}) for n in range(first, first + number)]


def mail(account: AccountHandle, book: int) -> None:
    account.client.email.campaigns.create(
        sender_name="The editors", sender_email=account.sender, subject="News", html=HTML, list_id=book
    )
