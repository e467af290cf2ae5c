"""The emulator with Flask on board: what lies below ``/_mock`` is Flask's, the rest never meets it.

Flask is imported when it is first needed, which a server that is asked for nothing of ours never does. So are the
pages.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mock_server.emulator import OURS, Emulator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask, Response

EXTENSION: Final = "sendpulse_mock"
"""Where a Flask application keeps its emulator, among its `extensions`."""

PAGES: Final = f"{OURS}/ui"
"""The path below which pages lie."""


def make_emulator(**options: Any) -> Emulator:
    """An emulator; `options` are those of `mock_server.emulator.Emulator`."""
    __tracebackhide__ = True
    return Emulator(_wsgi_of_ours, **options)


def create_app(**options: Any) -> Flask:
    """A Flask application that emulates SendPulse; `options` are those of `mock_server.emulator.Emulator`.

    Its test client serves the vendor's API and ours; ``app.extensions["sendpulse_mock"]`` is the emulator.
    """
    emulator = make_emulator(**options)
    app = _flask_app(emulator)
    emulator.ours = _Ours(emulator, app.wsgi_app)
    app.wsgi_app = emulator  # type: ignore[method-assign]
    return app


def _wsgi_of_ours(emulator: Emulator) -> WSGIApplication:
    return _Ours(emulator, _flask_app(emulator).wsgi_app)


class _Ours:
    """The admin API, and the pages beside it."""

    def __init__(self, emulator: Emulator, admin: WSGIApplication) -> None:
        self._emulator = emulator
        self._admin = admin

    @cached_property
    def _pages(self) -> WSGIApplication:
        from mock_server.ui.application import make_pages

        return make_pages(self._emulator.world, self._emulator.admin_key).wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._pages if _means_pages(environ) else self._admin
        return answer(environ, start_response)


def _means_pages(environ: WSGIEnvironment) -> bool:
    path: str = environ["PATH_INFO"]
    if path.rstrip("/") == OURS:  # a browser that is sent there wants to see something; a script, what it did wrong
        return "text/html" in environ.get("HTTP_ACCEPT", "")
    return path.startswith(PAGES) and path[len(PAGES) : len(PAGES) + 1] in {"", "/"}


def _flask_app(emulator: Emulator) -> Flask:
    from flask import Flask, request
    from werkzeug.routing import Rule

    app = Flask("mock_server", static_folder=None)
    app.extensions[EXTENSION] = emulator

    def answer(**_: Any) -> Response:
        from mock_server.admin.dispatch import Admin

        return Admin(emulator.world, emulator.admin_key).answer(request)

    # One rule for all calls and methods, which the admin's own catalogue tells apart: 25 rules would cost 12 ms.
    app.view_functions["admin"] = answer
    app.url_map.add(Rule(f"{OURS}/<path:_>", endpoint="admin", merge_slashes=False))
    app.register_error_handler(404, lambda _: answer())
    return app
