"""Addresses that no campaign of the account goes to."""

from __future__ import annotations

from typing import Final

from contracts.decoding import Undecodable, decode_base64
from contracts.envelopes import Json
from contracts.schema import is_email
from contracts.services.email import blacklist as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.services.email.entities import Blacklisted

OK: Final = {"result": True}


@serves(api.list)
def list(call: Call) -> Json:
    rows = call.store[Blacklisted]
    return [row.email for row in rows.page(call.query["limit"] or rows.count(), call.query["offset"])]


@serves(api.add)
def add(call: Call) -> Json:
    rows = call.store[Blacklisted]
    for address in _addresses(call):
        if rows.find(email=address) is None:
            rows.add(email=address, comment=call.body.get("comment", ""))
    return OK


@serves(api.remove)
def remove(call: Call) -> Json:
    for address in _addresses(call):
        call.store[Blacklisted].remove_where(email=address)
    return OK


def _addresses(call: Call) -> dict[str, None]:
    """The addresses that the body holds, each once. Unverified: what is no address among them is passed over."""
    try:
        text = decode_base64(call.body["emails"]).decode(errors="replace")
    except Undecodable:
        refuse(api.NO_DATA)
    given = (entry.strip().lower() for entry in text.split(","))
    return dict.fromkeys(filter(is_email, given)) or refuse(api.NO_DATA)
