"""An emulator in process, callers of its admin API and of the vendor's."""

from collections.abc import Iterator
from typing import Any

import pytest
from admin_calls import DEMO, Call, caller
from flask import Flask
from flask.testing import FlaskClient

from mock_server.app import create_app


@pytest.fixture
def app() -> Iterator[Flask]:
    app = create_app()
    yield app
    app.extensions["sendpulse_mock"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def call(client: FlaskClient) -> Call:
    return caller(client)


@pytest.fixture
def vendor(client: FlaskClient, call: Call) -> Any:
    """Calls the vendor's API as the demo account does."""
    key = call("POST", f"{DEMO}/api-keys", status=201)["key"]

    def ask(method: str, path: str, body: object = None) -> Any:
        return client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})

    return ask
