"""What is set through the admin API outlives the server that has a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from admin_calls import Call, caller
from flask.testing import FlaskClient

from mock_server.app import create_app

SHOP = "/_mock/accounts/shop"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'world.db'}"


@contextmanager
def running(database: str) -> Iterator[tuple[FlaskClient, Call]]:
    app = create_app(database=database)
    client = app.test_client()
    try:
        yield client, caller(client)
    finally:
        app.extensions["sendpulse_mock"].close()


def token_of(client: FlaskClient) -> str:
    grant = {"grant_type": "client_credentials", "client_id": "shop", "client_secret": "s3cret"}
    token: str = client.post("/oauth/access_token", json=grant).get_json()["access_token"]
    return token


def status(client: FlaskClient, credential: str) -> int:
    return client.get("/addressbooks", headers={"Authorization": f"Bearer {credential}"}).status_code


def test_what_was_set_is_set_after_a_restart(database: str) -> None:
    with running(database) as (_, call):
        call("POST", "/_mock/accounts", {"client_id": "shop", "world": "list-with-contacts"}, status=201)
        call("PUT", f"{SHOP}/plan", {"services": {"email": {"plan": "pro"}}})
        call("PUT", f"{SHOP}/limits", {"algorithm": "token-bucket", "per_day": 5})
        call("PUT", f"{SHOP}/settings", {"balance": {"main": 3}, "forbidden": ["email.mailing_lists.create"]})
        call("PUT", f"{SHOP}/clock", {"now": "2026-01-31T12:00:00Z", "frozen": True})
        call("POST", f"{SHOP}/clock/advance", {"seconds": 60})
        before = call("GET", SHOP), call("GET", f"{SHOP}/state")

    with running(database) as (_, call):
        assert (call("GET", SHOP), call("GET", f"{SHOP}/state")) == before


def test_a_running_clock_keeps_its_distance_from_real_time(database: str) -> None:
    with running(database) as (_, call):
        call("POST", "/_mock/accounts", {"client_id": "shop"}, status=201)
        call("PUT", f"{SHOP}/clock", {"now": "2001-01-01T00:00:00Z"})

    with running(database) as (_, call):
        assert call("GET", f"{SHOP}/clock")["now"].startswith("2001-01-01T0")


def test_tokens_and_keys_are_good_after_a_restart(database: str) -> None:
    with running(database) as (client, call):
        call("POST", "/_mock/accounts", {"client_id": "shop", "client_secret": "s3cret"}, status=201)
        key = call("POST", f"{SHOP}/api-keys", status=201)["key"]
        token = token_of(client)

    with running(database) as (client, call):
        assert (status(client, key), status(client, token)) == (200, 200)
        call("DELETE", f"{SHOP}/api-keys/{key}")

    with running(database) as (client, _):
        assert status(client, key) == 401


def test_revoked_tokens_stay_revoked_after_a_restart(database: str) -> None:
    with running(database) as (client, call):
        call("POST", "/_mock/accounts", {"client_id": "shop", "client_secret": "s3cret"}, status=201)
        token = token_of(client)
        call("POST", f"{SHOP}/tokens/revoke")

    with running(database) as (client, _):
        assert status(client, token) == 401


def test_a_deleted_account_stays_deleted_after_a_restart(database: str) -> None:
    with running(database) as (_, call):
        call("POST", "/_mock/accounts", {"client_id": "shop"}, status=201)
        call("DELETE", SHOP)

    with running(database) as (_, call):
        call("GET", SHOP, status=404)
