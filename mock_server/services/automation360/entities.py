"""What Automation 360 keeps."""

from __future__ import annotations

from typing import Any

from mock_server.core.store import entity


@entity("automation360.triggered", indexes=[("event", "email", "phone")])
class Triggered:
    """An event that was reported of an address, in lower case, or a phone, as digits; `at` is an instant."""

    id: int
    event: str
    email: str = ""
    phone: str = ""
    variables: dict[str, Any]
    at: int
