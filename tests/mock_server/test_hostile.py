"""Requests and settings that nobody in his right mind sends: an answer, never a crash, and nothing is changed."""

from __future__ import annotations

import re

import pytest
import requests

from contracts.catalogue import catalogue
from mock_server import AccountHandle
from mock_server.app import create_app
from mock_server.core.journal import MOST_BYTES
from sendpulse_client import ApiError

# Requests


BODIES = {
    "malformed JSON": b'{"emails": [',
    "a bare number": b"7",
    "an array of arrays": b"[[[]]]",
    "deep nesting": b'{"emails": ' + b"[" * 100_000,
    "nesting that is just too deep": b'{"emails": ' + b"[" * 101 + b"]" * 101 + b"}",
    "objects everywhere": b'{"bookName": {}, "name": {}, "emails": {"a": {}}, "email": {}, "variables": {"a": {}}}',
    "numbers everywhere": b'{"bookName": 1, "name": 1e300, "emails": [1], "email": 1, "variables": [1], "phone": 0.5}',
    "numbers beyond all bounds": b'{"limit": 1e400, "offset": 1' + b"0" * 400 + b', "phone": -1' + b"0" * 30 + b"}",
    "lists of nothing": b'{"emails": [null, "", [], {}], "variables": [null], "email": null, "tags": [null]}',
    "NUL": b'{"bookName": "\\u0000", "name": "\\u0000", "emails": ["\\u0000@a.b"], "email": "\\u0000"}',
    "half a surrogate pair": b'{"bookName": "\\ud800", "emails": ["\\ud800"]}',
    "bytes that are no UTF-8": b'{"bookName": "\xff\xfe"}',
    "a PHP array without end": b'{"emails": "a:9999999999:{", "variables": "a:1:{i:0;O:8:\\"stdClass\\":0:{}}"}',
    "five megabytes": b'{"bookName": "' + b"x" * 5_000_000 + b'", "emails": "' + b"[" * 1000 + b'"}',
}
TYPES = ["application/json", "multipart/form-data", "multipart/form-data; boundary=\xff", "text/html", "", "\xff"]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.sendpulse(limits="off", world="list-with-contacts", clock="2026-01-31T12:00:00Z")
def test_a_hostile_body_meets_no_bug_and_changes_nothing_when_refused(sendpulse: AccountHandle, body: bytes) -> None:
    before = sendpulse.state.snapshot()
    for operation in catalogue():
        url = f"{sendpulse.base_url}{re.sub(r'{[^}]*}', '1', operation.path)}"
        headers = {"Authorization": f"Bearer {sendpulse.api_key}"}
        for content_type in TYPES:
            answer = requests.request(
                operation.method, url, data=body, headers={**headers, "Content-Type": content_type}, timeout=5
            )

            assert answer.status_code < 500, operation
            if answer.status_code >= 400:
                assert isinstance(answer.json(), dict), operation
                assert sendpulse.state.snapshot() == before, operation
            else:
                sendpulse.state.restore(before)


# Secrets


def test_a_bug_is_logged_on_one_line_without_the_secrets_of_its_path(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.pipeline.catalogue", lambda: 1 / 0)
    client = create_app().test_client()

    answer = client.get("/sp_apikey_00ff/line%0Abreak/x")

    assert (answer.status_code, answer.json["error_code"]) == (500, 500)
    (record,) = caplog.records
    assert record.getMessage().startswith("GET /[redacted]/line%0Abreak/x failed")


def test_an_entry_of_the_journal_shows_no_token_in_an_assertion(sendpulse: AccountHandle) -> None:
    body = {"grant_type": "client_credentials", "client_id": "any", "client_secret": "very-secret"}

    token = requests.post(f"{sendpulse.base_url}/oauth/access_token", json=body, timeout=5).json()["access_token"]

    shown = repr(sendpulse.journal.entries())
    assert token not in shown
    assert "very-secret" not in shown


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


def test_an_address_that_comes_often_is_written_once(sendpulse: AccountHandle) -> None:
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    often = [{"email": "Ada@example.com", "variables": {f"v{number}": number}} for number in range(500)]

    lists.add_emails(
        book, [*often, {"email": "ada@example.com", "variables": {"v0": "seven", "phone": "380501234567"}}]
    )

    changes = sendpulse.journal.entries()[-1].changes
    (contact,) = lists.list_emails(book)
    assert contact.variables == {f"v{number}": number for number in range(500)}
    assert contact.phone == 380501234567
    assert changes is not None
    assert changes.summary()["changed"] == []
