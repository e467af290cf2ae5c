"""The journal: how much of what was asked and answered it keeps."""

import json

import pytest
import requests

from mock_server.core.journal import Entry, Journal

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})


def entry(number, *, size=100, **facts):
    usual = {"operation": "email.mailing_lists.list", "method": "GET", "path": "/addressbooks", "status": 200}
    rest = {"at": number, "given": dict, "error_code": None, "answer": b"[]", "changes": None, "evidence": None}
    return Entry(id=number, duration=0.001, size=size, **{**usual, **rest, **facts})


def journal_of(number, *, turned_away=False, **facts):
    journal = Journal()
    for one in range(1, number + 1):
        journal.add(entry(one, **facts), turned_away=turned_away)
    return journal


@pytest.mark.parametrize("turned_away", [False, True])
def test_ten_thousand_entries_of_either_kind_are_kept(turned_away):
    journal = journal_of(10_000, turned_away=turned_away)
    assert (len(journal), journal.dropped) == (10_000, 0)

    journal.add(entry(10_001), turned_away=turned_away)

    assert (len(journal), journal.dropped) == (10_000, 1)
    assert journal.find(1) is None
    assert [one.id for one in journal.entries(limit=2)] == [10_000, 10_001]


def test_sixty_four_megabytes_of_requests_and_answers_are_kept():
    journal = journal_of(64, size=2**20)
    assert (len(journal), journal.dropped) == (64, 0)

    journal.add(entry(65, size=1))

    assert (len(journal), journal.dropped) == (64, 1)


def test_what_the_limiter_turned_away_pushes_out_nothing_else():
    journal = journal_of(2)
    for number in range(3, 10_010):
        journal.add(entry(number, status=429), turned_away=True)

    assert [one.id for one in journal.entries(status=200)] == [1, 2]
    assert journal.dropped == 7


def test_cleared_journal_starts_counting_what_it_dropped_anew():
    journal = journal_of(10_001)

    journal.clear()

    assert (len(journal), journal.dropped) == (0, 0)


def test_newest_entries_are_told_oldest_first():
    journal = journal_of(5)

    shown = {limit: [one.id for one in journal.entries(limit=limit)] for limit in (0, 1, 5, 6)}

    assert shown == {0: [], 1: [5], 5: [1, 2, 3, 4, 5], 6: [1, 2, 3, 4, 5]}


def test_thousand_tokens_are_known_by_the_request_that_got_them():
    journal = Journal()
    for number in range(1, 1002):
        journal.add(entry(number, issued=f"token-{number}"))
    for number, token in ((2001, 1), (2002, 2), (2003, 1001)):
        journal.add(entry(number, authorization=f"Bearer token-{token}"))

    assert [journal.find(number).token for number in (2001, 2002, 2003)] == [None, 2, 1001]


def test_body_of_sixty_four_kilobytes_is_kept_and_a_longer_one_told_by_its_length(sendpulse):
    headers = {"Authorization": f"Bearer {sendpulse.api_key}", "Content-Type": "application/json"}

    def kept(size):
        body = json.dumps({"bookName": ""})[:-2]
        body += "x" * (size - len(body) - 2) + '"}'
        requests.post("https://api.sendpulse.com/addressbooks", data=body, headers=headers, timeout=5)
        return sendpulse.journal.entries()[-1].arguments

    assert len(kept(65_536)["bookName"]) > 65_000
    assert kept(65_537) == {"[left out]": "65537 bytes"}


def test_entry_tells_its_time_in_milliseconds_and_its_answer_as_it_can_be_read():
    shown = entry(1, answer=b"<h1>Oops</h1>").as_json()

    assert (shown["duration_ms"], shown["answer"]) == (1.0, "<h1>Oops</h1>")
    assert "query" not in shown
    assert "token" not in shown
    assert shown["changes"] == {"added": [], "changed": [], "removed": []}


@pytest.mark.parametrize(("contacts", "told", "left_out"), [(1, 2, 0), (99, 100, 0), (100, 100, 1), (130, 100, 31)])
def test_hundred_changes_of_a_request_are_told_and_the_others_counted(sendpulse, contacts, told, left_out):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")

    lists.add_emails(book, [f"{number}@example.com" for number in range(contacts)])  # and work for later is scheduled

    changes = sendpulse.journal.entries()[-1].as_json()["changes"]
    assert (len(changes["added"]), changes["left_out"]) == (told, left_out)


def test_entry_that_is_printed_tells_no_secret():
    secrets = {"query": "token=s3cret", "authorization": "Bearer s3cret", "issued": "s3cret", "answer": b"s3cret"}

    shown = repr(entry(1, given=lambda: {"client_secret": "s3cret"}, **secrets))

    assert "/addressbooks" in shown
    assert "s3cret" not in shown
