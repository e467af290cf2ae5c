"""Addresses in whose name mail may go out."""

from __future__ import annotations

from contracts.envelopes import Json
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import senders as api
from mock_server.behaviour import Call, serves
from mock_server.mailing.senders import Sender
from mock_server.services.smtp.permissions import require_user


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    return [sender.email for sender in call.store[Sender].where() if sender.is_active]
