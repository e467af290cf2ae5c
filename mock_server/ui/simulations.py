"""What recipients, owners of senders and moderators are made to do, from wherever it can be asked for."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from mock_server.ui.accounts import account_pages, current
from mock_server.ui.actions import acts, done
from mock_server.ui.fields import whole

pages: Final = account_pages("simulations")

_IDS: Final = frozenset({"message", "campaign"})
_TEXTS: Final = frozenset({"email", "url"})


@pages.post("/simulate")
@acts("requests.show")
def act() -> None:
    """The event that a button names, to what the form's other fields name."""
    event = request.form.get("event", "")
    of = {name: text for name, text in request.form.items() if name in _TEXTS and text}
    ids = {name: _id(name, text) for name, text in request.form.items() if name in _IDS and text}
    current().simulate.act(event, of | ids)
    done(f"Done: {event} {_told(of | ids)}.")


def _id(name: str, text: str) -> int | str:
    """An id: a number, or of a message the text that the API gave it."""
    number = whole(text)
    if number is None and name == "campaign":
        raise ValueError(f"the {name} cannot be {text!r}; give its id")
    return text if number is None else number


def _told(of: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" if name in _IDS else str(value) for name, value in of.items())
