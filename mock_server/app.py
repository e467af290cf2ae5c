"""The Flask application: what it serves lies below ``/_mock``; see `mock_server.emulator` for the seam."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import Rule

from mock_server.admin.dispatch import Admin
from mock_server.emulator import OURS, Emulator


def create_app(**options: Any) -> Flask:
    """A Flask application that emulates SendPulse. `options` are those of `mock_server.emulator.Emulator`.

    Its test client serves the vendor's API and ours; `app.extensions["sendpulse_mock"]` is the emulator.
    """
    return Emulator(**options).flask


def admin_app(emulator: Emulator) -> Flask:
    """The Flask side of `emulator`."""
    app = Flask("mock_server", static_folder=None)
    app.extensions["sendpulse_mock"] = emulator
    _mount_admin(app, Admin(emulator.world, emulator.admin_key))
    return app


def _mount_admin(app: Flask, admin: Admin) -> None:
    """One rule for all calls and methods, which the admin's own catalogue tells apart: 25 rules would cost 12 ms."""

    def answer(**_: Any) -> Response:
        return admin.answer(request)

    app.view_functions["admin"] = answer
    app.url_map.add(Rule(f"{OURS}/<path:_>", endpoint="admin", merge_slashes=False))
    app.register_error_handler(404, lambda _: answer())
