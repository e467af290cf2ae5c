"""The journal, the outbox, waiting for both, and what recipients do."""

from threading import Event, Thread
from typing import Any

import pytest
from admin_calls import DEMO, Call, caller
from flask import Flask

from mock_server.core.world import DEMO_CLIENT_ID

FORCED = {"emails": ["ada@example.com"], "confirmation": "force", "sender_email": "owner-1@example.com"}


@pytest.fixture
def book(call: Call, vendor: Any) -> int:
    """The id of a mailing list in which one contact has still to confirm."""
    number: int = vendor("POST", "/addressbooks", {"bookName": "Readers"}).json["id"]
    vendor("POST", f"/addressbooks/{number}/emails", FORCED)
    return number


def test_the_journal_tells_what_was_asked_and_answered(call: Call, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    (entry,) = call("GET", f"{DEMO}/journal")["entries"]

    assert (entry["operation"], entry["status"], entry["error_code"]) == ("email.mailing_lists.create", 200, None)
    assert entry["arguments"] == {"bookName": "Readers"}
    assert entry["answer"] == {"id": 1}
    assert len(entry["changes"]["added"]) == 1


def test_our_own_calls_are_in_no_journal(call: Call) -> None:
    call("GET", DEMO)
    call("GET", f"{DEMO}/nothing", status=404)

    assert call("GET", f"{DEMO}/journal")["entries"] == []
    assert call("GET", "/_mock/journal")["entries"] == []


def test_what_nobody_sent_is_in_a_journal_of_its_own(call: Call, app: Flask) -> None:
    app.test_client().get("/addressbooks", headers={"Authorization": "Bearer nonsense"})

    (entry,) = call("GET", "/_mock/journal?status=401")["entries"]

    assert entry["path"] == "/addressbooks"
    assert call("GET", f"{DEMO}/journal")["entries"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("operation=email.mailing_lists.create", [1, 3]),
        ("status=422", [3]),
        ("error_code=213", [2]),
        ("since=2026-01-31T12:00:01Z", [3]),
        ("limit=2", [2, 3]),
        ("limit=0", []),
        ("operation=email.mailing_lists.create&limit=1", [3]),
    ],
)
def test_the_journal_is_filtered(call: Call, vendor: Any, query: str, expected: list[int]) -> None:
    call("PUT", f"{DEMO}/clock", {"now": "2026-01-31T12:00:00Z", "frozen": True})
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("GET", "/addressbooks/999")
    call("POST", f"{DEMO}/clock/advance", {"seconds": 1})
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    entries = call("GET", f"{DEMO}/journal?{query}")["entries"]

    assert [entry["id"] for entry in entries] == expected


def test_waiting_finds_an_entry_that_is_there_already(call: Call, vendor: Any) -> None:
    vendor("GET", "/addressbooks/999")

    found = call("POST", f"{DEMO}/journal/wait", {"error_code": 213, "timeout": 0})

    assert found["entry"]["path"] == "/addressbooks/999"


def test_a_wait_in_vain_tells_what_there_is(call: Call, vendor: Any) -> None:
    vendor("GET", "/addressbooks")

    missed = call("POST", f"{DEMO}/journal/wait", {"status": 500, "timeout": 0.01}, status=404)

    assert "'status': 500" in missed["error"]
    assert "email.mailing_lists.list 200" in missed["hint"]


def test_a_request_wakes_those_who_wait_for_it(app: Flask, vendor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    account = app.extensions["sendpulse_mock"].world.account(DEMO_CLIENT_ID)
    waiting, found = Event(), []
    wait_for = account.news.wait

    def wait(timeout: float | None = None) -> bool:
        waiting.set()
        return bool(wait_for(timeout))

    monkeypatch.setattr(account.news, "wait", wait)
    body = {"operation": "email.mailing_lists.create", "timeout": 30}
    waiter = Thread(target=lambda: found.append(caller(app.test_client())("POST", f"{DEMO}/journal/wait", body)))
    waiter.start()
    assert waiting.wait(30)

    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    waiter.join(25)

    assert not waiter.is_alive()
    assert found[0]["entry"]["arguments"] == {"bookName": "Readers"}


def test_the_outbox_shows_messages_with_their_links(call: Call, book: int) -> None:
    (message,) = call("GET", f"{DEMO}/outbox")["messages"]

    assert (message["to"], message["subject"]) == ("ada@example.com", "Confirm your subscription to Readers")
    assert message["links"] == [f"https://confirm.sendpulse.example/{book}/1"]
    assert message["code"] is None


def test_the_outbox_is_searched_by_recipient_and_subject(call: Call, book: int) -> None:
    assert len(call("GET", f"{DEMO}/outbox?to=ADA@example.com&subject=Confirm")["messages"]) == 1
    assert call("GET", f"{DEMO}/outbox?to=bob@example.com")["messages"] == []


def test_waiting_for_a_message_finds_it_or_tells_what_there_is(call: Call, book: int) -> None:
    found = call("POST", f"{DEMO}/outbox/wait", {"to": "ada@example.com"})
    missed = call("POST", f"{DEMO}/outbox/wait", {"to": "bob@example.com", "timeout": 0}, status=404)

    assert found["message"]["links"]
    assert "'bob@example.com'" in missed["error"]
    assert "ada@example.com" in missed["hint"]


def test_a_recipient_confirms(call: Call, vendor: Any, book: int) -> None:
    assert call("POST", f"{DEMO}/simulate/confirm", {"email": "ada@example.com"}) == {"simulated": True}

    assert vendor("GET", f"/addressbooks/{book}/emails/ada@example.com").json["status"] == 1


def test_what_fits_nothing_is_not_simulated(call: Call) -> None:
    refused = call("POST", f"{DEMO}/simulate/confirm", {"email": "bob@example.com"}, status=400)

    assert "bob@example.com" in refused["error"]


def test_an_unknown_event_is_answered_with_the_known_ones(call: Call) -> None:
    refused = call("POST", f"{DEMO}/simulate/dance", {"email": "bob@example.com"}, status=400)

    assert "'dance'" in refused["error"]
    assert "confirm" in refused["hint"]
