"""The inbox: what would have left the machine, as its recipients see it."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from mock_server.ui.accounts import account_pages, current
from mock_server.ui.live import live_page

pages: Final = account_pages("inbox")


@pages.get("/inbox")
def show() -> Response:
    return live_page("inbox", _newest)


def _newest() -> dict[str, Any]:
    return {"mails": current().outbox.messages(limit=50)[::-1]}
