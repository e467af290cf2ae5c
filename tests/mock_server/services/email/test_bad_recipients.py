"""A campaign to ten thousand, half of whom cannot be reached: nothing is lost, nothing is stuck, all is counted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import requests

from mock_server import AccountHandle

MANY = 10_000
HALF = MANY // 2

NO_ADDRESSES: tuple[Any, ...] = (
    "no-at-sign",
    "two@@signs.example",
    "@nobody.example",
    "nowhere@",
    "spaces in@address.example",
    "dot.@address.example",
    "line\nbreak@address.example",
    "<script>@address.example",
    "\N{GRINNING FACE}@address.example",
    "nul\0@address.example",
    f"{'long' * 40}@address.example",
    f"{'long.' * 80}@address.example",
    "bare@host",
    "",
    "   ",
)
"""What is no address, in all the ways that lists which people keep by hand have shown."""


def good(number: int) -> str:
    return f"reader{number}@example.com"


def unreachable(number: int) -> str:
    return f"reader{number}@nowhere.invalid"


def mixed(number: int) -> list[str]:
    """So many addresses, of which every other one cannot be reached."""
    return [address(n) for n in range(number // 2) for address in (good, unreachable)]


def add_as_they_are(sendpulse: AccountHandle, book: int, emails: list[Any]) -> Any:
    """Add what a client with types would not even send."""
    body = json.dumps({"emails": emails})
    headers = {"Authorization": f"Bearer {sendpulse.api_key}", "Content-Type": "application/json"}
    url = f"{sendpulse.base_url}/addressbooks/{book}/emails"
    return requests.post(url, data=body, headers=headers, timeout=60).json()


@pytest.fixture
def book(sendpulse: AccountHandle) -> int:
    return sendpulse.client.email.mailing_lists.create("Readers").id


def send(sendpulse: AccountHandle, book: int) -> Any:
    return sendpulse.client.email.campaigns.create(
        sender_name="The editors", sender_email=sendpulse.sender, subject="News", html="<p>News</p>", list_id=book
    )


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_half_of_ten_thousand_bounce_and_all_are_accounted_for(sendpulse: AccountHandle, book: int) -> None:
    lists, campaigns = sendpulse.client.email.mailing_lists, sendpulse.client.email.campaigns
    addresses = mixed(MANY)
    sendpulse.client.email.webhooks.create("https://example.com/hook", ["delivered", "hard_bounces"])
    lists.add_emails(book, addresses)

    campaign = send(sendpulse, book)
    sendpulse.clock.advance("10m")

    told = campaigns.get(campaign)
    assert (told.status, told.all_email_qty, campaign.count) == (3, MANY, MANY)
    assert {row["explain"]: row["count"] for row in told.statistics["general"] if row["count"]} == {
        "Delivered": HALF,
        "No such address": HALF,
    }
    [listed] = campaigns.list()
    counters = {"sent": MANY, "delivered": HALF, "opening": 0, "link_redirected": 0, "unsubscribe": 0, "error": HALF}
    assert listed.statistics == counters
    assert Counter(event["event"] for event in sendpulse.webhooks.events()) == {"delivered": HALF, "hard_bounces": HALF}
    assert sorted(mail.to for mail in sendpulse.outbox) == sorted(addresses)
    assert sendpulse.settings.emails_left == 15_000 - MANY
    assert lists.get(book).active_email_qty == HALF
    assert lists.get_contact(book, unreachable(0)).status_explain == "Sending errors"


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_half_of_ten_thousand_are_no_addresses_and_keep_nobody_out(sendpulse: AccountHandle, book: int) -> None:
    lists = sendpulse.client.email.mailing_lists
    added = [entry for number in range(HALF) for entry in (good(number), NO_ADDRESSES[number % len(NO_ADDRESSES)])]

    answer = add_as_they_are(sendpulse, book, [{"email": address, "variables": {"n": 1}} for address in added])
    campaign = send(sendpulse, book)
    sendpulse.clock.advance("10m")

    assert answer == {"result": True}
    assert lists.get_total(book) == campaign.count == len(sendpulse.outbox) == HALF
    assert sendpulse.client.email.campaigns.list()[0].statistics["delivered"] == HALF
    assert sendpulse.client.email.campaigns.get(campaign).status == 3


@pytest.mark.parametrize("written", [*NO_ADDRESSES, {}, [], {"email": None}])
def test_what_is_no_address_is_passed_over(sendpulse: AccountHandle, book: int, written: Any) -> None:
    answer = add_as_they_are(sendpulse, book, [written, "ada@example.com"])

    kept = sendpulse.client.email.mailing_lists.list_emails(book)
    assert (answer, [contact.email for contact in kept]) == ({"result": True}, ["ada@example.com"])


@pytest.mark.parametrize("written", [None, 7, True, 1e400, "half a pair \ud83d@address.example"])
def test_what_is_no_entry_or_no_json_is_refused_with_all_that_came_with_it(
    sendpulse: AccountHandle, book: int, written: Any
) -> None:
    answer = add_as_they_are(sendpulse, book, [written, "ada@example.com"])

    assert answer["error_code"] == 422
    assert sendpulse.client.email.mailing_lists.get_total(book) == 0


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_the_next_campaign_goes_to_those_who_are_left(sendpulse: AccountHandle, book: int) -> None:
    sendpulse.client.email.mailing_lists.add_emails(book, mixed(1000))
    send(sendpulse, book)
    sendpulse.clock.advance("20m")

    second = send(sendpulse, book)
    sendpulse.clock.advance("20m")

    assert second.count == 500
    assert sendpulse.client.email.campaigns.get(second).status == 3
    assert sendpulse.settings.emails_left == 15_000 - 1500


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_whoever_bounces_does_not_hold_up_whoever_opens(sendpulse: AccountHandle, book: int) -> None:
    addresses = [f"reader{n}+{'bounce' if n % 2 else 'open'}@example.com" for n in range(3000)]
    sendpulse.client.email.mailing_lists.add_emails(book, addresses)

    send(sendpulse, book)
    sendpulse.clock.advance("10m")

    [listed] = sendpulse.client.email.campaigns.list()
    assert (listed.statistics["opening"], listed.statistics["error"]) == (1500, 1500)
    assert sum(sendpulse.client.email.campaigns.get_countries(listed).values()) == 1500


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_funds_that_end_among_bounces_leave_the_rest_in_the_queue(sendpulse: AccountHandle, book: int) -> None:
    sendpulse.client.email.mailing_lists.add_emails(book, mixed(3000))
    campaign = send(sendpulse, book)
    sendpulse.settings.set(emails_left=2500)

    sendpulse.clock.advance("10m")

    told = sendpulse.client.email.campaigns.get(campaign)
    outcomes = {row["explain"]: row["count"] for row in told.statistics["general"] if row["count"]}
    assert told.status == 23
    assert outcomes == {"In queue": 500, "Delivered": 1250, "No such address": 1250}
    assert sendpulse.settings.emails_left == 0
