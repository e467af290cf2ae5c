"""What real clients send instead of the plain form, where it shows on the wire alone, or on one operation.

What they do on every operation is a property: `contracts.suite.tolerance`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from mock_server import MockServer
from mock_server.testing import RunningServer

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=limit"
SECONDS = 30.0

BOOKS, BOOK, EMAILS = "/addressbooks", "/addressbooks/1", "/addressbooks/1/emails"
ADA, NEW = "/addressbooks/1/emails/ada@example.com", "new@example.com"


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire; a body that is no text is written as JSON."""

    method: str
    target: str
    body: Any = None
    content_type: str | None = JSON

    @property
    def content(self) -> bytes | None:
        body = self.body
        return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def part(name: str, value: str) -> bytes:
    return f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


LISTED = Sent("GET", BOOKS)
PAGED = Sent("GET", f"{EMAILS}?limit=1&offset=1")
CREATED = Sent("POST", BOOKS, {"bookName": "Ärzte + Co"})
ADDED = Sent("POST", EMAILS, {"emails": [{"email": NEW}]})
ADDED_WITH_NAME = Sent("POST", EMAILS, {"emails": [{"email": NEW, "variables": {"name": "Ä"}}]})
TAKEN_AWAY = Sent("DELETE", EMAILS, {"emails": ["ada@example.com", "alan@example.com"]})
DELETED = Sent("DELETE", BOOK)

QUIRKS = {
    "a bare question mark": (LISTED, Sent("GET", "/addressbooks?")),
    "the target of a proxy": (LISTED, Sent("GET", "http://api.sendpulse.com/addressbooks")),
    "numbers as floats": (PAGED, Sent("GET", EMAILS, {"limit": 1.0, "offset": 1.0})),
    "py sends a blob of JSON as query": (
        LISTED,
        Sent("GET", "/addressbooks?%7B%22limit%22:%2010,%20%22offset%22:%201%7D"),
    ),
    "an escaped path": (LISTED, Sent("GET", "/%61ddressbooks")),
    "flags as numbers in JSON": (Sent("GET", EMAILS, {"active": True}), Sent("GET", EMAILS, {"active": 1})),
    "JSON in capitals": (CREATED, Sent("POST", BOOKS, CREATED.body, "Application/JSON")),
    "addresses as plain text": (ADDED, Sent("POST", EMAILS, {"emails": [NEW]})),
    "addresses in other letters": (ADDED, Sent("POST", EMAILS, {"emails": [f" {NEW.upper()} "]})),
    "py, rb and n8n send a text of JSON": (ADDED, Sent("POST", EMAILS, {"emails": json.dumps([{"email": NEW}])})),
    "a text of JSON in a form": (ADDED, Sent("POST", EMAILS, b'emails=[{"email":"new@example.com"}]', FORM)),
    "java, cs and rb send lists as a form": (ADDED, Sent("POST", EMAILS, b"emails[]=new@example.com", FORM)),
    "lists of objects as a form": (ADDED, Sent("POST", EMAILS, b"emails[0][email]=new@example.com", FORM)),
    "php2 and java serialise": (
        ADDED_WITH_NAME,
        Sent(
            "POST",
            EMAILS,
            {"emails": 'a:1:{i:0;a:2:{s:5:"email";s:15:"new@example.com";s:9:"variables";a:1:{s:4:"name";s:2:"Ä";}}}'},
        ),
    ),
    "no variables are an empty array to PHP": (
        ADDED,
        Sent("POST", EMAILS, {"emails": [{"email": NEW, "variables": []}]}),
    ),
    "a DELETE with a form": (
        TAKEN_AWAY,
        Sent("DELETE", EMAILS, b"emails[]=ada@example.com&emails[]=alan@example.com", FORM),
    ),
    "a DELETE with a text of JSON": (
        TAKEN_AWAY,
        Sent("DELETE", EMAILS, {"emails": '["ada@example.com","alan@example.com"]'}),
    ),
    "an address twice": (
        TAKEN_AWAY,
        Sent("DELETE", EMAILS, {"emails": ["ada@example.com", "alan@example.com", "ADA@example.com"]}),
    ),
    "a body that is no JSON is none": (Sent("POST", BOOKS), Sent("POST", BOOKS, b'{"bookName": "Writers"')),
    "a text is no body": (Sent("POST", BOOKS), Sent("POST", BOOKS, b'"bookName"')),
    "an empty body": (Sent("POST", BOOKS), Sent("POST", BOOKS, b"", FORM)),
}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    mock = MockServer()
    with mock.serve() as server:
        yield server
    mock.close()


def outcome(server: RunningServer, sent: Sent) -> tuple[int, Any, Any]:
    """The status, the answer and the rows of a fresh account that was asked once."""
    account = server.account(world="list-with-contacts", clock="2026-01-31T12:00:00Z")
    headers = {"Authorization": f"Bearer {account.api_key}"}
    if sent.content_type is not None and sent.content is not None:
        headers["Content-Type"] = sent.content_type
    connection = HTTPConnection(urlsplit(server.base_url).netloc, timeout=SECONDS)
    try:
        connection.request(sent.method, sent.target, sent.content, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), _rows(account.state.snapshot())
    finally:
        connection.close()
        account.close()


def _rows(snapshot: dict[str, Any]) -> Any:
    rows = snapshot["rows"]["rows"]
    return {name: rows.get(name) for name in ("email.mailing_list", "email.contact", "email.variable")}


@pytest.mark.parametrize(("plain", "quirk"), QUIRKS.values(), ids=QUIRKS)
def test_a_quirk_is_answered_as_the_plain_form(server: RunningServer, plain: Sent, quirk: Sent) -> None:
    assert outcome(server, quirk) == outcome(server, plain)


@pytest.mark.parametrize("plain", [LISTED, PAGED, CREATED, ADDED, ADDED_WITH_NAME, TAKEN_AWAY, DELETED])
def test_the_plain_form_is_answered(server: RunningServer, plain: Sent) -> None:
    assert outcome(server, plain)[0] == 200


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/nothing"),
        ("GET", "/"),
        ("GET", "/addressbooks//emails"),
        ("PATCH", "/addressbooks"),
        ("FOO", "/addressbooks/1"),
        ("get", "/addressbooks"),
        ("TRACE", "/"),
        ("OPTIONS", "/addressbooks"),
        ("GET", "/_mockery"),
        ("GET", "//_mock/health"),
        ("GET", "/_MOCK/health"),
        ("GET", "/addressbooks/../_mock/health"),
    ],
)
def test_whatever_is_asked_without_a_token_is_unauthorized(server: RunningServer, method: str, target: str) -> None:
    connection = HTTPConnection(urlsplit(server.base_url).netloc, timeout=SECONDS)

    connection.request(method, target, b"anything", {"Content-Type": JSON})

    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (401, {"message": "Unauthorized!", "error_code": 401})
    connection.close()
