"""The journal, the outbox, waiting for both, and what recipients do."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from admin_calls import DEMO, Call, caller
from flask import Flask

from mock_server import AccountHandle
from mock_server.behaviour import Errand, works
from mock_server.core.clock import SECOND
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


def test_the_newest_messages_are_shown_if_so_many_are_asked_for(call: Call, vendor: Any, book: int) -> None:
    vendor("POST", f"/addressbooks/{book}/emails", FORCED | {"emails": ["bob@example.com"]})

    assert [message["to"] for message in call("GET", f"{DEMO}/outbox?limit=1")["messages"]] == ["bob@example.com"]
    assert call("GET", f"{DEMO}/outbox?limit=0")["messages"] == []


def test_messages_have_headers_and_attachments(call: Call, app: Flask) -> None:
    account = app.extensions["sendpulse_mock"].world.account(DEMO_CLIENT_ID)
    content = account.outbox.write(
        subject="Hi {{name}}",
        html="<p>Dear {{name}}, your code is 123456",
        sender="owner-1@example.com",
        attachments={"a.txt": "dGV4dAo="},
    )
    account.outbox.post(content, at=0, to="ada@example.com", variables={"name": "Ada"}, about={"kind": "campaign"})

    (message,) = call("GET", f"{DEMO}/outbox")["messages"]

    assert message["headers"]["Subject"] == "Hi Ada"
    assert message["headers"]["List-Unsubscribe"].startswith("<https://")
    assert message["attachments"] == [{"name": "a.txt", "size": 5, "content": "dGV4dAo="}]
    assert (message["text"], message["code"]) == ("Dear Ada, your code is 123456", "123456")
    assert message["about"] == {"kind": "campaign"}


@pytest.fixture
def mailing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Has a mail sent after so many seconds."""
    account = app.extensions["sendpulse_mock"].world.account(DEMO_CLIENT_ID)
    facts = {"sender": "owner-1@example.com", "to": "ada@example.com", "subject": "Later", "about": {}}

    def mail(errand: Errand) -> None:
        errand.outbox.send(at=errand.now, **facts)

    def schedule(seconds: float) -> None:
        account.schedule.add(account.clock.now() + round(seconds * SECOND), "test.mail")

    monkeypatch.setitem(works._functions, "test.mail", mail)
    return schedule


def test_the_outbox_holds_what_is_due_by_now(call: Call, mailing: Callable[[float], None]) -> None:
    mailing(0)
    mailing(60)

    assert [message["subject"] for message in call("GET", f"{DEMO}/outbox")["messages"]] == ["Later"]


def test_waiting_for_a_message_lets_it_fall_due(call: Call, mailing: Callable[[float], None]) -> None:
    mailing(0.02)

    found = call("POST", f"{DEMO}/outbox/wait", {"subject": "Later", "timeout": 30})

    assert found["message"]["to"] == "ada@example.com"


def test_waiting_for_a_message_finds_it_or_tells_what_there_is(call: Call, book: int) -> None:
    found = call("POST", f"{DEMO}/outbox/wait", {"to": "ada@example.com"})
    missed = call("POST", f"{DEMO}/outbox/wait", {"to": "bob@example.com", "timeout": 0}, status=404)

    assert found["message"]["links"]
    assert "'bob@example.com'" in missed["error"]
    assert "ada@example.com" in missed["hint"]


def test_a_recipient_confirms(call: Call, vendor: Any, book: int) -> None:
    assert call("POST", f"{DEMO}/simulate/confirm", {"email": "ada@example.com"}) == {"simulated": True}

    assert vendor("GET", f"/addressbooks/{book}/emails/ada@example.com").json["status"] == 1


def test_the_journal_tells_what_a_recipient_was_made_to_do(sendpulse: AccountHandle) -> None:
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=sendpulse.sender)

    sendpulse.simulate.confirm("ada@example.com")

    (entry,) = sendpulse.journal.entries(operation="simulate.confirm")
    assert entry.arguments == {"email": "ada@example.com"}
    assert [row.email for _, row in entry.changes.changed] == ["ada@example.com"]


def test_what_fits_nothing_is_not_simulated(call: Call) -> None:
    refused = call("POST", f"{DEMO}/simulate/confirm", {"email": "bob@example.com"}, status=400)

    assert "bob@example.com" in refused["error"]


def test_an_unknown_event_is_answered_with_the_known_ones(call: Call) -> None:
    refused = call("POST", f"{DEMO}/simulate/dance", {"email": "bob@example.com"}, status=400)

    assert "'dance'" in refused["error"]
    assert "confirm" in refused["hint"]
