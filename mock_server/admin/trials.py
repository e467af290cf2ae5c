"""The scenarios there are, and those that an account is put through."""

from __future__ import annotations

from contracts.envelopes import Json
from mock_server.admin import operations as api
from mock_server.admin.calls import AdminCall, answers, refuse
from mock_server.scenarios import SCENARIOS, begin, trials_of


@answers(api.list_scenarios)
def list_scenarios(_: AdminCall) -> Json:
    return {"scenarios": [scenario.as_json() for scenario in SCENARIOS.values()]}


@answers(api.list_trials)
def list_trials(call: AdminCall) -> Json:
    return {"scenarios": [trial.as_json() for trial in trials_of(call.account.account)]}


@answers(api.begin_scenario)
def begin_scenario(call: AdminCall) -> Json:
    return begin(call.account, call.given["scenario"]).as_json()


@answers(api.end_scenario)
def end_scenario(call: AdminCall) -> Json:
    begun = {str(trial.id): trial for trial in trials_of(call.account.account)}
    number = call.path["id"]
    if number not in begun:
        refuse(404, f"no scenario has the id {number!r}", f"use one of: {', '.join(begun) or 'none was begun'}")
    begun[number].end()
    return begun[number].as_json()
