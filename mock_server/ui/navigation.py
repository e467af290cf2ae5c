"""What surrounds every page: the way to the others, the accounts, the clock, and what forms need."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from flask import current_app, g, request

from mock_server.ui.accounts import OFFERED, world
from mock_server.ui.sessions import digest, theme


class Place(NamedTuple):
    """A page that can be gone to from everywhere; `part` is the blueprint whose pages belong to it."""

    part: str
    title: str
    icon: str

    @property
    def endpoint(self) -> str:
        return f"{self.part}.show"


PLACES: Final = (
    Place("overviews", "Overview", "home"),
    Place("inbox", "Inbox", "inbox"),
    Place("requests", "Requests", "requests"),
    Place("lists", "Lists", "lists"),
    Place("campaigns", "Campaigns", "campaigns"),
    Place("senders", "Senders", "senders"),
    Place("kept", "More data", "data"),
    Place("limits", "Limits & clock", "clock"),
    Place("faults", "Faults", "faults"),
    Place("reference", "API", "api"),
    Place("settings", "Settings", "settings"),
)


def surroundings() -> dict[str, Any]:
    """What every template can use."""
    entrance = current_app.extensions["entrance"]
    account = g.get("account")
    return {
        "theme": theme(),
        "token": entrance.token(request),
        "is_locked": entrance.key is not None,
        "digest": digest,
        "account": account,
        "now": account.account.clock.now() if account else None,
        "is_frozen": bool(account and account.clock.frozen),
        "places": [place for place in PLACES if place.endpoint in current_app.view_functions],
        "offered": world().client_ids(OFFERED, newest_first=True) if account else [],
        "here": request.full_path.rstrip("?"),
        "with_query": with_query,
    }


def with_query(**changes: object) -> str:
    """The address of this page with some of its query changed, or left out where that is empty."""
    given = {**request.args.to_dict(), **changes}
    query = urlencode({name: value for name, value in given.items() if value not in {None, ""}}, errors="replace")
    return f"{quote(request.path, errors='replace')}{'?' if query else ''}{query}"
