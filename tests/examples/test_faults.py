"""How to make things go wrong: the examples of the page on faults."""

import pytest
import requests

from sendpulse_client import ConnectionLost, NotFound, ServerError

LIST = "email.mailing_lists.list"
URL = "https://api.sendpulse.com/addressbooks"


def test_refusal_is_planned_by_its_key(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    sendpulse.faults.add({"refuse": "book.not_found"}, operation="email.mailing_lists.delete")

    with pytest.raises(NotFound):
        lists.delete(book)

    lists.delete(book)


def test_script_is_met_step_by_step(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    sendpulse.faults.add({"pass": 1}, {"status": 503}, {"reset": True}, operation=LIST)

    lists.list()
    with pytest.raises(ServerError):
        lists.list()
    with pytest.raises(ConnectionLost):
        lists.list()

    assert lists.list() == []


def test_slow_answer_runs_into_the_callers_timeout(sendpulse):
    sendpulse.faults.add({"latency": 60}, operation=LIST)

    with pytest.raises(requests.ReadTimeout):
        requests.get(URL, headers={"Authorization": f"Bearer {sendpulse.api_key}"}, timeout=0.01)


def test_answer_may_be_cut_or_spoiled(sendpulse):
    sendpulse.faults.add({"truncate": 1}, {"malformed": True}, operation=LIST)
    headers = {"Authorization": f"Bearer {sendpulse.api_key}"}

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(URL, headers=headers)
    with pytest.raises(requests.JSONDecodeError):
        requests.get(URL, headers=headers).json()
