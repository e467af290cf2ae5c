"""Addresses across lists: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import AddressOrigin, AddressStatistics, ListedAddress, MailingList
from sendpulse_client.services.email.addresses import Addresses

ADA = "ada+1@example.com"
COUNTERS = {"sent": 3, "open": 2, "link": 1}
AGE = [{"name": "age", "type": "number", "value": 36}]

Call = Callable[[Addresses], Any]


def addresses(transport: ScriptedTransport) -> Addresses:
    return client_over(transport).email.addresses


@pytest.mark.parametrize(
    ("call", "sent", "body", "answered", "read"),
    [
        (
            lambda addresses: addresses.get(ADA),
            "GET /emails/ada%2B1%40example.com",
            None,
            [{"book_id": 5, "email": ADA, "status": 1, "status_explain": "Active", "variables": AGE}, {"book_id": 6}],
            [ListedAddress(5, ADA, 1, "Active", {"age": 36}), ListedAddress(6)],
        ),
        (
            lambda addresses: addresses.get_many([ADA, "b@c.d"]),
            "POST /emails",
            {"emails": [ADA, "b@c.d"]},
            {ADA: [{"book_id": 5, "status": 1, "variables": AGE}]},
            {ADA: [ListedAddress(5, status=1, variables={"age": 36})]},
        ),
        (
            lambda addresses: addresses.get_details(ADA),
            "GET /emails/ada%2B1%40example.com/details",
            None,
            [{"list_name": "Readers", "list_id": 5, "add_date": "2026-01-31 12:00:00", "source": "api"}],
            [AddressOrigin("Readers", 5, "2026-01-31 12:00:00", "api")],
        ),
        (
            lambda addresses: addresses.delete(ADA),
            "DELETE /emails/ada%2B1%40example.com",
            None,
            {"result": True},
            None,
        ),
        (
            lambda addresses: addresses.get_campaigns(ADA),
            "GET /emails/ada%2B1%40example.com/campaigns",
            None,
            {
                "statistic": COUNTERS,
                "blacklist": True,
                "addressbooks": [{"id": 5, "address_book_name": "Readers"}],
            },
            AddressStatistics(3, 2, 1, blacklist=True, addressbooks=[MailingList(5, "Readers")]),
        ),
        (
            lambda addresses: addresses.get_campaigns(ADA),
            "GET /emails/ada%2B1%40example.com/campaigns",
            None,
            {"statistic": COUNTERS, "blacklist": False},
            AddressStatistics(3, 2, 1, blacklist=False),
        ),
        (
            lambda addresses: addresses.get_campaigns_of_many([ADA]),
            "POST /emails/campaigns",
            {"emails": [ADA]},
            {ADA: {**COUNTERS, "blacklist": False, "adressbooks": [{"id": 5, "name": "Readers"}]}},
            {ADA: AddressStatistics(3, 2, 1, blacklist=False, addressbooks=[MailingList(5, "Readers")])},
        ),
    ],
)
def test_call_sends_what_is_documented_and_understands(
    call: Call, sent: str, body: Any, answered: Any, read: Any
) -> None:
    transport = ScriptedTransport(answer(answered))

    result = call(addresses(transport))

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body
    assert result == read


@pytest.mark.parametrize(
    "call", [lambda addresses: addresses.get_many(ADA), lambda addresses: addresses.get_campaigns_of_many(ADA)]
)
def test_one_string_is_not_taken_for_many_addresses(call: Call) -> None:
    with pytest.raises(TypeError, match="ada"):
        call(addresses(ScriptedTransport()))
