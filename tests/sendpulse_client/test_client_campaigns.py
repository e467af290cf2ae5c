"""Campaigns: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Campaign, NewCampaign, Recipient, Referral
from sendpulse_client.services.email.campaigns import Campaigns

SPRING = Campaign(7, "Spring")
ADA = "ada+1@example.com"
MAIL = {"sender_name": "The editors", "sender_email": "me@example.com", "subject": "News"}
MADE = {
    "id": 7,
    "status": 13,
    "count": 2,
    "tariff_email_qty": 1,
    "overdraft_price": "0.01",
    "ovedraft_currency": "USD",
    "new": 1,
}

Call = Callable[[Campaigns], Any]


def campaigns(transport: ScriptedTransport) -> Campaigns:
    return client_over(transport).email.campaigns


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"list_id": 5, "html": "<p>Zoë</p>"}, {"list_id": 5, "body": "PHA+Wm/DqzwvcD4="}),
        ({"list_id": (5, 6), "template_id": 3}, {"list_id": [5, 6], "template_id": 3}),
        ({"segment_id": 9, "template_id": "0f"}, {"segment_id": 9, "template_id": "0f"}),
        ({"list_id": 5, "html": "", "is_draft": True}, {"list_id": 5, "body": "", "type": "draft"}),
        ({"list_id": 5, "html": "x", "is_draft": False}, {"list_id": 5, "body": "eA=="}),
        ({"list_id": 5, "html": "x", "is_test": True}, {"list_id": 5, "body": "eA==", "is_test": True}),
        (
            {
                "list_id": 5,
                "html": "x",
                "send_date": "2026-01-31 12:00:00",
                "name": "Spring",
                "use_dynamic_list": False,
                "attachments": {"a.bin": b"\x00\xff"},
                "body_amp": "amp",
                "stats": {"opens": False},
            },
            {
                "list_id": 5,
                "body": "eA==",
                "send_date": "2026-01-31 12:00:00",
                "name": "Spring",
                "use_dynamic_list": False,
                "attachments_binary": {"a.bin": "AP8="},
                "body_amp": "YW1w",
                "stats": {"opens": False},
            },
        ),
    ],
)
def test_new_campaign_is_sent_as_documented(given: Any, sent: Any) -> None:
    transport = ScriptedTransport(answer(MADE))

    made = campaigns(transport).create(**MAIL, **given)

    assert made == NewCampaign(7, 13, 2, 1, "0.01", "USD")
    (request,) = transport.requests
    assert str(request).replace("https://api.test", "") == "POST /campaigns"
    assert json.loads(request.body) == MAIL | sent


@pytest.mark.parametrize(
    ("call", "sent", "body"),
    [
        (lambda api: api.update(SPRING, name="New"), "PATCH /campaigns/7", {"name": "New"}),
        (lambda api: api.update(NewCampaign(8)), "PATCH /campaigns/8", {}),
        (
            lambda api: api.update(
                9,
                sender_name="Zoë",
                sender_email="me@example.com",
                subject="News",
                html="x",
                template_id=3,
                send_date="2026-01-31 12:00:00",
            ),
            "PATCH /campaigns/9",
            {
                "sender_name": "Zoë",
                "sender_email": "me@example.com",
                "subject": "News",
                "body": "eA==",
                "template_id": 3,
                "send_date": "2026-01-31 12:00:00",
            },
        ),
        (lambda api: api.cancel(SPRING), "DELETE /campaigns/7", None),
        (lambda api: api.cancel(NewCampaign(8)), "DELETE /campaigns/8", None),
        (lambda api: api.cancel(9), "DELETE /campaigns/9", None),
    ],
)
def test_write_sends_what_is_documented(call: Call, sent: str, body: Any) -> None:
    transport = ScriptedTransport(answer({"result": True, "id": 7}))

    assert call(campaigns(transport)) is None

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body


@pytest.mark.parametrize(
    ("call", "sent", "answered", "read"),
    [
        (lambda api: api.list(), "GET /campaigns", [{"id": 7, "name": "Spring", "new": 1}], [SPRING]),
        (
            lambda api: api.list(limit=2, offset=0, order="desc", status=[3, 26], planed=True),
            "GET /campaigns?limit=2&offset=0&order=desc&status%5B%5D=3&status%5B%5D=26&planed=1",
            [],
            [],
        ),
        (lambda api: api.list(status=[], planed=False), "GET /campaigns?planed=0", [], []),
        (
            lambda api: api.get(SPRING),
            "GET /campaigns/7",
            {
                "id": 7,
                "status": 3,
                "overdraft_price": 0.01,
                "message": {"subject": "News", "attachments": ""},
                "statistics": {"general": [{"code": 2, "count": 1, "explain": "Delivered"}], "clicks": []},
                "external_stat": {"check_open_email": True},
            },
            Campaign(
                7,
                status=3,
                overdraft_price=0.01,
                message={"subject": "News", "attachments": ""},
                statistics={"general": [{"code": 2, "count": 1, "explain": "Delivered"}], "clicks": []},
                external_stat={"check_open_email": True},
            ),
        ),
        (lambda api: api.get_countries(7), "GET /campaigns/7/countries", {"UA": 2}, {"UA": 2}),
        (lambda api: api.get_countries(7), "GET /campaigns/7/countries", [], {}),
        (
            lambda api: api.get_referrals(SPRING),
            "GET /campaigns/7/referrals",
            [{"link": "https://example.com", "count": 2}],
            [Referral("https://example.com", 2)],
        ),
        (
            lambda api: api.get_recipient(SPRING, ADA),
            "GET /campaigns/7/email/ada%2B1%40example.com",
            {"send_date": "2026-01-31 12:00:00", "global_status": 1, "detail_status": 3},
            Recipient("2026-01-31 12:00:00", global_status=1, detail_status=3),
        ),
        (
            lambda api: api.get_recipient(7, ADA),
            "GET /campaigns/7/email/ada%2B1%40example.com",
            {"sent_date": None, "global_status": 0, "global_status_explain": "In queue"},
            Recipient(None, 0, "In queue"),
        ),
    ],
)
def test_read_asks_and_understands(call: Call, sent: str, answered: Any, read: Any) -> None:
    transport = ScriptedTransport(answer(answered))

    result = call(campaigns(transport))

    assert str(transport.requests[0]).replace("https://api.test", "") == sent
    assert result == read


def test_iterating_reads_page_after_page() -> None:
    transport = ScriptedTransport(answer([{"id": 1}] * 100), answer([{"id": 2}] * 7))

    everything = list(campaigns(transport).iterate(order="desc"))

    urls = [request.url for request in transport.requests]
    assert len(everything) == 107
    assert all("/campaigns?" in url and "limit=100" in url and "order=desc" in url for url in urls)
    assert ["offset=0" in urls[0], "offset=100" in urls[1]] == [True, True]


@pytest.mark.parametrize("nobody", ["", ".", ".."])
def test_recipient_without_a_name_is_no_path(nobody: str) -> None:
    transport = ScriptedTransport()

    with pytest.raises(ValueError, match="path"):
        campaigns(transport).get_recipient(SPRING, nobody)

    assert transport.requests == []
