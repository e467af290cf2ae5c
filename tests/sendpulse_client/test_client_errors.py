"""Every refusal has its class, its particulars, and no secret in its text."""

import pickle
import re

import pytest
from scripted import INVALID_CLIENT, SECRET, UNAUTHORIZED, ScriptedTransport, answer, client_over, refusal

import sendpulse_client
from sendpulse_client import (
    ApiError,
    BadRequest,
    InvalidCredentials,
    NetworkError,
    NotFound,
    PermissionDenied,
    PlanRequired,
    QuotaExceeded,
    RateLimited,
    Request,
    Response,
    SendPulseError,
    ServerError,
    Timeout,
    Unauthorized,
    UnexpectedAnswer,
    ValidationFailed,
    _errors,
)
from sendpulse_client._errors import answer_in

GET = Request("GET", "https://api.test/addressbooks/5", {"Authorization": f"Bearer {SECRET}"})
POST = Request("POST", "https://api.test/addressbooks", {"Authorization": f"Bearer {SECRET}"}, SECRET.encode())


@pytest.mark.parametrize(
    ("response", "situation"),
    [
        (refusal(400, 14), BadRequest),
        (UNAUTHORIZED, Unauthorized),
        (INVALID_CLIENT, InvalidCredentials),
        (refusal(403, 800), PermissionDenied),
        (refusal(403, 3030303030), PlanRequired),
        (refusal(404, 213), NotFound),
        (refusal(422, 203), ValidationFailed),
        (refusal(429, 2020202020), RateLimited),
        (refusal(403, 2020202020), RateLimited),
        (refusal(429, 429), QuotaExceeded),
        (Response(429, {}, b"<html>"), QuotaExceeded),
        (refusal(405, 1), ApiError),
        (Response(500, {}, b"<html>Whoops"), ServerError),
        (Response(502), ServerError),
        (answer([], 404), NotFound),
        (Response(200, {"content-type": "text/html"}, b"<html>"), UnexpectedAnswer),
        (Response(200, {}, b'[{"id": 1, "na'), UnexpectedAnswer),
        (Response(200, {}, b""), UnexpectedAnswer),
        (Response(200, {}, b"\xff\xfe\xff"), UnexpectedAnswer),
        (Response(302, {"location": "https://elsewhere.test/"}), UnexpectedAnswer),
        (answer({"success": False, "data": "no"}), ApiError),
    ],
)
def test_answer_becomes_the_error_of_its_situation(response: Response, situation: type[ApiError]) -> None:
    with pytest.raises(situation) as caught:
        answer_in(GET, response)

    assert type(caught.value) is situation


def test_error_tells_status_code_message_and_request() -> None:
    with pytest.raises(NotFound) as caught:
        answer_in(GET, refusal(404, 213, "Book not found"))

    error = caught.value
    assert (error.status, error.code, error.message, error.request) == (404, 213, "Book not found", GET)
    assert str(error) == "GET https://api.test/addressbooks/5: Book not found (HTTP 404, error_code 213)"


def test_error_is_told_under_data_too() -> None:
    told = {"success": False, "data": {"message": "Webhook not found", "error_code": 404}}

    with pytest.raises(NotFound) as caught:
        answer_in(GET, answer(told, 404))

    assert (caught.value.code, caught.value.message) == (404, "Webhook not found")


def test_answer_without_a_message_is_described() -> None:
    with pytest.raises(ServerError) as caught:
        answer_in(GET, Response(500, {"content-type": "text/html"}, b"<html>"))

    assert str(caught.value) == "GET https://api.test/addressbooks/5: answered 6 bytes of text/html (HTTP 500)"
    assert caught.value.code is None


def test_write_that_answers_false_is_refused() -> None:
    with pytest.raises(ApiError, match="Dublicate data"):
        answer_in(POST, answer({"result": False, "message": "Dublicate data"}))


def test_read_may_answer_false() -> None:
    assert answer_in(GET, answer({"result": False, "cur": "USD"})) == {"result": False, "cur": "USD"}


def test_empty_204_is_nothing() -> None:
    assert answer_in(POST, Response(204)) is None


@pytest.mark.parametrize(
    "error",
    [
        NetworkError(POST, "the certificate expired"),
        Timeout(POST, "30 seconds passed"),
        ApiError(POST, Response(200, {"set-cookie": SECRET}, SECRET.encode())),
        ServerError(POST, answer({"access_token": SECRET}, 500)),
        UnexpectedAnswer(POST, Response(200, {}, f'{{"access_token": "{SECRET}'.encode())),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_text_of_an_error_holds_a_secret(error: SendPulseError) -> None:
    texts = [str(error), repr(error), repr(error.args), repr(error.request), str(error.request)]

    assert SECRET not in "".join(texts)


def test_no_text_of_a_client_holds_a_secret() -> None:
    client = client_over(ScriptedTransport(answer([])))
    client.request("GET", "/addressbooks")

    texts = [repr(client), str(client), repr(client._credentials), repr(client.email.mailing_lists)]

    assert SECRET not in "".join(texts)
    assert "token-1" not in "".join(texts)


@pytest.mark.parametrize(
    "error", [Timeout(GET, "late"), NotFound(GET, refusal(404, 213)), UnexpectedAnswer(GET, Response(200), "odd")]
)
def test_error_survives_the_way_to_another_process(error: SendPulseError) -> None:
    restored = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert type(restored) is type(error)
    assert str(restored) == str(error)


def test_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    drawn = {}
    ancestors: list[str] = []
    for line in (_errors.__doc__ or "").splitlines():
        if match := re.match(r"([│ ├└─]*)([A-Z]\w+)(?:\s{2,}|$)", line):
            depth = len(match[1]) // 4
            ancestors[depth:] = [match[2]]
            drawn[match[2]] = ancestors[depth - 1] if depth else "Exception"

    classes = {
        name: kind.__base__.__name__
        for name, kind in vars(_errors).items()
        if isinstance(kind, type) and issubclass(kind, SendPulseError) and kind.__base__
    }

    assert drawn == classes
    assert set(classes) <= set(sendpulse_client.__all__)
