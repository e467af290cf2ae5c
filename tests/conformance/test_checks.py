"""Each check fails for what it is there for, and for nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.checks import (
    BodyBreaksSchema,
    NotJson,
    ServerError,
    UndeclaredRefusal,
    UndeclaredStatus,
    WrongMediaType,
    WrongStatus,
    WrongWording,
    check,
    check_answer,
)
from contracts.messages import Answer, Request
from contracts.services import documents, oauth
from contracts.services.email import mailing_lists as api

NOT_FOUND = {"message": "Book not found", "error_code": 213}
INVALID_CLIENT = {
    "error": "invalid_client",
    "error_description": "Client authentication failed",
    "message": "Client authentication failed",
}


def answer(status: int, body: Any, media_type: str = "application/json") -> Answer:
    return Answer(status, {"content-type": media_type}, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("operation", "kept"),
    [
        (api.create, answer(200, {"id": 1})),
        (api.create, answer(200, {"id": 1, "more": "than was promised"})),
        (api.get, answer(404, NOT_FOUND)),
        (api.get, answer(404, {"error_code": 213, "message": "Book not found"})),
        (oauth.issue_token, answer(401, INVALID_CLIENT)),
        (documents.get_index, answer(200, b"openapi: 3.1.0", "application/yaml")),
    ],
)
def test_what_keeps_the_contract_passes(operation, kept):
    check_answer(operation, kept)


@pytest.mark.parametrize(
    ("operation", "broken", "failure"),
    [
        (api.create, answer(500, b"<h1>Whoops</h1>", "text/html"), ServerError),
        (api.create, answer(201, {"id": 1}), UndeclaredStatus),
        (api.create, answer(200, {"id": 1}, "application/json; charset=utf-8"), WrongMediaType),
        (api.create, answer(200, {"id": 1}, "text/html"), WrongMediaType),
        (api.create, answer(200, b""), NotJson),
        (api.create, answer(200, b"{"), NotJson),
        (api.create, answer(200, None), NotJson),
        (api.create, answer(200, 1), NotJson),
        (api.create, answer(200, {"id": "1"}), BodyBreaksSchema),
        (api.create, answer(200, {}), BodyBreaksSchema),
        (api.create, answer(200, [{"id": 1}]), BodyBreaksSchema),
        (api.rename, answer(422, NOT_FOUND), WrongStatus),
        (api.get, answer(404, NOT_FOUND | {"message": "No such book"}), WrongWording),
        (api.get, answer(404, NOT_FOUND | {"more": "than was promised"}), WrongWording),
        (api.get, answer(404, NOT_FOUND | {"error_code": 703}), UndeclaredRefusal),
        (api.get, answer(404, [NOT_FOUND]), UndeclaredRefusal),
        (oauth.issue_token, answer(401, {"message": "Unauthorized!", "error_code": 401}), UndeclaredRefusal),
        (oauth.issue_token, answer(401, INVALID_CLIENT | {"message": "Go away"}), WrongWording),
    ],
)
def test_what_breaks_the_contract_fails_by_name(operation, broken, failure):
    with pytest.raises(failure):
        check_answer(operation, broken)


def test_a_recorded_exchange_is_checked_by_the_operation_it_means():
    request = Request("GET", "//addressbooks/7/")

    check(request, answer(404, NOT_FOUND))
    with pytest.raises(BodyBreaksSchema):
        check(request, answer(200, []))


@pytest.mark.parametrize(
    ("method", "path", "code", "message"),
    [("GET", "/no/such/path", 404, "Not found"), ("PATCH", "/addressbooks", 405, "Method not allowed")],
)
def test_a_request_that_names_no_operation_is_turned_away_in_the_usual_envelope(method, path, code, message):
    turned_away = answer(code, {"message": message, "error_code": code})

    check(Request(method, path), turned_away)
    with pytest.raises(UndeclaredStatus):
        check(Request(method, path), answer(200, {}))
    with pytest.raises(UndeclaredStatus):
        check(Request("PATCH" if method == "GET" else "GET", "/addressbooks" if code == 404 else "/no"), turned_away)
