"""How to test code that calls SendPulse: the examples of the page on pytest."""

import os

import pytest
import requests

from mock_server import MockServer
from sendpulse_client import Client

API = "https://api.sendpulse.com"


def subscribe(book: int, address: str, sender: str) -> None:
    """The code under test: it knows nothing of the emulator."""
    credentials = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SENDPULSE_CLIENT_ID"],
        "client_secret": os.environ["SENDPULSE_CLIENT_SECRET"],
    }
    token = requests.post(f"{API}/oauth/access_token", json=credentials).json()["access_token"]
    requests.post(
        f"{API}/addressbooks/{book}/emails",
        json={"emails": [address], "confirmation": "force", "sender_email": sender},
        headers={"Authorization": f"Bearer {token}"},
    ).raise_for_status()


def test_subscriber_is_asked_to_confirm(sendpulse):
    book = sendpulse.client.email.mailing_lists.create("Readers")

    subscribe(book.id, "ada@example.com", sendpulse.sender)

    mail = sendpulse.outbox.wait(to="ada@example.com")
    assert mail.extract_links()


def test_subscriber_who_confirmed_is_active(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    subscribe(book.id, "ada@example.com", sendpulse.sender)

    sendpulse.simulate.confirm("ada@example.com")

    assert lists.get_total(book, active=True) == 1


def test_subscriber_is_added_once(sendpulse):
    book = sendpulse.client.email.mailing_lists.create("Readers")

    subscribe(book.id, "ada@example.com", sendpulse.sender)

    sendpulse.journal.assert_called("email.mailing_lists.add_emails", times=1, sender_email=sendpulse.sender)
    sendpulse.journal.assert_not_called("email.mailing_lists.delete")


@pytest.mark.sendpulse(plan="free", world="list-with-contacts", clock="2026-01-31T12:00:00Z")
def test_account_starts_as_the_marker_says(sendpulse):
    assert sendpulse.plan.category == "free"
    assert sendpulse.client.email.mailing_lists.get(1).name == "Readers"
    assert sendpulse.clock.now == "2026-01-31T12:00:00.000000Z"


@pytest.mark.sendpulse(credentials="strict")
def test_other_credentials_are_refused(sendpulse):
    credentials = {"grant_type": "client_credentials", "client_id": "somebody", "client_secret": "else"}

    answer = requests.post(f"{API}/oauth/access_token", json=credentials)

    assert answer.status_code == 401


def test_code_in_another_process_reaches_a_live_server(sendpulse_live):
    client = Client(sendpulse_live.client_id, sendpulse_live.client_secret, base_url=sendpulse_live.base_url)

    client.email.mailing_lists.create("Readers")

    sendpulse_live.journal.assert_called("email.mailing_lists.create", bookName="Readers")


def test_emulator_works_without_fixtures():
    with MockServer().intercept() as sendpulse:
        book = sendpulse.client.email.mailing_lists.create("Readers")
        subscribe(book.id, "ada@example.com", sendpulse.sender)

        assert sendpulse.outbox.wait(to="ada@example.com").subject
