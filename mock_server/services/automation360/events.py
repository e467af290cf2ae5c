"""Events that start flows. Each is kept; no flow follows yet."""

from __future__ import annotations

import re
from typing import Any, Final

from contracts.envelopes import Json
from contracts.services.automation360 import events as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import SECOND
from mock_server.services.automation360.entities import Triggered

AGAIN: Final = 1 * SECOND
"""Within this time the same event of the same address is taken for the same report. Unverified: how long it is."""

_NO_DIGIT: Final = re.compile(r"[^0-9]")


@serves(api.trigger)
def trigger(call: Call) -> Json:
    if call.path["event"] not in call.settings.events:
        refuse(api.EVENT_UNKNOWN)
    subject = {
        "event": call.path["event"],
        "email": call.body.get("email", "").lower(),
        "phone": _digits(str(call.body.get("phone", ""))),
    }
    if _was_just_reported(call, subject):
        return {"result": False, "message": "Dublicate data"}
    variables = {name: value for name, value in call.body.items() if name not in subject}
    call.store[Triggered].add(**subject, variables=variables, at=call.now)
    return {"result": True}


def _digits(phone: str) -> str:
    """The digits of a phone; a text without any stays what it is. Unverified: whether the vendor takes such a text."""
    return _NO_DIGIT.sub("", phone) or phone


def _was_just_reported(call: Call, subject: dict[str, Any]) -> bool:
    earlier = call.store[Triggered].page(1, 0, descending=True, **subject)
    return bool(earlier) and call.now - earlier[0].at < AGAIN
