"""How to choose what an account starts with: the examples of the page on worlds."""

import json

import pytest

from mock_server import MockServer
from sendpulse_client import PermissionDenied, PlanRequired


@pytest.mark.sendpulse(world="list-with-contacts")
def test_account_starts_with_contacts(sendpulse):
    contacts = sendpulse.client.email.mailing_lists.list_emails(1)

    assert [contact.email for contact in contacts] == ["ada@example.com", "grace@example.com", "alan@example.com"]


def test_world_is_a_file(tmp_path):
    world = tmp_path / "two-lists.json"
    rows = [{"name": "Readers", "created": 0}, {"name": "Writers", "created": 0}]
    world.write_text(json.dumps({"plan": {"category": "free"}, "rows": {"email.mailing_list": rows}}))

    with MockServer(world=str(world)).intercept() as sendpulse:
        names = [book.name for book in sendpulse.client.email.mailing_lists.list()]

    assert names == ["Readers", "Writers"]


@pytest.mark.sendpulse(plan="free")
def test_free_plan_has_no_tags(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")

    with pytest.raises(PlanRequired):
        lists.add_emails(book, ["ada@example.com"], tags=[1])

    sendpulse.plan.set("standard")
    lists.add_emails(book, ["ada@example.com"], tags=[1])


def test_dashboard_forbids_an_operation(sendpulse):
    sendpulse.settings.set(forbidden=["email.mailing_lists.create"])

    with pytest.raises(PermissionDenied):
        sendpulse.client.email.mailing_lists.create("Readers")


def test_state_is_taken_and_put_back(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    lists.create("Readers")
    before = sendpulse.state.snapshot()
    lists.create("Writers")

    sendpulse.state.restore(before)

    assert [book.name for book in lists.list()] == ["Readers"]
