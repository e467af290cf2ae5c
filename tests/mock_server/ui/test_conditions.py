"""Limits, clock, faults and settings, as they are changed by forms."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from browser import DEMO, Browser, fields_of

from mock_server.control import AccountControl
from mock_server.services.email.entities import MailingList

LIMITS = f"{DEMO}/limits"
FAULTS = f"{DEMO}/faults"
SETTINGS = f"{DEMO}/settings"


@pytest.mark.parametrize(
    ("by", "now"),
    [("1s", "12:00:01"), ("1m", "12:01:00"), ("1h", "13:00:00"), ("1h30m", "13:30:00"), ("250ms", "12:00:00.25")],
)
def test_the_clock_advances(browser: Browser, account: AccountControl, by: str, now: str) -> None:
    account.clock.freeze("2026-01-31T12:00:00Z")

    page = browser.send(browser.get(LIMITS).form("/clock/advance"), {"by": by})

    assert account.clock.now.startswith(f"2026-01-31T{now}")
    assert page.notices[0].startswith("It is 2026-01-31")


@pytest.mark.parametrize("by", ["", "-1s", "soon", "9" * 30 + "d", "1s; 2s"])
def test_what_is_no_duration_is_told_and_moves_nothing(browser: Browser, account: AccountControl, by: str) -> None:
    account.clock.freeze("2026-01-31T12:00:00Z")

    page = browser.send(browser.get(LIMITS).form("/clock/advance"), {"by": by})

    assert page.notices
    assert account.clock.now == "2026-01-31T12:00:00.000000Z"


def test_the_clock_is_frozen_and_runs_on(browser: Browser, account: AccountControl) -> None:
    frozen = browser.send(browser.get(LIMITS).form("/clock/frozen"))
    was_frozen = account.clock.frozen

    browser.send(frozen.form("/clock/frozen"))

    assert was_frozen
    assert not account.clock.frozen


@pytest.mark.parametrize(
    "text",
    [
        "2030-01-31T12:00:00Z",
        "2030-01-31 12:00:00",
        "2030-01-31T12:00",
        "2030-01-31 12:00:00 UTC",
        "2030-01-31T14:00:00+02:00",
    ],
)
def test_the_clock_is_set_as_people_write_moments(browser: Browser, account: AccountControl, text: str) -> None:
    account.clock.freeze()

    browser.send(browser.get(LIMITS).form("/clock/now"), {"now": text})

    assert account.clock.now == "2030-01-31T12:00:00.000000Z"


@pytest.mark.parametrize("text", ["", "soon", "2030-02-30 12:00:00", "\x00"])
def test_what_is_no_moment_is_told(browser: Browser, account: AccountControl, text: str) -> None:
    account.clock.freeze("2026-01-31T12:00:00Z")

    page = browser.send(browser.get(LIMITS).form("/clock/now"), {"now": text})

    assert "is no instant" in page.notices[0]
    assert account.clock.now == "2026-01-31T12:00:00.000000Z"


def test_gauges_show_what_is_used(browser: Browser, account: AccountControl, vendor: Any) -> None:
    account.clock.freeze()
    account.limits.set(per_minute=20)
    for _ in range(3):
        vendor("GET", "/addressbooks")

    page = browser.get(LIMITS)

    gauges = [one.attributes["aria-label"] for one in page.main.all("svg", role="img")]
    assert gauges == [
        "3 of 10 requests of this second used",
        "3 of 20 requests of this minute used",
        "3 of 1000000 requests of this day used",
    ]


def test_limits_are_changed_and_left_to_the_plan(browser: Browser, account: AccountControl) -> None:
    page = browser.send(
        browser.get(LIMITS).form("/limits"), {"algorithm": "gcra", "per_second": "20", "per_minute": "30"}
    )
    browser.send(page.form("/limits"), {"per_minute": ""})

    limits = account.limits.as_json()
    assert (limits["algorithm"], limits["per_second"], limits["per_minute"]) == ("gcra", 20, 2000)


@pytest.mark.parametrize(
    "given", [{"per_second": "0"}, {"per_second": "many"}, {"algorithm": "none"}, {"per_day": "-5"}]
)
def test_limits_that_do_not_fit_are_told(browser: Browser, account: AccountControl, given: dict[str, str]) -> None:
    before = account.limits.as_json()

    page = browser.send(browser.get(LIMITS).form("/limits"), given)

    assert [value in page.notices[0] for value in given.values()] == [True]
    assert account.limits.as_json() == before


def test_the_plan_is_changed(browser: Browser, account: AccountControl) -> None:
    browser.send(browser.get(LIMITS).form("/plan"), {"category": "enterprise"})

    assert account.plan.category == "enterprise"


def test_what_is_scheduled_is_told(browser: Browser, account: AccountControl) -> None:
    now = account.account.clock.now()
    account.account.schedule.add(now + 3_600_000_000, "email.step_campaign", campaign=1, turn=1)

    assert "email.step_campaign" in browser.get(LIMITS).main.text


def test_a_fault_is_planned_met_and_removed(browser: Browser, account: AccountControl, vendor: Any) -> None:
    script = {"kind1": "refuse", "value1": "707", "kind2": "pass", "value2": "2", "kind3": "malformed"}

    planned = browser.send(browser.get(FAULTS).form("/faults"), {"operation": "email.mailing_lists.list"} | script)
    met = vendor("GET", "/addressbooks")
    shown = browser.get(FAULTS)
    removed = browser.send(shown.form("/faults/1/remove"))

    assert planned.notices == ["Fault 1 is planned."]
    assert met.json["error_code"] == 707
    assert [chip.text for chip in shown.main.all("li", class_="chip warn")] == ["refuse 707 ×1"]
    assert "Nothing is going to go wrong" in removed.main.text


def test_a_scenario_is_begun_judged_and_ended(browser: Browser, account: AccountControl, vendor: Any) -> None:
    begun = browser.send(browser.get(FAULTS).form("/scenarios"), {"scenario": "unauthorized-loop"})
    for _ in range(3):
        vendor("GET", "/addressbooks")
    shown = browser.get(FAULTS)
    ended = browser.send(shown.form("/end"))

    assert begun.notices == ["It is on: unauthorized-loop. To meet it, make one call, and expect it to fail."]
    assert "3 calls were answered 401" in shown.main.text
    assert "not survived" in ended.main.text
    assert list(account.faults) == []


def test_a_scenario_that_there_is_not_is_told(browser: Browser) -> None:
    page = browser.send(browser.get(FAULTS).form("/scenarios"), {"scenario": "rain"})

    assert "Unknown scenario: 'rain'." in page.notices[0]


def test_a_fault_of_a_group_answers_as_it_was_told(browser: Browser, vendor: Any) -> None:
    script = {"operation": "calls", "kind1": "answer", "value1": '{"result": false}'}

    browser.send(browser.get(FAULTS).form("/faults"), script)

    assert vendor("GET", "/addressbooks").json == {"result": False}
    assert "every call that needs a token" in browser.get(FAULTS).main.all("table")[0].text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind1": "refuse", "value1": "5"}, "cannot be 5"),
        ({"kind1": "status", "value1": "200"}, "cannot be 200"),
        ({"kind1": "latency", "value1": "long"}, "cannot be 'long'"),
        ({"kind1": "answer", "value1": "{half"}, "cannot be '{half'"),
        ({"kind1": "reset", "probability": "often"}, "cannot be 'often'"),
        ({"kind1": "reset", "probability": "nan"}, "cannot be nan"),
        ({"kind1": "reset", "seed": "x"}, "cannot be 'x'"),
        ({"kind1": ""}, "at least one step"),
        ({"kind1": "explode"}, "Unknown step"),
        ({"kind1": "reset", "operation": "email.nothing"}, "Unknown operation"),
    ],
)
def test_a_fault_that_does_not_fit_loses_nothing_that_was_filled_in(
    browser: Browser, account: AccountControl, given: dict[str, str], told: str
) -> None:
    filled = {"kind2": "truncate", "value2": "20" if given["kind1"] else "", "seed": "7"} | given
    if not given["kind1"]:
        filled["kind2"] = ""

    page = browser.send(browser.get(FAULTS).form("/faults"), filled, status=400)

    assert told in page.notices[0]
    assert list(account.faults) == []
    kept = fields_of(page.form("/faults"))
    assert kept["value2"] == filled["value2"]
    assert kept["seed"] == filled["seed"]


def test_settings_are_changed_one_by_one(browser: Browser, account: AccountControl) -> None:
    form = browser.get(SETTINGS).form("/settings")
    given = {
        "balance.main": "12.5",
        "blacklisted": "a@b.example\r\n\r\n c@d.example ",
        "moderation": "approve",
        "plan_ended": "yes",
    }

    page = browser.send(form, given)

    assert page.notices == ["Changed: balance.main, blacklisted, plan_ended, moderation."]
    assert account.settings.balance.main == 12.5
    assert account.settings.blacklisted == ("a@b.example", "c@d.example")
    assert account.settings.plan_ended


def test_webhooks_of_smtp_are_set_as_json(browser: Browser, account: AccountControl) -> None:
    hook = {"url": "https://hooks.example.org/smtp", "events": ["opened"]}
    account.settings.set(smtp_webhooks=[hook])

    form = browser.get(SETTINGS).form("/settings")
    browser.send(form, {"smtp_webhooks": "[]"})

    assert json.loads(fields_of(form)["smtp_webhooks"]) == [hook]
    assert account.settings.smtp_webhooks == ()


def test_settings_that_do_not_fit_lose_nothing_that_was_filled_in(browser: Browser, account: AccountControl) -> None:
    form = browser.get(SETTINGS).form("/settings")

    page = browser.send(form, {"senders_allowed": "many", "time_zone": "Europe/Kyiv"}, status=400)

    assert "'many'" in page.notices[0]
    assert fields_of(page.form("/settings"))["time_zone"] == "Europe/Kyiv"
    assert account.settings.time_zone == "UTC"


def test_an_account_is_brought_back_from_a_snapshot(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    snapshot = browser.client.get(f"{SETTINGS}/snapshot.json")
    page = browser.send(browser.get(SETTINGS).form("/settings/reset"))
    was_empty = account.account.store[MailingList].count() == 0

    values = fields_of(page.form("/settings/restore")) | {"snapshot": (io.BytesIO(snapshot.data), "snapshot.json")}
    restored = browser.post(f"{SETTINGS}/restore", values)

    assert was_empty
    assert restored.notices == ["The account is as the snapshot says."]
    assert account.account.store[MailingList].count() == 1


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"nothing": 1}', b"\xff"])
def test_what_is_no_snapshot_changes_nothing(
    browser: Browser, account: AccountControl, vendor: Any, content: bytes
) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    form = browser.get(SETTINGS).form("/settings/restore")

    page = browser.post(f"{SETTINGS}/restore", fields_of(form) | {"snapshot": (io.BytesIO(content), "x.json")})

    assert page.notices
    assert "The account is as" not in page.notices[0]
    assert account.account.store[MailingList].count() == 1


def test_an_account_is_made_and_deleted(browser: Browser) -> None:
    made = browser.send(
        browser.get(f"{DEMO}/accounts").form("/accounts"), {"client_id": "shop", "world": "list-with-contacts"}
    )
    settings = browser.get("/_mock/ui/shop/settings")
    gone = browser.send(settings.form("/accounts/delete"))

    assert made.notices == ["The account is made. Its secret is below."]
    assert gone.notices == ["The account shop is deleted, with its data, keys and tokens."]
    browser.get("/_mock/ui/shop/overview", status=404)


def test_an_account_that_cannot_be_made_is_told(browser: Browser, account: AccountControl) -> None:
    form = browser.get(f"{DEMO}/accounts").form("/accounts")

    page = browser.send(form, {"client_id": account.client_id}, status=400)

    assert "is taken" in page.notices[0]
    assert fields_of(page.form("/accounts"))["client_id"] == account.client_id
