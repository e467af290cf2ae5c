"""Transactional mail: each operation sends what the vendor documents, and reads what it answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

from sendpulse_client import Bounce, SentEmail, Suppressed
from sendpulse_client.services.smtp import Smtp

ADA, BOB = "ada+1@example.com", "bob@example.com"
ID = "pzkic9-0afezp-fc"


def smtp(transport: ScriptedTransport) -> Smtp:
    return client_over(transport).smtp


def sent_by(transport: ScriptedTransport) -> tuple[str, Any]:
    request = transport.requests[0]
    return str(request).replace("https://api.test", ""), json.loads(request.body) if request.body else None


def test_a_mail_is_sent_with_all_that_is_given() -> None:
    transport = ScriptedTransport(answer({"result": True, "id": ID}))

    number = smtp(transport).emails.send(
        sender=(ADA, "Ada"),
        to=[BOB, (ADA, "Ada")],
        cc=[BOB],
        bcc=[(BOB, "Bob")],
        reply_to=BOB,
        subject="Your receipt",
        html="<p>Grüße</p>",
        text="Hi",
        template_id=5,
        variables={"name": "Ada"},
        attachments={"a.txt": b"1"},
        auto_plain_text=False,
    )

    assert number == ID
    assert sent_by(transport) == (
        "POST /smtp/emails",
        {
            "email": {
                "subject": "Your receipt",
                "from": {"name": "Ada", "email": ADA},
                "to": [{"email": BOB}, {"name": "Ada", "email": ADA}],
                "html": "PHA+R3LDvMOfZTwvcD4=",
                "text": "Hi",
                "template": {"id": 5, "variables": {"name": "Ada"}},
                "cc": [{"email": BOB}],
                "bcc": [{"name": "Bob", "email": BOB}],
                "reply_to": {"email": BOB},
                "attachments_binary": {"a.txt": "MQ=="},
                "auto_plain_text": False,
            }
        },
    )


def test_what_is_not_given_is_not_sent() -> None:
    transport = ScriptedTransport(answer({"result": True, "id": ID}))

    smtp(transport).emails.send(sender=ADA, to=[BOB], subject="Hi", text="Hi")

    assert sent_by(transport)[1] == {
        "email": {"subject": "Hi", "from": {"email": ADA}, "to": [{"email": BOB}], "text": "Hi"}
    }


RECORD = {"id": ID, "recipient": None, "smtp_answer_code": 250, "tracking": {"click": 0}, "new": 1}
READ = SentEmail(ID, smtp_answer_code=250, tracking={"click": 0})


@pytest.mark.parametrize(
    ("call", "sent", "body", "answered", "read"),
    [
        (lambda smtp: smtp.emails.list(), "GET /smtp/emails", None, [RECORD], [READ]),
        (
            lambda smtp: smtp.emails.list(
                limit=5, offset=1, since="2026-01-01", until="2026-01-31", sender=ADA, recipient=BOB, country=False
            ),
            (
                "GET /smtp/emails?limit=5&offset=1&from=2026-01-01&to=2026-01-31&sender=ada%2B1%40example.com"
                "&recipient=bob%40example.com&country=off"
            ),
            None,
            [],
            [],
        ),
        (lambda smtp: smtp.emails.get_total(), "GET /smtp/emails/total", None, {"total": 7}, 7),
        (lambda smtp: smtp.emails.get(ID), f"GET /smtp/emails/{ID}", None, RECORD, READ),
        (lambda smtp: smtp.emails.get(READ), f"GET /smtp/emails/{ID}", None, RECORD, READ),
        (
            lambda smtp: smtp.emails.get_many([READ, "x"]),
            "POST /smtp/emails/info",
            {"emails": [ID, "x"]},
            [RECORD],
            [READ],
        ),
        (
            lambda smtp: smtp.bounces.list(date="2026-01-31", limit=1, offset=2),
            "GET /smtp/bounces/day?date=2026-01-31&limit=1&offset=2",
            None,
            {"total": 1, "emails": [{"email_to": BOB, "smtp_answer_code": 550}], "request_limit": 100, "found": 1},
            [Bounce(BOB, smtp_answer_code=550)],
        ),
        (lambda smtp: smtp.bounces.get_total(), "GET /smtp/bounces/day/total", None, {"total": 2}, 2),
        (
            lambda smtp: smtp.unsubscribed.add([ADA, BOB], comment="asked"),
            "POST /smtp/unsubscribe",
            {"emails": [{"email": ADA, "comment": "asked"}, {"email": BOB, "comment": "asked"}]},
            {"result": True},
            None,
        ),
        (
            lambda smtp: smtp.unsubscribed.remove(iter([ADA])),
            "DELETE /smtp/unsubscribe",
            {"emails": [ADA]},
            {"result": True},
            None,
        ),
        (
            lambda smtp: smtp.unsubscribed.list(date="2026-01-31"),
            "GET /smtp/unsubscribe?date=2026-01-31",
            None,
            [{"email": ADA, "spam_complaint": 1}],
            [Suppressed(ADA, spam_complaint=1)],
        ),
        (
            lambda smtp: smtp.unsubscribed.search(ADA),
            "GET /smtp/unsubscribe/search?email=ada%2B1%40example.com",
            None,
            {"result": False},
            False,
        ),
        (
            lambda smtp: smtp.unsubscribed.resubscribe(ADA, sender=BOB, lang="ua"),
            "POST /smtp/resubscribe",
            {"email": ADA, "sender": BOB, "lang": "ua"},
            {"result": True, "id": ID},
            ID,
        ),
    ],
)
def test_call_sends_what_is_documented_and_reads_what_is_answered(
    call: Callable[[Smtp], Any], sent: str, body: Any, answered: Any, read: Any
) -> None:
    transport = ScriptedTransport(answer(answered))

    assert call(smtp(transport)) == read

    assert sent_by(transport) == (sent, body)


def test_all_mails_are_walked_through_page_by_page() -> None:
    transport = ScriptedTransport(answer([RECORD] * 100), answer([RECORD]))

    assert len([*smtp(transport).emails.iterate(recipient=BOB)]) == 101
    assert [str(request).partition("?")[2] for request in transport.requests] == [
        "limit=100&offset=0&recipient=bob%40example.com",
        "limit=100&offset=100&recipient=bob%40example.com",
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda smtp: smtp.emails.send(sender=ADA, to=BOB, subject="Hi", text="Hi"),
        lambda smtp: smtp.emails.send(sender=ADA, to=[BOB], bcc=BOB, subject="Hi", text="Hi"),
        lambda smtp: smtp.emails.get_many(ID),
        lambda smtp: smtp.unsubscribed.add(ADA),
        lambda smtp: smtp.unsubscribed.remove(ADA),
    ],
)
def test_one_text_is_no_list(call: Callable[[Smtp], Any]) -> None:
    transport = ScriptedTransport()

    with pytest.raises(TypeError, match="is one string"):
        call(smtp(transport))

    assert transport.requests == []
