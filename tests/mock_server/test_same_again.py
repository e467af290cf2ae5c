"""Nothing is left to chance: the same past leads to the same future, in memory and in a file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.month import DAYS, account_with, live
from mock_server import AccountHandle, MockServer


@dataclass(frozen=True)
class Lived:
    """What a month left behind."""

    journal: list[dict[str, Any]]
    outbox: list[dict[str, Any]]
    webhooks: list[dict[str, Any]]


def month(seed: int, database: str | None = None) -> Lived:
    with closing(MockServer(database=database)) as mock, mock.intercept(**account_with(seed)) as account:
        live(account)
        return lived(account)


def lived(account: AccountHandle) -> Lived:
    """Without what was measured in real time. Tokens are made unreadable already."""
    journal = [entry.as_json() for entry in account.journal]
    for entry in journal:
        entry.pop("duration_ms")
    outbox = [mail.as_json() for mail in account.outbox]
    return Lived(journal, outbox, [batch.as_json() for batch in account.webhooks])


@pytest.fixture(scope="module")
def first() -> Lived:
    return month(seed=1)


def test_a_month_goes_as_it_went_before(first: Lived) -> None:
    assert month(seed=1) == first


def test_a_month_in_a_file_goes_as_in_memory(first: Lived, tmp_path: Path) -> None:
    assert month(seed=1, database=f"sqlite:///{tmp_path}/month.db") == first


def test_another_seed_lets_others_do_the_same(first: Lived) -> None:
    another = month(seed=2)

    assert another.webhooks != first.webhooks
    assert [mail["to"] for mail in another.outbox] != [mail["to"] for mail in first.outbox]


def test_a_month_holds_what_it_should(first: Lived) -> None:
    calls = [entry["operation"] for entry in first.journal if entry["status"] == 200]
    [registered] = [entry for entry in first.journal if entry["operation"] == "email.webhooks.create"]

    assert calls.count("email.mailing_lists.add_emails") == 4 + DAYS
    assert calls.count("email.campaigns.create") == 4
    assert len(registered["answer"]["data"]) == 10
    assert {entry["status"] for entry in first.journal} == {200, 401}  # every day the client's token has expired
    assert {batch["state"] for batch in first.webhooks} == {"kept"}
    told = {event["event"] for batch in first.webhooks for event in batch["events"]}
    assert told >= {"delivered", "open", "redirect", "unsubscribe", "new_emails", "hard_bounces", "soft_bounces"}
