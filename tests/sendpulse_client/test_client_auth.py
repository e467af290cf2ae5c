"""Tokens: fetched once, kept, renewed in time; keys: sent as they are."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import pytest
from scripted import (
    INVALID_CLIENT,
    SECRET,
    UNAUTHORIZED,
    ScriptedTransport,
    VirtualTime,
    answer,
    bearer,
    client_over,
    refusal,
    token,
)

from sendpulse_client import Client, InvalidCredentials, Request, Response, SendPulseError, Unauthorized
from sendpulse_client._auth import Token, TokenCache

THREADS = 10


class AnnouncingLock:
    """A lock that tells when a thread comes to it."""

    def __init__(self) -> None:
        self.comers = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.comers.release()
        self._lock.acquire()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._lock.release()


class CrowdedFetch:
    """Fetches a token only once all threads have come for one."""

    def __init__(self, outcome: Token | SendPulseError) -> None:
        self.calls = 0
        self.lock = AnnouncingLock()
        self._outcome = outcome

    def __call__(self) -> Token:
        self.calls += 1
        for _ in range(THREADS):
            assert self.lock.comers.acquire(timeout=10)
        if isinstance(self._outcome, Token):
            return self._outcome
        raise self._outcome


def crowd_at(fetch: CrowdedFetch) -> list[str | SendPulseError]:
    """What each of ten threads gets from one cache."""
    cache = TokenCache(fetch, lambda: 0.0)
    cache._lock = fetch.lock  # type: ignore[assignment]  # it need only be a lock

    def outcome(_number: int) -> str | SendPulseError:
        try:
            return cache.token()
        except SendPulseError as error:
            return error

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(outcome, range(THREADS)))


def test_ten_threads_share_one_token_request() -> None:
    fetch = CrowdedFetch(Token("shared", 3600))

    outcomes = crowd_at(fetch)

    assert outcomes == ["shared"] * THREADS
    assert fetch.calls == 1


def test_ten_threads_share_one_failure() -> None:
    error = InvalidCredentials(Request("POST", "https://api.test/oauth/access_token"), INVALID_CLIENT)
    fetch = CrowdedFetch(error)

    outcomes = crowd_at(fetch)

    assert outcomes == [error] * THREADS
    assert fetch.calls == 1


def test_ten_threads_refused_at_once_share_one_renewal() -> None:
    class RefusingOnce(ScriptedTransport):
        everybody = threading.Barrier(THREADS)

        def send(self, request: Request, timeout: float) -> Response:
            if request.headers.get("Authorization") == "Bearer token-1":
                self.everybody.wait(timeout=10)
                return UNAUTHORIZED
            return super().send(request, timeout)

    transport = RefusingOnce(*[answer([])] * THREADS)
    client = client_over(transport)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _number: client.request("GET", "/addressbooks"), range(THREADS)))

    assert len(transport.token_requests) == 2
    assert {bearer(request) for request in transport.requests} == {"token-2"}


def test_failed_renewal_does_not_wedge_the_next_request() -> None:
    transport = ScriptedTransport(answer([]), tokens=[INVALID_CLIENT, token("good")])
    client = client_over(transport)

    with pytest.raises(InvalidCredentials):
        client.request("GET", "/addressbooks")

    assert client.request("GET", "/addressbooks") == []


def test_token_is_kept_for_later_requests() -> None:
    transport = ScriptedTransport(answer([]), answer([]))
    client = client_over(transport)

    client.request("GET", "/addressbooks")
    client.request("GET", "/addressbooks")

    assert len(transport.token_requests) == 1


@pytest.mark.parametrize(
    ("expires_in", "kept_for"), [(3600, 3540), (100, 90)], ids=["a minute before", "a tenth before"]
)
def test_token_is_renewed_before_it_expires(expires_in: float, kept_for: float) -> None:
    time = VirtualTime()
    transport = ScriptedTransport(*[answer([])] * 3, tokens=[token("old", expires_in), token("new", expires_in)])
    client = client_over(transport, time, rate=None)
    issued_at = time.now

    for moment in (issued_at, issued_at + kept_for - 1, issued_at + kept_for):
        time.now = moment
        client.request("GET", "/addressbooks")

    assert [bearer(request) for request in transport.requests] == ["old", "old", "new"]


def test_refused_token_is_replaced_and_the_request_sent_again() -> None:
    transport = ScriptedTransport(UNAUTHORIZED, answer({"id": 7}))

    result = client_over(transport).request("POST", "/addressbooks", json={"bookName": "Readers"})

    assert result == {"id": 7}
    assert [bearer(request) for request in transport.requests] == ["token-1", "token-2"]
    assert transport.requests[0].body == transport.requests[1].body


def test_second_refusal_is_final() -> None:
    transport = ScriptedTransport(UNAUTHORIZED, UNAUTHORIZED)

    with pytest.raises(Unauthorized):
        client_over(transport).request("GET", "/addressbooks")

    assert len(transport.requests) == 2


def test_permission_denied_renews_nothing() -> None:
    transport = ScriptedTransport(refusal(403, 800))

    with pytest.raises(SendPulseError):
        client_over(transport).request("GET", "/smtp/emails")

    assert len(transport.token_requests) == 1


def test_api_key_is_sent_without_a_token_request() -> None:
    transport = ScriptedTransport(answer([]))

    Client(api_key="sp_apikey_1", transport=transport).request("GET", "/addressbooks")

    assert bearer(transport.requests[0]) == "sp_apikey_1"
    assert transport.token_requests == []


def test_refused_api_key_is_not_tried_again() -> None:
    transport = ScriptedTransport(UNAUTHORIZED)

    with pytest.raises(Unauthorized):
        Client(api_key="sp_apikey_1", transport=transport).request("GET", "/addressbooks")

    assert len(transport.requests) == 1


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"client_id": "an-id"},
        {"client_secret": SECRET},
        {"client_id": "an-id", "client_secret": SECRET, "api_key": SECRET},
        {"api_key": f"{SECRET}\n"},
        {"api_key": ""},
    ],
)
def test_unusable_credentials_are_refused_without_showing_them(credentials: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"credentials|API key") as caught:
        Client(**credentials, transport=ScriptedTransport())

    assert SECRET not in str(caught.value)


def test_token_answer_without_lifetime_is_unexpected_and_not_shown() -> None:
    transport = ScriptedTransport(tokens=[answer({"access_token": SECRET})])

    with pytest.raises(SendPulseError, match="expires_in") as caught:
        client_over(transport).request("GET", "/addressbooks")

    assert SECRET not in f"{caught.value} {caught.value!r}"
