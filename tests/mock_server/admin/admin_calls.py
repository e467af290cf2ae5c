"""Calls of the admin API whose every answer is held to its declaration."""

from collections.abc import Mapping
from typing import Any, Protocol

from flask.testing import FlaskClient

from contracts.catalogue import Match
from contracts.validation import reference_validator
from mock_server.admin.calls import operations
from mock_server.admin.operations import ENVELOPE
from mock_server.core.world import DEMO_CLIENT_ID

DEMO = f"/_mock/accounts/{DEMO_CLIENT_ID}"


class Call(Protocol):
    """Sends a call as JSON and returns what it answers, which must have the status expected."""

    def __call__(
        self, method: str, path: str, body: object = None, *, status: int = 200, headers: Mapping[str, str] = ...
    ) -> Any: ...


def caller(client: FlaskClient) -> Call:
    def call(
        method: str, path: str, body: object = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Any:
        response = client.open(path, method=method, json=body, headers=headers)

        assert response.status_code == status, response.get_data(as_text=True)
        assert response.content_type == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert reference_validator(_promised(method, path, status)).is_valid(response.json), response.json
        return response.json

    return call


def _promised(method: str, path: str, status: int) -> dict[str, Any]:
    meant = operations().match(method, path.partition("?")[0])
    return meant.operation.returns if isinstance(meant, Match) and status < 400 else ENVELOPE.error
