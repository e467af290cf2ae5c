"""How to make time pass: the examples of the page on limits and the clock."""

import pytest
import requests

from sendpulse_client import QuotaExceeded, RateLimited

API = "https://api.sendpulse.com"


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_eleventh_request_of_a_second_is_refused(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    for _ in range(10):
        lists.list()

    with pytest.raises(RateLimited):
        lists.list()

    sendpulse.clock.advance(1)
    assert lists.list() == []


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z", limits={"per_minute": 5})
def test_minute_has_a_quota_of_its_own(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    for _ in range(5):
        lists.list()
        sendpulse.clock.advance(1)

    with pytest.raises(QuotaExceeded):
        lists.list()


@pytest.mark.sendpulse(limits="off")
def test_limits_can_be_off(sendpulse):
    for _ in range(100):
        sendpulse.client.email.mailing_lists.list()

    assert sendpulse.limits.left["second"] is None


def test_token_lives_for_an_hour(sendpulse):
    credentials = {"client_id": sendpulse.client_id, "client_secret": sendpulse.client_secret}
    asked = {"grant_type": "client_credentials", **credentials}
    token = requests.post(f"{API}/oauth/access_token", json=asked).json()["access_token"]

    sendpulse.clock.advance("1h1m")

    answer = requests.get(f"{API}/addressbooks", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_new_contact_becomes_active_after_a_while(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, ["ada@example.com"])
    assert lists.get_total(book, active=True) == 0

    sendpulse.clock.advance("1m")

    assert lists.get_total(book, active=True) == 1
