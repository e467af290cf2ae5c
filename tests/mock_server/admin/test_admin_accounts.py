"""Making, seeing and removing accounts, their keys and tokens."""

from typing import Any

import pytest
from admin_calls import DEMO, Call
from flask.testing import FlaskClient

from mock_server import __version__
from mock_server.core.world import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET


def bearer(client: FlaskClient, credential: str, path: str = "/addressbooks") -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {credential}"})


def test_health_tells_the_version(call: Call) -> None:
    assert call("GET", "/_mock/health") == {"status": "ok", "version": __version__}


def test_the_demo_account_exists_from_the_start(call: Call) -> None:
    accounts = call("GET", "/_mock/accounts")["accounts"]

    assert [account["client_id"] for account in accounts] == [DEMO_CLIENT_ID]
    alone = call("GET", DEMO)
    smtp = {"host": None, "port": None, "user": DEMO_CLIENT_ID}
    assert alone == accounts[0] | {"clock": alone["clock"], "smtp": smtp}


def test_an_account_is_made_without_being_told_anything(call: Call) -> None:
    made = call("POST", "/_mock/accounts", {}, status=201)

    assert len(made["client_id"]) == len(made["client_secret"]) == 32
    assert made["plan"] == {"category": "standard"}


def test_an_account_is_made_as_told(call: Call) -> None:
    wanted = {
        "client_id": "shop",
        "client_secret": "s3cret",
        "plan": {"category": "free"},
        "world": "list-with-contacts",
        "limits": {"algorithm": "gcra", "per_day": 7},
        "clock": {"now": "2026-01-31T12:00:00Z", "frozen": True},
        "settings": {"senders_allowed": 9},
    }

    made = call("POST", "/_mock/accounts", wanted, status=201)

    assert (made["client_id"], made["client_secret"], made["world"]) == ("shop", "s3cret", "list-with-contacts")
    assert made["plan"] == {"category": "free"}
    assert made["limits"]["algorithm"] == "gcra"
    assert made["limits"]["per_day"] == 7
    assert made["clock"] == {"now": "2026-01-31T12:00:00.000000Z", "frozen": True}
    assert made["settings"]["senders_allowed"] == 9
    assert len(call("GET", "/_mock/accounts/shop/state")["rows"]["rows"]["email.contact"]) == 3


def test_plan_limits_and_clock_may_be_given_in_one_word(call: Call) -> None:
    words = {"plan": "enterprise", "limits": "off", "clock": "2026-01-31T12:00:00Z"}

    made = call("POST", "/_mock/accounts", words, status=201)

    assert made["plan"] == {"category": "enterprise"}
    assert made["limits"]["algorithm"] == "off"
    assert made["clock"] == {"now": "2026-01-31T12:00:00.000000Z", "frozen": True}


def test_a_secret_is_shown_once(call: Call) -> None:
    made = call("POST", "/_mock/accounts", {"client_id": "shop", "client_secret": "s3cret"}, status=201)

    assert made["client_secret"] == "s3cret"
    assert "s3cret" not in str(call("GET", "/_mock/accounts/shop"))
    assert "s3cret" not in str(call("GET", "/_mock/accounts"))


def test_a_client_id_is_taken_once(call: Call) -> None:
    refused = call("POST", "/_mock/accounts", {"client_id": DEMO_CLIENT_ID}, status=409)

    assert DEMO_CLIENT_ID in refused["error"]


@pytest.mark.parametrize("client_id", ["ада@example.com", "100%", "a+b", "what?#&="])
def test_a_client_id_is_percent_encoded_in_the_path(call: Call, client_id: str) -> None:
    from urllib.parse import quote

    call("POST", "/_mock/accounts", {"client_id": client_id}, status=201)

    assert call("GET", f"/_mock/accounts/{quote(client_id)}")["client_id"] == client_id


def test_a_deleted_account_is_gone_with_its_keys(call: Call, client: FlaskClient) -> None:
    call("POST", "/_mock/accounts", {"client_id": "shop"}, status=201)
    key = call("POST", "/_mock/accounts/shop/api-keys", status=201)["key"]

    assert call("DELETE", "/_mock/accounts/shop") == {"deleted": True}

    assert "'shop'" in call("GET", "/_mock/accounts/shop", status=404)["error"]
    assert bearer(client, key).status_code == 401


def test_reset_clears_everything_but_the_keys(call: Call, client: FlaskClient) -> None:
    world = {"client_id": "shop", "world": "list-with-contacts"}
    fresh = call("POST", "/_mock/accounts", world, status=201)
    before = call("GET", "/_mock/accounts/shop/state")
    key = call("POST", "/_mock/accounts/shop/api-keys", status=201)["key"]
    client.post("/addressbooks", json={"bookName": "More"}, headers={"Authorization": f"Bearer {key}"})
    call("PUT", "/_mock/accounts/shop/plan", {"category": "free"})
    call("PUT", "/_mock/accounts/shop/limits", {"per_second": 1})
    call("PUT", "/_mock/accounts/shop/clock", {"now": "1999-01-01T00:00:00Z", "frozen": True})
    call("PUT", "/_mock/accounts/shop/settings", {"plan_ended": True})
    call("POST", "/_mock/accounts/shop/faults", {"script": [{"status": 500}]}, status=201)

    after = call("POST", "/_mock/accounts/shop/reset")

    changing = {"clock", "client_secret"}
    assert {name: after[name] for name in after.keys() - changing} == {
        name: fresh[name] for name in fresh.keys() - changing
    }
    assert after["clock"]["frozen"] is False
    assert call("GET", "/_mock/accounts/shop/state") == before
    assert call("GET", "/_mock/accounts/shop/faults") == {"faults": []}
    assert call("GET", "/_mock/accounts/shop/journal") == {"entries": [], "dropped": 0}
    assert [book["name"] for book in bearer(client, key).json] == ["Readers"]


def test_a_key_opens_the_vendors_api_until_it_is_deleted(call: Call, client: FlaskClient) -> None:
    key = call("POST", f"{DEMO}/api-keys", status=201)["key"]

    assert bearer(client, key).status_code == 200
    assert call("DELETE", f"{DEMO}/api-keys/{key}") == {"deleted": True}
    assert bearer(client, key).status_code == 401
    assert key not in str(call("DELETE", f"{DEMO}/api-keys/{key}", status=404))


def test_nobody_deletes_the_key_of_another_account(call: Call, client: FlaskClient) -> None:
    call("POST", "/_mock/accounts", {"client_id": "other"}, status=201)
    key = call("POST", f"{DEMO}/api-keys", status=201)["key"]

    call("DELETE", f"/_mock/accounts/other/api-keys/{key}", status=404)

    assert bearer(client, key).status_code == 200


def test_an_account_has_at_most_five_keys(call: Call) -> None:
    for _ in range(5):
        call("POST", f"{DEMO}/api-keys", status=201)

    assert "5" in call("POST", f"{DEMO}/api-keys", status=409)["error"]


def test_revoked_tokens_are_refused_and_later_ones_are_not(call: Call, client: FlaskClient) -> None:
    def token() -> str:
        grant = {"grant_type": "client_credentials", "client_id": DEMO_CLIENT_ID, "client_secret": DEMO_CLIENT_SECRET}
        answer: dict[str, str] = client.post("/oauth/access_token", json=grant).get_json()
        return answer["access_token"]

    early = token()
    assert bearer(client, early).status_code == 200

    assert call("POST", f"{DEMO}/tokens/revoke") == {"revoked": True}

    assert bearer(client, early).status_code == 401
    assert bearer(client, token()).status_code == 200
