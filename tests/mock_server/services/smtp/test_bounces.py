"""Mail that came back within a day."""

from __future__ import annotations

import pytest

from sendpulse_client import ApiError

BACK, FULL = "ada+bounce@example.com", "bob+softbounce-1h@example.com"

pytestmark = pytest.mark.sendpulse(limits="off", clock="2026-01-31T12:00:00Z")


@pytest.fixture
def bounces(sendpulse):
    return sendpulse.client.smtp.bounces


def send(sendpulse, *people):
    sendpulse.client.smtp.emails.send(sender=sendpulse.sender, to=people, subject="Your receipt", text="Thank you!")


def test_what_came_back_is_told_with_what_the_other_server_said(sendpulse, bounces):
    send(sendpulse, BACK, "eve@example.com", FULL)
    sendpulse.clock.advance("1h")

    told = sendpulse.client.request("GET", "/smtp/bounces/day")

    assert (told["total"], told["found"], told["request_limit"]) == (2, 2, 100)
    assert told["emails"] == [
        {
            "email_to": BACK,
            "sender": sendpulse.sender,
            "send_date": "2026-01-31 12:00:00",
            "subject": "Your receipt",
            "smtp_answer_code": 550,
            "smtp_answer_subcode": "5.1.1",
            "smtp_answer_data": "550 5.1.1 No such mailbox here",
        },
        {
            "email_to": FULL,
            "sender": sendpulse.sender,
            "send_date": "2026-01-31 12:00:00",
            "subject": "Your receipt",
            "smtp_answer_code": 452,
            "smtp_answer_subcode": "4.2.2",
            "smtp_answer_data": "452 4.2.2 The mailbox is full",
        },
    ]


def test_a_bounce_is_told_of_for_24_hours_after_it_came_back(sendpulse, bounces):
    send(sendpulse, FULL)

    sendpulse.clock.advance("59m")
    before = bounces.get_total()
    sendpulse.clock.advance(60 + 24 * 3600 - 0.000001)
    last_moment = bounces.get_total(), len(bounces.list())
    sendpulse.clock.advance(0.000001)

    assert before == 0
    assert last_moment == (1, 1)
    assert (bounces.get_total(), bounces.list()) == (0, [])
    assert [bounce.email_to for bounce in bounces.list(date="2026-01-31")] == [FULL]


def test_bounces_come_in_pages_of_at_most_100(sendpulse, bounces):
    for hundred in range(2):
        send(sendpulse, *(f"r{hundred}-{number}+bounce@example.com" for number in range(75)))

    told = sendpulse.client.request("GET", "/smtp/bounces/day?limit=1000")

    assert (told["total"], told["found"], len(told["emails"])) == (150, 100, 100)
    assert len(bounces.list(offset=100)) == 50
    assert [bounce.email_to for bounce in bounces.list(limit=1, offset=75)] == ["r1-0+bounce@example.com"]


def test_what_is_no_day_is_refused(bounces):
    with pytest.raises(ApiError, match="Argument date is invalid"):
        bounces.list(date="today")
