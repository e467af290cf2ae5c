"""Senders: the addresses that may send, and those that wait to be activated."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from mock_server.mailing.senders import Sender
from mock_server.ui.accounts import account_pages, current
from mock_server.ui.live import live_page
from mock_server.ui.tables import page_of, text_asked

pages: Final = account_pages("senders")


@pages.get("/senders")
def show() -> Response:
    return live_page("senders", _all)


def _all() -> dict[str, Any]:
    account, text = current().account, text_asked().lower()
    with account.lock:
        fits = (lambda sender: text in sender.email or text in sender.name.lower()) if text else None
        shown = page_of(account.store[Sender], newest_first=False, fits=fits)
        allowed = account.settings.senders_allowed
    return {"shown": shown, "text": text_asked(), "allowed": allowed}
