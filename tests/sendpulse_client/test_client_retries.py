"""What is sent again, how often, and after how long."""

import pytest
from scripted import TOO_FAST, Reply, ScriptedTransport, VirtualTime, answer, client_over, refusal, token

from sendpulse_client import (
    ConnectionFailed,
    ConnectionLost,
    NetworkError,
    QuotaExceeded,
    RateLimited,
    Response,
    SendPulseError,
    ServerError,
    Timeout,
    UnexpectedAnswer,
)

WHOOPS = Response(500, {"content-type": "text/html"}, b"<html>Whoops, looks like something went wrong.</html>")
BUSY = Response(503)
QUOTA = refusal(429, 429, "Too many requests")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("failure", [Timeout, ConnectionLost, ConnectionFailed, WHOOPS, BUSY, TOO_FAST])
def test_idempotent_request_is_repeated(method: str, failure: Reply) -> None:
    transport = ScriptedTransport(failure, answer({"result": True}))

    assert client_over(transport).request(method, "/addressbooks/1") == {"result": True}


@pytest.mark.parametrize("failure", [Timeout, ConnectionLost, WHOOPS, BUSY])
def test_post_that_may_have_acted_is_not_repeated(failure: Reply) -> None:
    transport = ScriptedTransport(failure)

    with pytest.raises(SendPulseError):
        client_over(transport).request("POST", "/addressbooks", json={"bookName": "Readers"})

    assert len(transport.requests) == 1


@pytest.mark.parametrize("failure", [ConnectionFailed, TOO_FAST])
def test_post_that_surely_did_not_act_is_repeated(failure: Reply) -> None:
    transport = ScriptedTransport(failure, answer({"id": 7}))

    assert client_over(transport).request("POST", "/addressbooks", json={"bookName": "Readers"}) == {"id": 7}


@pytest.mark.parametrize("failure", [Timeout, ConnectionLost, BUSY, TOO_FAST])
def test_token_request_is_repeated(failure: Reply) -> None:
    transport = ScriptedTransport(answer([]), tokens=[failure, token("good")])

    assert client_over(transport).request("GET", "/addressbooks") == []


@pytest.mark.parametrize("failure", [QUOTA, refusal(422, 203), refusal(404, 213), Response(501), NetworkError])
def test_what_would_fail_again_is_not_repeated(failure: Reply) -> None:
    transport = ScriptedTransport(failure)

    with pytest.raises(SendPulseError):
        client_over(transport).request("GET", "/addressbooks")

    assert len(transport.requests) == 1


def test_what_is_no_json_is_not_asked_for_again() -> None:
    transport = ScriptedTransport(Response(200, {}, b'[{"id": 1'))

    with pytest.raises(UnexpectedAnswer):
        client_over(transport).request("GET", "/addressbooks")

    assert len(transport.requests) == 1


@pytest.mark.parametrize(("failure", "error"), [(TOO_FAST, RateLimited), (WHOOPS, ServerError), (Timeout, Timeout)])
def test_retries_end(failure: Reply, error: type[SendPulseError]) -> None:
    transport = ScriptedTransport(*[failure] * 4)

    with pytest.raises(error):
        client_over(transport, max_retries=3).request("GET", "/addressbooks")

    assert len(transport.requests) == 4


def test_pauses_double_up_to_a_bound() -> None:
    time = VirtualTime(chance=1.0)
    transport = ScriptedTransport(*[BUSY] * 6, answer([]))

    client_over(transport, time, max_retries=6, rate=None).request("GET", "/addressbooks")

    assert time.sleeps == [1, 2, 4, 8, 8, 8]


def test_pauses_are_drawn_by_lot() -> None:
    time = VirtualTime(chance=0.25)

    client_over(ScriptedTransport(BUSY, BUSY, answer([])), time, rate=None).request("GET", "/addressbooks")

    assert time.sleeps == [0.25, 0.5]


def test_short_wait_that_the_server_asks_for_is_kept() -> None:
    time = VirtualTime()
    quota = answer({"message": "Too many requests", "error_code": 429}, 429, retry_after="5")

    client_over(ScriptedTransport(quota, answer([])), time, rate=None).request("GET", "/addressbooks")

    assert time.sleeps == [5]


@pytest.mark.parametrize("status", [429, 503])
def test_long_wait_is_left_to_the_caller(status: int) -> None:
    time = VirtualTime()
    busy = answer({"message": "Later", "error_code": status}, status, retry_after="60")

    with pytest.raises(QuotaExceeded if status == 429 else ServerError) as caught:
        client_over(ScriptedTransport(busy), time).request("GET", "/addressbooks")

    assert caught.value.retry_after == 60
    assert time.sleeps == []
