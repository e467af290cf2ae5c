"""What happened: the journal, the outbox, and what recipients do."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.envelopes import Json
from mock_server.admin import operations as api
from mock_server.admin.calls import AdminCall, answers, refuse, refuse_as
from mock_server.core.mails import Mail
from mock_server.core.webhooks import Batch

_SHOWN = 5
"""So many of the newest entries are named where none was found."""

_LONGEST_ID = 18
"""Digits of a number that may be an id."""


@answers(api.get_journal)
def get_journal(call: AdminCall) -> Json:
    journal = call.account.journal
    with call.account.account.lock:
        return {"entries": [entry.as_json() for entry in journal.entries(**call.given)], "dropped": journal.dropped}


@answers(api.await_entry)
def await_entry(call: AdminCall) -> Json:
    entry = call.account.journal.wait(**call.given)
    if entry is None:
        there = [f"{entry.operation} {entry.status}" for entry in call.account.journal.entries(limit=_SHOWN)]
        wanted = {name: value for name, value in call.given.items() if name != "timeout"}
        refuse(
            404,
            f"no entry of the journal matched {wanted!r} in {call.given['timeout']} s",
            f"ask for what there is, newest last: {', '.join(there) or 'nothing'}",
        )
    return {"entry": entry.as_json()}


@answers(api.get_outbox)
def get_outbox(call: AdminCall) -> Json:
    return {"messages": [_shown(message) for message in call.account.outbox.messages(**call.given)]}


@answers(api.delete_messages)
def delete_messages(call: AdminCall) -> Json:
    call.account.outbox.clear()
    return {"deleted": True}


@answers(api.delete_message)
def delete_message(call: AdminCall) -> Json:
    number = call.path["id"]
    if not number.isdecimal() or len(number) > _LONGEST_ID or not call.account.outbox.remove(int(number)):
        refuse(404, f"no message has the id {number!r}", "GET the outbox, whose messages have ids")
    return {"deleted": True}


@answers(api.await_message)
def await_message(call: AdminCall) -> Json:
    try:
        return {"message": _shown(call.account.outbox.wait(**call.given))}
    except LookupError as nothing:
        refuse_as(404, nothing, "GET the outbox")


@answers(api.list_deliveries)
def list_deliveries(call: AdminCall) -> Json:
    return _all_shown(call.account.webhooks.deliveries())


@answers(api.await_delivery)
def await_delivery(call: AdminCall) -> Json:
    try:
        return {"delivery": call.account.webhooks.wait(**call.given).as_json()}
    except LookupError as nothing:
        refuse_as(404, nothing, "GET the deliveries")


@answers(api.replay_delivery)
def replay_delivery(call: AdminCall) -> Json:
    return {"delivery": call.account.webhooks.replay(_delivery_named(call)).as_json()}


@answers(api.duplicate_delivery)
def duplicate_delivery(call: AdminCall) -> Json:
    return _all_shown(call.account.webhooks.duplicate(_delivery_named(call)))


@answers(api.reorder_deliveries)
def reorder_deliveries(call: AdminCall) -> Json:
    return _all_shown(call.account.webhooks.reorder(call.given["ids"]))


@answers(api.simulate)
def simulate(call: AdminCall) -> Json:
    call.account.simulate.act(call.path["event"], call.given)
    return {"simulated": True}


def _shown(mail: Mail) -> Json:
    return mail.as_json() | {"links": mail.extract_links(), "code": mail.extract_code()}


def _delivery_named(call: AdminCall) -> int:
    number = call.path["id"]
    known = {str(batch.id): batch.id for batch in call.account.webhooks.deliveries()}
    if number not in known:
        refuse(404, f"no delivery has the id {number!r}", f"use one of: {', '.join(known) or 'there is none yet'}")
    return known[number]


def _all_shown(batches: Iterable[Batch]) -> Json:
    return {"deliveries": [batch.as_json() for batch in batches]}
