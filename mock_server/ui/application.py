"""The pages as one Flask application: its parts, the door before them, the headers and errors that all have."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from contracts.refusals import Refused
from mock_server.emulator import OURS
from mock_server.exchange import LARGEST_BODY
from mock_server.logs import log, shown
from mock_server.ui import (
    campaigns,
    faults,
    inbox,
    kept,
    limits,
    lists,
    overviews,
    reference,
    requests,
    senders,
    sessions,
    settings,
    simulations,
    tenants,
)
from mock_server.ui.entrance import Entrance
from mock_server.ui.formats import FILTERS, visible
from mock_server.ui.navigation import surroundings

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from mock_server.core.world import World

POLICY: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""What a page may load and be loaded by: nothing from elsewhere, nothing inline, framed by nobody."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers would not tell us where our own forms come from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "; ".join(f"{source} {allowed}" for source, allowed in POLICY.items()),
}
"""What every answer has unless its view says otherwise."""

_PARTS: Final = (
    sessions,
    overviews,
    inbox,
    requests,
    lists,
    campaigns,
    senders,
    kept,
    limits,
    faults,
    reference,
    settings,
    simulations,
    tenants,
)
"""The modules that hold pages; each has a blueprint, `pages`."""

_REMEDIES: Final = {
    404: "The address may be mistyped, or what it showed may be gone: a reset and a restart clear what was kept.",
    405: "Go back and use the page's own buttons.",
    413: f"Send at most {LARGEST_BODY // 1024 // 1024} MB.",
}
"""What to do about errors that Flask finds by itself."""


def make_pages(world: World, key: str | None) -> Flask:
    """The pages of one world, locked with the admin API's `key`."""
    app = Flask("mock_server.ui", static_folder=None)
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),  # of notices alone, which nobody needs for long
        SESSION_COOKIE_NAME="sendpulse_mock_notices",
        SESSION_COOKIE_PATH=f"{OURS}/ui",
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
    )
    app.extensions["world"], app.extensions["entrance"] = world, Entrance(key)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.finalize = visible
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_check_caller)
    app.after_request(_protect)
    app.context_processor(surroundings)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Exception, _broken)
    for part in _PARTS:
        app.register_blueprint(part.pages)
    return app


def _check_caller() -> None:
    entrance: Entrance = current_app.extensions["entrance"]
    if request.endpoint not in sessions.OPEN | inbox.OPEN or entrance.key is None:
        entrance.check(request)
    entrance.check_form(request)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refused(refused: Refused) -> ResponseReturnValue:
    refusal = refused.refusal
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return sessions.ask_for_key(refusal.message)
    return error_page(refusal.status, refusal.message, refusal.hint or "")


def _failed(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect
    return error_page(error.code, error.name, _REMEDIES.get(error.code, error.description or ""))


def _broken(_: Exception) -> ResponseReturnValue:
    log.exception("%s %s failed; this is a bug of the emulator", request.method, shown(request.path))
    return error_page(500, "The emulator broke its own promise", "Report this bug with what its log tells.")


def error_page(status: int, wrong: str, remedy: str) -> ResponseReturnValue:
    """A page that says what was wrong and what to do."""
    return render_template("error.html", status=status, wrong=wrong, remedy=remedy), status
