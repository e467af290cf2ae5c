"""An emulator in process, a browser without JavaScript, and callers of the vendor's API."""

from collections.abc import Iterator
from typing import Any

import pytest
from browser import Browser
from flask import Flask

from mock_server.app import create_app
from mock_server.control import AccountControl


@pytest.fixture
def app() -> Iterator[Flask]:
    app = create_app()
    yield app
    app.extensions["sendpulse_mock"].close()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def account(app: Flask) -> AccountControl:
    """The account whose pages are looked at."""
    return AccountControl(app.extensions["sendpulse_mock"].world.demo)


@pytest.fixture
def vendor(app: Flask, account: AccountControl) -> Any:
    """Calls the vendor's API as that account does."""
    key = app.extensions["sendpulse_mock"].world.make_api_key(account.account)
    client = app.test_client()

    def ask(method: str, path: str, body: object = None) -> Any:
        return client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})

    return ask
