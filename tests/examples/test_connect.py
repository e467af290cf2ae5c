"""How to reach a running emulator: the examples of the page on connecting."""

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from pysendpulse.pysendpulse import PySendPulse

from sendpulse_client import Client


def test_connecting_with_curl(sendpulse_live):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    sendpulse_live.client.email.mailing_lists.create("Readers")

    answer = subprocess.run(["sh", Path(__file__).with_name("connect.sh")], capture_output=True, text=True, check=True)

    assert '"name":"Readers"' in answer.stdout


def test_connecting_with_requests(sendpulse_live):
    url = sendpulse_live.base_url

    credentials = {"client_id": sendpulse_live.client_id, "client_secret": sendpulse_live.client_secret}
    asked = {"grant_type": "client_credentials", **credentials}
    token = requests.post(f"{url}/oauth/access_token", json=asked).json()["access_token"]
    answer = requests.get(f"{url}/addressbooks", headers={"Authorization": f"Bearer {token}"})

    assert answer.json() == []


def test_connecting_with_the_typed_client(sendpulse_live):
    with Client(sendpulse_live.client_id, sendpulse_live.client_secret, base_url=sendpulse_live.base_url) as client:
        book = client.email.mailing_lists.create("Readers")

        assert client.email.mailing_lists.get(book).active_email_qty == 0


def test_connecting_with_a_static_key(sendpulse_live):
    headers = {"Authorization": f"Bearer {sendpulse_live.api_key}"}

    answer = requests.get(f"{sendpulse_live.base_url}/addressbooks", headers=headers)

    assert answer.ok


def test_own_account_is_made_by_its_first_token_request(sendpulse_server):
    client = Client("test-checkout", "any secret", base_url=sendpulse_server.base_url)

    assert client.email.mailing_lists.list() == []


def test_the_vendors_own_client_works_unmodified(sendpulse, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where it keeps its token
    client = PySendPulse(sendpulse.client_id, sendpulse.client_secret, "FILE")

    book = client.add_addressbook("Readers")

    assert client.get_addressbook_info(book["id"])[0]["name"] == "Readers"
