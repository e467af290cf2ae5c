"""Senders: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Sender
from sendpulse_client.services.email.senders import Senders

ADA = "ada+1@example.com"


def senders(transport: ScriptedTransport) -> Senders:
    return client_over(transport).email.senders


@pytest.mark.parametrize(
    ("call", "sent", "body"),
    [
        (lambda senders: senders.create(ADA, "Ada"), "POST /senders", {"email": ADA, "name": "Ada"}),
        (lambda senders: senders.delete(ADA), "DELETE /senders", {"email": ADA}),
        (lambda senders: senders.delete(Sender(ADA)), "DELETE /senders", {"email": ADA}),
        (lambda senders: senders.request_code(ADA), "GET /senders/ada%2B1%40example.com/code", None),
        (
            lambda senders: senders.activate(Sender(ADA), "12345"),
            "POST /senders/ada%2B1%40example.com/code",
            {"code": "12345"},
        ),
    ],
)
def test_call_sends_what_is_documented(call: Callable[[Senders], Any], sent: str, body: Any) -> None:
    transport = ScriptedTransport(answer({"result": True}))

    assert call(senders(transport)) is None

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body


def test_senders_are_read_with_what_is_known_of_them() -> None:
    full = {"email": ADA, "name": "Ada", "status": "Active", "is_allowed_for_smtp": True, "new": 1}
    transport = ScriptedTransport(answer([full, {"email": "bob@example.com"}]))

    read = senders(transport).list()

    assert read == [Sender(ADA, "Ada", "Active", is_allowed_for_smtp=True), Sender("bob@example.com")]
    assert str(transport.requests[0]) == "GET https://api.test/senders"
