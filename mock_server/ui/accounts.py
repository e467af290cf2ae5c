"""Whose pages are looked at: the account in the path, which the links between them keep."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, render_template

from mock_server.control import AccountControl
from mock_server.core.world import World
from mock_server.emulator import OURS

OFFERED: Final = 20
"""So many accounts are offered by name where one is chosen; a page lists all of them."""


def world() -> World:
    """The world whose pages these are."""
    known: World = current_app.extensions["world"]
    return known


def current() -> AccountControl:
    """The account in the path."""
    account: AccountControl = g.account
    return account


def account_pages(name: str) -> Blueprint:
    """Pages that stand below an account's client id, which their views need not name."""
    pages = Blueprint(name, __name__, url_prefix=f"{OURS}/ui/<account>")
    pages.url_value_preprocessor(_take_client_id)
    pages.url_defaults(_give_client_id)
    pages.before_request(_find_account)
    return pages


def _take_client_id(_: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        g.client_id = values.pop("account", None)


def _give_client_id(_: str, values: dict[str, Any]) -> None:
    if "account" not in values and "client_id" in g:
        values["account"] = g.client_id


def _find_account() -> tuple[str, int] | None:
    account = world().account(g.client_id)
    if account is None:
        return _unknown(g.client_id), 404
    account.run_due(account.clock.now())
    g.account = AccountControl(account)
    return None


def _unknown(client_id: str) -> str:
    known = world().client_ids(OFFERED)
    close = get_close_matches(client_id[:200], known, n=3, cutoff=0.5)
    return render_template("unknown_account.html", client_id=client_id, offered=close or known)


def not_found(what: str, remedy: str) -> Response:
    """A page that says which thing is not there (any more), and where to look."""
    page = render_template("error.html", status=404, wrong=what, remedy=remedy)
    return Response(page, 404)
