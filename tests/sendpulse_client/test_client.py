"""The client itself: where it goes, what it sends, what it exports."""

import subprocess
import sys
from typing import Any

import pytest
from scripted import ScriptedTransport, answer, client_over

import sendpulse_client
from sendpulse_client import Client, UnexpectedAnswer
from sendpulse_client._pages import items
from sendpulse_client._paths import QueryValue, path_of, query_string


def test_base_url_is_the_vendors_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    def base_url(**options: Any) -> str:
        return Client(api_key="key", transport=ScriptedTransport(), **options).base_url

    monkeypatch.delenv("SENDPULSE_BASE_URL", raising=False)
    assert base_url() == "https://api.sendpulse.com"

    monkeypatch.setenv("SENDPULSE_BASE_URL", "http://127.0.0.1:8480/")
    assert base_url() == "http://127.0.0.1:8480"
    assert base_url(base_url="http://127.0.0.1:9") == "http://127.0.0.1:9"


@pytest.mark.parametrize("url", ["api.sendpulse.com", "ftp://api.test", "https://", "https://api.test?a=1"])
def test_impossible_base_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url="):
        Client(api_key="key", base_url=url, transport=ScriptedTransport())


@pytest.mark.parametrize("path", ["addressbooks", "@elsewhere.test/", ""])
def test_path_that_could_name_another_host_is_refused(path: str) -> None:
    transport = ScriptedTransport()

    with pytest.raises(ValueError, match="slash"):
        client_over(transport).request("GET", path)

    assert transport.token_requests == []


def test_method_may_be_written_small() -> None:
    transport = ScriptedTransport(answer([]))

    client_over(transport).request("get", "/addressbooks")

    assert transport.requests[0].method == "GET"


def test_request_carries_json() -> None:
    transport = ScriptedTransport(answer({"id": 7}))

    client_over(transport).request("POST", "/addressbooks", {"a": 1}, {"bookName": "Lesér"})

    request = transport.requests[0]
    assert str(request) == "POST https://api.test/addressbooks?a=1"
    assert request.headers["Content-Type"] == "application/json"
    assert request.body == '{"bookName": "Lesér"}'.encode()


def test_number_that_json_does_not_know_is_refused() -> None:
    transport = ScriptedTransport()

    with pytest.raises(ValueError, match="JSON"):
        client_over(transport).request("POST", "/addressbooks", json={"age": float("nan")})

    assert transport.token_requests == []


def test_every_send_has_a_timeout() -> None:
    transport = ScriptedTransport(answer([]))

    client_over(transport, timeout=7).request("GET", "/addressbooks")

    assert transport.timeouts == [7, 7]


def test_leaving_the_client_closes_its_transport() -> None:
    transport = ScriptedTransport()

    with client_over(transport):
        pass

    assert transport.closed


@pytest.mark.parametrize("body", [[], {}, "text", None, 5])
def test_answer_of_another_shape_is_unexpected(body: Any) -> None:
    client = client_over(ScriptedTransport(answer(body)))

    with pytest.raises(UnexpectedAnswer, match="can't be read"):
        client.email.mailing_lists.get(5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "?x=1"),
        (False, "?x=0"),
        (5, "?x=5"),
        ("a b&c", "?x=a+b%26c"),
        ([3, 26], "?x%5B%5D=3&x%5B%5D=26"),
    ],
)
def test_query_is_written_as_the_vendor_reads_it(value: QueryValue, text: str) -> None:
    assert query_string({"x": value}) == text


def test_path_segments_are_wholly_encoded() -> None:
    assert path_of("addressbooks", 5, "emails", "a+b@c.d/e?f#g%") == "/addressbooks/5/emails/a%2Bb%40c.d%2Fe%3Ff%23g%25"


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_segment_that_would_name_another_place_is_refused(segment: str) -> None:
    transport = ScriptedTransport()

    with pytest.raises(ValueError, match="part of the path"):
        client_over(transport).email.mailing_lists.get_contact(5, segment)

    assert transport.requests == []


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
def test_paging_yields_everything_and_stops(total: int, pages: int) -> None:
    everything = list(range(total))
    asked: list[int] = []

    def page_at(limit: int, offset: int) -> list[int]:
        asked.append(offset)
        return everything[offset : offset + limit]

    assert list(items(page_at)) == everything
    assert len(asked) == pages


def test_paging_asks_only_for_what_is_read() -> None:
    asked: list[int] = []

    def page_at(limit: int, offset: int) -> list[int]:
        asked.append(offset)
        return [0] * limit

    next(items(page_at))

    assert asked == [0]


def test_importing_the_client_does_not_import_requests() -> None:
    unwanted = {"requests", "urllib3", "mock_server", "contracts"}
    code = f"import sys, sendpulse_client; sys.exit(bool({unwanted} & sys.modules.keys()))"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_exports_are_sorted_and_exist() -> None:
    exported = sendpulse_client.__all__

    assert exported == sorted(exported)
    assert all(hasattr(sendpulse_client, name) for name in exported)
