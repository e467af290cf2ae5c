"""Mailing lists: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Contact, Cost, ListCampaign, MailingList, Variable
from sendpulse_client.services.email.mailing_lists import MailingLists

DONE = {"result": True}
BOOK = MailingList(5, "Readers")
ADA = "ada+1@example.com"

Call = Callable[[MailingLists], Any]


def mailing_lists(transport: ScriptedTransport) -> MailingLists:
    return client_over(transport).email.mailing_lists


@pytest.mark.parametrize(
    ("call", "sent", "body"),
    [
        (lambda lists: lists.rename(BOOK, "New"), "PUT /addressbooks/5", {"name": "New"}),
        (lambda lists: lists.delete(BOOK), "DELETE /addressbooks/5", None),
        (lambda lists: lists.delete(6), "DELETE /addressbooks/6", None),
        (lambda lists: lists.add_emails(BOOK, [ADA]), "POST /addressbooks/5/emails", {"emails": [{"email": ADA}]}),
        (
            lambda lists: lists.add_emails(
                BOOK,
                [(ADA, {"age": 36}), {"email": "b@c.d", "variables": {"Phone": "1"}}],
                confirmation="force",
                sender_email="me@example.com",
                dont_update=False,
            ),
            "POST /addressbooks/5/emails",
            {
                "emails": [{"email": ADA, "variables": {"age": 36}}, {"email": "b@c.d", "variables": {"Phone": "1"}}],
                "confirmation": "force",
                "sender_email": "me@example.com",
                "dont_update": False,
            },
        ),
        (lambda lists: lists.delete_emails(BOOK, [ADA]), "DELETE /addressbooks/5/emails", {"emails": [ADA]}),
        (
            lambda lists: lists.unsubscribe(BOOK, [ADA]),
            "POST /addressbooks/5/emails/unsubscribe",
            {"emails": [ADA]},
        ),
        (
            lambda lists: lists.set_variables(BOOK, ADA, {"age": 36}),
            "POST /addressbooks/5/emails/variable",
            {"email": ADA, "variables": [{"name": "age", "value": 36}]},
        ),
        (
            lambda lists: lists.set_phone(BOOK, ADA, "380440000000"),
            "PUT /addressbooks/5/phone",
            {"email": ADA, "phone": "380440000000"},
        ),
    ],
)
def test_write_sends_what_is_documented(call: Call, sent: str, body: Any) -> None:
    transport = ScriptedTransport(answer(DONE))

    assert call(mailing_lists(transport)) is None

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body


@pytest.mark.parametrize(
    ("call", "sent", "answered", "read"),
    [
        (lambda lists: lists.create("Readers"), "POST /addressbooks", {"id": 5}, BOOK),
        (
            lambda lists: lists.get(BOOK),
            "GET /addressbooks/5",
            [{"id": 5, "status": 0, "new": 1}],
            MailingList(5, status=0),
        ),
        (lambda lists: lists.list(), "GET /addressbooks", [{"id": 5, "name": "Readers"}], [BOOK]),
        (lambda lists: lists.list(limit=2, offset=0), "GET /addressbooks?limit=2&offset=0", [], []),
        (
            lambda lists: lists.list_variables(BOOK),
            "GET /addressbooks/5/variables",
            [{"name": "age", "type": "number"}],
            [Variable("age", "number")],
        ),
        (
            lambda lists: lists.list_emails(BOOK, limit=2, order="desc", active=True, not_active=False),
            "GET /addressbooks/5/emails?limit=2&order=desc&active=1&not_active=0",
            [
                {"email": ADA, "status": 1, "variables": {"age": 36}},
                {"email": "b@c.d", "variables": []},
                {"email": "c@c.d", "phone": 380440000000, "variables": [{"name": "age", "type": "number", "value": 7}]},
            ],
            [
                Contact(ADA, 1, variables={"age": 36}),
                Contact("b@c.d"),
                Contact("c@c.d", phone=380440000000, variables={"age": 7}),
            ],
        ),
        (
            lambda lists: lists.get_total(5, active=True),
            "GET /addressbooks/5/emails/total?active=1",
            {"total": 3},
            3,
        ),
        (
            lambda lists: lists.get_contact(BOOK, ADA),
            "GET /addressbooks/5/emails/ada%2B1%40example.com",
            {"email": ADA, "abook_id": "5", "phone": "", "status": 1, "variables": [{"name": "age", "value": 36}]},
            Contact(ADA, 1, phone="", variables={"age": 36}),
        ),
        (
            lambda lists: lists.find_by_variable(BOOK, "home town", "A/B"),
            "GET /addressbooks/5/variables/home%20town/A%2FB",
            [{"email": ADA, "status": 1, "status_explain": "Active"}],
            [Contact(ADA, 1, "Active")],
        ),
        (
            lambda lists: lists.get_cost(BOOK),
            "GET /addressbooks/5/cost",
            {"cur": "USD", "sent_emails_qty": 10, "overdraftAllEmailsPrice": 1.5, "result": False},
            Cost("USD", 10, 1.5, result=False),
        ),
        (
            lambda lists: lists.list_campaigns(BOOK, offset=100),
            "GET /addressbooks/5/campaigns?offset=100",
            [{"task_id": 9, "task_name": "Spring", "task_status": 3}],
            [ListCampaign(9, "Spring", 3)],
        ),
    ],
)
def test_read_asks_and_understands(call: Call, sent: str, answered: Any, read: Any) -> None:
    transport = ScriptedTransport(answer(answered))

    result = call(mailing_lists(transport))

    assert str(transport.requests[0]).replace("https://api.test", "") == sent
    assert result == read


@pytest.mark.parametrize(
    ("call", "path", "row"),
    [
        (lambda lists: lists.iterate(), "/addressbooks?", {"id": 1}),
        (lambda lists: lists.iterate_emails(BOOK, active=True), "/addressbooks/5/emails?", {"email": ADA}),
        (lambda lists: lists.iterate_campaigns(BOOK), "/addressbooks/5/campaigns?", {"task_id": 1}),
    ],
)
def test_iterating_reads_page_after_page(call: Call, path: str, row: Any) -> None:
    transport = ScriptedTransport(answer([row] * 100), answer([row] * 7))

    everything = list(call(mailing_lists(transport)))

    urls = [request.url for request in transport.requests]
    assert len(everything) == 107
    assert all(path in url and "limit=100" in url for url in urls)
    assert ["offset=0" in urls[0], "offset=100" in urls[1]] == [True, True]


@pytest.mark.parametrize(
    "call",
    [
        lambda lists: lists.add_emails(BOOK, ADA),
        lambda lists: lists.delete_emails(BOOK, ADA),
        lambda lists: lists.unsubscribe(BOOK, ADA),
    ],
)
def test_one_string_is_not_taken_for_many_addresses(call: Call) -> None:
    transport = ScriptedTransport()

    with pytest.raises(TypeError, match="ada"):
        call(mailing_lists(transport))

    assert transport.requests == []
