"""`contracts.check` judges an exchange whoever holds it, names what is wrong, and shows no secret."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
import requests
import responses

import contracts
from contracts.checks import (
    BodyBreaksSchema,
    Failure,
    NotJson,
    UndeclaredRefusal,
    UndeclaredStatus,
    WrongMediaType,
    WrongStatus,
    WrongWording,
)
from contracts.exchanges import exchange_of
from contracts.judging import KINDS
from contracts.judging.asked import RequestBreaksSchema, UnknownOperation, WrongMethod, undeclared
from contracts.messages import Answer, Request
from contracts.verify.findings import Severity

BOOKS = "https://api.sendpulse.com/addressbooks"
HEADERS = {"Authorization": "Bearer some-token-of-mine"}
CREATE = {"method": "POST", "url": BOOKS, "json": {"bookName": "Readers"}, "headers": HEADERS}
TOTAL = {"method": "GET", "url": f"{BOOKS}/7/emails/total", "headers": HEADERS}
NOT_FOUND = {"message": "Book not found", "error_code": 213}


def kinds(request: Any, response: Any) -> list[tuple[str, str]]:
    return [(finding.kind, finding.place) for finding in contracts.judge(request, response)]


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (Request("POST", "/addressbooks", "", "", "Bearer t", b'{"bookName": "x"}'), Answer(200, {}, b'{"id": 1}')),
        (CREATE, {"status": 200, "json": {"id": 1}}),
        (CREATE, (200, {"id": 1})),
        (CREATE, (200, '{"id": 1}')),
        (
            CREATE,
            {
                "status_code": "200 OK",
                "headers": [("Content-Type", "application/json; charset=utf-8")],
                "body": b'{"id": 1}',
            },
        ),
        (TOTAL | {"params": {"active": 1}}, (200, {"total": 3})),
        (TOTAL, (404, NOT_FOUND)),
        (requests.Request("POST", BOOKS, json={"bookName": "x"}, headers=HEADERS).prepare(), (200, {"id": 1})),
        (httpx.Request("POST", BOOKS, json={"bookName": "x"}, headers=HEADERS), httpx.Response(200, json={"id": 1})),
        (httpx.Request("POST", BOOKS, data={"bookName": "x"}, headers=HEADERS), httpx.Response(200, json={"id": 1})),
    ],
)
def test_exchange_that_keeps_its_contract_passes_whoever_holds_it(request_, response):
    assert contracts.check(request_, response) == ()


@responses.activate
def test_mock_written_by_hand_is_judged_as_it_answered():
    responses.get(f"{BOOKS}/7/emails/total", json={"count": 3})

    answer = requests.get(f"{BOOKS}/7/emails/total", headers=HEADERS, timeout=5)

    with pytest.raises(BodyBreaksSchema, match="'total'"):
        contracts.check(answer.request, answer)


@pytest.mark.parametrize(
    ("request_", "response", "failure"),
    [
        (TOTAL, (200, {"total": "3"}), BodyBreaksSchema),
        (TOTAL, (200, "soon"), NotJson),
        (TOTAL, (200, ""), NotJson),
        (TOTAL, (201, {"total": 3}), UndeclaredStatus),
        (TOTAL, {"status": 200, "headers": {"content-type": "text/html"}, "json": {"total": 3}}, WrongMediaType),
        (TOTAL, (422, NOT_FOUND), WrongStatus),
        (TOTAL, (404, NOT_FOUND | {"message": "Nothing"}), WrongWording),
        (TOTAL, (404, {"message": "Gone", "error_code": 999}), UndeclaredRefusal),
        (CREATE | {"json": {"name": "Readers"}}, (200, {"id": 1}), RequestBreaksSchema),
        (("GET", "/addressbooks/seven/emails/total"), (200, {"total": 3}), RequestBreaksSchema),
        (("GET", "/adressbooks"), (200, []), UnknownOperation),
        (("PATCH", "/addressbooks", {"bookName": "x"}), (200, {"id": 1}), WrongMethod),
    ],
)
def test_breach_is_raised_as_the_failure_of_its_name(request_, response, failure):
    with pytest.raises(Failure) as raised:
        contracts.check(request_, response)

    assert type(raised.value) is failure
    assert str(raised.value)


def test_misspelt_path_is_told_the_right_one():
    [finding] = contracts.judge(("POST", "/adressbooks"), (200, {"id": 1}))

    assert finding.expected == "POST /addressbooks (email.mailing_lists.create)?"


def test_arguments_that_are_refused_were_rightly_refused():
    refused = {"message": "Argument bookName missing", "error_code": 422}

    assert contracts.check(CREATE | {"json": {}}, (422, refused)) == ()


def test_every_place_that_breaks_a_schema_is_told():
    places = [
        place for kind, place in kinds(("GET", BOOKS), (200, [{"id": "1", "name": "x"}])) if kind == "answer.schema"
    ]

    assert "*.id" in places
    assert "*.status" in places
    assert len(places) > 2


def test_fields_that_nobody_declared_are_notes():
    notes = contracts.check(CREATE | {"json": {"bookName": "x", "colour": "red"}}, (200, {"id": 1, "name": "x"}))

    assert [(note.kind, note.place, note.severity) for note in notes] == [
        ("answer.unknown_field", "name", Severity.NOTE),
        ("request.unknown_field", "colour", Severity.NOTE),
    ]


def test_fields_inside_others_are_told_by_their_place():
    contact = {"emails": [{"email": "ada@example.com", "variables": {"any": 1}, "vars": {}}]}
    request = {"method": "POST", "url": f"{BOOKS}/7/emails", "json": contact, "headers": HEADERS}

    assert kinds(request, (200, {"result": True})) == [("request.unknown_field", "emails.*.vars")]


def test_success_without_a_token_is_a_note():
    assert kinds(("GET", "/addressbooks/7/emails/total"), (200, {"total": 3})) == [("request.token", "")]


@pytest.mark.parametrize("status", [500, 502, 599])
def test_server_that_failed_breaks_no_promise(status):
    [note] = contracts.check(TOTAL, (status, "<h1>Whoops</h1>"))

    assert note.severity is Severity.NOTE


@pytest.mark.parametrize("start", undeclared())
def test_nothing_is_claimed_about_services_that_are_not_declared(start):
    [note] = contracts.check(("GET", f"/{start}/anything"), (200, {"made": "up"}))

    assert note.severity is Severity.NOTE


def test_what_is_only_inferred_convicts_nobody():
    [finding] = contracts.judge(TOTAL, (429, {"message": "Slow down", "error_code": 2020202020}))

    assert finding.evidence is not None
    assert finding.severity is Severity.WARNING


def test_head_has_no_body_to_judge():
    assert (
        contracts.check(TOTAL | {"method": "HEAD"}, {"status": 200, "headers": {"content-type": "application/json"}})
        == ()
    )


def test_stream_is_left_to_whoever_sends_it():
    stream = io.BytesIO(b"{}")

    assert not exchange_of({"method": "POST", "url": BOOKS, "body": stream}, (200, {"id": 1})).is_request_whole
    assert stream.read() == b"{}"


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (7, (200, {})),
        ({"url": BOOKS}, (200, {})),
        (TOTAL, None),
        (TOTAL, {"body": "x"}),
        (TOTAL, {"status": "soon"}),
        (TOTAL, httpx.Response(200, stream=httpx.ByteStream(b"{}"))),
    ],
)
def test_what_is_no_exchange_is_told_so(request_, response):
    with pytest.raises(TypeError, match=r"has|read it"):
        contracts.check(request_, response)


SECRET = "s3cr3t-of-the-account-0815"
TOKEN = {"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET}


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (("POST", "/oauth/access_token", TOKEN), (200, {"access_token": SECRET, "token": SECRET})),
        (("POST", "/oauth/access_token", TOKEN | {SECRET: SECRET}), (400, {"message": SECRET})),
        (("POST", f"/oauth/access_token?client_secret={SECRET}"), (418, SECRET)),
        (("GET", f"/unknown/{SECRET}?client_secret={SECRET}"), (200, SECRET)),
        (TOTAL | {"headers": {"Authorization": f"Bearer {SECRET}"}}, (200, {"total": SECRET})),
        (TOTAL | {"headers": {"Authorization": f"Bearer {SECRET}"}}, (200, f"no JSON but {SECRET}")),
    ],
)
def test_no_finding_and_no_failure_shows_a_secret(request_, response):
    with pytest.raises(Failure) as raised:
        contracts.check(request_, response)

    findings = contracts.judge(request_, response)
    assert findings
    assert SECRET not in f"{findings} {raised.value} {json.dumps(raised.value.seen)}"


def test_every_failure_that_is_raised_has_a_kind():
    assert len(set(KINDS.values())) == len(KINDS)
