"""Addresses of the servers that the account's mail leaves from."""

from __future__ import annotations

from contracts.envelopes import Json
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import ips as api
from mock_server.behaviour import Call, serves
from mock_server.services.smtp.permissions import require_user
from mock_server.services.smtp.records import IP


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    return [IP]
