"""Requests and settings that nobody in his right mind sends: an answer, never a crash, and nothing is changed."""

from __future__ import annotations

import pytest

from mock_server import AccountHandle
from mock_server.core.journal import MOST_BYTES
from sendpulse_client import ApiError

# The ends of time


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_an_end_of_the_calendar_is_refused_and_changes_nothing(sendpulse: AccountHandle, now: str) -> None:
    sendpulse.clock.freeze("2026-01-31T12:00:00Z")

    with pytest.raises(ValueError, match="years 2 to 9998"):
        sendpulse.clock.set(now, frozen=False)

    assert sendpulse.clock.as_json() == {"now": "2026-01-31T12:00:00.000000Z", "frozen": True}


@pytest.mark.parametrize("now", ["0002-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z"])
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_an_account_works_next_to_it(sendpulse: AccountHandle, now: str, zone: str) -> None:
    sendpulse.settings.set(time_zone=zone)
    sendpulse.clock.set(now)

    book = sendpulse.client.email.mailing_lists.create("Readers")

    assert sendpulse.client.email.mailing_lists.list() == [sendpulse.client.email.mailing_lists.get(book)]
    assert sendpulse.clock.now[:4] == now[:4] or sendpulse.clock.now.startswith("9999-01-01")


# What is remembered


def test_a_journal_is_bounded_by_what_its_entries_weigh(sendpulse: AccountHandle) -> None:
    names = [f"{number}{'x' * 60_000}" for number in range(1200)]
    lists = sendpulse.client.email.mailing_lists
    sendpulse.limits.set("off")

    for name in names:
        with pytest.raises(ApiError):
            lists.rename(777, name)

    entries = sendpulse.journal.entries()
    assert sum(entry.size for entry in entries) <= MOST_BYTES
    assert entries[-1].arguments["name"] == names[-1]
    assert sendpulse.journal.dropped == len(names) + 1 - len(entries) > 0


def test_a_journal_holds_on_to_a_hundred_rows_of_a_request(sendpulse: AccountHandle) -> None:
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")

    lists.add_emails(book, [f"u{number}@example.com" for number in range(500)])

    changes = sendpulse.journal.entries()[-1].changes
    assert changes is not None
    assert len(changes) == 100
    assert changes.summary()["left_out"] == 401
