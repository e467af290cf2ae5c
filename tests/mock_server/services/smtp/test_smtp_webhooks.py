"""What webhooks of the SMTP service are told, and when."""

from __future__ import annotations

import pytest

from mock_server.core.settings import SMTP_EVENTS
from sendpulse_client import Client

HOOK, OTHER = "https://hooks.example.com/smtp", "https://hooks.example.com/other"
NOON = 1769860800
ADA = "ada@example.com"

pytestmark = pytest.mark.sendpulse(limits="off", clock="2026-01-31T12:00:00Z")


@pytest.fixture(autouse=True)
def registered(sendpulse):
    sendpulse.settings.set(smtp_webhooks=[{"url": HOOK, "events": [*SMTP_EVENTS]}])


def send(client: Client, sender: str, *people: str) -> str:
    return client.smtp.emails.send(
        sender=sender, to=people, subject="Your receipt", html='<a href="https://example.com">receipt</a>'
    )


def told(sendpulse):
    """The events announced so far, without what all have in common."""
    return [(event["event"], event.get("recipient") or event["email"]) for event in sendpulse.webhooks.events()]


def test_every_event_is_told_with_the_fields_of_the_vendor_s_samples(sendpulse):
    number = send(sendpulse.client, sendpulse.sender, ADA, "b+bounce@example.com", "f+softbounce@example.com")
    sendpulse.clock.advance("1m")
    sendpulse.simulate.click(ADA)
    sendpulse.simulate.spam(ADA)
    sendpulse.simulate.unsubscribe(ADA)

    common = {"message_id": number, "sender": sendpulse.sender, "subject": "Your receipt"}
    answer = "smtp_server_response"
    taken = {f"{answer}_code": "250", f"{answer}_subcode": "", answer: "250 2.0.0 OK: message accepted"}
    gone = {f"{answer}_code": 550, f"{answer}_subcode": "5.1.1", answer: "550 5.1.1 No such mailbox here"}
    full = {f"{answer}_code": 452, f"{answer}_subcode": "4.2.2", answer: "452 4.2.2 The mailbox is full"}
    bounce, soft = "b+bounce@example.com", "f+softbounce@example.com"
    assert sendpulse.webhooks.events() == [
        {"event": "delivered", "timestamp": NOON, "recipient": ADA, **common, **taken},
        {"event": "undelivered", "timestamp": NOON, "recipient": bounce, **common, **gone, f"{answer}_code": "550"},
        {"event": "hard_bounces", "timestamp": NOON, "email": bounce, "task_id": 1, **gone},
        {"event": "undelivered", "timestamp": NOON, "recipient": soft, **common, **full, f"{answer}_code": "452"},
        {"event": "soft_bounces", "timestamp": NOON, "email": soft, "task_id": 1, **full},
        {"event": "opened", "timestamp": NOON + 60, "recipient": ADA, **common},
        {"event": "clicked", "timestamp": NOON + 60, "recipient": ADA, **common},
        {"event": "spam_by_user", "timestamp": NOON + 60, "recipient": ADA, **common},
        {"event": "unsubscribed", "timestamp": NOON + 60, "recipient": ADA, **common},
    ]


def test_coming_back_is_told_with_the_invitation(sendpulse):
    unsubscribed = sendpulse.client.smtp.unsubscribed
    unsubscribed.add([ADA])
    number = unsubscribed.resubscribe(ADA, sender=sendpulse.sender)
    sendpulse.simulate.confirm(ADA)

    [event] = sendpulse.webhooks.events("resubscribed")
    assert (event["message_id"], event["recipient"], event["subject"]) == (number, ADA, "Subscribe again")


def test_a_batch_leaves_half_a_minute_after_its_first_event(sendpulse):
    send(sendpulse.client, sendpulse.sender, ADA)
    sendpulse.clock.advance("29s")
    send(sendpulse.client, sendpulse.sender, ADA)
    early = len(sendpulse.webhooks.deliveries())

    sendpulse.clock.advance("1s")

    [batch] = sendpulse.webhooks.deliveries()
    assert early == 0
    assert (batch.url, batch.channel, batch.actions, batch.size) == (HOOK, "smtp", ["delivered"], 2)


def test_a_batch_leaves_with_its_five_hundredth_event(sendpulse):
    for hundred in range(6):
        send(sendpulse.client, sendpulse.sender, *(f"r{hundred}-{number}@example.com" for number in range(100)))

    [batch] = sendpulse.webhooks.deliveries()
    assert batch.size == 500


def test_each_address_is_told_what_it_is_registered_for(sendpulse):
    hooks = [{"url": HOOK, "events": ["opened"]}, {"url": OTHER, "events": ["opened", "delivered"]}]
    sendpulse.settings.set(smtp_webhooks=hooks)
    send(sendpulse.client, sendpulse.sender, ADA)
    sendpulse.simulate.open(ADA)
    sendpulse.clock.advance("30s")

    assert {batch.url: batch.actions for batch in sendpulse.webhooks.deliveries()} == {
        HOOK: ["opened"],
        OTHER: ["delivered", "opened"],
    }
    assert sendpulse.settings.as_json()["smtp_webhooks"] == hooks


def test_a_refused_mail_announces_nothing(sendpulse):
    sendpulse.settings.set(emails_left=0)

    with pytest.raises(Exception, match="Sending quota"):
        send(sendpulse.client, sendpulse.sender, ADA)

    assert told(sendpulse) == []


@pytest.mark.parametrize(
    "wrong",
    [
        [{"url": "nowhere", "events": ["opened"]}],
        [{"url": HOOK, "events": ["open"]}],
        [{"url": HOOK, "events": []}],
        [{"url": HOOK}],
        [{"url": HOOK, "events": ["opened"], "secret": "x"}],
        {"url": HOOK, "events": ["opened"]},
    ],
)
def test_webhooks_that_do_not_fit_are_refused_with_what_was_given(sendpulse, wrong):
    with pytest.raises(ValueError, match="setting 'smtp_webhooks' cannot be"):
        sendpulse.settings.set(smtp_webhooks=wrong)
