"""The token endpoint and what its tokens are good for, as raw HTTP."""

import base64
import json
from datetime import timedelta

import pytest
import requests

from mock_server.app import create_app

API = "https://api.sendpulse.com"
TOKEN = f"{API}/oauth/access_token"
UNAUTHORIZED = {"message": "Unauthorized!", "error_code": 401}
INVALID_CLIENT = {
    "error": "invalid_client",
    "error_description": "Client authentication failed",
    "message": "Client authentication failed",
}

pytestmark = pytest.mark.sendpulse(credentials="strict")


@pytest.fixture
def credentials(sendpulse):
    return {
        "grant_type": "client_credentials",
        "client_id": sendpulse.client_id,
        "client_secret": sendpulse.client_secret,
    }


def token_of(credentials):
    return requests.post(TOKEN, json=credentials, timeout=5).json()["access_token"]


def lists(token):
    return requests.get(f"{API}/addressbooks", headers={"Authorization": f"Bearer {token}"}, timeout=5)


@pytest.mark.parametrize("encoding", ["json", "data", "files"])
def test_credentials_are_exchanged_however_they_are_sent(credentials, encoding):
    sent = {name: (None, value) for name, value in credentials.items()} if encoding == "files" else credentials

    answer = requests.post(TOKEN, **{encoding: sent}, timeout=5)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)
    assert lists(answer.json()["access_token"]).json() == []


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_token_has_the_vendor_s_claims_in_the_vendor_s_order(sendpulse, credentials):
    sendpulse.clock.set("2026-01-31T12:00:00.9Z", frozen=True)

    header, payload, signature = token_of(credentials).split(".")

    claims = decoded(payload)
    assert list(decoded(header)) == ["typ", "alg", "jti"]
    assert (decoded(header)["typ"], decoded(header)["alg"]) == ("JWT", "RS256")
    assert list(claims) == ["aud", "jti", "iat", "nbf", "exp", "sub", "scopes", "user"]
    assert claims["aud"] == sendpulse.client_id
    assert claims["jti"] == decoded(header)["jti"]
    assert len(claims["jti"]) == 80
    assert claims["iat"] == claims["nbf"] == 1769860800
    assert claims["exp"] == claims["nbf"] + 3600
    assert (claims["sub"], claims["scopes"]) == ("", [])
    assert list(claims["user"]) == ["id", "group_id", "parent_id", "area"]
    assert len(signature) == 342


def test_token_is_good_for_an_hour_to_the_second(sendpulse, credentials):
    sendpulse.clock.set("2026-01-31T12:00:00Z", frozen=True)
    token = token_of(credentials)

    sendpulse.clock.advance(3599.999999)
    last = lists(token)
    sendpulse.clock.advance(0.000001)
    late = lists(token)

    assert last.status_code == 200
    assert (late.status_code, late.json()) == (401, UNAUTHORIZED)


def test_several_tokens_live_side_by_side_until_they_are_revoked(sendpulse, credentials):
    first, second = token_of(credentials), token_of(credentials)
    both = [lists(first).status_code, lists(second).status_code]

    sendpulse.account.revoke_tokens()

    assert both == [200, 200]
    assert [lists(first).status_code, lists(second).status_code] == [401, 401]
    assert lists(token_of(credentials)).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": ["a", "list"]}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": 7}, 400, "unsupported_grant_type"),
    ],
)
def test_bad_credentials_are_refused_as_the_vendor_refuses_them(credentials, change, status, error):
    body = {name: value for name, value in (credentials | change).items() if value is not None}

    answer = requests.post(TOKEN, json=body, timeout=5)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"] == answer.json()["error_description"]
    assert "error_code" not in answer.json()


def test_wrong_secret_is_answered_word_for_word(credentials):
    answer = requests.post(TOKEN, json=credentials | {"client_secret": "wrong"}, timeout=5)

    assert answer.json() == INVALID_CLIENT
    assert "WWW-Authenticate" not in answer.headers


def test_wrong_secret_with_an_authorization_header_is_challenged(credentials):
    answer = requests.post(
        TOKEN, json=credentials | {"client_secret": "wrong"}, headers={"Authorization": "Bearer x"}, timeout=5
    )

    assert answer.headers["WWW-Authenticate"] == 'Basic realm="OAuth"'


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \x7f.é.x"]
)
def test_everything_without_a_good_token_is_401(sendpulse, authorization):
    headers = {} if authorization is None else {"Authorization": authorization.encode()}

    answers = [
        requests.get(f"{API}{path}", headers=headers, timeout=5) for path in ("/", "/addressbooks", "/no/such/path")
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, UNAUTHORIZED)] * 3


def test_damaged_token_is_refused(credentials):
    head, payload, signature = token_of(credentials).split(".")

    damaged = [f"{head}.{payload}.{signature[:-4]}AAAA", f"{head}.{payload[:-2]}.{signature}", f"{head}..{signature}"]

    assert [lists(token).status_code for token in damaged] == [401, 401, 401]


@pytest.fixture
def app():
    app = create_app()
    yield app
    app.extensions["sendpulse_mock"].close()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_self_made_account_keeps_its_first_secret(app):
    def log_in(secret):
        body = {"grant_type": "client_credentials", "client_id": "test-oauth", "client_secret": secret}
        return app.test_client().post("/oauth/access_token", json=body)

    made = log_in("first").json["access_token"]
    refused = log_in("second")

    assert app.test_client().get("/addressbooks", headers=bearer(made)).json == []
    assert (refused.status_code, refused.json) == (401, INVALID_CLIENT)


def test_static_key_never_expires_and_can_be_revoked(app):
    def status(key):
        return app.test_client().get("/addressbooks", headers=bearer(key)).status_code

    world = app.extensions["sendpulse_mock"].world
    account = world.make_account()
    key = world.make_api_key(account)
    account.advance(timedelta(days=365))
    good = status(key)

    world.revoke_api_key(account, key)

    assert good == 200
    assert (status(key), status("sp_apikey_" + "0" * 64)) == (401, 401)


def test_sixth_static_key_is_refused(app):
    world = app.extensions["sendpulse_mock"].world
    account = world.make_account()
    for _ in range(5):
        world.make_api_key(account)

    with pytest.raises(ValueError, match="has 5 API keys"):
        world.make_api_key(account)
