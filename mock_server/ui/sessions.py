"""What belongs to the browser and to no account: the way in, light or dark, and the files that all pages share."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from mock_server.emulator import OURS
from mock_server.ui.accounts import world

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from mock_server.ui.entrance import Entrance

pages: Final = Blueprint("sessions", __name__, url_prefix=OURS)

OPEN: Final = frozenset({"sessions.shared_file", "sessions.sign_in", "sessions.show_sign_in"})
"""What whoever does not know the key can see."""

THEME: Final = "sendpulse_mock_theme"
THEMES: Final = ("auto", "light", "dark")

_FOLDER: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "inbox.css": "text/css",
    "inbox.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_YEAR: Final = 365 * 24 * 3600


@pages.get("/")
@pages.get("/ui")
@pages.get("/ui/")
def home() -> ResponseReturnValue:
    """The account that every world has, or the oldest that is left."""
    first = next(iter(world().client_ids(1)), world().demo.client_id)
    return redirect(url_for("overviews.show", account=first))


@pages.get("/ui/<account>")
def account_home(account: str) -> ResponseReturnValue:
    return redirect(url_for("overviews.show", account=account))


@pages.get(f"/ui/static/<any({', '.join(map(repr, _TYPES))}):name>")
def shared_file(name: str) -> Response:
    """Style sheet, script and icon; their addresses hold a digest, so that a browser may keep them."""
    kept = f"public, max-age={_YEAR}, immutable" if request.args.get("v") == digest(name) else "no-cache"
    response = Response(_content(name), content_type=f"{_TYPES[name]}; charset=utf-8")
    response.headers["Cache-Control"] = kept
    response.set_etag(digest(name))
    response.make_conditional(request)
    return response


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()


@cache
def digest(name: str) -> str:
    """What tells one version of a shared file from another."""
    return sha256(_content(name)).hexdigest()[:12]


@pages.get("/ui/session/sign-in")
def show_sign_in() -> ResponseReturnValue:
    entrance: Entrance = current_app.extensions["entrance"]
    if entrance.key is None:
        return redirect(url_for("sessions.home"))
    return render_template("sign_in.html", goal=own_path(request.args.get("to", "")))


@pages.post("/ui/session/sign-in")
def sign_in() -> ResponseReturnValue:
    entrance: Entrance = current_app.extensions["entrance"]
    goal = own_path(request.form.get("to", ""))
    if not entrance.is_key(request.form.get("key", "")):
        return ask_for_key("That is not the admin key", goal)
    return entrance.sign_in(request, current_app.make_response(redirect(goal, HTTPStatus.SEE_OTHER)))


@pages.post("/ui/session/sign-out")
def sign_out() -> ResponseReturnValue:
    entrance: Entrance = current_app.extensions["entrance"]
    left = redirect(url_for("sessions.show_sign_in"), HTTPStatus.SEE_OTHER)
    return entrance.sign_out(current_app.make_response(left))


@pages.post("/ui/session/theme")
def set_theme() -> ResponseReturnValue:
    theme = request.form.get("theme", "")
    back = redirect(own_path(request.form.get("to", "")), HTTPStatus.SEE_OTHER)
    response = current_app.make_response(back)
    if theme in THEMES:
        response.set_cookie(THEME, theme, path=f"{OURS}/ui", samesite="Strict", max_age=_YEAR)
    return response


def theme() -> str:
    """What the browser was told to show: ``light``, ``dark``, or ``auto`` for what its system prefers."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


def ask_for_key(wrong: str, goal: str | None = None) -> ResponseReturnValue:
    """The page that asks for the admin key, in place of the one that was asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else ""
    page = render_template("sign_in.html", goal=own_path(asked) if goal is None else goal, wrong=wrong)
    return page, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Bearer realm="sendpulse-mock"'}


def own_path(path: str) -> str:
    """Where to go on: a path of our own pages, else their beginning."""
    home = f"{OURS}/ui"
    is_own = path.startswith(f"{home}/") and "\\" not in path and path.isprintable()
    return path if is_own else home
