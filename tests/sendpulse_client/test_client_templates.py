"""Templates: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Template, UnexpectedAnswer
from sendpulse_client.services.email.templates import Templates

HASH = "5f4dcc3b5aa765d61d8327deb882cf99"
HELLO, IN_BASE64 = "<p>Привіт!</p>", "PHA+0J/RgNC40LLRltGCITwvcD4="
OWN = Template("5", 5, "Hello")

Call = Callable[[Templates], Any]


def templates(transport: ScriptedTransport) -> Templates:
    return client_over(transport).email.templates


@pytest.mark.parametrize(
    ("call", "sent", "body", "answered", "read"),
    [
        (
            lambda templates: templates.create(HELLO, name="Hello", lang="uk"),
            "POST /template",
            {"body": IN_BASE64, "name": "Hello", "lang": "uk"},
            {"result": True, "real_id": 5},
            OWN,
        ),
        (
            lambda templates: templates.create(HELLO),
            "POST /template",
            {"body": IN_BASE64},
            {"result": True, "real_id": 5},
            Template("5", 5),
        ),
        (
            lambda templates: templates.update(OWN, HELLO, lang="en"),
            "POST /template/edit/5",
            {"body": IN_BASE64, "lang": "en"},
            {"result": True},
            None,
        ),
        (
            lambda templates: templates.get(OWN),
            "GET /template/5",
            None,
            {"id": "5", "real_id": 5, "name": "Hello", "category_info": [], "tags": [], "body": IN_BASE64, "new": 1},
            Template("5", 5, "Hello", body=HELLO),
        ),
        (
            lambda templates: templates.get(HASH, owner="sendpulse", lang="en"),
            f"GET /template/{HASH}?owner=sendpulse&lang=en",
            None,
            {"id": HASH, "real_id": 9, "category_info": {"id": 1}, "tags": {"a": "a"}, "body": ""},
            Template(HASH, 9, category_info={"id": 1}, tags={"a": "a"}, body=""),
        ),
        (
            lambda templates: templates.get_by_slug("hello", owner="me"),
            "GET /template/slug/hello?owner=me",
            None,
            {"id": "5", "real_id": 5, "name": "Hello", "body": IN_BASE64},
            Template("5", 5, "Hello", body=HELLO),
        ),
        (
            lambda templates: templates.list(owner="me", only_active=True, limit=2, offset=4),
            "GET /templates?owner=me&only_active=1&limit=2&offset=4",
            None,
            [{"id": "5", "real_id": 5, "name": "Hello", "category_info": None, "tags": None}],
            [OWN],
        ),
    ],
)
def test_call_sends_what_is_documented_and_understands(
    call: Call, sent: str, body: Any, answered: Any, read: Any
) -> None:
    transport = ScriptedTransport(answer(answered))

    result = call(templates(transport))

    request = transport.requests[0]
    assert str(request).replace("https://api.test", "") == sent
    assert (json.loads(request.body) if request.body else None) == body
    assert result == read


def test_iterating_reads_templates_page_after_page() -> None:
    transport = ScriptedTransport(answer([{"id": "1"}] * 100), answer([{"id": "2"}]))

    everything = list(templates(transport).iterate(owner="me"))

    assert len(everything) == 101
    assert ["offset=100" in request.url for request in transport.requests] == [False, True]


def test_body_that_is_not_base64_is_an_unexpected_answer() -> None:
    transport = ScriptedTransport(answer({"id": "5", "body": "<p>"}))

    with pytest.raises(UnexpectedAnswer):
        templates(transport).get(5)
