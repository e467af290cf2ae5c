"""`urllib3`, whose connections are those of `http.client` but for how they connect."""

from __future__ import annotations

from functools import wraps
from typing import Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection

from mock_server.serving.intercept.http_client import Connect, Line, connecting
from mock_server.serving.intercept.patches import Patch


def _verified(connect: Connect) -> Connect:
    stand_in = connecting(connect)

    @wraps(connect)
    def connect_and_verify(connection: Any) -> None:
        stand_in(connection)
        if isinstance(connection.sock, Line):
            connection.is_verified = True  # or it would warn of a certificate that nobody looked at

    return connect_and_verify


PATCHES: Final = (Patch(HTTPConnection, "connect", connecting), Patch(HTTPSConnection, "connect", _verified))
