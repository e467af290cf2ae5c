"""Who may call, and what browsers are made to do."""

from collections.abc import Iterator, Mapping

import pytest
from admin_calls import DEMO, Call, caller
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from mock_server.app import create_app

KEY = "clé secrète"
PLAN = f"{DEMO}/plan"


@pytest.fixture
def locked() -> Iterator[FlaskClient]:
    """A client of an emulator that asks for a key."""
    app = create_app(admin_key=KEY)
    yield app.test_client()
    app.extensions["sendpulse_mock"].close()


def sent_from(client: FlaskClient, peer: str, **headers: str) -> TestResponse:
    return client.get("/_mock/health", environ_base={"REMOTE_ADDR": peer}, headers=headers)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"])
def test_a_loopback_peer_may_call(client: FlaskClient, peer: str) -> None:
    assert sent_from(client, peer).status_code == 200


@pytest.mark.parametrize("peer", ["192.168.0.7", "::ffff:10.0.0.1", "2001:db8::1", "", "somewhere"])
def test_another_peer_may_not(client: FlaskClient, peer: str) -> None:
    refused = sent_from(client, peer)

    assert refused.status_code == 403
    assert repr(peer) in refused.get_json()["error"]
    assert "--admin-key" in refused.get_json()["hint"]


def test_a_caller_in_the_same_process_has_no_address_and_may_call(app: Flask) -> None:
    environ = create_environ("/_mock/health", "https://api.sendpulse.com")

    _, status, _ = run_wsgi_app(app.wsgi_app, environ)

    assert "REMOTE_ADDR" not in environ
    assert status == "200 OK"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8480", "mock.localhost:80", "127.0.0.1", "127.1.2.3:9", "[::1]", "[::1]:8480"]
)
def test_a_loopback_host_is_served(client: FlaskClient, host: str) -> None:
    assert sent_from(client, "127.0.0.1", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "evil.example:127",
        "evil@localhost",
        "localhost/evil",
        "[2001:db8::1]",
        "[localhost]",
        "10.0.0.1",
        "192.0.2.1",
        "",
    ],
)
def test_a_foreign_host_is_not(client: FlaskClient, host: str) -> None:
    assert sent_from(client, "127.0.0.1", Host=host).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", ""])
def test_a_page_of_a_foreign_origin_may_not_call(call: Call, origin: str) -> None:
    call("POST", f"{DEMO}/reset", status=403, headers={"Origin": origin})
    call("PUT", PLAN, {"category": "free"}, status=403, headers={"Origin": origin})

    assert call("GET", PLAN) == {"category": "standard"}


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8480", "http://[::1]:8480"])
def test_a_page_of_this_machine_may_call(call: Call, origin: str) -> None:
    call("PUT", PLAN, {"category": "free"}, headers={"Origin": origin})


def test_preflights_are_answered_with_no_permission(client: FlaskClient) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PUT"}

    answer = client.options(PLAN, headers=asked)

    assert answer.status_code == 405
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {KEY}".encode().decode("latin-1")},
        {"Authorization": KEY.encode().decode("latin-1")},
        {"X-Admin-Key": KEY.encode().decode("latin-1")},
    ],
)
def test_a_server_with_a_key_asks_for_it(locked: FlaskClient, headers: Mapping[str, str]) -> None:
    caller(locked)("GET", PLAN, status=401, headers=headers)
    caller(locked)("PUT", PLAN, {"category": "free"}, status=401, headers=headers)

    challenge = locked.get(PLAN, headers=headers).headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_with_the_key_any_peer_and_host_may_call(locked: FlaskClient, scheme: str) -> None:
    key = f"{scheme} {KEY}".encode().decode("latin-1")

    answer = sent_from(locked, "10.0.0.1", Host="mock.example:8480", Origin="http://mock.example", Authorization=key)

    assert answer.status_code == 200


def test_an_empty_key_opens_nothing() -> None:
    client = create_app(admin_key="").test_client()

    assert sent_from(client, "10.0.0.1", Authorization="Bearer ").status_code == 403


def test_who_may_not_call_learns_nothing_about_accounts(client: FlaskClient) -> None:
    away = {"environ_base": {"REMOTE_ADDR": "10.0.0.1"}}

    assert client.get(DEMO, **away).status_code == client.get("/_mock/accounts/none", **away).status_code == 403
