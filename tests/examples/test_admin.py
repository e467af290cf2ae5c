"""How to steer the emulator over HTTP, from any language: the examples of the page on the admin API."""

import requests

from sendpulse_client import Client


def test_account_is_made_and_steered(sendpulse_server):
    accounts = f"{sendpulse_server.base_url}/_mock/accounts"

    account = requests.post(accounts, json={"world": "list-with-contacts", "plan": "free"}).json()
    mine = f"{accounts}/{account['client_id']}"
    requests.put(f"{mine}/clock", json={"now": "2026-01-31T12:00:00Z", "frozen": True})
    clock = requests.post(f"{mine}/clock/advance", json={"duration": "1h1m"}).json()

    assert clock == {"now": "2026-01-31T13:01:00.000000Z", "frozen": True}


def test_mail_and_journal_are_waited_for(sendpulse_server):
    account = requests.post(f"{sendpulse_server.base_url}/_mock/accounts").json()
    mine = f"{sendpulse_server.base_url}/_mock/accounts/{account['client_id']}"
    client = Client(account["client_id"], account["client_secret"], base_url=sendpulse_server.base_url)
    lists = client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=account["sender"])

    message = requests.post(f"{mine}/outbox/wait", json={"to": "ada@example.com", "timeout": 5}).json()["message"]
    entry = requests.post(f"{mine}/journal/wait", json={"operation": "email.mailing_lists.create"}).json()["entry"]

    assert message["subject"] == "Confirm your subscription to Readers"
    assert entry["arguments"] == {"bookName": "Readers"}
