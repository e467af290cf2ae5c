"""What else an account keeps: templates, tags, the blacklist, and webhooks with what became of each delivery."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, redirect, url_for

from mock_server.core.store import Store
from mock_server.core.webhooks import COLLECTING, DELIVERED, FAILED, KEPT, QUEUED, Batch
from mock_server.mailing.templates import Template, designs_of_the_service
from mock_server.services.email.entities import Blacklisted, Tag, Tagging, Webhook
from mock_server.ui.accounts import account_pages, current
from mock_server.ui.actions import acts, done
from mock_server.ui.live import live_page
from mock_server.ui.tables import page_of, text_asked

pages: Final = account_pages("kept")

_MOST_WEBHOOKS: Final = 100
_TONES: Final = {COLLECTING: "quiet", QUEUED: "busy", DELIVERED: "good", FAILED: "bad", KEPT: "warn"}


@pages.get("/data")
def show() -> Any:
    return redirect(url_for("kept.templates"))


@pages.get("/data/templates")
def templates() -> Response:
    return live_page("templates", lambda: _of(Template, "name") | {"designs": designs_of_the_service()})


@pages.get("/data/tags")
def tags() -> Response:
    return live_page("tags", _tags)


@pages.get("/data/blacklist")
def blacklist() -> Response:
    return live_page("blacklist", lambda: _of(Blacklisted, "email"))


@pages.get("/data/webhooks")
def webhooks() -> Response:
    return live_page("webhooks", _webhooks)


def _of(kind: type[Any], searched: str) -> dict[str, Any]:
    account, text = current().account, text_asked().lower()
    with account.lock:
        fits = (lambda row: text in getattr(row, searched).lower()) if text else None
        return {"shown": page_of(account.store[kind], fits=fits), "text": text_asked()}


def _tags() -> dict[str, Any]:
    account = current().account
    with account.lock:
        shown = _of(Tag, "name")
        counted = {tag.id: account.store[Tagging].count(tag_id=tag.id) for tag in shown["shown"].rows}
        return shown | {"counted": counted}


def _webhooks() -> dict[str, Any]:
    account = current().account
    with account.lock:
        store: Store = account.store
        return {
            "registered": store[Webhook].page(_MOST_WEBHOOKS, 0),
            "shown": page_of(store[Batch]),
            "tones": _TONES,
            "collecting": COLLECTING,
        }


@pages.post("/data/webhooks/<int:number>/replay")
@acts("kept.webhooks")
def replay(number: int) -> None:
    copy = current().webhooks.replay(number)
    done(f"Delivery {number} was made once more, as {copy.id}: {copy.state}.")
