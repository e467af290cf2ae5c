"""The first page of an account: how to connect, what it holds, what happened last."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from mock_server.core.mails import Message
from mock_server.mailing.senders import Sender
from mock_server.services.email.entities import Campaign, Contact, MailingList
from mock_server.ui.accounts import account_pages, current
from mock_server.ui.live import live_page

pages: Final = account_pages("overviews")

_NEWEST: Final = 8


@pages.get("/overview")
def show() -> Response:
    return live_page("overview", _about)


def _about() -> dict[str, Any]:
    account = current()
    store = account.account.store
    with account.account.lock:
        return {
            "base_url": request.host_url.rstrip("/"),
            "counts": [
                ("Messages", "inbox.show", store[Message].count()),
                ("Requests", "requests.show", len(account.account.journal)),
                ("Mailing lists", "lists.show", store[MailingList].count()),
                ("Contacts", "lists.show", store[Contact].count()),
                ("Campaigns", "campaigns.show", store[Campaign].count()),
                ("Senders", "senders.show", store[Sender].count()),
            ],
            "entries": account.account.journal.entries(limit=_NEWEST)[::-1],
            "mails": account.outbox.messages(limit=_NEWEST)[::-1],
        }
