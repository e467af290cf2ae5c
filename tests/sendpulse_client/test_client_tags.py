"""Tags, balance, account and events: each operation sends what is known of it, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import AccountInfo, ApiError, Balance, BalanceDetail, Client, Tag

ADA = "ada@example.com"
VIP = Tag(5, "VIP", "#ff0000")
RECEIPT = {"code": "request_sended_to_queue", "success": True, "queue_id": "7-7", "user_id": 1}

Call = Callable[[Client], Any]


@pytest.mark.parametrize(
    ("call", "sent", "body"),
    [
        (lambda client: client.email.tags.create("VIP", "#f00000"), "POST /tags", {"name": "VIP", "color": "#f00000"}),
        (
            lambda client: client.email.tags.update(VIP, "New", "#f00000"),
            "PUT /tags/5",
            {"name": "New", "color": "#f00000"},
        ),
        (lambda client: client.email.tags.delete(6), "DELETE /tags/6", None),
        (
            lambda client: client.email.tags.pin_to_email(ADA, [VIP, 6]),
            "POST /tags/pin/email",
            {"email": ADA, "tags": [5, 6]},
        ),
        (
            lambda client: client.email.tags.unpin_from_email(ADA, [6]),
            "POST /tags/unpin/email",
            {"email": ADA, "tags": [6]},
        ),
        (
            lambda client: client.email.tags.pin_to_phone("+380", [VIP]),
            "POST /tags/pin/phone",
            {"phone": "+380", "tags": [5]},
        ),
        (
            lambda client: client.email.tags.unpin_from_phone("+380", [VIP]),
            "POST /tags/unpin/phone",
            {"phone": "+380", "tags": [5]},
        ),
    ],
)
def test_write_of_a_tag_returns_its_place_in_the_queue(call: Call, sent: str, body: Any) -> None:
    transport = ScriptedTransport(answer(RECEIPT))

    assert call(client_over(transport)) == "7-7"

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body


@pytest.mark.parametrize(
    ("call", "sent", "answered", "read"),
    [
        (
            lambda client: client.email.tags.list(),
            "GET /tags",
            {"tags": [{"id": 5, "name": "VIP", "color": "#ff0000"}], "user_id": 1, "version": "2.7.3"},
            [VIP],
        ),
        (
            lambda client: client.email.balance.get(),
            "GET /balance",
            {"currency": "USD", "balance_currency": 9.36},
            Balance("USD", 9.36),
        ),
        (
            lambda client: client.email.balance.get_in_currency("RUB"),
            "GET /balance/RUB",
            {"currency": "RUR", "balance_currency": 1},
            Balance("RUR", 1),
        ),
        (
            lambda client: client.email.balance.get_detail(),
            "GET /user/balance/detail",
            {"balance": {"main": "9.36", "bonus": "5.00", "currency": "USD"}, "email": {"emails_left": 7}},
            BalanceDetail({"main": "9.36", "bonus": "5.00", "currency": "USD"}, {"emails_left": 7}),
        ),
        (lambda client: client.account.get_info(), "GET /user/info", {"id": 7, "phone": "1"}, AccountInfo(7)),
    ],
)
def test_read_asks_and_understands_what_an_account_has(call: Call, sent: str, answered: Any, read: Any) -> None:
    transport = ScriptedTransport(answer(answered))

    result = call(client_over(transport))

    assert str(transport.requests[0]).replace("https://api.test", "") == sent
    assert result == read


def test_event_brings_its_variables_beside_whom_it_happened_to() -> None:
    transport = ScriptedTransport(answer({"result": True}))

    client_over(transport).automation360.events.trigger("first order", email=ADA, variables={"total": 7, "email": "x"})

    request = transport.requests[0]
    assert str(request) == "POST https://api.test/events/name/first%20order"
    assert json.loads(request.body) == {"email": ADA, "total": 7}


def test_event_that_was_just_reported_is_an_error() -> None:
    transport = ScriptedTransport(answer({"result": False, "message": "Dublicate data"}))

    with pytest.raises(ApiError, match="Dublicate data"):
        client_over(transport).automation360.events.trigger("purchase", phone="380501234567")
