"""Scenarios over the admin API: begun, judged, ended."""

from __future__ import annotations

from typing import Any

from admin_calls import DEMO, Call

from mock_server.scenarios import SCENARIOS

BOOK = {"bookName": "Readers"}


def begin(call: Call, name: str) -> Any:
    return call("POST", f"{DEMO}/scenarios", {"scenario": name}, status=201)


def test_all_scenarios_are_listed(call: Call) -> None:
    listed = call("GET", "/_mock/scenarios")["scenarios"]

    assert [one["scenario"] for one in listed] == list(SCENARIOS)


def test_scenario_that_nobody_met_is_not_survived(call: Call) -> None:
    begun = begin(call, "html-500-on-post")

    assert (begun["survived"], begun["over"], begun["complaints"]) == (False, False, ["no call met it"])


def test_client_that_repeats_blindly_is_told(call: Call, vendor: Any) -> None:
    begun = begin(call, "html-500-on-post")

    failed, repeated = (vendor("POST", "/addressbooks", BOOK).status_code for _ in range(2))
    ended = call("POST", f"{DEMO}/scenarios/{begun['id']}/end")

    assert (failed, repeated) == (500, 200)
    assert (ended["survived"], ended["over"]) == (False, True)
    assert ended["complaints"][0].startswith("conduct.unsafe_repeat: ")


def test_client_that_stops_survives(call: Call, vendor: Any) -> None:
    begin(call, "html-500-on-post")

    vendor("POST", "/addressbooks", BOOK)

    [trial] = call("GET", f"{DEMO}/scenarios")["scenarios"]
    assert (trial["survived"], trial["complaints"]) == (True, [])


def test_what_is_over_goes_wrong_no_more(call: Call, vendor: Any) -> None:
    begun = begin(call, "unauthorized-loop")

    before = vendor("GET", "/addressbooks").status_code
    call("POST", f"{DEMO}/scenarios/{begun['id']}/end")

    assert (before, vendor("GET", "/addressbooks").status_code) == (401, 200)


def test_reset_forgets_scenarios(call: Call) -> None:
    begin(call, "unauthorized-loop")

    call("POST", f"{DEMO}/reset")

    assert call("GET", f"{DEMO}/scenarios") == {"scenarios": []}
    assert call("GET", f"{DEMO}/faults") == {"faults": []}


def test_unknown_names_and_ids_are_told(call: Call) -> None:
    unknown = call("POST", f"{DEMO}/scenarios", {"scenario": "rain"}, status=400)
    missing = call("POST", f"{DEMO}/scenarios/7/end", status=404)

    assert "'rain'" in unknown["error"]
    assert "revoked-token" in unknown["hint"]
    assert missing == {"error": "no scenario has the id '7'", "hint": "use one of: none was begun"}
