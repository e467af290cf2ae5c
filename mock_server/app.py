"""The Flask application: what it serves lies below ``/_mock``; see `mock_server.emulator` for the seam."""

from __future__ import annotations

from typing import Any

from flask import Flask

from mock_server.emulator import Emulator


def create_app(**options: Any) -> Flask:
    """A Flask application that emulates SendPulse. `options` are those of `mock_server.emulator.Emulator`.

    Its test client serves the vendor's API and ours; `app.extensions["sendpulse_mock"]` is the emulator.
    """
    return Emulator(**options).flask


def admin_app(emulator: Emulator) -> Flask:
    """The Flask side of `emulator`."""
    app = Flask("mock_server", static_folder=None)
    app.extensions["sendpulse_mock"] = emulator
    return app
