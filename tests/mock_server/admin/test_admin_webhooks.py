"""The log of webhooks, and deliveries made again by hand."""

from threading import Thread
from typing import Any

import pytest
from admin_calls import DEMO, Call
from webhook_receivers import answering

DELIVERIES = f"{DEMO}/webhooks/deliveries"
REGISTRATION = {"url": "https://hooks.example.com/", "actions": ["new_emails"]}


@pytest.fixture
def kept(call: Call, vendor: Any) -> list[dict[str, Any]]:
    """Two deliveries, of a hundred events and of one, that were kept."""
    call("PUT", f"{DEMO}/clock", {"now": "2026-01-31T12:00:00Z", "frozen": True})
    call("PUT", f"{DEMO}/limits", {"algorithm": "off"})
    vendor("POST", "/v2/email-service/webhook", REGISTRATION)
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    emails = [f"reader{number}@example.com" for number in range(101)]
    vendor("POST", "/addressbooks/1/emails", {"emails": emails})
    call("POST", f"{DEMO}/clock/advance", {"seconds": 60})
    deliveries: list[dict[str, Any]] = call("GET", DELIVERIES)["deliveries"]
    return deliveries


def test_log_tells_what_was_sent_where_and_what_became_of_it(kept: list[dict[str, Any]]) -> None:
    assert [(len(delivery["events"]), delivery["state"]) for delivery in kept] == [(100, "kept"), (1, "kept")]
    assert {name: value for name, value in kept[1].items() if name != "events"} == {
        "id": 2,
        "channel": "email",
        "url": "https://hooks.example.com/",
        "state": "kept",
        "opened": "2026-01-31T12:00:00.000000Z",
        "attempted": None,
        "status_code": None,
        "error": None,
        "copy_of": None,
    }


def test_log_of_an_account_without_webhooks_is_empty(call: Call) -> None:
    assert call("GET", DELIVERIES) == {"deliveries": []}


def test_registered_receiver_is_posted_to_before_the_clock_answers(call: Call, vendor: Any) -> None:
    with answering(503) as received:
        vendor("POST", "/v2/email-service/webhook", REGISTRATION | {"url": received.url})
        vendor("POST", "/addressbooks", {"bookName": "Readers"})
        vendor("POST", "/addressbooks/1/emails", {"emails": ["ada@example.com"]})

        call("POST", f"{DEMO}/clock/advance", {"duration": "1m"})

    (delivery,) = call("GET", DELIVERIES)["deliveries"]
    assert (delivery["state"], delivery["status_code"], delivery["error"]) == ("failed", 503, "answered 503")
    assert received.bodies == [delivery["events"]]


def test_delivery_is_made_again(call: Call, vendor: Any) -> None:
    with answering() as received:
        vendor("POST", "/v2/email-service/webhook", REGISTRATION | {"url": received.url})
        vendor("POST", "/addressbooks", {"bookName": "Readers"})
        vendor("POST", "/addressbooks/1/emails", {"emails": ["ada@example.com"]})
        call("POST", f"{DEMO}/clock/advance", {"duration": "1m"})

        copy = call("POST", f"{DELIVERIES}/1/replay")["delivery"]

        assert (copy["id"], copy["copy_of"], copy["state"]) == (2, 1, "delivered")
        assert received.bodies == [copy["events"]] * 2


def test_deliveries_are_duplicated_and_reordered(call: Call, kept: list[dict[str, Any]]) -> None:
    twice = call("POST", f"{DELIVERIES}/1/duplicate")["deliveries"]
    reordered = call("POST", f"{DELIVERIES}/reorder", {"ids": [2, 1]})["deliveries"]

    assert [copy["copy_of"] for copy in (*twice, *reordered)] == [1, 1, 2, 1]
    assert len(call("GET", DELIVERIES)["deliveries"]) == 6


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("7/replay", None, 404, "no delivery has the id '7'"),
        ("7/duplicate", None, 404, "no delivery has the id '7'"),
        ("one/replay", None, 404, "no delivery has the id 'one'"),
        ("reorder", {"ids": [1, 7]}, 400, "no delivery has the id 7"),
        ("reorder", {"ids": []}, 400, "ids cannot be []"),
    ],
)
def test_delivery_that_there_is_not_is_refused(
    call: Call, kept: list[dict[str, Any]], path: str, body: Any, status: int, error: str
) -> None:
    told = call("POST", f"{DELIVERIES}/{path}", body, status=status)

    assert told["error"] == error
    assert len(call("GET", DELIVERIES)["deliveries"]) == 2


def test_waiting_finds_a_delivery_by_its_events(call: Call, kept: list[dict[str, Any]]) -> None:
    found = call("POST", f"{DEMO}/webhooks/wait", {"action": "new_emails", "timeout": 0})

    assert found["delivery"]["id"] == 2


def test_waiting_in_vain_tells_what_there_is(call: Call, kept: list[dict[str, Any]]) -> None:
    told = call("POST", f"{DEMO}/webhooks/wait", {"action": "open", "timeout": 0}, status=404)

    assert "no delivery with 'open' in 0 s" in told["error"]
    assert "kept with new_emails" in told["error"]


def test_waiting_sees_what_comes_later(call: Call, vendor: Any) -> None:
    vendor("POST", "/v2/email-service/webhook", REGISTRATION)
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    emails = [f"reader{number}@example.com" for number in range(100)]
    other = Thread(target=vendor, args=("POST", "/addressbooks/1/emails", {"emails": emails}))
    other.start()

    assert call("POST", f"{DEMO}/webhooks/wait", {"timeout": 30})["delivery"]["state"] == "kept"
    other.join()
