"""What an account lives under: plan, limits, clock, settings, planned faults, and its whole state."""

from __future__ import annotations

from contracts.envelopes import Json
from mock_server.admin import operations as api
from mock_server.admin.calls import AdminCall, answers, refuse


@answers(api.get_plan)
def get_plan(call: AdminCall) -> Json:
    return call.account.plan.as_json()


@answers(api.set_plan)
def set_plan(call: AdminCall) -> Json:
    call.account.plan.set(call.given)
    return call.account.plan.as_json()


@answers(api.get_limits)
def get_limits(call: AdminCall) -> Json:
    return call.account.limits.as_json()


@answers(api.set_limits)
def set_limits(call: AdminCall) -> Json:
    call.account.limits.change(call.given)
    return call.account.limits.as_json()


@answers(api.get_clock)
def get_clock(call: AdminCall) -> Json:
    return call.account.clock.as_json()


@answers(api.set_clock)
def set_clock(call: AdminCall) -> Json:
    call.account.clock.change(call.given)
    return call.account.clock.as_json()


@answers(api.advance_clock)
def advance_clock(call: AdminCall) -> Json:
    if len(call.given) != 1:
        raise ValueError(f"a clock cannot advance by {call.given!r}; send either seconds or duration")
    (span,) = call.given.values()
    try:
        call.account.clock.advance(span)
    except OverflowError:
        raise ValueError(f"a clock cannot advance by {span!r}; send a span that a calendar can hold") from None
    return call.account.clock.as_json()


@answers(api.get_settings)
def get_settings(call: AdminCall) -> Json:
    return call.account.settings.as_json()


@answers(api.set_settings)
def set_settings(call: AdminCall) -> Json:
    call.account.settings.set(**call.given)
    return call.account.settings.as_json()


@answers(api.get_state)
def get_state(call: AdminCall) -> Json:
    return call.account.state.snapshot()


@answers(api.set_state)
def set_state(call: AdminCall) -> Json:
    call.account.state.restore(call.given)
    return {"restored": True}


@answers(api.list_faults)
def list_faults(call: AdminCall) -> Json:
    return call.account.faults.as_json()


@answers(api.add_fault)
def add_fault(call: AdminCall) -> Json:
    plan = {name: value for name, value in call.given.items() if name != "script"}
    return {"id": call.account.faults.add(*call.given["script"], **plan).id}


@answers(api.delete_faults)
def delete_faults(call: AdminCall) -> Json:
    call.account.faults.clear()
    return {"deleted": True}


@answers(api.delete_fault)
def delete_fault(call: AdminCall) -> Json:
    number = call.path["id"]
    known = {str(fault.id): fault for fault in call.account.faults}
    if number not in known or not call.account.faults.remove(known[number].id):
        refuse(404, f"no fault has the id {number!r}", f"use one of: {', '.join(known) or 'none is planned'}")
    return {"deleted": True}
