"""Webhooks: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Webhook
from sendpulse_client.services.email.webhooks import Webhooks

URL = "https://hooks.example.com/"
ROW = {"id": 5, "user_id": 7, "url": URL, "action": "open"}
HOOK = Webhook(5, URL, "open", 7)

Call = Callable[[Webhooks], Any]


@pytest.mark.parametrize(
    ("call", "sent", "body", "data", "read"),
    [
        (
            lambda hooks: hooks.create(URL, ["open"]),
            "POST /v2/email-service/webhook",
            {"url": URL, "actions": ["open"]},
            [ROW],
            [HOOK],
        ),
        (lambda hooks: hooks.list(), "GET /v2/email-service/webhook", None, [ROW], [HOOK]),
        (lambda hooks: hooks.get(HOOK), "GET /v2/email-service/webhook/5", None, ROW, HOOK),
        (lambda hooks: hooks.update(5, URL), "PUT /v2/email-service/webhook/5", {"url": URL}, [True], None),
        (lambda hooks: hooks.delete(HOOK), "DELETE /v2/email-service/webhook/5", None, [True], None),
    ],
)
def test_call_sends_what_is_documented_and_reads_the_answer(
    call: Call, sent: str, body: Any, data: Any, read: Any
) -> None:
    transport = ScriptedTransport(answer({"success": True, "data": data}))

    result = call(client_over(transport).email.webhooks)

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body
    assert result == read


def test_one_string_is_not_taken_for_many_actions() -> None:
    transport = ScriptedTransport()

    with pytest.raises(TypeError, match="open"):
        client_over(transport).email.webhooks.create(URL, "open")

    assert transport.requests == []
