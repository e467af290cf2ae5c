"""Plan, limits, clock, settings, faults and state, and what the vendor's API makes of them."""

from typing import Any

import pytest
from admin_calls import DEMO, Call

from mock_server.core.store.entities import entity_named

FROZEN = {"now": "2026-01-31T12:00:00Z", "frozen": True}


def test_a_category_is_set(call: Call) -> None:
    assert call("PUT", f"{DEMO}/plan", {"category": "free"}) == {"category": "free"}

    assert call("GET", f"{DEMO}/plan") == {"category": "free"}
    assert call("GET", f"{DEMO}/limits")["per_minute"] == 1000


def test_the_category_follows_from_the_plans_of_services(call: Call) -> None:
    services = {"push": {"plan": "pro", "subscribers": 60_000}}

    assert call("PUT", f"{DEMO}/plan", {"services": services}) == {"category": "enterprise", "services": services}


def test_limits_hold_for_the_vendors_api_and_never_for_ours(call: Call, vendor: Any) -> None:
    call("PUT", f"{DEMO}/clock", FROZEN)
    call("PUT", f"{DEMO}/limits", {"per_second": 2, "per_minute": 5})

    statuses = [vendor("GET", "/addressbooks").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert call("GET", f"{DEMO}/limits") == {
        "algorithm": "sliding-window",
        "per_second": 2,
        "per_minute": 5,
        "per_day": 1_000_000,
        "left": {"second": 0, "minute": 3, "day": 999_998},
    }


def test_a_quota_of_null_is_the_plans_again(call: Call) -> None:
    call("PUT", f"{DEMO}/limits", {"per_minute": 5})

    assert call("PUT", f"{DEMO}/limits", {"per_minute": None})["per_minute"] == 2000


def test_limits_not_given_stay(call: Call) -> None:
    call("PUT", f"{DEMO}/limits", {"per_second": 3})

    limits = call("PUT", f"{DEMO}/limits", {"algorithm": "gcra"})

    assert (limits["algorithm"], limits["per_second"]) == ("gcra", 3)


def test_a_clock_goes_to_any_instant_earlier_ones_too(call: Call) -> None:
    call("PUT", f"{DEMO}/clock", FROZEN)

    earlier = call("PUT", f"{DEMO}/clock", {"now": "1969-07-20T22:17:40+02:00"})

    assert earlier == {"now": "1969-07-20T20:17:40.000000Z", "frozen": True}
    assert call("PUT", f"{DEMO}/clock", {"frozen": False})["frozen"] is False


@pytest.mark.parametrize(
    ("step", "now"),
    [
        ({"seconds": 3660}, "2026-01-31T13:01:00.000000Z"),
        ({"seconds": 0.25}, "2026-01-31T12:00:00.250000Z"),
        ({"duration": "1h1m"}, "2026-01-31T13:01:00.000000Z"),
    ],
)
def test_a_clock_advances_by_seconds_or_a_duration(call: Call, step: dict[str, object], now: str) -> None:
    call("PUT", f"{DEMO}/clock", FROZEN)

    assert call("POST", f"{DEMO}/clock/advance", step) == {"now": now, "frozen": True}


def test_only_the_settings_given_change(call: Call) -> None:
    before = call("GET", f"{DEMO}/settings")

    after = call("PUT", f"{DEMO}/settings", {"balance": {"bonus": 5}, "time_zone": "Europe/Kyiv"})

    balance = {"main": 0, "bonus": 5, "currency": "USD"}
    assert after == before | {"balance": balance, "time_zone": "Europe/Kyiv"} == call("GET", f"{DEMO}/settings")


def test_a_forbidden_operation_is_refused(call: Call, vendor: Any) -> None:
    call("PUT", f"{DEMO}/settings", {"forbidden": ["email.mailing_lists.create"]})

    assert vendor("POST", "/addressbooks", {"bookName": "Readers"}).status_code == 403
    assert vendor("GET", "/addressbooks").status_code == 200


def test_faults_tell_how_often_they_were_met(call: Call, vendor: Any) -> None:
    script = [{"refuse": 707}, {"pass": 1}, {"status": 503}]
    planned = call("POST", f"{DEMO}/faults", {"operation": "email.mailing_lists.list", "script": script}, status=201)

    statuses = [vendor("GET", "/addressbooks").status_code for _ in range(2)]

    assert statuses[1] == 200
    assert call("GET", f"{DEMO}/faults")["faults"] == [
        {"id": planned["id"], "operation": "email.mailing_lists.list", "script": script, "met": [1, 1, 0]}
    ]


def test_a_refusal_may_be_named_by_its_key(call: Call, vendor: Any) -> None:
    call("POST", f"{DEMO}/faults", {"script": [{"refuse": "book.has_campaign"}]}, status=201)

    assert vendor("GET", "/addressbooks").json["message"] == "The address book has active campaign"


def test_faults_are_forgotten_one_by_one_or_all(call: Call) -> None:
    first, _, third = (call("POST", f"{DEMO}/faults", {"script": [{"reset": True}]}, status=201)["id"] for _ in "123")

    assert call("DELETE", f"{DEMO}/faults/{first}") == {"deleted": True}
    assert f"'{first}'" in call("DELETE", f"{DEMO}/faults/{first}", status=404)["error"]
    assert third in [fault["id"] for fault in call("GET", f"{DEMO}/faults")["faults"]]
    assert call("DELETE", f"{DEMO}/faults") == {"deleted": True}
    assert call("GET", f"{DEMO}/faults") == {"faults": []}


def test_a_snapshot_brings_an_account_back(call: Call, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    call("PUT", f"{DEMO}/clock", FROZEN)
    snapshot = call("GET", f"{DEMO}/state")
    vendor("POST", "/addressbooks", {"bookName": "More"})
    call("PUT", f"{DEMO}/plan", {"category": "free"})

    assert call("PUT", f"{DEMO}/state", snapshot) == {"restored": True}

    assert call("GET", f"{DEMO}/state") == snapshot


def test_a_snapshot_of_one_account_furnishes_another(call: Call) -> None:
    call("POST", "/_mock/accounts", {"client_id": "full", "world": "list-with-contacts"}, status=201)

    call("PUT", f"{DEMO}/state", call("GET", "/_mock/accounts/full/state"))

    assert len(call("GET", f"{DEMO}/state")["rows"]["rows"]["email.contact"]) == 3


@pytest.mark.parametrize(
    "snapshot",
    [
        {"clock": {"frozen_at": 10**18}},
        {"clock": {"frozen_at": "noon"}},
        {"clock": {}},
        {"settings": {"forbidden": ["email.mailing_lists.nothing"]}},
        {"rows": {"rows": {"nothing": []}}},
        {"rows": {"rows": {"core.task": {}}}},
        {"rows": {"rows": {"core.task": [5]}}},
        {"rows": {"rows": {"core.task": [{"due": "noon", "kind": "k", "payload": {}}]}}},
        {"rows": {"rows": {"core.task": [{"due": True, "kind": "k", "payload": {}}]}}},
        {"rows": {"rows": {"core.task": [{"due": 2**64, "kind": "k", "payload": {}}]}}},
        {"rows": {"rows": {"core.task": [{"due": 1, "kind": "k", "payload": []}]}}},
        {"rows": {"rows": {"core.task": [{"due": 1, "kind": "k"}]}}},
        {"rows": {"rows": {"core.task": [{"due": 1, "kind": "k", "payload": {}, "more": 1}]}}},
        {"rows": {"rows": {"core.task": [{"id": 0, "due": 1, "kind": "k", "payload": {}}]}}},
        {"rows": {"rows": {"email.mailing_list": 2 * [{"name": "Readers", "created": 1}]}}},
        {"rows": {"next_ids": {"core.task": "one"}}},
        {"rows": {"next_ids": {"core.task": 0}}},
        {"rows": {"next_ids": {"nothing": 1}}},
        {"rows": {"more": {}}},
        {"more": 1},
    ],
)
def test_a_snapshot_that_does_not_fit_changes_nothing(call: Call, vendor: Any, snapshot: dict[str, Any]) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    call("PUT", f"{DEMO}/clock", FROZEN)
    before = call("GET", f"{DEMO}/state")

    call("PUT", f"{DEMO}/state", {"plan": {"category": "free"}} | snapshot, status=400)

    assert call("GET", f"{DEMO}/state") == before


def test_every_entity_of_a_snapshot_is_known(call: Call, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    rows = call("GET", f"{DEMO}/state")["rows"]["rows"]

    assert {entity_named(name).name for name in rows} >= {"email.mailing_list", "email.sender"}
