"""The blacklist: each operation sends what the vendor documents, and reads what it answers."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client.services.email.blacklist import Blacklist

ADA, BOB = "ada@example.com", "bob@example.com"
BOTH = b64encode(f"{ADA},{BOB}".encode()).decode()


def blacklist(transport: ScriptedTransport) -> Blacklist:
    return client_over(transport).email.blacklist


@pytest.mark.parametrize(
    ("call", "sent", "body"),
    [
        (lambda blacklist: blacklist.add([ADA, BOB]), "POST /blacklist", {"emails": BOTH}),
        (
            lambda blacklist: blacklist.add((ADA, BOB), comment="spam"),
            "POST /blacklist",
            {"emails": BOTH, "comment": "spam"},
        ),
        (lambda blacklist: blacklist.remove([ADA, BOB]), "DELETE /blacklist", {"emails": BOTH}),
    ],
)
def test_write_sends_addresses_in_base64(call: Callable[[Blacklist], Any], sent: str, body: Any) -> None:
    transport = ScriptedTransport(answer({"result": True}))

    assert call(blacklist(transport)) is None

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert json.loads(request.body) == body


@pytest.mark.parametrize(
    ("arguments", "sent"), [({}, "GET /blacklist"), ({"limit": 2, "offset": 1}, "GET /blacklist?limit=2&offset=1")]
)
def test_addresses_are_read_as_texts(arguments: dict[str, int], sent: str) -> None:
    transport = ScriptedTransport(answer([ADA, BOB]))

    assert blacklist(transport).list(**arguments) == [ADA, BOB]
    assert str(transport.requests[0]).replace("https://api.test", "") == sent


def test_one_text_is_no_list_of_addresses() -> None:
    with pytest.raises(TypeError, match="give a list of addresses"):
        blacklist(ScriptedTransport()).add(ADA)
