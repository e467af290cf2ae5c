"""Mail that nobody in his right mind sends: a clear answer, no crash, and nothing is changed when it is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests

from mock_server import AccountHandle, MockServer
from sendpulse_client import Client

ADA = "ada@example.com"
HEADER_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")

pytestmark = pytest.mark.sendpulse(limits="off", clock="2026-01-31T12:00:00Z")


def post(sendpulse: AccountHandle, body: bytes) -> requests.Response:
    headers = {"Authorization": f"Bearer {sendpulse.api_key}", "Content-Type": "application/json"}
    return requests.post(f"{sendpulse.base_url}/smtp/emails", data=body, headers=headers, timeout=60)


def written(sendpulse: AccountHandle, **fields: object) -> bytes:
    letter = {"subject": "Hi", "from": {"email": sendpulse.sender}, "to": [{"email": ADA}], "text": "Hi"}
    return json.dumps({"email": letter | fields}).encode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"to": [1] * 1_000_000}, "Argument email.to is invalid"),
        ({"to": [{"email": "x"}] * 300_000}, "Recipient email is invalid"),
        ({"to": [{"email": ADA}] * 300_000, "cc": [{"email": "x"}]}, "Recipient email is invalid"),
        ({"attachments_binary": {str(number): "<" for number in range(300_000)}}, "attachments_binary is invalid"),
        ({"attachments_binary": {"a": "=" * 5_000_000}}, "attachments_binary is invalid"),
        ({"html": "A" * 20_000_000}, "Message size limit exceeded"),
        ({"attachments": {"x" * 12_000_000: ""}}, "Message size limit exceeded"),
    ],
    ids=["numbers", "no addresses", "one wrong among many", "files", "padding", "html", "the name of a file"],
)
def test_what_is_immense_is_refused(sendpulse: AccountHandle, fields: dict[str, object], message: str) -> None:
    before = sendpulse.state.snapshot()

    answer = post(sendpulse, written(sendpulse, **fields))

    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert sendpulse.state.snapshot() == before


def test_what_is_large_and_fits_is_sent(sendpulse: AccountHandle) -> None:
    markup = "<div>" * 200_000 + "{{x}}<a href='https://example.com'>" * 50_000

    sendpulse.client.smtp.emails.send(sender=sendpulse.sender, to=[ADA], subject="x" * 100_000, html=markup)
    sendpulse.simulate.click(ADA)

    [mail] = sendpulse.outbox
    assert (mail.html, len(mail.subject)) == (markup, 100_000)
    assert mail.extract_links() == ["https://example.com"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"email": ' + b'{"from": ' * 50_000,
        b'{"email": {"template": ' + b"[" * 101 + b"]" * 101 + b"}}",
        b'{"email": "' + b"[" * 100_000 + b'"}',
        b'{"email": {"subject": "\\ud800", "text": "\\udfff"}}',
        b'{"email": "{\\"subject\\": \\"\\\\ud800\\"}"}',
        b'{"email": {"subject": "\xff"}}',
        b'{"email": "a:9999999999:{"}',
        b"email[to][0][email]=%FF&email" + b"[x]" * 5000 + b"=1",
    ],
    ids=["nested", "too deep", "brackets", "surrogates", "surrogates in text", "no UTF-8", "PHP", "a form"],
)
def test_what_is_no_mail_is_refused(sendpulse: AccountHandle, body: bytes) -> None:
    before = sendpulse.state.snapshot()

    answer = post(sendpulse, body)

    assert answer.status_code == 422
    assert answer.json()["error_code"] in {10, 422, 999}
    assert sendpulse.state.snapshot() == before


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\x0b", "\x1c", "\x85", "\u2028", '"', "\\", "<", ",", ";"])
def test_no_sign_in_a_name_or_subject_makes_another_header(sendpulse: AccountHandle, sign: str) -> None:
    evil = f"x{sign}Bcc: eve@example.com{sign}{sign}body"

    sendpulse.client.smtp.emails.send(
        sender=(sendpulse.sender, evil),
        to=[(ADA, evil)],
        cc=[(ADA, evil)],
        reply_to=(ADA, evil),
        subject=evil,
        text=evil,
        attachments={evil: b"1"},
    )

    [mail] = sendpulse.outbox
    assert mail.to == ADA
    assert "Bcc" not in mail.headers
    assert not any(HEADER_BREAK.search(f"{name}{value}") for name, value in mail.headers.items())
    assert (mail.text, mail.attachments) == (evil, {evil: b"1"})


def test_variables_may_be_anything(sendpulse: AccountHandle) -> None:
    template = sendpulse.client.email.templates.create("<p>{{a}} {{b}} {{c}}</p>" * 1000, name="Large").real_id
    variables = {"a": "x" * 100_000, "b": {"c": [None, 1e300, "{{a}}"]}, "c": "{{a}}", "": 1, "\r\n": "\r\n"}

    sendpulse.client.smtp.emails.send(
        sender=sendpulse.sender, to=[ADA], subject="{{c}} {{b}}", template_id=template, variables=variables
    )

    [mail] = sendpulse.outbox
    assert mail.subject.startswith("{{a}} {")
    assert len(mail.html) < 60_000_000


def test_mail_survives_its_server_and_goes_on(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/mail.db"
    first = MockServer(database=database)
    with first.serve() as server:
        account = server.account(client_id="shop", clock="2026-01-31T12:00:00Z", limits="off")
        account.settings.set(smtp_webhooks=[{"url": "https://hooks.example.com", "events": ["opened"]}])
        people = ["o+open-1h@example.com", "b+bounce-1h@example.com"]
        number = account.client.smtp.emails.send(sender=account.sender, to=people, subject="Hi", text="Hi")
        account.client.smtp.unsubscribed.add([ADA])
        secret = account.client_secret
    first.close()

    second = MockServer(database=database)
    reopened = second.emulator.world.account("shop")
    assert reopened is not None
    reopened.advance(7200)
    with second.serve() as server, Client("shop", secret, base_url=server.base_url) as client:
        records = client.smtp.emails.get_many([number])
        suppressed = client.smtp.unsubscribed.search(ADA)
    told = [event["event"] for event in reopened.webhooks.events()]
    second.close()

    assert [(record.smtp_answer_code, record.tracking["open"]) for record in records] == [(250, 1), (550, 0)]
    assert suppressed
    assert told == ["opened"]
