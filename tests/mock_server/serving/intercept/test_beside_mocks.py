"""Mocks of the user's own beside the interception, whichever was started first: they keep the hosts that they had."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import requests_mock
import respx
import urllib3
import vcr
from aioresponses import aioresponses

from mock_server.serving.intercept import Interception

VENDOR = "https://api.sendpulse.com/x"
OTHER = "https://example.com/users"

in_both_orders = pytest.mark.parametrize("ours_first", [True, False])


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def ours(calls: list[str]) -> Interception:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        calls.append(environ["RAW_URI"])
        body = b'{"by": "emulator"}'
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return Interception(app)


def both(ours: Interception, mock: AbstractContextManager[Any], *, ours_first: bool) -> ExitStack:
    until = ExitStack()
    for one in (ours, mock) if ours_first else (mock, ours):
        until.enter_context(one)
    return until


@in_both_orders
def test_respx_keeps_its_hosts(ours, calls, ours_first):
    mock = respx.mock(assert_all_called=False)
    with both(ours, mock, ours_first=ours_first):
        mock.get(OTHER).respond(json={"by": "mock"})
        mock.get(VENDOR).respond(json={"by": "mock"})

        assert httpx.get(OTHER).json() == {"by": "mock"}
        assert httpx.get(VENDOR).json() == {"by": "emulator"}
        assert asyncio.run(by_httpx(OTHER)) == {"by": "mock"}
        assert asyncio.run(by_httpx(VENDOR)) == {"by": "emulator"}
        with pytest.raises(respx.models.AllMockedAssertionError):
            httpx.get("https://example.com/unknown")

    assert calls == ["/x", "/x"]


async def by_httpx(url: str) -> Any:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).json()


async def by_aiohttp(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url, params={"a": "1"}) as answer:
        return await answer.json()


class ByMock(Exception):
    """What a mock of aioresponses answers here, since 0.7.9 can make no answers for the aiohttp of today."""


@in_both_orders
def test_aioresponses_keeps_its_hosts(ours, calls, ours_first):
    mock = aioresponses()
    with both(ours, mock, ours_first=ours_first):
        mock.get(OTHER + "?a=1", exception=ByMock())
        mock.get(VENDOR + "?a=1", exception=ByMock())

        with pytest.raises(ByMock):
            asyncio.run(by_aiohttp(OTHER))
        assert asyncio.run(by_aiohttp(VENDOR)) == {"by": "emulator"}
        with pytest.raises(aiohttp.ClientConnectionError, match="Connection refused"):
            asyncio.run(by_aiohttp("https://example.com/unknown"))

    assert calls == ["/x?a=1"]


def test_aioresponses_answers_for_the_vendor_again_afterwards(ours):
    with aioresponses() as mock:
        with ours:
            pass
        mock.get(VENDOR + "?a=1", exception=ByMock())

        with pytest.raises(ByMock):
            asyncio.run(by_aiohttp(VENDOR))


@in_both_orders
def test_a_session_that_requests_mock_took_over_stays_its_own(ours, calls, ours_first):
    mock = requests_mock.Mocker()
    with both(ours, mock, ours_first=ours_first):
        mock.get(VENDOR, json={"by": "mock"})

        assert requests.get(VENDOR, timeout=5).json() == {"by": "mock"}
        assert httpx.get(VENDOR).json() == {"by": "emulator"}

    assert calls == ["/x"]


@in_both_orders
def test_vcrpy_records_what_is_not_ours(ours, calls, ours_first, tmp_path):
    cassette = tmp_path / "cassette.yaml"

    with both(ours, vcr.use_cassette(str(cassette)), ours_first=ours_first):
        assert requests.get(VENDOR, timeout=5).json() == {"by": "emulator"}
        assert urllib3.request("GET", VENDOR).json() == {"by": "emulator"}

    assert calls == ["/x", "/x"]
    assert cassette.read_text().count("uri: ") == 1  # what urllib3 sends, it sees first


@pytest.fixture(autouse=True)
def nothing_stays_patched() -> Iterator[None]:
    looked_at = [
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (aiohttp.BaseConnector, "connect"),
        (aiohttp.ClientSession, "_request"),
        (urllib3.connection.HTTPConnection, "connect"),
        (urllib3.connection.HTTPSConnection, "connect"),
        (requests.adapters.HTTPAdapter, "send"),
        (aioresponses, "_passthrough"),
    ]
    before = [kind.__dict__.get(name) for kind, name in looked_at]
    yield
    assert [kind.__dict__.get(name) for kind, name in looked_at] == before
